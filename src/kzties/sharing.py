"""Let numbers that stand together share what is said once: ranges, changes, lists, parts of a whole.

`from 28 million to 45 million tonnes`, `9 and 5 per cent`, `22 of the 36 minerals`, `33 branches, four of them`. Two
reported numbers are never merged.
"""

import polars as pl

from kzties.numbering import neighbour
from kzties.units_grammar import Grammar


def share_of_named(numbers: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Give a number the unit of what it is a part of: `33 branches, four of them`, `34 минералдың 19-ы`."""
    rules, right, counted, free = grammar.rules, pl.col("right"), pl.col("counted"), pl.col("unit").is_null()
    rows = numbers.with_columns(of_ending=right.str.contains(rules["of_ending"]),
                                of_them=right.str.contains(rules["of_them"]))
    of_them = ((pl.col("of_ending") & (counted | free)) | (free & pl.col("of_them"))) & pl.col("power").is_null() \
        & ~pl.col("year") & ~pl.col("refused") & pl.col("before").is_null() & (pl.col("value") > 1)
    rows = rows.with_columns(of_them=of_them.fill_null(False))
    if not rows["of_them"].any():
        return rows
    named = ~free & ~pl.col("unit").is_in(["%", "x"])
    last = {name: pl.when(named).then(name).forward_fill().shift().over("document_id", "passage")
            for name in ("unit", "noun", "value")}
    rows = rows.with_columns(**{f"last_{name}": column for name, column in last.items()})
    rows = rows.with_columns(of_them=(pl.col("of_them") & (pl.col("value") < pl.col("last_value"))).fill_null(False))
    gap = pl.col("text").str.slice(pl.col("stop"), (neighbour("start", -1) - pl.col("stop")).clip(0))
    whole = neighbour("of_them", -1).fill_null(False) & neighbour("of_ending", -1) & counted & (gap == " ")
    part = pl.col("of_them")
    return rows.with_columns(refused=pl.col("refused") | whole.fill_null(False)).with_columns(
        unit=pl.when(part).then("last_unit").otherwise("unit"), noun=pl.when(part).then("last_noun").otherwise("noun"),
        stop=pl.when(part).then("end").otherwise("stop"), counted=counted | part)


def share_in_lists(numbers: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Give all numbers of a list the unit that stands after the last: `9 and 5 per cent`, `10, 20 and 30 MW`.

    A number that one is compared with has its unit too: `78.3 Mbit/s against 62.1`.
    """
    rules, unit, power = grammar.rules, pl.col("unit"), pl.col("power")
    ready = unit.is_null() & ~pl.col("refused") & ~pl.col("year") & pl.col("digits").is_not_null()
    length = (neighbour("start", -1) - pl.col("stop")).clip(0)
    rows = numbers.with_columns(gap=pl.col("text").str.slice(pl.col("stop"), length), ready=ready)
    listed = pl.when(pl.col("ready") & neighbour("digits", -1).is_not_null()).then("gap").str.contains(rules["list"])
    compared = pl.when("ready").then(neighbour("gap")).str.contains(rules["against"]) & pl.when("ready").then(
        "right").str.contains(rules["ago"])
    rows = rows.with_columns(
        goes_on=(listed & ~pl.col("range_left").eq_missing(pl.lit("between"))).fill_null(False),
        compared=(compared & neighbour("own_unit") & ~neighbour("counted") & ~neighbour("refused")
                  & (power.is_null() == neighbour("power").is_null())).fill_null(False))
    rows = rows.with_columns(unit=pl.when("compared").then(neighbour("unit")).otherwise("unit"))
    if not rows["goes_on"].any():
        return rows
    rows = rows.with_columns(list=(~neighbour("goes_on").fill_null(False)).cum_sum(), joined=neighbour("gap"))
    ends = rows.group_by("list", maintain_order=True).agg(pl.col(
        "unit", "power", "own_unit", "refused", "counted", "text", "joined").last().name.prefix("end_"))
    ends = ends.filter(
        pl.col("end_unit").is_not_null() & pl.col("end_own_unit") & ~pl.col("end_refused")
        & ~pl.col("end_joined").str.starts_with(",")
        & (~pl.col("end_counted") | pl.col("end_text").str.contains(rules["has_respectively"]))
    ).select("list", "end_unit", "end_power")
    rows = rows.join(ends, on="list", how="left", maintain_order="left")
    shares = pl.col("goes_on") & pl.col("end_unit").is_not_null()
    scaled = pl.concat_str("mantissa", pl.lit("e"), pl.coalesce("end_power", 0).cast(pl.String))
    return rows.with_columns(
        unit=pl.when(shares).then("end_unit").otherwise("unit"), own_unit=pl.col("own_unit") | shares,
        value=pl.when(shares & power.is_null()).then(scaled.cast(pl.Float64, strict=False)).otherwise("value"))


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
    begins = pl.col("range_left").eq_missing(pl.lit("from"))
    to = gap.contains(rules["to"]) | gap.contains(rules["dash"]) | (begins & gap.contains(rules["weak_to"]))
    linked = (
        (to & (begins | (value < next_value) | own))
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
