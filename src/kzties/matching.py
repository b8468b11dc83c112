"""Match the codebook's patterns against all passages in one compiled pass, spans included.

A text is evened out: lower case, and every character that is no letter or digit becomes one space, so that a place in it
is a place in the raw text. One Aho-Corasick automaton a language (polars `find_many` and `extract_many`, which give
positions and patterns in the same order) finds a fixed stretch of every pattern at once; only what it hits is looked at
again. No loop runs over passages.
"""

import polars as pl

from kzties.codebook import EVERYWHERE
from kzties.compiling import PATTERN_SCHEMA, SEPARATOR, normalise

JOINERS = r"\u{200B}-\u{200D}\u{2060}\u{FEFF}"
UNEVEN = (rf"\s\s|[\p{{M}}\u{{AD}}{JOINERS}İ]"
          r"|[\w--[\x00-\u{24F}\u{259}\u{400}-\u{52F}\u{1E00}-\u{1EFF}\u{2BB}\u{2BC}]]")
"""Runs of white space, and characters that matching does not turn into just one: texts with these keep a map back."""
CLUSTER = rf"\s+|\P{{M}}[\p{{M}}\u{{AD}}{JOINERS}]*|\p{{M}}+"
PHRASE_END = r"[,;:!?()]|[.…]\s"
"""A pattern of several words never reaches over these: `energy, industry` is not the energy industry. An excluded phrase
may (`Atlanta, Georgia`)."""
LONGEST_WORD, REACH = 96, 240
"""Bytes in which an open word must end, and bytes around an anchor in which the further words of its pattern must stand."""

KEY = ("document_id", "passage")
HITS = {"document_id": pl.String, "passage": pl.Int64, "pattern_id": pl.Int64, "cue_start": pl.Int64, "cue_end": pl.Int64,
        "cue": pl.String}
CARRIED = ("pattern_id", "variable", "code", "swallows", "capitals", "initial")
ROW_BITS, PLACE_BITS = 32, 28
"""How many bits a row and a place in it take in the whole number that orders all cues."""


def match_patterns(passages: pl.DataFrame, anchors: pl.DataFrame) -> pl.DataFrame:
    """Return every place where a pattern stands: `HITS` and the columns of the pattern, longest match first applied.

    Takes passages (`document_id`, `passage`, `language`, `start`, `text`) and `Codebook.anchors`. A hit inside a
    longer hit of the same variable is dropped; so is one inside an excluded phrase, and the phrase itself.
    """
    texts = even_out(passages.select(*KEY, "language", "start", "text").with_row_index("row"))
    found = [_find_anchors(texts.filter(pl.col("language").eq_missing(language)), _in_language(anchors, language))
             for language in texts["language"].unique().sort()]
    if not found or anchors.is_empty():
        return pl.DataFrame(schema=HITS | PATTERN_SCHEMA)
    hits = keep_longest(_check_cues(_place_cues(_complete_phrases(pl.concat(found)), texts), texts))
    about = anchors.select("pattern_id", *(name for name in PATTERN_SCHEMA if name not in CARRIED)).unique("pattern_id")
    return (hits.join(about, on="pattern_id", how="left", maintain_order="left")
            .join(texts.select("row", *KEY, offset="start"), on="row", how="left", maintain_order="left")
            .with_columns(pl.col("cue_start", "cue_end") + pl.col("offset"))
            .select(*HITS, *list(PATTERN_SCHEMA)[1:]))


def even_out(texts: pl.DataFrame) -> pl.DataFrame:
    """Add `even`, the text as patterns are matched against it, and `origin`, the raw place of each character of it.

    `origin` is null where they are the same: one character became one, with a space put before the first and after the last.
    """
    text, cluster = pl.col("text"), pl.col("cluster")
    plain = text.str.to_lowercase().str.replace_all("ı", "i", literal=True).str.replace_all(SEPARATOR, " ")
    looked = (texts.lazy().with_columns(even=pl.format(" {} ", plain), uneven=text.str.contains(UNEVEN))
              .collect(engine="streaming").sort("row"))
    pieces = (looked.filter("uneven").select("row", cluster=text.str.extract_all(CLUSTER)).explode("cluster")
              .with_columns(end=cluster.str.len_chars().cast(pl.Int64).cum_sum().over("row"))
              .with_columns(origin=pl.col("end") - cluster.str.len_chars(),
                            even=normalise(cluster).str.replace_all(f"[{JOINERS}]", "").str.replace_all(f"{SEPARATOR}+", " "))
              .with_columns(origin=pl.col("origin").repeat_by(pl.col("even").str.len_chars())))
    mapped = (pieces.group_by("row", maintain_order=True)
              .agg(pl.col("even").str.join(""), pl.col("origin").explode(), length=pl.col("end").last())
              .select("row", mapped=pl.format(" {} ", "even"),
                      origin=pl.concat_list(pl.lit(0, pl.Int64), "origin", "length", "length")))
    return (looked.join(mapped, on="row", how="left", maintain_order="left")
            .with_columns(even=pl.coalesce("mapped", "even")).drop("mapped", "uneven"))


