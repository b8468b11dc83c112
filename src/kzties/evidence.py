"""Follow any number, tie or chart mark back to the raw characters behind it.

An evidence id is `document_id/passage/start-end`: a cue or a quantity. `document_id/passage` is a whole passage.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from kzties.errors import EvidenceError, nearest
from kzties.segmenting import split_sentences
from kzties.tables import ACTIONS
from kzties.wording import format_day

PASSAGE = ["document_id", "passage"]
IDS = {"document_id": pl.String, "passage": pl.Int64, "cue_start": pl.Int64, "cue_end": pl.Int64}


@dataclass(frozen=True)
class Quote:
    """The sentences of one passage that hold the evidence: pieces of raw text, each a cue or not, and where it stands."""

    document_id: str
    passage: int
    start: int
    end: int
    language: str
    source: str
    published: str
    path: str
    pieces: tuple[tuple[str, bool], ...]

    @property
    def name(self) -> str:
        """Return `document_id/passage`."""
        return f"{self.document_id}/{self.passage}"


def split_ids(ids: Iterable[str]) -> pl.DataFrame:
    """Return evidence ids as a table: `document_id`, `passage`, `cue_start`, `cue_end` (null for a whole passage)."""
    parts = pl.col("id").str.extract_groups(r"^(?P<document_id>.+?)/(?P<passage>\d+)(?:/(?P<cue_start>\d+)-(?P<cue_end>\d+))?$")
    return (pl.DataFrame({"id": sorted(set(ids))}, schema={"id": pl.String}).select(parts.alias("parts")).unnest("parts")
            .select(pl.col(name).cast(dtype, strict=False) for name, dtype in IDS.items())
            .drop_nulls(PASSAGE).unique().sort(*IDS))


def quote_evidence(ids: Iterable[str], passages: pl.DataFrame, documents: pl.DataFrame) -> list[Quote]:
    """Return one `Quote` for each passage that the ids name, in the order of documents and passages.

    A quote holds the sentences with a cue; where no cue is named, the passage's first sentence.
    """
    cues = split_ids(ids)
    cited = passages.join(cues.select(PASSAGE).unique(), on=PASSAGE, how="semi").sort(PASSAGE)
    sources = {row["document_id"]: row for row in documents.iter_rows(named=True)}
    sentences = {key: list(zip(part["sentence_start"], part["sentence_text"], strict=True))
                 for key, part in split_sentences(cited).partition_by(PASSAGE, as_dict=True).items()}
    spans = {key: sorted({(start, end) for start, end in part.select("cue_start", "cue_end").iter_rows()
                          if start is not None})
             for key, part in cues.partition_by(PASSAGE, as_dict=True).items()}
    quotes = []
    for row in cited.iter_rows(named=True):
        key = (row["document_id"], row["passage"])
        source = sources[row["document_id"]]
        quotes.append(Quote(
            document_id=key[0], passage=key[1], start=row["start"], end=row["end"], language=row["language"],
            source=source["outlet"] or "outlet not known", path=source["path"],
            published=format_day(source["published"]),
            pieces=tuple(_cut_quote(sentences[key], spans.get(key, [])))))
    return quotes


def _cut_quote(sentences: list[tuple[int, str]], spans: list[tuple[int, int]]) -> Iterable[tuple[str, bool]]:
    """Yield the sentences with a cue, cut into cues and what lies between; ` … ` stands for what is left out."""
    told = [(start, text) for start, text in sentences
            if any(start < end and begin < start + len(text) for begin, end in spans)] or sentences[:1]
    before = None
    for start, text in told:
        if before is not None and start != before:
            yield " … ", False
        position = start
        for begin, end in spans:
            begin, end = max(begin, position), min(end, start + len(text))
            if begin < end:
                if position < begin:
                    yield text[position - start:begin - start], False
                yield text[begin - start:end - start], True
                position = end
        if position < start + len(text):
            yield text[position - start:], False
        before = start + len(text)


def find_evidence(key: str, tables: Mapping[str, pl.DataFrame], numbers: Mapping[str, Mapping]) -> list[str]:
    """Return the evidence ids behind a key, or raise `EvidenceError` with the nearest key.

    A key is the name of a number or sentence in numbers.json, an event, a partner, a theme, a step of the ladder, a
    partner and theme (`SRB/trade`), an event with both (`2026-02-27-SRB/SRB/trade`), or a passage.
    """
    if key in numbers:
        return sorted(numbers[key]["evidence"])
    ties, passages = tables["ties"], tables["passages"]
    event, partner, theme = pl.col("event_id"), pl.col("partner"), pl.col("theme")
    parts = key.split("/")
    chosen = {
        1: (event == key) | (partner == key) | (theme == key) | (pl.col("action") == key),
        2: ((partner == parts[0]) & (theme == parts[-1])) | ((event == parts[0]) & (partner == parts[-1])),
        3: (event == parts[0]) & (partner == parts[1 % len(parts)]) & (theme == parts[-1]),
    }.get(len(parts), pl.lit(False))
    found = ties.filter(chosen)
    if not found.is_empty():
        return sorted(set(found["evidence"].explode().drop_nulls()) | set(found["amounts"].explode().drop_nulls()))
    if re.fullmatch(r".+/\d+(/\d+-\d+)?", key):
        named = split_ids([key]).join(passages, on=PASSAGE, how="semi")
        if not named.is_empty():
            return [key]
    if parts[0] in set(tables["codes"]["code"]):
        cues = tables["codes"].filter(pl.col("code") == parts[0])
        if len(parts) == 1:
            return cues.select(pl.format("{}/{}/{}-{}", "document_id", "passage", "cue_start", "cue_end")).to_series().to_list()
    valid = {*numbers, *ties["event_id"], *ties["partner"], *ties["theme"], *ACTIONS,
             *(f"{one}/{other}" for one, other in ties.select("partner", "theme").iter_rows())}
    raise EvidenceError(f"Nothing is known under '{key}'. {_nearest_few(key, valid)} "
                        "`kzties evidence --list` names every key.")


def _nearest_few(key: str, valid: set[str]) -> str:
    """Return the nearest key where one is near; a list of all would be too long to read."""
    hint = nearest(key, valid)
    return hint if hint.startswith("Did") else ""


def show_quote(quote: Quote, colour: bool = False) -> str:
    """Return a quote as lines for a terminal: where it stands, then the text with its cues in `[brackets]` or colour.

    Control characters of the raw text are shown as `�`, so that no text can steer the terminal.
    """
    opening, closing = ("\x1b[1;33m", "\x1b[0m") if colour else ("[", "]")
    words = "".join(f"{opening}{_tame(text)}{closing}" if is_cue else _tame(text) for text, is_cue in quote.pieces)
    head = (f"{quote.name}  {quote.source}, {quote.published}, {quote.language}\n"
            f"{quote.path}, characters {quote.start}–{quote.end}")
    return f"{_tame(head)}\n  {' '.join(words.split())}"


def _tame(text: str) -> str:
    """Replace control and direction characters, but for white space."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "�", text)
