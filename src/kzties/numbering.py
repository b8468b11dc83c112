"""Find numbers in sentences: digits as their language groups them, number words, scale words, fractions.

What the digits mean is decided by their shape; where a shape can mean two things, the number is refused.
"""

from collections.abc import Mapping

import polars as pl

from kzties.units_grammar import Grammar, name_surfaces

MARK = "\u0001"
"""Set around matches to cut a text at them; the texts themselves are cleared of it first."""
CONTEXT = 120
"""Characters on either side of a number in which its unit, bound and rate are looked for."""
TEN_AND_ONE = ("kk", "tr", "uz")
"""Languages in which 11 is `ten one`."""
NEAR = 70
"""Characters before a number in which words right before it stand."""


def find_pieces(sentences: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Return one row a match of `rule` in the column `text`: the `piece`, and its `start` and `end` in the sentence."""
    size = pl.col("piece").str.len_chars().cast(pl.Int64)
    return (
        sentences.with_columns(piece=pl.col("text").str.replace_all(rule, f"{MARK}${{0}}{MARK}").str.split(MARK))
        .filter(pl.col("piece").list.len() > 1).explode("piece")
        .with_columns(end=size.cum_sum().over("sentence"), turn=pl.int_range(pl.len()).over("sentence"))
        .with_columns(start=pl.col("end") - size).filter(pl.col("turn") % 2 == 1).drop("turn")
    )


def find_numbers(sentences: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Return one row a number: its place, digits or word, scale, the sign before it, and whether it must be refused."""
    rules = grammar.rules
    pieces = find_pieces(sentences, rules["number"])
    parts = pieces.select("piece").unique().with_columns(
        pl.col("piece").str.extract_groups(rules["number_parts"]).struct.unnest())
    pieces = pieces.join(parts, on="piece", how="left", maintain_order="left")
    pieces = pieces.with_columns(start=pl.col("start") + pl.col("lead").fill_null("").str.len_chars(),
                                 scale=pl.coalesce("scale", "alone")).with_columns(_contexts())
    left, right = pl.col("left"), pl.col("right")
    bracketed = left.str.ends_with("(") & pl.col("digits").is_not_null() & right.str.contains("^[^(]{0,5}[)]")
    pieces = pieces.with_columns(  # `in roubles (5.1 bn) and yuan (110 m)`
        near=left.str.tail(NEAR), named=pl.when(bracketed).then(left.str.tail(NEAR)).str.extract(rules["named"], 1),
        money_scale=pl.coalesce("money_scale",
                                pl.when(bracketed).then("right").str.extract(rules["short_scale"], 1)))
    for surface, name, section in (("before", "before_code", "before"), ("fraction", "share", "fractions"),
                                   ("word", "word_value", "numbers"), ("named", "named_code", "measured"),
                                   ("scale", "power", "scales"), ("money_scale", "money_power", "money_scales")):
        pieces = name_surfaces(pieces, surface, name, grammar, section)
    return _refuse(_shorten(pieces, rules), grammar)


def _shorten(pieces: pl.DataFrame, rules: Mapping[str, str]) -> pl.DataFrame:
    """Take in the letter after a number that is its scale (`12m tonnes`, `yuan (110 m)`), and the currency before."""
    right, digits = pl.col("right"), pl.col("digits").is_not_null()
    named = pl.col("named_code").is_not_null() & pl.col("before").is_null()
    pieces = pieces.with_columns(named=named, weighed=(
        digits & pl.col("power").is_null() & right.str.starts_with("m ")
        & pl.when(right.str.starts_with("m ")).then("right").str.contains(rules["weighed"])).fill_null(False))
    inside = right.str.extract(r"^([^)]*)[)]", 1).str.len_chars()
    letters = pl.when("weighed").then(1).when("named").then(inside).otherwise(0)
    readable = ~pl.col("named") | right.str.starts_with(")") | pl.col("money_power").is_not_null()
    return pieces.with_columns(readable=readable, letters=letters.cast(pl.Int64)).with_columns(
        power=pl.coalesce("power", pl.when(pl.col("named") | pl.col("before").is_not_null()).then("money_power"),
                          pl.when("weighed").then(pl.lit("6"))).cast(pl.Int64),
        before=pl.when(pl.col("named") & pl.col("readable")).then(pl.lit("(")).otherwise("before"),
        before_code=pl.when(pl.col("named") & pl.col("readable")).then("named_code").otherwise("before_code"),
        end=pl.col("end") + pl.when("readable").then("letters").otherwise(0),
        right=right.str.slice(pl.when("readable").then("letters").otherwise(0)))


def _refuse(pieces: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add the `mantissa`, and whether the number must be `refused`: a name, a date, or what can be read in two ways."""
    rules, power, left, right, near = grammar.rules, pl.col("power"), pl.col("left"), pl.col("right"), pl.col("near")
    unsigned, digits = pl.col("before").is_null(), pl.col("digits").is_not_null()
    word = pl.when(pl.coalesce("word", "alone").is_not_null()).then(pl.coalesce("word_value", pl.lit("1")))
    mantissa = pl.coalesce(read_digits(pl.col("digits"), power.is_not_null(), grammar),
                           pl.when(pl.col("half_of").is_not_null()).then(pl.lit("0.5")), word, "share")
    in_letters = pl.coalesce("scale", "word", "fraction", "half", "more").is_not_null() | (
        pl.col("money_scale").is_not_null() & ~pl.col("named"))
    lone = pl.coalesce("word_value", "share", "before").is_null() & (
        ~digits | pl.col("digits").is_in(["1", "100", "1000"]))
    pieces = pieces.with_columns(
        mantissa=mantissa, halved=pl.coalesce("half", "more").is_not_null(),  # `two and a half million`
        lone=lone & pl.when(lone).then("near").str.contains(rules["not_alone_after"]),  # `$310 for a thousand m³`
        runs_on=in_letters & right.str.contains(rules["runs_on"]) & ~pl.when(in_letters).then("right").str.contains(
            rules["glued"]), ending=left.str.tail(2))
    mantissa, ending = pl.col("mantissa"), pl.col("ending")
    # `ten` in `tenge` is no number at all; `5 mln` in `5 mlnx` is one that nobody can read
    return pieces.filter(digits | ~pl.col("runs_on").fill_null(False)).with_columns(
        mantissa=pl.when(~pl.col("halved")).then(mantissa).when(mantissa.str.contains("^[0-9]+$")).then(mantissa + ".5"),
        word=pl.coalesce("word", "alone", "half_of"),
        refused=mantissa.is_null() | pl.col("lone").fill_null(False) | pl.col("runs_on").fill_null(False)
        | (ending.str.contains(rules["glued_before"]) & ~pl.when(left.str.ends_with("/")).then("near")
           .str.contains(rules["paired"]).fill_null(False))
        | (near.str.contains(rules["name_before"]) & unsigned)
        | (ending.str.contains(rules["hyphen_before"]) & unsigned & digits)
        | right.str.contains(rules["glued_after"]))


def _contexts() -> list[pl.Expr]:
    """Return the characters to the left and right of each number, as far as they can matter."""
    text, start, end = pl.col("text"), pl.col("start"), pl.col("end")
    first = (start - CONTEXT).clip(0)
    return [text.str.slice(first, start - first).alias("left"), text.str.slice(end, CONTEXT).alias("right")]


def read_digits(digits: pl.Expr, scaled: pl.Expr, grammar: Grammar) -> pl.Expr:
    """Return digits as a plain decimal number, or null where their separators can mean two things.

    Two sorts of separator, or one that stands twice, show what they are; one that stands once before three digits
    is read as the language has it (`1,456` is 1456 in English, 1.456 in Russian). `.000` is no decimal of any value.
    """
    digits = digits.str.replace_all(" ", "", literal=True)
    cases = [pl.when(digits.str.contains("^(?:0|[1-9][0-9]*)$")).then(digits)]
    for mark, other in ((".", ","), (",", ".")):
        meaning = grammar.separators.get(mark)
        grouped = digits.str.replace_all(mark, "", literal=True).str.replace(other, ".", literal=True)
        decimal = digits.str.replace(mark, ".", literal=True)
        allowed = {"decimal": True, "unclear": scaled}.get(meaning, False)
        group = f"[{mark}][0-9]{{3}}"
        plainly_grouped = rf"^[1-9][0-9]{{0,2}}(?:(?:{group}){{2,}}|(?:{group})+[{other}][0-9]+)$"
        once = grouped if meaning == "group" else pl.when(~digits.str.ends_with("000") & allowed).then(decimal)
        cases += [
            pl.when(digits.str.contains(plainly_grouped)).then(grouped),
            pl.when(digits.str.contains(f"^[1-9][0-9]{{0,2}}{group}$")).then(once),
            pl.when(digits.str.contains(f"^(?:0|[1-9][0-9]*)[{mark}][0-9]+$")).then(decimal),
        ]
    plain = pl.lit(None, pl.String)
    for case in reversed(cases):
        plain = case.otherwise(plain)
    return plain


def neighbour(name: str, steps: int = 1) -> pl.Expr:
    """Return a column's value at the number before (`steps` 1) or after (-1) in the sentence; rows are in order."""
    return pl.when(pl.col("sentence").shift(steps) == pl.col("sentence")).then(pl.col(name).shift(steps))


def join_words(numbers: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Join what is one number in several words: `twenty-five`, `5 milyar 400 milyon`; refuse what does not add up.

    A number goes on where the next one is smaller than what the words so far leave room for: 10 after `twenty`, a
    million after `5 million`. The scale at the end is that of all words before it: `двадцать пять миллионов`.
    """
    power, worded, text = pl.col("power"), pl.col("word").is_not_null(), pl.col("text")
    amount = pl.col("mantissa").cast(pl.Float64, strict=False)
    tens = 10 if grammar.language in TEN_AND_ONE else 20
    room = pl.when(amount >= 100).then(100).when((amount >= tens) & (amount % 10 == 0)).then(10).otherwise(1)
    numbers = numbers.with_columns(
        amount=amount, own=amount * 10.0 ** power.fill_null(0),
        room=pl.when(power.is_not_null()).then(10.0 ** power).when(worded).then(room),
        gap=text.str.slice(neighbour("end"), pl.col("start") - neighbour("end")),
        ahead=text.str.slice(neighbour("start"), pl.col("start") - neighbour("start")))
    beside = (
        pl.col("gap").str.contains(grammar.rules["number_gap"])
        & ~pl.col("ahead").str.contains(grammar.rules["from_ending"])
        & ~pl.col("refused") & pl.col("before").is_null() & pl.col("fraction").is_null()
    ).fill_null(False)
    smaller = pl.when(neighbour("power").is_null()).then("amount").otherwise("own") < neighbour("room")
    joined = (beside & smaller & ~neighbour("refused")).fill_null(False)
    outgrown = beside & ~joined & (neighbour("power") < power.fill_null(0)).fill_null(False)
    numbers = numbers.with_columns(number=(~joined).cum_sum(), refused=pl.col("refused") | outgrown)
    power = pl.when(worded).then(power.backward_fill().over("number")).otherwise(power).fill_null(0)
    exact = pl.concat_str("mantissa", pl.lit("e"), power.cast(pl.String)).cast(pl.Float64, strict=False)
    first = ("sentence", "document_id", "item", "passage", "sentence_start", "text", "start", "left", "before",
             "before_code", "digits", "fraction", "word")
    total = pl.when(~pl.col("exact").is_null().any()).then(pl.col("exact").sum())
    return numbers.with_columns(exact=exact).group_by("number", maintain_order=True).agg(
        pl.col(first).first(), pl.col("end", "right").last(), pl.col("power").max(), pl.col("refused").any(),
        value=total, mantissa=pl.when(pl.len() == 1).then(pl.col("mantissa").first()).otherwise(total.cast(pl.String)))
