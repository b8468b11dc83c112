"""Find reported quantities: from kept passages to the `quantities` table, in polars expressions over all at once.

A number is found first, by the digits and words that its language puts numbers in. Then its neighbours decide: a unit
or a counted noun after it (or a currency sign before it) makes it a quantity; a name, a date or an ordinal does not.
Two reported numbers are never merged: `from 28 to 45` is two rows. What can be read in two ways is not reported.
"""

import polars as pl

from kzties.counting import find_nouns
from kzties.describing import add_periods, add_rates, add_subjects
from kzties.numbering import CONTEXT, MARK, NEAR, find_numbers, join_words
from kzties.phrasing import START
from kzties.sharing import find_ranges, share_in_lists, share_in_ranges, share_of_named
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
TURNS, SPEEDS = ("x", "occasion"), ("m", "km")
SETTLED = ("sentence", "document_id", "item", "passage", "sentence_start", "text", "start", "end", "stop", "left",
           "right", "before", "digits", "power", "mantissa", "value", "unit", "own_unit", "counted", "year", "refused",
           "noun", "between", "plus", "bound_skip", "rate")
"""What is still asked of a number once its unit is settled."""
REACH = 80
"""Characters after a number in which its unit stands."""
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
    if grammar.letters:  # letter for letter, so that offsets hold
        sentences = sentences.with_columns(pl.col("text").str.replace_many(grammar.letters))
    numbers = find_units(join_words(find_numbers(sentences, grammar), grammar), grammar)
    numbers = settle_units(rewrite_units(numbers, units), grammar, units)
    measured = numbers.filter(pl.col("unit").is_not_null()).select("sentence").unique()
    numbers = numbers.select(SETTLED).join(measured, on="sentence", how="semi", maintain_order="left")
    numbers = share_in_lists(share_of_named(add_bounds(numbers, grammar), grammar), grammar)
    kept = share_in_ranges(find_ranges(numbers, grammar)).filter(
        ~pl.col("refused"), pl.col("unit").is_not_null(), pl.col("value").is_finite()
    ).with_columns(end=pl.col("stop"), rest=pl.col("text").str.slice(pl.col("stop"), CONTEXT))
    rows = add_periods(add_subjects(add_rates(kept, grammar), grammar), sentences, grammar)
    return rows.select("sentence_start", *(name for name in QUANTITIES.schema if name != "surface"))


