"""Match the codebook's patterns against all passages in one compiled pass, spans included.

Each text becomes its words, normalised and separated by single spaces; an Aho-Corasick automaton (polars `find_many`
and `extract_many`, which give positions and patterns in the same order) finds the fixed part of every pattern at once.
From a hit's byte the number of its word follows, from that its characters in the raw text. No loop runs over passages.
"""

import polars as pl

from kzties.codebook import PATTERN_SCHEMA, normalise

WORD = r"[\w\u{AD}]+"
PHRASE_END = r"[,;:!?()]|[.…]\s"
"""A pattern of several words never reaches over these: `energy, industry` is not the energy industry. An excluded phrase
may (`Atlanta, Georgia`)."""

KEY = ("document_id", "passage")

HITS = {"document_id": pl.String, "passage": pl.Int64, "pattern_id": pl.Int64, "first_word": pl.Int64,
        "last_word": pl.Int64, "cue_start": pl.Int64, "cue_end": pl.Int64, "cue": pl.String}


def match_patterns(passages: pl.DataFrame, patterns: pl.DataFrame) -> pl.DataFrame:
    """Return every place where a pattern stands: `HITS` and the columns of the pattern, longest match first applied.

    Takes passages (`document_id`, `passage`, `language`, `start`, `text`) and `Codebook.patterns`. A hit inside a
    longer hit of the same variable is dropped; so is one inside an excluded phrase, and the phrase itself.
    """
    if passages.is_empty() or patterns.is_empty():
        return pl.DataFrame(schema=HITS | PATTERN_SCHEMA)
    words = split_words(passages.select(*KEY, "language", "start", "text"))
    hits = _verify(_find_anchors(words, patterns))
    hits = hits.with_columns(cue=pl.col("text").str.slice(pl.col("cue_start") - pl.col("start"),
                                                          pl.col("cue_end") - pl.col("cue_start")))
    in_language = ((pl.col("variable") == "partner") | (pl.col("language_right").str.head(2) == pl.col("language"))
                   | pl.col("language_right").eq("any") | pl.col("language").eq("und"))
    in_one_phrase = pl.col("swallows") | ~pl.col("cue").str.contains(PHRASE_END)
    in_case = ~pl.col("capitals") | ~pl.col("cue").str.contains(r"\p{Ll}")
    hits = hits.filter(in_language, in_case, in_one_phrase).drop("language").rename({"language_right": "language"})
    return keep_longest(hits).filter(~pl.col("swallows")).select(*HITS, *list(PATTERN_SCHEMA)[1:])


def split_words(passages: pl.DataFrame) -> pl.DataFrame:
    """Add to each passage its `words` joined by spaces, normalised, and the raw offsets `starts`, `ends` of each."""
    element, word = pl.element(), rf"{WORD}$"
    pieces = pl.col("text").str.extract_all(rf"[^\w\u{{AD}}]*{WORD}")
    length = element.str.len_chars().cast(pl.Int64)
    normalised = normalise(element.str.extract(f"({word})")).str.replace_all(r"\s", "")
    return (passages.lazy()
            .with_columns(pieces=pieces)
            .with_columns(ends=pl.col("pieces").list.eval(length.cum_sum()),
                          lengths=pl.col("pieces").list.eval(element.str.extract(f"({word})").str.len_chars()
                                                             .cast(pl.Int64)),
                          words=pl.col("pieces").list.eval(normalised))
            .with_columns(joined=pl.format(" {} ", pl.col("words").list.join(" ")))
            .drop("pieces").collect())


def _find_anchors(words: pl.DataFrame, patterns: pl.DataFrame) -> pl.DataFrame:
    """Find the fixed beginnings of all patterns: one row a candidate, with the number of its first word."""
    anchored = patterns.with_columns(anchor=anchor_patterns())
    anchors = anchored["anchor"].unique().sort().to_list()
    return (words.lazy()
            .with_columns(anchor=pl.col("joined").str.extract_many(anchors, overlapping=True),
                          byte=pl.col("joined").str.find_many(anchors, overlapping=True))
            .filter(pl.col("byte").list.len() > 0)
            .explode("anchor", "byte")
            .with_columns(first_word=pl.col("joined").cast(pl.Binary).bin.slice(0, pl.col("byte")).cast(pl.String)
                          .str.count_matches(" ", literal=True).cast(pl.Int64))
            .join(anchored.lazy().rename({"words": "wanted", "open": "open_ends"}), on="anchor")
            .with_columns(last_word=pl.col("first_word") + pl.col("wanted").list.len().cast(pl.Int64) - 1)
            .filter(pl.col("last_word") < pl.col("words").list.len())
            .collect())


def anchor_patterns() -> pl.Expr:
    """Return the fixed beginning of each pattern as it stands in a text of joined words: up to its first open ending.

    >>> patterns = pl.DataFrame({"words": [["joint", "venture", "law"], ["gas"]], "open": [[False, True, False], [False]]})
    >>> patterns.select(anchor_patterns()).to_series().to_list()
    [' joint venture', ' gas ']
    """
    words, is_open = pl.col("words"), pl.col("open")
    fixed = words.list.head(is_open.list.arg_max() + 1)
    return (pl.when(is_open.list.any()).then(pl.format(" {}", fixed.list.join(" ")))
            .otherwise(pl.format(" {} ", words.list.join(" "))))


def _verify(candidates: pl.DataFrame) -> pl.DataFrame:
    """Keep candidates whose further words fit too, and give each its characters in the raw text."""
    most = int(candidates["wanted"].list.len().max() or 0)
    fits = pl.lit(True)
    for place in range(1, most):
        found = pl.col("words").list.get(pl.col("first_word") + place, null_on_oob=True)
        wanted = pl.col("wanted").list.get(place, null_on_oob=True)
        is_open = pl.col("open_ends").list.get(place, null_on_oob=True)
        fits &= wanted.is_null() | pl.when(is_open).then(found.str.starts_with(wanted)).otherwise(found == wanted)
    end = pl.col("ends").list.get(pl.col("first_word"))
    return (candidates.filter(fits)
            .with_columns(cue_start=pl.col("start") + end - pl.col("lengths").list.get(pl.col("first_word")),
                          cue_end=pl.col("start") + pl.col("ends").list.get(pl.col("last_word")))
            .drop("words", "ends", "lengths", "joined", "anchor", "byte")
            .rename({"wanted": "words", "open_ends": "open"}))


def keep_longest(hits: pl.DataFrame) -> pl.DataFrame:
    """Drop a hit that lies inside a longer one of the same variable, and whatever an excluded phrase covers.

    Equal stretches keep all their codes: `electronic commerce` is trade and digital.
    """
    group = [*KEY, "variable"]
    spans = (hits.group_by(*group, "first_word", "last_word")
             .agg(pl.col("swallows").any().alias("swallowed"))
             .sort(*group, "first_word", "last_word", descending=[False] * 4 + [True])
             .with_columns(reach=pl.col("last_word").cum_max().shift(1).over(group))
             .filter(pl.col("reach").is_null() | (pl.col("reach") < pl.col("last_word"))))
    kept = hits.join(spans.select(*group, "first_word", "last_word", "swallowed"),
                     on=[*group, "first_word", "last_word"])
    return (kept.filter(~pl.col("swallowed") | pl.col("swallows"))
            .sort(*group, "first_word", "last_word", "code", "language", "pattern")
            .unique([*group, "code", "first_word", "last_word"], keep="first", maintain_order=True))
