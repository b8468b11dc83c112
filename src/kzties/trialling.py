"""Try the program on texts written for the purpose: short texts in many languages, coded by hand, half of them frozen as test.

The unit is the text as a whole, as the codebook codes a document. The development half is for improving the codebook
(`reviewing` shows its misses); the test half is only counted.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.agreeing import SHEET_SCHEMA, read_sheet
from kzties.cleaning import read_furniture
from kzties.codebook import Codebook, read_yaml
from kzties.errors import SourceError
from kzties.itemising import describe_items
from kzties.segmenting import segment
from kzties.staging import make_codes
from kzties.tables import DOCUMENTS

TEXT_SCHEMA = {"document_id": pl.String, "split": pl.String, "language": pl.String, "sort": pl.String, "shape": pl.String,
               "tries": pl.String, "text": pl.String}
SPLITS = ("development", "test")
RELEVANT = "tie"
"""The code of the variable relevance: the text states a foreign economic tie."""


@dataclass(frozen=True)
class Trial:
    """The trial texts, and their codings: the adjudicated one and the two blind ones it was made from."""

    texts: pl.DataFrame
    adjudicated: pl.DataFrame
    first: pl.DataFrame
    second: pl.DataFrame


def read_trial(folder: Path = paths.GOLD / "trial") -> Trial:
    """Read `texts.csv`, `gold.csv`, `coder_a.csv` and `coder_b.csv`; a misfit is a `SourceError` naming the file.

    The test half is frozen: its hash must be the one in `about.yaml`.
    """
    try:
        texts = pl.read_csv(folder / "texts.csv", schema=TEXT_SCHEMA, glob=False)
    except (pl.exceptions.PolarsError, FileNotFoundError) as error:
        raise SourceError(f"{folder / 'texts.csv'} cannot be read: {error}. Its columns are {', '.join(TEXT_SCHEMA)}.") from None
    if strange := set(texts["split"]) - set(SPLITS):
        raise SourceError(f"{folder / 'texts.csv'}: unknown split '{min(strange)}'. Write {' or '.join(SPLITS)}.")
    sheets = {name: read_sheet(folder / f"{name}.csv", SHEET_SCHEMA) for name in ("gold", "coder_a", "coder_b")}
    for name, sheet in sheets.items():
        if strange := sorted(set(sheet["document_id"]) - set(texts["document_id"])):
            raise SourceError(f"{folder / name}.csv codes a text that texts.csv has not: '{strange[0]}'. Mend its name.")
    frozen, found = read_yaml(folder / "about.yaml").get("test_sha256"), hash_test(texts, sheets["gold"])
    if frozen != found:
        raise SourceError(f"{folder}: the test half is not the one that was frozen (SHA-256 {found}, about.yaml says {frozen}). "
                          "Restore the files; new texts belong to the development half.")
    return Trial(texts, sheets["gold"], sheets["coder_a"], sheets["coder_b"])


def hash_test(texts: pl.DataFrame, gold: pl.DataFrame) -> str:
    """Return the SHA-256 of the test half: of its texts and of their adjudicated codes, as CSV."""
    test = texts.filter(pl.col("split") == "test").sort("document_id")
    coded = gold.join(test.select("document_id"), on="document_id", how="semi")
    return hashlib.sha256((test.write_csv() + coded.sort(pl.all()).write_csv()).encode()).hexdigest()


def code_trial(texts: pl.DataFrame, params: Mapping[str, Mapping], codebook: Codebook) -> dict[str, pl.DataFrame]:
    """Return the tables passages, codes, quantities and items of the trial texts, made as those of any other texts."""
    documents = texts.select("document_id", path="document_id", status=pl.lit("read"), published_from=pl.lit("none"),
                             characters=pl.col("text").str.len_chars())
    documents = pl.concat([DOCUMENTS.empty(), documents.cast({"characters": pl.Int64})], how="diagonal")
    _, passages = segment(documents, texts.select("document_id", "text"), read_furniture(), params["passages"])
    codes, quantities = make_codes(passages, params["codes"], codebook)
    return {"passages": passages, "codes": codes, "quantities": quantities, "items": describe_items(passages, codes)}


def sheet_texts(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the program's coding in the shape of the hand codings: one row a text and code.

    A partner is a counterpart if it is one anywhere; the action is that of the main tie of the first item.
    """
    codes, items, blank = tables["codes"], tables["items"], pl.lit(None, pl.String)
    counterpart = pl.col("role").eq("counterpart").any()
    partners = (codes.filter(pl.col("variable") == "partner").group_by("document_id", "code")
                .agg(role=pl.when(counterpart).then(pl.lit("counterpart")).otherwise(pl.lit("mentioned"))))
    themes = codes.filter(pl.col("variable") == "theme").select("document_id", "code").unique()
    actions = (items.filter(pl.col("main_action").is_not_null()).sort("document_id", "item")
               .unique("document_id", keep="first", maintain_order=True).select("document_id", code="main_action"))
    relevant = items.filter("relevant").select("document_id", code=pl.lit(RELEVANT)).unique()
    amounts = tables["quantities"].select("document_id", code="unit", value="value").unique()
    rows = [partners.with_columns(variable=pl.lit("partner"))]
    rows += [table.with_columns(variable=pl.lit(variable), role=blank) for variable, table in
             (("theme", themes), ("action", actions), ("relevance", relevant), ("quantity", amounts))]
    return pl.concat(rows, how="diagonal").select("document_id", "variable", "code", "role", "value").sort(pl.all())
