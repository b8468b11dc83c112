"""Set furniture aside: find the stretches of raw text that are no news text, each with its reason and its rule.

Every human judgement stands in `codebook/furniture.yaml`; this module carries it out over all documents at once, one
polars expression a rule. Nothing is cut away: a stretch is only marked, and `segmenting` tiles the whole text with it.
The error we refuse is to set news text aside, so a rule that could eat it says where it may not (`unless`, `after_text`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.codebook import check_keys, read_yaml
from kzties.errors import CodebookError, nearest
from kzties.tables import REASONS

SPANS = {"document_id": pl.String, "start": pl.Int64, "end": pl.Int64, "reason": pl.String, "rule": pl.String}

RULE_KEYS = ("name", "reason", "why", "pattern", "unless", "after_text", "to_end", "sets_aside", "keeps")

_OPEN, _CLOSE = "\x02", "\x03"
"""Marks put around a match to measure where it stands; the same characters in a text count as spaces while measured."""

_TEXT_LINE = r"(?mR)^.{40,}[.!?…][\p{Pf}\p{Pi}\")\]]*[ \t]*$"
"""A line that is surely text: long, and it ends a sentence."""

_TITLE = r"^[^\r\n]{12,200}[^\s.!;:,…]$"
_TITLE_LINES = 40
"""A title is looked for, and looked for again, in this many lines from the top."""


@dataclass(frozen=True)
class FurnitureRule:
    """One named rule: what it finds, why that is set aside, and where it may not be."""

    name: str
    reason: str
    pattern: str
    unless: str | None
    after_text: bool
    to_end: bool
    sets_aside: dict[str, str]
    keeps: tuple[str, ...]


@dataclass(frozen=True)
class Furniture:
    """The rules of furniture.yaml in their order, and the words that open a background passage or sentence, one regex."""

    rules: tuple[FurnitureRule, ...]
    background: str


def read_furniture(folder: Path = paths.CODEBOOK) -> Furniture:
    """Read and check `furniture.yaml`; what cannot be carried out is a `CodebookError` naming the rule."""
    path = folder / "furniture.yaml"
    content = {"words": {}} | read_yaml(path)
    check_keys("furniture.yaml", content, ("words", "rules", "background"))
    words = read_words(content["words"] or {})
    rules = []
    for number, entry in enumerate(content.get("rules") or (), 1):
        name = entry.get("name") or f"rule {number}"
        where = f"{path.name}, rule '{name}'"
        if entry.get("reason") not in REASONS:
            raise CodebookError(f"{where}: unknown reason '{entry.get('reason')}'. "
                                f"{nearest(str(entry.get('reason')), REASONS)}")
        if unknown := [key for key in entry if key not in RULE_KEYS]:
            raise CodebookError(f"{where}: unknown key '{unknown[0]}'. {nearest(str(unknown[0]), RULE_KEYS)}")
        pattern, unless = (expand_words(str(entry.get(key) or ""), words, where) for key in ("pattern", "unless"))
        for regex in (pattern, unless):
            check_regex(regex, where)
        rules.append(FurnitureRule(name, entry["reason"], pattern, unless or None, bool(entry.get("after_text")),
                                   bool(entry.get("to_end")), entry.get("sets_aside") or {}, tuple(entry.get("keeps") or ())))
    openings = [opening for language in sorted(content.get("background") or {})
                for opening in content["background"][language]]
    background = rf"(?i)^[\s\p{{P}}]*(?:{'|'.join(openings)})" if openings else r"$^"
    check_regex(background, f"{path.name}, background")
    return Furniture(tuple(rules), background)


def read_words(lists: Mapping) -> dict[str, str]:
    """Return each list of words as one alternation; a list may use those above it.

    >>> read_words({"day": {"en": ["dawn", "noon"]}, "time": ["%day%", "late"]})["time"]
    '(?:(?:dawn|noon)|late)'
    """
    words: dict[str, str] = {}
    for name, entries in lists.items():
        flat = [word for part in entries.values() for word in part] if isinstance(entries, Mapping) else entries
        words[name] = f"(?:{'|'.join(expand_words(str(word), words, f'words, {name}') for word in flat)})"
    # a list that begins with `^` is the start of a line, not a choice
    return {name: regex[3:-1] if regex.startswith("(?:^") else regex for name, regex in words.items()}


def expand_words(pattern: str, words: Mapping[str, str], where: str) -> str:
    """Replace each `%name%` in a pattern by its list of words; an unknown name is a `CodebookError`."""
    def expand(found: re.Match) -> str:
        if found[1] not in words:
            raise CodebookError(f"{where}: there is no list of words '{found[1]}'. {nearest(found[1], words)}")
        return words[found[1]]

    return re.sub(r"%([a-z_]+)%", expand, pattern)


def check_regex(pattern: str, where: str) -> None:
    """Raise a `CodebookError` saying where, if polars cannot compile the pattern."""
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.ComputeError as error:
        reason = str(error).splitlines()[0]
        raise CodebookError(f"{where}: the pattern cannot be compiled: {reason}. Mend the regular expression.") from None


def find_furniture(texts: pl.DataFrame, furniture: Furniture) -> pl.DataFrame:
    """Return the spans to set aside: `document_id`, `start`, `end` (characters), `reason`, `rule`.

    Takes `texts` (`document_id`, `text`). Spans never overlap: where two rules meet, the earlier rule has the stretch.
    """
    # compiling an expression costs more than reading a short text with it, so all rules are first tried at once
    fits = texts.select(pl.col("text").str.contains(rule.pattern).any().alias(rule.name) for rule in furniture.rules)
    found = [find_rule(texts, rule).with_columns(reason=pl.lit(rule.reason), rule=pl.lit(rule.name), order=pl.lit(order))
             for order, rule in enumerate(furniture.rules) if fits[rule.name].any()]
    found.append(find_repeated_titles(texts).with_columns(order=pl.lit(len(furniture.rules))))
    spans = pl.concat(found)
    edges = (pl.concat([spans.select("document_id", "start"), spans.select("document_id", start="end")])
             .unique().sort("document_id", "start")
             .with_columns(end=pl.col("start").shift(-1).over("document_id")).drop_nulls())
    return (edges.join_where(spans.rename({"document_id": "other", "start": "from", "end": "to"}),
                             pl.col("document_id") == pl.col("other"), pl.col("start") >= pl.col("from"),
                             pl.col("end") <= pl.col("to"))
            .sort("document_id", "start", "order").unique(["document_id", "start"], keep="first", maintain_order=True)
            .with_columns(run=pl.struct("rule", "from").rle_id().over("document_id"))
            .group_by("document_id", "run", "reason", "rule", maintain_order=True)
            .agg(pl.col("start").min(), pl.col("end").max())
            .select(*SPANS))


def find_rule(texts: pl.DataFrame, rule: FurnitureRule) -> pl.DataFrame:
    """Return `document_id`, `start`, `end` of what a rule sets aside, where its `unless` and `after_text` allow it."""
    spans = find_spans(texts, rule.pattern)
    if rule.unless and len(spans):
        part = pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
        spans = (spans.join(texts, on="document_id", how="left", maintain_order="left")
                 .filter(~part.str.contains(rule.unless)).select(spans.columns))
    if rule.after_text and len(spans):
        text_from = find_spans(texts, _TEXT_LINE).group_by("document_id").agg(text_from=pl.col("end").min())
        spans = (spans.join(text_from, on="document_id", how="left", maintain_order="left")
                 .filter(pl.col("start") >= pl.col("text_from")).select(spans.columns))
    if rule.to_end and len(spans):
        length = texts.select("document_id", length=pl.col("text").str.len_chars().cast(pl.Int64))
        spans = (spans.sort("document_id", "start").unique("document_id", keep="first", maintain_order=True)
                 .join(length, on="document_id", how="left", maintain_order="left").select("document_id", "start", end="length"))
    return spans


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


def find_repeated_titles(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the spans of a title said again at the head of the lead (`repeated_title`), and of what stands above it.

    A page that prints its title twice shows by it where the page's head ends: lines above the title that end no
    sentence are the site's name and menus (`site_head`).
    """
    length = pl.col("line").str.len_chars().cast(pl.Int64)
    lines = (texts.select("document_id", line=pl.col("text").str.slice(0, 20_000).str.extract_all(r"[^\r\n]+|\r\n|\r|\n"))
             .with_columns(pl.col("line").list.head(4 * _TITLE_LINES)).explode("line")
             .drop_nulls("line")
             .with_columns(end=length.cum_sum().over("document_id"))
             .with_columns(start=pl.col("end") - length)
             .filter(pl.col("line").str.contains(r"\S"))
             .with_columns(start=pl.col("start") + length - pl.col("line").str.strip_chars_start().str.len_chars().cast(pl.Int64),
                           line=pl.col("line").str.strip_chars(), number=pl.int_range(pl.len()).over("document_id"))
             .filter(pl.col("number") < _TITLE_LINES)
             .with_columns(end=pl.col("start") + length))
    titles = lines.filter(pl.col("line").str.contains(_TITLE), pl.col("line").str.count_matches(r"\w+") >= 4)
    again = (titles.select("document_id", title="line", title_start="start", title_number="number")
             .join(lines, on="document_id").filter(pl.col("number") > pl.col("title_number"),
                                                   pl.col("line").str.starts_with(pl.col("title"))))
    rest = pl.col("line").str.slice(pl.col("title").str.len_chars())
    glued = rest.str.extract(r"^([.:]?\s*(?:[–—-]\s+)?)[\p{Lu}«„“\"]", 1)
    repeated = again.with_columns(glue=glued).filter(pl.col("glue").is_not_null() & ~rest.str.contains(r"^\p{Lu}\p{Lu}"))
    repeated = repeated.select("document_id", "start", end=pl.col("start") + (
        pl.col("title").str.len_chars() + pl.col("glue").str.len_chars()).cast(pl.Int64),
        reason=pl.lit("duplicate"), rule=pl.lit("repeated_title"))
    said_twice = again.filter((rest == "") | glued.is_not_null() | (rest == "."))
    only = said_twice.group_by("document_id").agg(pl.col("title_number").min(), pl.col("title").n_unique().alias("titles"))
    head = (lines.join(only.filter(pl.col("titles") == 1, pl.col("title_number") <= 12), on="document_id")
            .filter(pl.col("number") < pl.col("title_number"), pl.col("line").str.contains(r"[^.!?…»”\"]$"),
                    pl.col("line").str.len_chars() <= 200)
            .select("document_id", "start", "end", reason=pl.lit("site_menu"), rule=pl.lit("site_head")))
    return pl.concat([repeated, head]).sort("document_id", "start").select(*SPANS)
