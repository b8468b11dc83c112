"""The tables: one description each of key, columns, dtypes, units and allowed values, and their reading and writing.

Everything else about tables (the data dictionary, the checks, `datapackage.json`) is generated from `TABLES`.
Tables are Parquet, sorted by their key, written whole or not at all.
"""

import io
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties import paths

KINDS = ("headline", "body", "list", "quote", "furniture", "blank")
REASONS = (
    "blank", "date_stamp", "dateline", "copyright", "photo_credit", "share_button", "comment", "counter",
    "related_link", "site_menu", "markup", "duplicate", "credit", "widget", "notice", "embed",
)
VARIABLES = ("partner", "theme", "action")
ROLES = ("counterpart", "mentioned")
ACTIONS = ("talk", "intent", "agreement", "commitment", "implementation", "result")
"""The ladder of firmness, from talk to result; a later step is firmer."""
THEMES = (
    "trade", "investment", "transport", "minerals", "energy", "industry", "agriculture", "digital", "environment",
    "people", "institutions", "general",
)
BOUNDS = ("exact", "approx", "min", "max")
QUANTITY_ROLES = ("from", "to", "total", "part")


@dataclass(frozen=True)
class Column:
    """One column: its polars dtype, a sentence on what it holds, its unit and its allowed values where it has any."""

    dtype: pl.DataType
    meaning: str
    unit: str | None = None
    allowed: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Table:
    """One table: what a row is, the columns that name a row, and all columns in their order."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Return column names and dtypes, in order."""
        return {name: column.dtype for name, column in self.columns.items()}

    def empty(self) -> pl.DataFrame:
        """Return the table with no rows."""
        return pl.DataFrame(schema=self.schema)


TEXT, WHOLE, NUMBER, DATE, YES = pl.String(), pl.Int64(), pl.Float64(), pl.Date(), pl.Boolean()
TEXTS = pl.List(pl.String())

_DOCUMENT = Column(TEXT, "The raw file's name without its ending.")
_ITEM = Column(WHOLE, "Number of the news story within the document, from 1; null for what is set aside.")
_PASSAGE = Column(WHOLE, "Number of the stretch of text within the document, from 1.")
_START = Column(WHOLE, "Offset of the first character in the decoded raw file.", "characters")
_END = Column(WHOLE, "Offset after the last character in the decoded raw file.", "characters")

DOCUMENTS = Table("documents", "one raw file", ("document_id",), {
    "document_id": _DOCUMENT,
    "path": Column(TEXT, "Path of the raw file from the project's root, with forward slashes."),
    "sha256": Column(TEXT, "SHA-256 of the file's bytes."),
    "bytes": Column(WHOLE, "Size of the file.", "bytes"),
    "characters": Column(WHOLE, "Length of the decoded text; null where it could not be decoded.", "characters"),
    "encoding": Column(TEXT, "Encoding that the text was decoded with; null where none fits."),
    "status": Column(TEXT, "Whether the text was read or skipped.", allowed=("read", "skipped")),
    "problem": Column(TEXT, "Why the text was skipped; null where it was read."),
    "outlet": Column(TEXT, "Who published the text, as declared in sources.csv; null where not known."),
    "url": Column(TEXT, "Where it was published, as declared in sources.csv; null where not known."),
    "published": Column(DATE, "Day of publication."),
    "published_from": Column(TEXT, "Where the day was read.", allowed=("declared", "header", "dateline", "none")),
    "language": Column(TEXT, "ISO 639-1 code of the language of most kept characters; `und` where not known."),
    "language_confidence": Column(NUMBER, "Share of the kept characters that are in that language.", "share, 0 to 1"),
    "rights": Column(TEXT, "What is known of the owner's terms, as declared in sources.csv."),
    "attribution": Column(TEXT, "How the outlet asks to be named, as declared in sources.csv."),
    "note": Column(TEXT, "What else is known, as declared in sources.csv."),
})

