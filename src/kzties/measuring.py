"""Find reported quantities: from kept passages to the `quantities` table, in polars expressions over all at once.

A number is found first, by the digits and words that its language puts numbers in. Then its neighbours decide: a unit
or a counted noun after it (or a currency sign before it) makes it a quantity; a name, a date or an ordinal does not.
Two reported numbers are never merged: `from 28 to 45` is two rows. What can be read in two ways is not reported.
"""

import polars as pl

from kzties.describing import add_periods, add_rates, add_subjects
from kzties.numbering import CONTEXT, MARK, find_numbers, join_words, neighbour
from kzties.phrasing import START
from kzties.tables import QUANTITIES
from kzties.units_grammar import UNKNOWN, Grammar, Units, build_grammar, name_grammar, name_surfaces

SENTENCE_ENDS = (r"""([.!?…]["'»”)\]]*)( +["«„“(\[]*\p{Lu})""",
                 r"""(\p{Ll}{4}[.!?…]["'»”)\]]*)( +["«„“(\[]*[0-9])""")
ABBREVIATIONS = (
    rf"({START}(?:(?i:г|гг|ст|св|им|u\.s|u\.k|mr|mrs|ms|dr|st|no|prof|approx|sept|mrd|mio|tsd)|\p{{Lu}}))\. ",
    rf"({START}(?i:млн|млрд|трлн|тыс|mln|mlrd|долл|руб))\. (\p{{Lu}}{{2}})",
)
"""A dot after these ends no sentence: `в 2025 г. Казахстан`, `5 млн. USD`."""
LEADER = "\u2024"
"""Stands for such a dot while sentences are split: one character for one."""

SPACES = "[\u0001\t\u00a0\u2000-\u200a\u202f\u205f\u3000]"
APOSTROPHES = "[\u2019\u2018\u02bb\u02bc\u0060\u00b4]"
LENGTHS = ("km", "m", "km2", "ha")
"""Units that are lengths in nature, and no economy, beside words such as `river`."""


def find_quantities(passages: pl.DataFrame, units: Units) -> pl.DataFrame:
    """Return the `quantities` of passages (document_id, item, passage, language, start, text), a row a number.

    Offsets are characters of the decoded raw text: `surface` is what stands there. What a grammar cannot read for
    certain (`1,456` in an unknown language) is left out, never guessed.

    >>> from kzties.units_grammar import read_units
    >>> text = "It is planned to increase transit from 28 million to 45 million tonnes per year."
    >>> passages = pl.DataFrame({"document_id": ["a"], "item": [1], "passage": [1], "language": ["en"],
    ...                          "start": [100], "text": [text]})
    >>> find_quantities(passages, read_units()).select("value", "unit", "per", "role", "start").rows()
    [(28000000.0, 't', 'year', 'from', 139), (45000000.0, 't', 'year', 'to', 153)]
    """
    grammars = {language: name_grammar(language or "", units) for language in passages["language"].unique()}
    sentences = split_sentences(passages).with_columns(
        grammar=pl.col("language").replace_strict(grammars, default=UNKNOWN, return_dtype=pl.String))
    found = [measure(rows.drop("grammar"), build_grammar(name, units), units)
             for (name,), rows in sentences.partition_by("grammar", as_dict=True).items()]
    if not found:
        return QUANTITIES.empty()
    texts = passages.select("document_id", "passage", original="text", offset="start")
    place = pl.col("sentence_start") + pl.col("offset")
    return (
        pl.concat(found).join(texts, on=["document_id", "passage"], how="left")
        .with_columns(surface=pl.col("original").str.slice(pl.col("sentence_start") + pl.col("start"),
                                                           pl.col("end") - pl.col("start")),
                      start=pl.col("start") + place, end=pl.col("end") + place)
        .select(pl.col(name).cast(dtype) for name, dtype in QUANTITIES.schema.items())
        .unique(QUANTITIES.key, keep="first", maintain_order=True).sort(QUANTITIES.key)
    )