def _in_language(anchors: pl.DataFrame, language: str | None) -> pl.DataFrame:
    """Keep the patterns that count in passages of a language: its own, and the names of partners that count everywhere."""
    if language in (None, "und"):
        return anchors
    own = (pl.col("language").str.head(2) == language) | (pl.col("language") == "any")
    return anchors.filter(own | ((pl.col("variable") == "partner") & pl.col("language").is_in(EVERYWHERE)))


def _find_anchors(texts: pl.DataFrame, anchors: pl.DataFrame) -> pl.DataFrame:
    """Find all anchors in texts of one language: one row a hit and pattern, with the byte of the anchor's first word."""
    wanted, even = anchors["anchor"].unique().sort().to_list(), pl.col("even")
    about = anchors.lazy().select("anchor", *CARRIED, "words", "open", "ahead", "other", "whole", "ends_open", "length")
    return (texts.lazy().select("row", "even", anchor=even.str.extract_many(wanted, overlapping=True),
                                byte=even.str.find_many(wanted, overlapping=True))
            .filter(pl.col("byte").list.len() > 0)
            .explode("anchor", "byte")
            .join(about, on="anchor").drop("anchor")
            .with_columns(pl.col("byte").cast(pl.Int64) + 1)
            .collect(engine="streaming"))


def _complete_phrases(hits: pl.DataFrame) -> pl.DataFrame:
    """Keep hits whose further words fit too, with `first` and `last`, the bytes where the cue begins and ends."""
    byte, known = pl.col("byte"), pl.col("byte") + pl.col("length") - 1
    closed = hits.filter("whole", ~pl.col("ends_open")).with_columns(first=byte, last=known - 1)
    ended = hits.filter("whole", "ends_open").with_columns(
        first=byte, last=known + _slice(known, LONGEST_WORD).str.find(" ", literal=True).fill_null(0).cast(pl.Int64))
    checked = _check_words(hits.filter(~pl.col("whole")))
    return pl.concat([table.select("row", "even", "first", "last", *CARRIED) for table in (closed, ended, checked)])


def _check_words(hits: pl.DataFrame) -> pl.DataFrame:
    """Return the hits whose words before and after the anchor fit, with the bytes where all of them begin and end."""
    byte = pl.col("byte")
    begin = (byte - REACH).clip(0)
    hits = hits.filter(_slice(begin, byte - begin + REACH).str.contains(pl.col("other"), literal=True))
    # two characters may part the words of an excluded phrase; elsewhere the empty word between them fits nothing
    before, after = _slice(begin, byte - begin), _slice(byte, REACH)
    head = pl.when("swallows").then(before.str.extract_all("[^ ]+ {1,2}")).otherwise(before.str.extract_all("[^ ]* "))
    tail = pl.when("swallows").then(after.str.extract_all("^[^ ]+| {1,2}[^ ]+")).otherwise(
        after.str.extract_all("^[^ ]+| [^ ]*"))
    found = hits.with_columns(found=pl.concat_list(head.list.tail(pl.col("ahead")), tail), heads=head.list.len())
    fits, behind, ahead = pl.col("heads") >= pl.col("ahead"), pl.lit(0, pl.Int64), pl.lit(0, pl.Int64)
    for place in range(int(hits["words"].list.len().max() or 0)):
        word, wanted, is_open = (pl.col(name).list.get(place, null_on_oob=True) for name in ("found", "words", "open"))
        bare, size = word.str.strip_chars(" "), word.str.len_bytes().cast(pl.Int64).fill_null(0)
        fits &= wanted.is_null() | pl.when(is_open).then(bare.str.starts_with(wanted)).otherwise(bare == wanted).fill_null(False)
        ahead += pl.when(place < pl.col("ahead")).then(size).otherwise(0)
        behind += pl.when(place >= pl.col("ahead"), wanted.is_not_null()).then(size).otherwise(0)
    return found.filter(fits).with_columns(first=byte - ahead, last=byte + behind)


