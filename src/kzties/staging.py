"""The stages as functions from inputs to tables: what the notebooks show step by step and `kzties code` runs at once."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.cleaning import read_furniture
from kzties.codebook import Codebook, read_codebook
from kzties.casting import read_roles
from kzties.coding import code_passages
from kzties.correcting import correct_documents, read_corrections
from kzties.errors import SourceError
from kzties.itemising import describe_items
from kzties.linking import link_items
from kzties.measuring import find_quantities
from kzties.reading import Sources, list_texts, read_documents, read_sources
from kzties.segmenting import segment
from kzties.tables import check_table
from kzties.units_grammar import read_units


def make_passages(folder: Path, params: Mapping, codebook_folder: Path = paths.CODEBOOK,
                  corrections: bool = True) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `documents` and `passages` of a folder of raw texts; `sources.csv` is used where it stands there.

    Takes the parameters of stage `passages`; raises `UserError` where furniture or corrections cannot be carried out.
    """
    sources = read_sources(folder) if (folder / "sources.csv").is_file() else Sources({}, ())
    if sources.problems:
        raise SourceError("\n".join(sources.problems))
    documents, texts = read_documents(folder, sources.rows, params["largest_megabytes"], params["legacy_encoding"])
    documents, passages = segment(documents, texts, read_furniture(codebook_folder), params)
    if corrections:
        documents = correct_documents(documents, read_corrections(codebook_folder))
    return check_table("documents", documents), check_table("passages", passages)


def make_codes(passages: pl.DataFrame, params: Mapping, codebook: Codebook | None = None,
               codebook_folder: Path = paths.CODEBOOK) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `codes` and `quantities` of passages; takes the parameters of stage `codes`."""
    quantities = find_quantities(passages.filter("kept"), read_units(codebook_folder))
    codebook = codebook or read_codebook(codebook_folder)
    roles, background = read_roles(codebook.words, codebook_folder), read_furniture(codebook_folder).background
    codes = code_passages(passages, quantities, codebook, roles, background, params)
    return check_table("codes", codes), check_table("quantities", quantities)


def make_ties(documents: pl.DataFrame, passages: pl.DataFrame, codes: pl.DataFrame, quantities: pl.DataFrame,
              params: Mapping) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return `items`, `events` and `ties`; takes the parameters of stage `ties`."""
    items = describe_items(passages, codes)
    events, ties = link_items(documents, passages, items, codes, quantities, params)
    return check_table("items", items), check_table("events", events), check_table("ties", ties)


def code_folder(folder: Path, params: Mapping[str, Mapping]) -> dict[str, pl.DataFrame]:
    """Return documents, passages, codes, quantities, items, events and ties of any folder of texts, with no DVC or Jupyter."""
    documents, passages = make_passages(folder, params["passages"], corrections=False)
    codes, quantities = make_codes(passages, params["codes"])
    items, events, ties = make_ties(documents, passages, codes, quantities, params["ties"])
    return {"documents": documents, "passages": passages, "codes": codes, "quantities": quantities, "items": items,
            "events": events, "ties": ties}


def list_skipped(documents: pl.DataFrame) -> list[str]:
    """Return a line for each document that could not be read, with its reason."""
    return [f"{path}: {problem}" for path, problem in
            documents.filter(pl.col("status") == "skipped").select("path", "problem").iter_rows()]


def has_texts(folder: Path) -> bool:
    """Whether a folder holds any text."""
    return folder.is_dir() and bool(list_texts(folder))