PASSAGES = Table("passages", "one stretch of raw text, kept or set aside", ("document_id", "passage"), {
    "document_id": _DOCUMENT,
    "item": _ITEM,
    "passage": _PASSAGE,
    "kind": Column(TEXT, "What sort of text it is.", allowed=KINDS),
    "kept": Column(YES, "Whether it is coded; everything else is set aside with a reason."),
    "reason": Column(TEXT, "Why it is set aside; null where it is kept.", allowed=REASONS),
    "rule": Column(TEXT, "The furniture rule (codebook/furniture.yaml) that set it aside; null where none did."),
    "background": Column(YES, "Whether it only recalls what went before (`Earlier`): it does not set the main tie."),
    "language": Column(TEXT, "ISO 639-1 code of its language; `und` where not known."),
    "start": _START,
    "end": _END,
    "duplicate_of": Column(TEXT, "The earlier passage, `document_id/passage`, that says the same word for word."),
    "text": Column(TEXT, "The characters themselves: raw[start:end]."),
})

CODES = Table("codes", "one code given to one passage by one cue",
              ("document_id", "passage", "variable", "code", "cue_start", "cue_end"), {
    "document_id": _DOCUMENT,
    "item": _ITEM,
    "passage": _PASSAGE,
    "variable": Column(TEXT, "What is coded.", allowed=VARIABLES),
    "code": Column(TEXT, "ISO 3166-1 alpha-3 or organisation (partner), theme, or step of the ladder (action)."),
    "role": Column(TEXT, "A partner's role in this passage; null for other variables.", allowed=ROLES),
    "rule": Column(TEXT, "The rule that gave a partner its role or an action its place; null for themes."),
    "cue_start": Column(WHOLE, "Offset of the cue's first character in the decoded raw file.", "characters"),
    "cue_end": Column(WHOLE, "Offset after the cue's last character in the decoded raw file.", "characters"),
    "cue": Column(TEXT, "The cue itself: raw[cue_start:cue_end]."),
    "pattern": Column(TEXT, "The codebook pattern that fired, as written there."),
    "pattern_language": Column(TEXT, "The language that the pattern is listed under."),
})

QUANTITIES = Table("quantities", "one reported number", ("document_id", "passage", "start", "end"), {
    "document_id": _DOCUMENT,
    "item": _ITEM,
    "passage": _PASSAGE,
    "value": Column(NUMBER, "The number, multiplied out: `3.9 trillion` is 3900000000000."),
    "unit": Column(TEXT, "ISO 4217 code, unit symbol (t, km, m2, MW, %, x) or the counted noun, singular, English."),
    "of": Column(NUMBER, "The whole that the value is a part of: 36 in `22 of the 36`."),
    "bound": Column(TEXT, "How the value bounds the quantity.", allowed=BOUNDS),
    "per": Column(TEXT, "What a rate is per: `year`, `day`."),
    "role": Column(TEXT, "Place in a change or a sum; null where it stands alone.", allowed=QUANTITY_ROLES),
    "period": Column(TEXT, "The period that it is about, where the passage gives one: `2025`."),
    "start": _START,
    "end": _END,
    "surface": Column(TEXT, "The exact words read: raw[start:end]."),
    "what": Column(TEXT, "What it measures: the words beside it in the text; null where none are found."),
})

ITEMS = Table("items", "one news story with its main tie", ("document_id", "item"), {
    "document_id": _DOCUMENT,
    "item": Column(WHOLE, "Number of the news story within the document, from 1."),
    "relevant": Column(YES, "Whether it states a foreign economic tie: a counterpart and a theme."),
    "main_partner": Column(TEXT, "The counterpart named first in its headline and first passage, else later; null where none "
                                 "is."),
    "main_themes": Column(TEXTS, "The themes of its headline and first passage, else of those after them."),
    "main_action": Column(TEXT, "The firmest step that its headline and first passage state, else that of the next passage that "
                                "states one; null where none does.", allowed=ACTIONS),
    "action_evidence": Column(TEXT, "The cue of that step, `document_id/passage/cue_start-cue_end`."),
})