def split_sentences(passages: pl.DataFrame) -> pl.DataFrame:
    """Return one row a sentence: `sentence` (number), `sentence_start` (in the passage), `text` as it is matched.

    Spaces and apostrophes of every kind become one kind, character for character, so that offsets hold.
    """
    text = pl.col("text").str.replace_all(SPACES, " ").str.replace_all(APOSTROPHES, "'")
    text = text.str.replace_all(ABBREVIATIONS[0], f"${{1}}{LEADER} ")
    text = text.str.replace_all(ABBREVIATIONS[1], f"${{1}}{LEADER} ${{2}}")
    for end in SENTENCE_ENDS:
        text = text.str.replace_all(end, f"${{1}}{MARK}${{2}}")
    text = text.str.replace_all(r"([\r\n])", f"${{1}}{MARK}")
    size = pl.col("text").str.len_chars().cast(pl.Int64)
    return (
        passages.select("document_id", "item", "passage", "language", text=text.str.split(MARK)).explode("text")
        .with_columns(pl.col("text").str.replace_all(LEADER, ".", literal=True),
                      sentence_start=size.cum_sum().over("document_id", "passage") - size)
        .with_row_index("sentence")
    )


def measure(sentences: pl.DataFrame, grammar: Grammar, units: Units) -> pl.DataFrame:
    """Return the quantities of sentences of one grammar; `start` and `end` count from the sentence's beginning."""
    numbers = find_units(join_words(find_numbers(sentences, grammar), grammar), grammar)
    numbers = settle_units(numbers, grammar, units)
    measured = numbers.filter(pl.col("unit").is_not_null())["sentence"].unique()
    numbers = add_bounds(numbers.filter(pl.col("sentence").is_in(measured.implode())), grammar)
    kept = share_in_ranges(find_ranges(numbers, grammar)).filter(
        ~pl.col("refused"), pl.col("unit").is_not_null(), pl.col("value").is_finite()
    ).with_columns(end=pl.col("stop"), rest=pl.col("text").str.slice(pl.col("stop"), CONTEXT))
    return add_periods(add_subjects(add_rates(kept, grammar), grammar), sentences, grammar)


