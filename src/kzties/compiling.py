"""Compile the codebook's patterns: their words as texts are matched, and the fixed stretch that a text is searched for.

A pattern is a word or a sequence of words; each word may end in `*` (any ending, also none). Case is ignored, and
hyphens, dots and apostrophes separate words, so `U.K.` is written `u k`. A pattern in CAPITALS matches only capitals, and
one with a Capital at its beginning only words that begin with one (`Чад`, not `чад`).
"""

import itertools
from collections.abc import Iterable

import polars as pl

from kzties.errors import CodebookError

SEPARATOR = r"[\W\u{2BB}\u{2BC}]"
"""What parts words: also the apostrophes of Uzbek and Ukrainian that Unicode counts as letters."""

PATTERN_SCHEMA = {
    "pattern_id": pl.Int64, "variable": pl.String, "code": pl.String, "kind": pl.String, "language": pl.String,
    "pattern": pl.String, "words": pl.List(pl.String), "open": pl.List(pl.Boolean), "capitals": pl.Boolean,
    "initial": pl.Boolean, "swallows": pl.Boolean,
}


def compile_patterns(rows: Iterable[tuple]) -> pl.DataFrame:
    """Return the table of patterns, each with its words normalised as texts are, and whether a word may have any ending.

    Takes rows of file, variable, code, kind, language and pattern; one that cannot be carried out is a `CodebookError`.

    >>> row = ("themes.yaml", "theme", "transport", "patterns", "en", "Trans-Caspian route*")
    >>> compile_patterns([row]).select("words", "open").row(0)
    (['trans', 'caspian', 'route'], [False, False, True])
    """
    raw = pl.DataFrame(list(rows), schema=["file", "variable", "code", "kind", "language", "pattern"], orient="row",
                       schema_overrides=dict.fromkeys(("file", "variable", "code", "kind", "language", "pattern"), pl.String))
    pattern, element = pl.col("pattern"), pl.element()
    plain = normalise(pattern).str.replace_all("[\u02bb\u02bc]", " ")
    wrong = plain.str.contains(r"[\[\]()|\\^$?{}]|(?:^|[^\w*])\*|\*[\w*]") | ~plain.str.contains(r"\w")
    if not (bad := raw.filter(wrong)).is_empty():
        row = bad.row(0, named=True)
        raise CodebookError(f"{row['file']}, '{row['code']}', {row['kind']}.{row['language']}: the pattern '{row['pattern']}' "
                            "cannot be compiled. Write words separated by spaces, each with at most one '*' at its end.")
    return (raw.with_row_index("pattern_id").with_columns(words=plain.str.extract_all(r"\w+\*?"))
            .with_columns(open=pl.col("words").list.eval(element.str.ends_with("*")),
                          words=pl.col("words").list.eval(element.str.strip_chars_end("*")),
                          swallows=pl.col("kind") == "exclude",
                          capitals=pattern.str.contains(r"\p{L}") & (pattern == pattern.str.to_uppercase())
                          & (pattern != pattern.str.to_lowercase()), initial=pattern.str.contains(r"^\p{Lu}"))
            .select(pl.col(name).cast(dtype) for name, dtype in PATTERN_SCHEMA.items()))


def normalise(text: pl.Expr) -> pl.Expr:
    """Return words as they are matched: NFKC, lower case, no soft hyphens or stress marks, dotless `ı` as `i`.

    Patterns and texts go through this alike; Turkish and Kazakh in Latin letters lose their dots in capitals.

    >>> pl.select(normalise(pl.lit("Каза\u0301хстан İran"))).item()
    'казахстан iran'
    """
    return (text.str.normalize("NFKC").str.to_lowercase().str.replace_all("[\u0301\u0307\u00ad]", "")
            .str.replace_all("ı", "i", literal=True))


def anchor_patterns(patterns: pl.DataFrame) -> pl.DataFrame:
    """Add to each pattern its `anchor`: its longest stretch without an open ending inside, as it stands in an even text.

    `ahead` words of the pattern stand before it; `other` is the beginning of its next longest stretch. Two characters may
    part the words of an excluded phrase (`Atlanta, Georgia`), so it has a row for every way its anchor can be put.

    >>> rows = {"pattern_id": [0], "words": [["minist", "of", "trade"]], "open": [[True, False, False]], "swallows": [False]}
    >>> anchor_patterns(pl.DataFrame(rows)).select("anchor", "ahead", "other").row(0)
    (' of trade ', 1, ' minist')
    """
    place, ending = pl.col("place"), pl.when("open").then(pl.lit("")).otherwise(pl.lit(" "))
    words = (patterns.select("pattern_id", "words", "open", "swallows").explode("words", "open")
             .with_columns(place=pl.int_range(pl.len()).over("pattern_id"))
             .with_columns(run=(pl.col("open").shift(1).fill_null(False) & (place > 0)).cum_sum().over("pattern_id")))
    runs = (words.group_by("pattern_id", "run", maintain_order=True)
            .agg(anchor=pl.format(" {}{}", pl.col("words").str.join(" "), ending.last()), ahead=place.first(),
                 parts=pl.col("words"), ending=ending.last(), wide=pl.col("swallows").first() & (pl.len() > 1),
                 first=" " + pl.col("words").first())
            .sort("pattern_id", pl.col("anchor").str.len_bytes(), "ahead", descending=[False, True, False])
            .with_columns(other=pl.col("first").shift(-1).over("pattern_id").fill_null(""))
            .unique("pattern_id", keep="first", maintain_order=True))
    ways = [(number, " " + "".join(part + gap for part, gap in zip(parts, (*gaps, ending), strict=True)))
            for number, parts, ending in runs.filter("wide").select("pattern_id", "parts", "ending").iter_rows()
            for gaps in itertools.product((" ", "  "), repeat=len(parts) - 1)]
    ways = pl.DataFrame(ways, schema={"pattern_id": patterns.schema["pattern_id"], "anchor": pl.String}, orient="row")
    about = ("pattern_id", "ahead", "other")
    runs = pl.concat([runs.filter(~pl.col("wide")).select("anchor", *about),
                      ways.join(runs.select(about), on="pattern_id").select("anchor", *about)])
    return (patterns.join(runs, on="pattern_id", how="right")
            .with_columns(length=pl.col("anchor").str.len_bytes().cast(pl.Int64), ends_open=pl.col("open").list.last(),
                          whole=pl.col("other") == ""))
