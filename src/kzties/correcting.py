"""Correct what sources say of themselves, by `codebook/corrections.yaml` alone: where, what, expected, value, reason."""

import datetime
import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.codebook import check_keys, read_yaml
from kzties.errors import CodebookError, nearest
from kzties.reading import URL

COLUMNS = ("published", "outlet", "url", "language", "rights", "attribution", "note")
FIELDS = ("document", "column", "expected", "value", "reason")


def read_corrections(folder: Path = paths.CODEBOOK) -> list[Mapping]:
    """Read and check `corrections.yaml`; an entry that is not whole is a `CodebookError` naming it."""
    content = read_yaml(folder / "corrections.yaml")
    check_keys("corrections.yaml", content, ("corrections",))
    entries = content["corrections"] or []
    for number, entry in enumerate(entries, 1):
        where = f"corrections.yaml, correction {number}"
        if unknown := set(entry) - set(FIELDS):
            raise CodebookError(f"{where}: unknown key '{min(unknown)}'. {nearest(min(unknown), FIELDS)}")
        if missing := set(FIELDS) - set(entry):
            raise CodebookError(f"{where}: the key '{min(missing)}' is missing. Every correction has {', '.join(FIELDS)}.")
        if entry["column"] not in COLUMNS:
            raise CodebookError(f"{where}: unknown column '{entry['column']}'. {nearest(entry['column'], COLUMNS)}")
        if not str(entry["reason"] or "").strip():
            raise CodebookError(f"{where}: the reason is empty. Say in one sentence why the source is wrong.")
        if entry["column"] == "url" and entry["value"] and not re.fullmatch(URL, str(entry["value"])):
            raise CodebookError(f"{where}: the value '{entry['value']}' is no address of a web page, such as https://….")
        if entry["column"] == "published" and not isinstance(entry["value"], datetime.date):
            raise CodebookError(f"{where}: the value '{entry['value']}' is no date. Write it as YYYY-MM-DD.")
    return entries


def correct_documents(documents: pl.DataFrame, corrections: list[Mapping]) -> pl.DataFrame:
    """Return `documents` with the corrections carried out; one that matches nothing is a `CodebookError`."""
    for number, entry in enumerate(corrections, 1):
        where, column = f"corrections.yaml, correction {number}", entry["column"]
        here = pl.col("document_id") == entry["document"]
        found = documents.filter(here)
        if found.is_empty():
            raise CodebookError(f"{where} matches nothing: there is no document '{entry['document']}'. "
                                f"{nearest(str(entry['document']), documents['document_id'])}")
        present = found[column][0]
        if str(present or "") != str(entry["expected"] or ""):
            raise CodebookError(f"{where} matches nothing: {column} of '{entry['document']}' is '{present or ''}', "
                                f"not '{entry['expected'] or ''}'. Mend the expected value or delete the correction.")
        documents = documents.with_columns(
            pl.when(here).then(pl.lit(entry["value"], dtype=documents.schema[column])).otherwise(column).alias(column))
        if column == "published":
            documents = documents.with_columns(
                published_from=pl.when(here).then(pl.lit("declared")).otherwise("published_from"))
    return documents
