"""Set furniture aside: find the stretches of raw text that are no news text, each with its reason and its rule.

Every human judgement stands in `codebook/furniture.yaml`; this module carries it out over all documents at once, one
polars expression a rule. Nothing is cut away: a stretch is only marked, and `segmenting` tiles the whole text with it.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.codebook import check_keys, read_yaml
from kzties.errors import CodebookError, nearest
from kzties.tables import REASONS

SPANS = {"document_id": pl.String, "start": pl.Int64, "end": pl.Int64, "reason": pl.String, "rule": pl.String}

_OPEN, _CLOSE = "\x02", "\x03"
"""Marks put around a match to measure where it stands; the same characters in a text count as spaces while measured."""


@dataclass(frozen=True)
class FurnitureRule:
    """One named rule: what it finds, and why that is set aside."""

    name: str
    reason: str
    pattern: str
    sets_aside: dict[str, str]
    keeps: tuple[str, ...]


@dataclass(frozen=True)
class Furniture:
    """The rules of furniture.yaml in their order, and the words that open a background passage, one regex."""

    rules: tuple[FurnitureRule, ...]
    background: str


def read_furniture(folder: Path = paths.CODEBOOK) -> Furniture:
    """Read and check `furniture.yaml`; what cannot be carried out is a `CodebookError` naming the rule."""
    path = folder / "furniture.yaml"
    content = read_yaml(path)
    check_keys("furniture.yaml", content, ("rules", "background"))
    rules = []
    for number, entry in enumerate(content.get("rules") or (), 1):
        name = entry.get("name") or f"rule {number}"
        where = f"{path.name}, rule '{name}'"
        if entry.get("reason") not in REASONS:
            raise CodebookError(f"{where}: unknown reason '{entry.get('reason')}'. "
                                f"{nearest(str(entry.get('reason')), REASONS)}")
        check_regex(str(entry.get("pattern")), where)
        rules.append(FurnitureRule(name, entry["reason"], entry["pattern"], entry.get("sets_aside") or {},
                                   tuple(entry.get("keeps") or ())))
    openings = [opening for language in sorted(content.get("background") or {})
                for opening in content["background"][language]]
    background = rf"(?i)^[\s\p{{P}}]*(?:{'|'.join(openings)})" if openings else r"$^"
    check_regex(background, f"{path.name}, background")
    return Furniture(tuple(rules), background)


def check_regex(pattern: str, where: str) -> None:
    """Raise a `CodebookError` saying where, if polars cannot compile the pattern."""
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.ComputeError as error:
        raise CodebookError(f"{where}: the pattern cannot be compiled: {error}. Mend the regular expression.") from None


def find_furniture(texts: pl.DataFrame, furniture: Furniture) -> pl.DataFrame:
    """Return the spans to set aside: `document_id`, `start`, `end` (characters), `reason`, `rule`.

    Takes `texts` (`document_id`, `text`). Spans never overlap: where two rules meet, the earlier rule has the stretch.
    """
    found = [find_spans(texts, rule.pattern).with_columns(
        reason=pl.lit(rule.reason), rule=pl.lit(rule.name), order=pl.lit(order))
        for order, rule in enumerate(furniture.rules)]
    spans = pl.concat(found) if found else pl.DataFrame(schema=SPANS | {"order": pl.Int32})
    edges = (pl.concat([spans.select("document_id", "start"), spans.select("document_id", start="end")])
             .unique().sort("document_id", "start")
             .with_columns(end=pl.col("start").shift(-1).over("document_id")).drop_nulls())
    return (edges.join(spans, on="document_id", suffix="_span")
            .filter(pl.col("start") >= pl.col("start_span"), pl.col("end") <= pl.col("end_span"))
            .sort("document_id", "start", "order").unique(["document_id", "start"], keep="first", maintain_order=True)
            .with_columns(run=pl.struct("rule", "start_span").rle_id().over("document_id"))
            .group_by("document_id", "run", "reason", "rule", maintain_order=True)
            .agg(pl.col("start").min(), pl.col("end").max())
            .select(*SPANS))


def find_spans(texts: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """Return `document_id`, `start`, `end` of every match (or of its group `set_aside`), in characters.

    polars gives matches without positions, so marks are put around each match and the pieces between are measured.
    """
    group = "set_aside" if "(?P<set_aside>" in pattern else "0"
    pieces = (texts.lazy()
              .filter(pl.col("text").str.contains(pattern))
              .with_columns(text=pl.col("text").str.replace_all(f"[{_OPEN}{_CLOSE}]", " "))
              .with_columns(match=pl.col("text").str.extract_all(pattern))
              .with_columns(text=pl.col("text").str.replace_all(pattern, f"{_OPEN}${{0}}{_CLOSE}"))
              .with_columns(piece=pl.col("text").str.split(_OPEN))
              .select("document_id", "match", "piece")
              .explode("piece")
              # a piece is `match CLOSE rest`, but for the first of a document, which is all rest
              .with_columns(length=pl.col("piece").str.replace(_CLOSE, "", literal=True).str.len_chars().cast(pl.Int64),
                            number=pl.int_range(pl.len()).over("document_id") - 1)
              .with_columns(offset=pl.col("length").cum_sum().over("document_id") - pl.col("length"))
              .filter(pl.col("number") >= 0)
              .with_columns(match=pl.col("match").list.get(pl.col("number"))))
    inside = (pl.col("match").str.extract(pattern, 0) if group == "0"
              else pl.col("match").str.extract_groups(pattern).struct.field("set_aside"))
    before = pl.lit(0) if group == "0" else pl.col("match").str.split(pl.col("inside")).list.first().str.len_chars()
    return (pieces.with_columns(inside=inside).filter(pl.col("inside").str.len_chars() > 0)
            .with_columns(start=pl.col("offset") + before.cast(pl.Int64))
            .select("document_id", "start", end=pl.col("start") + pl.col("inside").str.len_chars().cast(pl.Int64))
            .collect())