def find_units(numbers: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add the words after each number that may be its unit (`after_code`), and where they end (`span`, `rest`)."""
    right = pl.col("right")
    rows = numbers.with_columns(right.str.extract_groups(grammar.rules["unit"]).struct.unnest())
    rows = rows.with_columns(after=pl.coalesce("measure", "sign", "noun"))
    rows = name_surfaces(rows, "after", "after_code", grammar, "measured")
    length = lambda name: pl.col(name).fill_null("").str.len_chars().cast(pl.Int64)  # noqa: E731
    joint = right.str.slice(length("skip"), 1).is_in([" ", "-"]) & pl.col("between").fill_null("").eq("")
    size = pl.sum_horizontal(length(name) for name in ("skip", "measure", "sign", "between", "noun"))
    spaced = pl.col("noun").is_not_null() | joint
    span = pl.when(pl.col("after").is_not_null()).then(size + spaced.cast(pl.Int64)).otherwise(0)
    return rows.with_columns(span=span).with_columns(rest=right.str.slice(pl.col("span"), CONTEXT))


def settle_units(numbers: pl.DataFrame, grammar: Grammar, units: Units) -> pl.DataFrame:
    """Decide on `unit` and where the quantity ends (`stop`); refuse what only looks like a quantity."""
    rules, has = grammar.rules, grammar.has
    left, right, rest, value = pl.col("left"), pl.col("right"), pl.col("rest"), pl.col("value")
    before, after = pl.col("before_code"), pl.col("after_code")
    alone = pl.col("power").is_null() & pl.col("before").is_null()
    counted = pl.col("noun").is_not_null() & pl.col("before").is_null()
    year = pl.col("digits").str.contains("^(?:19|20)[0-9]{2}$").fill_null(False) & alone
    money = after.is_in(units.codes.get("money", ()))
    share = pl.col("fraction").is_not_null() & ~right.str.contains(rules["not_fraction"]) \
        & ~left.str.contains(rules["not_fraction_after"])
    if "fractions_need" in has:
        share &= right.str.contains(rules["fraction_needs"])
    times = pl.lit(True)  # `5 times` is a growth only beside words that say so
    if "times_before" in has:
        times = left.str.contains(rules["times_before"])
    elif "times_need" in has:
        times = pl.col("text").str.contains(rules["has_times_need"])
    natural = left.str.tail(40).str.contains(rules["has_nature"]) | rest.str.head(30).str.contains(rules["has_nature"])
    none = (
        pl.col("fraction").is_not_null()
        | (pl.col("skip").str.starts_with(".") & pl.col("power").is_null())
        | pl.col("between").fill_null("").str.contains(rules["has_not_between"])
        | (counted & (rest.str.contains(rules["not_after"]) | (value % 1 != 0)))
        | (counted & pl.col("word").is_not_null() & (value == 1))  # in half of the languages this is the article
        | (year & (counted | money | ((pl.col("after").str.len_chars() == 1) & (after != "%"))))
        | (after.is_in(LENGTHS) & natural)
        | ((after == "x") & ~times & (value % 1 == 0))
        | ((after == "m") & pl.col("measure").eq("m") & rest.str.contains(rules["measured"]))  # `87.7m tonnes`
        | (pl.col("sign").is_not_null() & money & rest.str.contains("^ ?[0-9]"))  # the sign of the next number
    ).fill_null(False)
    own = ~none & after.is_not_null()
    reaches = own & (before.is_null() | (before == after))
    minus = left.str.contains(rules["minus"])
    return numbers.with_columns(
        unit=pl.coalesce(before, pl.when(share).then(pl.lit("%")), pl.when(own).then(after)),
        own_unit=own, counted=counted & own, year=year,
        value=pl.when(minus).then(-value).otherwise(value), start=pl.col("start") - minus.cast(pl.Int64),
        stop=pl.col("end") + pl.when(reaches).then("span").otherwise(0),
    ).with_columns(refused=pl.col("refused") | (
        (before.is_not_null() & money & (before != after))
        | (left.str.contains("(?:^| )-$") & (pl.col("unit") == "%"))).fill_null(False))


def add_bounds(numbers: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add what the words right before and after say: `bound`, `role`, and whether a range may begin here."""
    rest = pl.col("right").str.slice(pl.col("stop") - pl.col("end"), CONTEXT)
    rows = numbers.with_columns(pl.col("left").str.extract_groups(grammar.rules["around"]).struct.unnest(),
                                bound_after=rest.str.extract(grammar.rules["after"], 1))
    for surface, name, section in (("bound", "bound_left", "bounds"), ("bound_skip", "bound_skipped", "bounds_after"),
                                   ("bound_after", "bound_right", "bounds_after"), ("role", "role_left", "roles"),
                                   ("range", "range_left", "ranges")):
        rows = name_surfaces(rows, surface, name, grammar, section)
    towards, changes = pl.col("to").is_not_null(), pl.col("left").str.contains(grammar.rules["has_changes"])
    limit = pl.when(towards & ~changes & ("to_is_bound" in grammar.has)).then(pl.lit("max"))
    plus = pl.when(pl.col("plus").is_not_null()).then(pl.lit("min"))
    return rows.with_columns(
        bound=pl.coalesce("bound_left", "bound_skipped", "bound_right", plus, limit, pl.lit("exact")),
        role=pl.coalesce(pl.when(towards & changes).then(pl.lit("to")), "role_left"))


def find_ranges(numbers: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add whether a number and the next one are a range or change (`linked`), or a part and its whole (`part`)."""
    rules, next_unit, next_value = grammar.rules, pl.col("next_unit"), pl.col("next_value")
    unit, own = pl.col("unit"), pl.col("own_unit")
    following = lambda name: neighbour(name, -1)  # noqa: E731
    length = (following("start") - pl.col("stop")).clip(0)
    rows = numbers.with_columns(
        gap=pl.col("text").str.slice(pl.col("stop"), length),
        whole=pl.col("text").str.slice(pl.col("start"), following("start") - pl.col("start")),
        crosses=(pl.col("stop") > following("start")).fill_null(False), inherits_scale=pl.col("power").is_null() & ~own,
        **{f"next_{name}": following(name) for name in
           ("unit", "value", "power", "stop", "counted", "noun", "between", "refused")})
    gap = pl.col("gap").str
    scale = pl.when("inherits_scale").then(10.0 ** pl.col("next_power").fill_null(0)).otherwise(1.0)
    value = pl.col("value") * scale
    readable = ~pl.col("refused") & ~pl.col("next_refused")
    alike = (pl.coalesce(unit, next_unit) == pl.coalesce(next_unit, unit)) & ~(own & next_unit.is_null())
    to = gap.contains(rules["to"]) | gap.contains(rules["dash"])
    linked = (
        (to & (pl.col("range_left").eq_missing(pl.lit("from")) | (value < next_value) | own))
        | (pl.col("range_left").eq_missing(pl.lit("between")) & gap.contains(rules["and"]))
        | (pl.col("whole").str.contains(rules["from_ending"]) & gap.contains(rules["from_gap"]))
    ) & alike & readable & ~pl.col("year")
    part = gap.contains(rules["of"]) & unit.is_null() & pl.col("next_counted") & pl.col("power").is_null() \
        & pl.col("next_power").is_null() & (pl.col("value") < next_value) & readable
    return rows.with_columns(linked=linked.fill_null(False), part=part.fill_null(False),
                             far=(value > 100 * next_value).fill_null(False))


def share_in_ranges(numbers: pl.DataFrame) -> pl.DataFrame:
    """Give both numbers of a range their roles and what they share: `from 28 million to 45 million tonnes`.

    In `22 of the 36 minerals` the second number becomes the first one's `of` and is no row of its own.
    """
    previous = lambda name: neighbour(name).fill_null(False)  # noqa: E731
    begins, ends, part = pl.col("linked"), previous("linked"), pl.col("part")
    inherits = (begins & pl.col("unit").is_null()) | part
    scaled = pl.concat_str("mantissa", pl.lit("e"), pl.col("next_power").cast(pl.String)).cast(pl.Float64, strict=False)
    return numbers.with_columns(
        value=pl.when(begins & pl.col("inherits_scale") & scaled.is_not_null()).then(scaled).otherwise("value"),
        unit=pl.when(begins | part).then(pl.coalesce("unit", "next_unit"))
        .when(ends).then(pl.coalesce("unit", neighbour("unit"))).otherwise("unit"),
        of=pl.when(part).then("next_value"),
        stop=pl.when(inherits).then("next_stop").otherwise("stop"),
        left=pl.when(ends).then(neighbour("left")).otherwise("left"),
        role=pl.when(begins).then(pl.lit("from")).when(ends).then(pl.lit("to")).otherwise("role"),
        bound=pl.when(begins | ends).then(pl.coalesce("bound_left", pl.lit("exact"))).otherwise("bound"),
        **{name: pl.when(inherits).then(f"next_{name}").otherwise(name) for name in ("noun", "between", "counted")},
        refused=pl.col("refused") | previous("part") | (begins & pl.col("far"))
        | (pl.col("crosses") & pl.col("counted"))  # `60 two companies` cannot be read
        | (previous("crosses") & ~previous("counted")),  # `сто` in `12 на сто` is part of the unit
    )