def find_units(numbers: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add the words after each number that may be its unit (`after_code`), and where they end (`span`, `rest`)."""
    right = pl.col("right")
    rows = numbers.with_columns(right.str.head(REACH).str.extract_groups(grammar.rules["unit"]).struct.unnest())
    rows = rows.with_columns(measure=pl.coalesce("square", "measure"))
    rows = find_nouns(rows, grammar.nouns, grammar.rules,
                      lambda words, name: name_surfaces(words, name, f"{name}_code", grammar, "phrases"))
    rows = rows.with_columns(after=pl.coalesce("measure", "sign"))
    rows = name_surfaces(rows, "after", "unit_code", grammar, "measured")
    rows = rows.with_columns(after_code=pl.coalesce("unit_code", "noun_code"), after=pl.coalesce("after", "noun"))
    length = lambda name: pl.col(name).fill_null("").str.len_chars().cast(pl.Int64)  # noqa: E731
    joint = right.str.slice(length("skip"), 1).is_in([" ", "-"]) & pl.col("noun").is_null()
    size = pl.sum_horizontal(length(name) for name in ("skip", "measure", "sign", "between", "noun"))
    spaced = pl.col("noun").is_not_null() | joint
    span = pl.when(pl.col("after").is_not_null()).then(size + spaced.cast(pl.Int64)).otherwise(0)
    return rows.with_columns(span=span).with_columns(rest=right.str.slice(pl.col("span"), CONTEXT))


def rewrite_units(numbers: pl.DataFrame, units: Units) -> pl.DataFrame:
    """Write one unit in one way: 5 `kt` are 5000 `t`, 29,000 `bpd` are 29,000 `barrel` per `day`."""
    written = pl.DataFrame([(code, *parts, None)[:4] for code, parts in units.written.items()], orient="row", schema={
        "after_code": pl.String, "written": pl.String, "more": pl.Int64, "rate": pl.String})
    rows = numbers.join(written, on="after_code", how="left", maintain_order="left")
    more = pl.when(pl.col("before").is_null()).then("more").fill_null(0)
    power = pl.coalesce("power", 0) + more
    exact = pl.concat_str("mantissa", pl.lit("e"), power.cast(pl.String)).cast(pl.Float64, strict=False)
    return rows.with_columns(after_code=pl.coalesce("written", "after_code"),
                             power=pl.when(more > 0).then(power).otherwise("power"),
                             value=pl.when(more > 0).then(exact).otherwise("value"))


def settle_units(numbers: pl.DataFrame, grammar: Grammar, units: Units) -> pl.DataFrame:
    """Decide on `unit` and where the quantity ends (`stop`); refuse what only looks like a quantity."""
    rules, left, value = grammar.rules, pl.col("near"), pl.col("value")
    before, after = pl.col("before_code"), pl.col("after_code")
    alone = pl.col("power").is_null() & pl.col("before").is_null()
    money = after.is_in(units.codes.get("money", ()))
    numbers = numbers.with_columns(
        near=pl.col("left").str.tail(NEAR), is_money=money,
        counted=pl.col("noun").is_not_null() & pl.col("before").is_null() & ~pl.col("noun_measured"),
        year=pl.col("digits").str.contains("^(?:19|20)[0-9]{2}$").fill_null(False) & alone)
    numbers = numbers.with_columns(often=(
        _where(after.is_in(TURNS), "rest").str.contains(rules["per_at_once"])
        | _where(after.is_in(TURNS), "near").str.contains(rules["per_before"])).fill_null(False))
    numbers = numbers.with_columns(  # each is needed more than once
        own_unit=~_is_none(grammar).fill_null(False) & after.is_not_null(), share=_is_share(grammar),
        flown=pl.col("often") & before.is_null() & _where(pl.col("often"), "text").str.contains(rules["has_trips"]),
        minus=left.str.tail(2).str.contains(rules["minus"]),
        priced=_where(money | before.is_not_null(), "text").str.contains(rules["priced"])
        | _where(before.is_not_null() & pl.col("power").is_null(), "text").str.contains(rules["widget"]))
    own, minus = pl.col("own_unit"), pl.col("minus")
    reaches = own & (before.is_null() | (before == after))
    return numbers.with_columns(
        unit=pl.coalesce(before, pl.when("share").then(pl.lit("%")), pl.when("flown").then(pl.lit("flight")),
                         pl.when(own).then(after)),
        counted=pl.col("counted") & own,
        value=pl.when(minus).then(-value).otherwise(value), start=pl.col("start") - minus.cast(pl.Int64),
        stop=pl.col("end") + pl.when(reaches).then("span").otherwise(0),
    ).with_columns(refused=pl.col("refused") | pl.col("priced").fill_null(False)
                   | (pl.col("fraction").is_not_null() & ~pl.col("share").fill_null(False)) | (
        (before.is_not_null() & money & (before != after))
        | (left.str.ends_with("-") & left.str.contains("(?:^| )-$") & (pl.col("unit") == "%"))).fill_null(False))


def _where(condition: pl.Expr, name: str) -> pl.Expr:
    """Return a column where a condition holds, else null: no rule is run on the texts that it cannot be about."""
    return pl.when(condition).then(name)


def _is_share(grammar: Grammar) -> pl.Expr:
    """Whether a fraction is a share: `half of`, `at least half`, `one in ten`; not `half of the year`."""
    rules, told = grammar.rules, pl.col("fraction").is_not_null()
    right, left = _where(told, "right"), _where(told, "near")
    share = told & ~right.str.contains(rules["not_fraction"]) & ~left.str.contains(rules["not_fraction_after"])
    if "fractions_need" in grammar.has:
        share &= right.str.contains(rules["fraction_needs"]) | left.str.contains(rules["fraction_after"]) \
            | pl.col("fraction").str.contains(rules["free"])
    return share


def _is_none(grammar: Grammar) -> pl.Expr:
    """Whether the words after a number are not its unit after all, or make it none that describes an economy."""
    rules, rest, value, after = grammar.rules, pl.col("rest"), pl.col("value"), pl.col("after_code")
    counted, money, long = pl.col("counted"), pl.col("is_money"), after.is_in(LENGTHS)
    times = pl.lit(True)  # `5 times` is a growth only beside words that say so
    if "times_before" in grammar.has:
        times = pl.col("near").str.contains(rules["times_before"])
    elif "times_need" in grammar.has:
        times = _where(after == "x", "text").str.contains(rules["has_times_need"])
    natural = _where(long, pl.col("near").str.tail(40)).str.contains(rules["has_nature"]) \
        | _where(long, rest.str.head(30)).str.contains(rules["has_nature"])
    fast = _where(after.is_in(SPEEDS), "rest").str.contains(rules["not_unit_after"]) \
        | _where(after.is_in(SPEEDS), "near").str.contains(rules["not_unit_before"])
    return (
        pl.col("fraction").is_not_null()
        | (pl.col("right").str.contains("^-[мт]") & (pl.col("measure").str.len_chars() == 1))  # `2-м` is an ordinal
        | (pl.col("skip").str.starts_with(".") & pl.col("power").is_null())
        | (counted & (_where(counted, "rest").str.contains(rules["not_after"]) | (value % 1 != 0)))
        | (counted & pl.col("word").is_not_null() & (value == 1))  # in half of the languages this is the article
        | (pl.col("year") & (counted | money | ((pl.col("after").str.len_chars() == 1) & (after != "%"))))
        | (natural & ~_where(long, "text").str.contains(rules["has_not_nature"])).fill_null(False)
        | fast.fill_null(False)  # the speed of a wind or a train
        | ((after == "x") & (pl.col("often") | (value > 1000) | (~times & (value % 1 == 0)))) | (after == "occasion")
        | ((after == "m") & pl.col("measure").eq("m") & rest.str.contains(rules["weighed"]))  # `87.7 m tonnes`
        | (~_where(after == "person", "text").str.contains(rules["has_people_need"])).fill_null(False)
        | (pl.col("sign").is_not_null() & money & rest.str.contains("^ ?[0-9]"))  # the sign of the next number
    )


def add_bounds(numbers: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add what the words right before and after say: `bound`, `role`, and whether a range may begin here."""
    rest = pl.col("right").str.slice(pl.col("stop") - pl.col("end"), CONTEXT)
    rows = numbers.with_columns(pl.col("left").str.extract_groups(grammar.rules["around"]).struct.unnest(),
                                bound_after=rest.str.extract(grammar.rules["after"], 1))
    for surface, name, section in (("bound", "bound_left", "bounds"), ("bound_skip", "bound_skipped", "bounds_after"),
                                   ("bound_after", "bound_right", "bounds_after"), ("role", "role_left", "roles"),
                                   ("range", "range_left", "ranges")):
        rows = name_surfaces(rows, surface, name, grammar, section)
    changes = _where(pl.col("to").is_not_null(), "left").str.contains(grammar.rules["has_changes"])
    rows = rows.with_columns(changes=changes.fill_null(False))
    towards, changes = pl.col("to").is_not_null(), pl.col("changes")
    limit = pl.when(towards & ~changes & ("to_is_bound" in grammar.has)).then(pl.lit("max"))
    plus = pl.when(pl.col("plus").is_not_null()).then(pl.lit("min"))
    return rows.with_columns(
        bound=pl.coalesce("bound_left", "bound_skipped", "bound_right", plus, limit, pl.lit("exact")),
        role=pl.coalesce(pl.when(towards & changes).then(pl.lit("to")), "role_left"))
