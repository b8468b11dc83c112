"""Review where the program and the hand coding differ: the researcher's tool for improving the codebook.

Every function takes tables and returns a table; nothing here decides, it only shows: confusion by code and language, the
words behind each miss, keyword in context, the patterns that fire most and are wrong most, passages with no code.
"""


import polars as pl

UNIT = ["document_id"]
CODED = [*UNIT, "variable", "code"]


def pair_sheets(hand: pl.DataFrame, program: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Return one row a text and code that either side gives: `document_id`, `language`, `variable`, `code`, `given`.

    `given` is both, hand or program. A partner in another role and a quantity with another value are other codes; they are
    written `SRB counterpart` and `USD 45000000.0`. Takes two sheets and the texts (`document_id`, `language`, `text`).
    """
    detail = pl.coalesce("role", pl.col("value").cast(pl.Float64).cast(pl.String), pl.lit(""))
    code = pl.concat_str(pl.col("code"), pl.when(detail != "").then(pl.lit(" ") + detail).otherwise(pl.lit("")))
    keep = pl.col("variable").is_in(["relevance", "partner", "theme", "action", "quantity"])
    role = pl.when(pl.col("variable") == "partner").then("role")
    coded = [sheet.filter(keep).join(texts.select(UNIT), on=UNIT, how="semi").with_columns(role=role)
             .select(*UNIT, "variable", code=code).unique() for sheet in (hand, program)]
    both = coded[0].with_columns(hand=True).join(coded[1].with_columns(program=True), on=CODED, how="full", coalesce=True)
    given = (pl.when(pl.col("hand").is_null()).then(pl.lit("program")).when(pl.col("program").is_null()).then(pl.lit("hand"))
             .otherwise(pl.lit("both")))
    return both.select(*CODED, given=given).join(texts.select(*UNIT, "language"), on=UNIT).sort(CODED)


def count_confusion(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return how often each code is given by both, by the hand only (lost), by the program only (invented), by language."""
    count = lambda given: (pl.col("given") == given).sum()  # noqa: E731
    code = pl.when(pl.col("variable").is_in(["partner", "quantity"])).then(pl.lit("all")).otherwise("code")
    return (pairs.group_by("variable", "language", code=code)
            .agg(both=count("both"), lost=count("hand"), invented=count("program"))
            .sort(pl.col("lost") + pl.col("invented"), "variable", "code", "language", descending=[True, False, False, False]))


def list_misses(pairs: pl.DataFrame, texts: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Return each miss with its text and, where the program gave the code, the cues that made it: `cues`, `patterns`."""
    plain = pl.col("code").str.replace(" .*$", "")
    behind = codes.group_by(*CODED).agg(cues=pl.col("cue").unique().sort().str.join(" · "),
                                        patterns=pl.col("pattern").unique().sort().str.join(" · "),
                                        rules=pl.col("rule").drop_nulls().unique().sort().str.join(" · "))
    return (pairs.filter(pl.col("given") != "both").with_columns(plain=plain)
            .join(behind.rename({"code": "plain"}), on=[*UNIT, "variable", "plain"], how="left").drop("plain")
            .join(texts.select(*UNIT, "text"), on=UNIT).sort("variable", "code", "given", *UNIT))


def find_in_context(codes: pl.DataFrame, passages: pl.DataFrame, code: str, width: int = 60) -> pl.DataFrame:
    """Return every cue of a code with the words around it (keyword in context): `left`, `cue`, `right`, `pattern`."""
    start = pl.col("cue_start") - pl.col("start")
    first = (start - width).clip(0)
    tidy = lambda words: words.str.replace_all(r"\s+", " ")  # noqa: E731
    return (codes.filter(pl.col("code") == code)
            .join(passages.select("document_id", "passage", "start", "text"), on=["document_id", "passage"])
            .select("document_id", "passage", left=tidy(pl.col("text").str.slice(first, start - first)), cue="cue",
                    right=tidy(pl.col("text").str.slice(start + pl.col("cue").str.len_chars(), width)), pattern="pattern",
                    role="role", rule="rule")
            .sort("document_id", "passage", "left"))


def rank_patterns(codes: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the patterns by how often they gave a code that the hand coding has not: `fired`, `wrong`, `share_wrong`.

    A pattern is counted once a text and code; where others gave the same code too, all of them are counted.
    """
    invented = (pairs.filter(pl.col("given") == "program", pl.col("variable").is_in(["partner", "theme"]))
                .select(*UNIT, "variable", code=pl.col("code").str.replace(" .*$", "")).unique().with_columns(wrong=True))
    return (codes.filter(pl.col("variable").is_in(["partner", "theme"]))
            .select(*CODED, "pattern", "pattern_language").unique().join(invented, on=CODED, how="left")
            .group_by("variable", "code", "pattern", "pattern_language")
            .agg(fired=pl.len(), wrong=pl.col("wrong").fill_null(False).sum())
            .with_columns(share_wrong=(pl.col("wrong") / pl.col("fired")).round(2))
            .sort("wrong", "fired", "variable", "code", "pattern", descending=[True, True, False, False, False]))


def list_uncoded(passages: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Return the kept passages that have no theme: either they have none, or the codebook misses one."""
    themed = codes.filter(pl.col("variable") == "theme").select("document_id", "passage").unique()
    return (passages.filter("kept").join(themed, on=["document_id", "passage"], how="anti")
            .select("document_id", "passage", "language", "kind", "text"))