EVENTS = Table("events", "one happening, with the items that report it", ("event_id",), {
    "event_id": Column(TEXT, "First day and partners: `2026-02-27-SRB`."),
    "title": Column(TEXT, "Headline or first words of the first item that reports it, as printed."),
    "title_passage": Column(TEXT, "The passage, `document_id/passage`, that the title is taken from."),
    "items": Column(TEXTS, "The items that report it, `document_id#item`."),
    "documents": Column(TEXTS, "The documents that report it."),
    "partners": Column(TEXTS, "The counterparts."),
    "main_partner": Column(TEXT, "The counterpart of the main tie: of its headline or first passage."),
    "first_date": Column(DATE, "Earliest day of publication."),
    "last_date": Column(DATE, "Latest day of publication."),
    "languages": Column(TEXTS, "Languages of the items."),
    "outlets": Column(TEXTS, "Outlets of the items; the document's name where the outlet is not known."),
    "link_reasons": Column(TEXTS, "Why items were joined, one sentence a pair; empty for a single item."),
})

TIES = Table("ties", "one partner and one theme in one event, with the firmest action",
             ("event_id", "partner", "theme"), {
    "event_id": Column(TEXT, "The event."),
    "partner": Column(TEXT, "The counterpart: ISO 3166-1 alpha-3 or organisation."),
    "theme": Column(TEXT, "What the tie is about.", allowed=THEMES),
    "action": Column(TEXT, "The firmest step that the sources state; null where they state none.", allowed=ACTIONS),
    "first_date": Column(DATE, "Earliest day on which a source reports the tie."),
    "documents": Column(TEXTS, "The documents that report it."),
    "evidence": Column(TEXTS, "Its cues, `document_id/passage/cue_start-cue_end`, partner, theme and action alike."),
    "action_evidence": Column(TEXTS, "The cues of the firmest action alone; empty where there is none."),
    "amounts": Column(TEXTS, "Quantities of its passages, `document_id/passage/start-end`."),
})

AGREEMENT = Table("agreement", "one code, compared with hand coding", ("material", "variable", "code", "language"), {
    "material": Column(TEXT, "Which hand-coded texts: the raw texts of this project, or the trial texts in data/gold/trial/.",
                       allowed=("raw_texts", "development", "test")),
    "variable": Column(TEXT, "What is compared: relevance, partner, counterpart, theme, action or quantity."),
    "code": Column(TEXT, "The code; `all` for the variable as a whole."),
    "language": Column(TEXT, "ISO 639-1 code of the passages compared; `all` for every language."),
    "n": Column(WHOLE, "Units compared: passages of the raw texts (documents for counterparts and quantities), or trial "
                       "texts.", "passages or texts"),
    "positives": Column(WHOLE, "Units to which the hand coding gives the code.", "passages or texts"),
    "alpha": Column(NUMBER, "Krippendorff's alpha of program and hand coding; null where nothing varies."),
    "low": Column(NUMBER, "Lower end of its bootstrap interval."),
    "high": Column(NUMBER, "Upper end of its bootstrap interval."),
    "precision": Column(NUMBER, "Share of the program's codes that the hand coding gives too."),
    "recall": Column(NUMBER, "Share of the hand coding's codes that the program gives too."),
    "f1": Column(NUMBER, "Harmonic mean of precision and recall."),
    "coders_alpha": Column(NUMBER, "Alpha of the two hand coders with each other, before adjudication."),
    "tentative": Column(YES, "Whether alpha is under the limit in params.yaml or cannot be computed."),
    "codebook_version": Column(TEXT, "The codebook that the hand coding was made under."),
})

TABLES = {table.name: table for table in
          (DOCUMENTS, PASSAGES, CODES, QUANTITIES, ITEMS, EVENTS, TIES, AGREEMENT)}