def _slice(byte: pl.Expr, size: int | pl.Expr) -> pl.Expr:
    """Return about `size` bytes of the even text from `byte`, cut between characters."""
    binary = pl.col("even").cast(pl.Binary)
    inside = lambda place: binary.bin.get(place, null_on_oob=True).is_between(128, 191).fill_null(False)  # noqa: E731
    less = lambda place: pl.sum_horizontal(  # noqa: E731
        pl.all_horizontal(inside(place - step) for step in range(steps + 1)).cast(pl.Int64) for steps in range(3))
    end = byte + size
    begin = byte - less(byte)
    return binary.bin.slice(begin, end - less(end) - begin).cast(pl.String)


def _place_cues(hits: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Turn bytes of the even texts into characters of the raw ones: `cue_start`, `cue_end`."""
    even, first, last = pl.col("even").cast(pl.Binary), pl.col("first"), pl.col("last")
    count = lambda begin, end: even.bin.slice(begin, end - begin).cast(pl.String).str.len_chars().cast(pl.Int64)  # noqa: E731
    hits = hits.sort(pl.col("row").cast(pl.Int64) * 2**PLACE_BITS + first)
    before = pl.when(pl.col("row") == pl.col("row").shift(1)).then(first.shift(1)).otherwise(0).fill_null(0)
    hits = (hits.with_columns(step=count(before, first), size=count(first, last)).drop("even", "first", "last")
            .with_columns(cue_start=pl.col("step").cum_sum().over("row"))
            .with_columns(cue_end=pl.col("cue_start") + pl.col("size")).drop("step", "size"))
    mapped = texts.filter(pl.col("origin").is_not_null()).select("row", "origin")
    straight = hits.join(mapped, on="row", how="anti").with_columns(pl.col("cue_start", "cue_end") - 1)
    bent = hits.join(mapped, on="row").with_columns(
        pl.col("origin").list.get(pl.col(name)).alias(name) for name in ("cue_start", "cue_end")).drop("origin")
    return pl.concat([straight, bent])


def _check_cues(hits: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Add each `cue`; drop phrases that reach over the end of a phrase, and patterns whose capitals the text has not."""
    hits = hits.join(texts.select("row", "text"), on="row", how="left").with_columns(
        cue=pl.col("text").str.slice(pl.col("cue_start"), pl.col("cue_end") - pl.col("cue_start"))).drop("text")
    return hits.filter(pl.col("swallows") | ~pl.col("cue").str.contains(PHRASE_END),
                       ~pl.col("capitals") | ~pl.col("cue").str.contains(r"\p{Ll}"),
                       ~pl.col("initial") | pl.col("cue").str.contains(r"^\p{Lu}"))


def keep_longest(hits: pl.DataFrame) -> pl.DataFrame:
    """Drop a hit that lies inside a longer one of the same variable, and whatever an excluded phrase covers.

    Equal stretches keep all their codes: `electronic commerce` is trade and digital.
    """
    variable = pl.col("variable").cast(pl.Enum(sorted(hits["variable"].unique()))).to_physical().cast(pl.Int64)
    head = (variable * 2**ROW_BITS + pl.col("row").cast(pl.Int64)) * 2**PLACE_BITS
    hits = hits.with_columns(begins=head + pl.col("cue_start"), ends=head + pl.col("cue_end"))
    spans = (hits.group_by("begins", "ends").agg(swallowed=pl.col("swallows").any())
             .sort("begins", "ends", descending=[False, True])
             .filter((pl.col("ends").cum_max().shift(1) < pl.col("ends")).fill_null(True), ~pl.col("swallowed")))
    return (hits.join(spans, on=["begins", "ends"], how="semi")
            .sort("begins", "ends", "code", "pattern_id")
            .unique(["begins", "ends", "code"], keep="first", maintain_order=True).drop("begins", "ends"))