def check_table(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """Return `table` with its columns in order and sorted by key, or raise `ValueError` with what does not fit.

    A misfit here is a programming mistake, not the user's: every stage is checked by it before it writes.
    """
    described = TABLES[name]
    missing = [column for column in described.columns if column not in table.columns]
    extra = [column for column in table.columns if column not in described.columns]
    if missing or extra:
        raise ValueError(f"Table '{name}': columns missing {missing}, columns not described {extra}.")
    table = table.select(pl.col(column).cast(dtype) for column, dtype in described.schema.items())
    empty_keys = [column for column in described.key if table[column].null_count()]
    if empty_keys:
        raise ValueError(f"Table '{name}': expected every key to be filled, but {empty_keys} hold nulls.")
    if table.select(described.key).is_duplicated().any():
        raise ValueError(f"Table '{name}': expected one row for each {described.key}, but some stand twice.")
    for column, about in described.columns.items():
        if about.allowed and (strange := set(table[column].drop_nulls().unique()) - set(about.allowed)):
            raise ValueError(f"Table '{name}', column '{column}': expected one of {about.allowed}, found {strange}.")
    return table.sort(described.key)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: to a neighbour first, then renamed over `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, neighbour = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(neighbour, 0o644)
        os.replace(neighbour, path)
    except BaseException:
        Path(neighbour).unlink(missing_ok=True)
        raise


def write_table(name: str, table: pl.DataFrame, folder: Path = paths.PROCESSED) -> Path:
    """Check `table` against its description and write `folder/name.parquet` whole; return its path."""
    buffer = io.BytesIO()
    check_table(name, table).write_parquet(buffer, compression="zstd", statistics=False)
    path = folder / f"{name}.parquet"
    write_bytes(path, buffer.getvalue())
    return path


def write_csv(name: str, table: pl.DataFrame, folder: Path) -> Path:
    """Write `folder/name.csv` (UTF-8), lists joined by spaces, no cell able to act as a spreadsheet formula."""
    flat = check_table(name, table).with_columns(pl.col(pl.List(pl.String)).list.join(" "))
    path = folder / f"{name}.csv"
    write_bytes(path, disarm_formulas(flat).write_csv().encode())
    return path


def disarm_formulas(table: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run as a formula.

    >>> disarm_formulas(pl.DataFrame({"name": ["=1+1", "Serbia"]}))["name"].to_list()
    ["'=1+1", 'Serbia']
    """
    armed = pl.col(pl.String).str.contains(r"^\s*[=+\-@\t\r]")
    return table.with_columns(pl.when(armed).then("'" + pl.col(pl.String)).otherwise(pl.col(pl.String)).name.keep())


def read_table(name: str, folder: Path = paths.PROCESSED) -> pl.DataFrame:
    """Read `folder/name.parquet`; a missing file is a `FileNotFoundError` that names the stage to run."""
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not built yet. Run `make brief` (or `dvc repro`) first.")
    return pl.read_parquet(path, glob=False).select(*TABLES[name].columns)


def describe_tables() -> str:
    """Return the data dictionary of all tables as Markdown; `docs/tables.md` is this text."""
    lines = ["# Tables", "",
             "Made by `python -m kzties.tables > docs/tables.md` from `src/kzties/tables.py`; a test keeps both equal."]
    for table in TABLES.values():
        lines += ["", f"## {table.name}", "", f"One row is {table.row}. Key: {', '.join(f'`{name}`' for name in table.key)}.", "",
                  "| column | type | unit | what it is |", "| --- | --- | --- | --- |"]
        for name, column in table.columns.items():
            allowed = f" One of: {', '.join(column.allowed)}." if column.allowed else ""
            kind = "list of text" if isinstance(column.dtype, pl.List) else {
                pl.String: "text", pl.Int64: "whole number", pl.Float64: "number", pl.Date: "day", pl.Boolean: "yes or no",
            }[type(column.dtype)]
            lines.append(f"| {name} | {kind} | {column.unit or ''} | {column.meaning}{allowed} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(describe_tables(), end="")
