"""The data behind each chart, taken from the tables, and the words and numbers that charts print.

Everything here is a pure function of tables; drawing is left to `charting` and `scaling`.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from kzties.tables import ACTIONS
from kzties.typesetting import clean_text
from kzties.wording import MONTHS, count, join_words

MEASURES = ("t", "kt", "Mt", "kg", "g", "toe", "km", "m", "km2", "m2", "ha", "m3", "bcm", "l", "barrel", "bpd", "W", "kW",
            "MW", "GW", "kWh", "MWh", "GWh", "TWh", "MVA", "kV", "TEU", "carat", "ozt")
"""Units of weight, length, area, volume and capacity; money has three capital letters; shares and counted nouns have no
place on a common scale."""
BOUND_WORDS = {"approx": "about ", "min": "over ", "max": "up to ", "exact": ""}


def name_code(code: str, labels: Mapping[str, str]) -> str:
    """Return what a chart prints for a code: its label, or the code itself where it has none."""
    return clean_text(labels.get(code) or code)


def name_codes(column: str, labels: Mapping[str, str]) -> pl.Expr:
    """Return the labels of a column of codes."""
    return pl.col(column).map_elements(lambda code: name_code(code, labels), return_dtype=pl.String)


def count_range(low: int, high: int, thing: str) -> str:
    """Return how the counts in a chart range.

    >>> count_range(1, 3, "event"), count_range(1, 1, "event")
    ('from 1 to 3 events', '1 event each')
    """
    return f"from {low:,} to {count(high, thing)}" if low < high else f"{count(high, thing)} each"


def name_some(names: Sequence[str]) -> str:
    """Return up to three names as a sentence has them; of more, the first two and the number of the rest.

    >>> name_some(["Serbia", "Spain"]), name_some(["A", "B", "C", "D", "E"])
    ('Serbia and Spain', 'A, B and 3 more')
    """
    return join_words(names, 2 if len(names) > 3 else None)


def say_first(text: str) -> str:
    """Return `text` with a capital first letter, as a sentence starts."""
    return text[:1].upper() + text[1:]


def note_shown(shown: int, total: int, thing: str) -> str:
    """Return the note that a chart shows a part only, or nothing where it shows all.

    >>> note_shown(12, 200, "partner")
    '; 12 of 200 partners shown'
    """
    return f"; {shown:,} of {count(total, thing)} shown" if shown < total else ""


def list_partners(events: pl.DataFrame, labels: Mapping[str, str], ties: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return every partner of the events (and of the ties, where given) with its number of events, the most first."""
    named = events.select("event_id", partner=pl.col("partners")).explode("partner").drop_nulls("partner")
    if ties is not None:
        named = pl.concat([named, ties.select("event_id", "partner")])
    return (
        named
        .group_by("partner").agg(events=pl.col("event_id").n_unique().cast(pl.Int64))
        .with_columns(name=name_codes("partner", labels))
        .select("partner", "name", "events")
        .sort("events", "name", "partner", descending=[True, False, False])
    )


def find_firmest(ties: pl.DataFrame) -> pl.DataFrame:
    """Return the firmest step of each event and partner; null where the sources state none."""
    step = pl.col("action").replace_strict(list(ACTIONS), list(range(1, 7)), default=None, return_dtype=pl.Int64)
    return (
        ties.group_by("event_id", "partner").agg(step=step.max())
        .with_columns(action=pl.col("step").replace_strict(list(range(1, 7)), list(ACTIONS), default=None,
                                                           return_dtype=pl.String))
        .sort("event_id", "partner")
    )


def list_outlets(documents: pl.DataFrame, passages: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """Return the coded passages and their documents by language and outlet, the largest language first."""
    unknown = pl.concat_str(pl.lit("Outlet not known ("), "document_id", pl.lit(")"))
    return (
        passages.filter("kept").join(documents.select("document_id", "outlet"), on="document_id", how="left")
        .with_columns(pl.coalesce("outlet", unknown).alias("outlet"), pl.col("language").fill_null("und"))
        .group_by("language", "outlet").agg(passages=pl.len().cast(pl.Int64),
                                            documents=pl.col("document_id").n_unique().cast(pl.Int64))
        .with_columns(in_language=pl.col("passages").sum().over("language"), name=name_codes("language", labels))
        .sort("in_language", "language", "passages", "outlet", descending=[True, False, True, False])
        .select("language", "name", "outlet", "passages", "documents")
    )


def measure_amounts(quantities: pl.DataFrame, ties: pl.DataFrame, codes: pl.DataFrame | None,
                    labels: Mapping[str, str]) -> pl.DataFrame:
    """Return the money and volumes that stand with a tie, once an event, each change from one value to another joined.

    The step is the firmest that the amount's own passage states; null where it states none or `codes` is not given.
    """
    place = ["document_id", "passage"]
    money = pl.col("unit").str.contains(r"^[A-Z]{3}$") & ~pl.col("unit").is_in(MEASURES)
    last_role, last_value = pl.col("role").shift(1).over(place), pl.col("value").shift(1).over(place)
    ends_change = ((pl.col("role") == "to") & (last_role == "from")
                   & (pl.col("unit") == pl.col("unit").shift(1).over(place))).fill_null(False)
    measured = (
        quantities.with_columns(is_money=money).filter(money | pl.col("unit").is_in(MEASURES))
        .sort(*place, "start")
        .with_columns(value_from=pl.when(ends_change).then(last_value), ends_change=ends_change)
        .filter(~pl.col("ends_change").shift(-1, fill_value=False).over(place))
        .with_columns(amount=pl.format("{}/{}/{}-{}", "document_id", "passage", "start", "end"))
    )
    linked = ties.select("event_id", "partner", amount="amounts").explode("amount").drop_nulls("amount").unique()
    steps = pl.DataFrame(schema={"document_id": pl.String, "passage": pl.Int64, "step": pl.Int64})
    if codes is not None:
        step = pl.col("code").replace_strict(list(ACTIONS), list(range(1, 7)), default=None, return_dtype=pl.Int64)
        steps = codes.filter(pl.col("variable") == "action").group_by(place).agg(step=step.max())
    return (
        measured.join(linked, on="amount", how="inner").join(steps, on=place, how="left")
        .with_columns(name=name_codes("partner", labels))
        .sort(*place, "start", "name")
        .group_by("event_id", "unit", "value", "value_from", "per", "role", maintain_order=True)
        .agg(pl.col("what").drop_nulls().first(), pl.col("surface").first(), pl.col("bound").first(),
             pl.col("step").max(), partners=pl.col("name").unique(maintain_order=True).str.join(", "),
             documents=pl.col("document_id").n_unique().cast(pl.Int64))
        .with_columns(is_money=money,
                      action=pl.col("step").replace_strict(list(range(1, 7)), list(ACTIONS), default=None,
                                                           return_dtype=pl.String))
        .sort("is_money", "unit", "value", "event_id", "value_from", "per", "role", "what",
              descending=[True, False, True, False, False, False, False, False], nulls_last=True)
        .select("unit", "is_money", "value_from", "value", "bound", "per", "what", "surface", "partners", "action",
                "documents", "event_id")
    )


def tick_days(first: date, last: date, most: int = 7) -> list[tuple[date, str]]:
    """Return the days that a time axis names, with their words: first days of months, quarters or years."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    every = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120, 240) if months / step <= most), 600)
    start = first.year * 12 + first.month - 1
    start += -start % every
    ticks = [date(month // 12, month % 12 + 1, 1) for month in range(start, last.year * 12 + last.month, every)]
    ticks = [day for day in ticks if first <= day <= last]
    return [(day, str(day.year) if every >= 12 else f"{MONTHS[day.month - 1][:3]} {day.year}") for day in ticks]


def place_markers(marks: pl.DataFrame, per_day: float, gap: float) -> pl.DataFrame:
    """Give each marker of a partner's row a lane, so that no two in one lane are nearer than `gap` pixels."""
    lanes: dict[str, list[float]] = {}
    chosen = []
    for partner, day in marks.select("partner", pl.col("first_date").dt.epoch("d")).iter_rows():
        ends = lanes.setdefault(partner, [])
        x = day * per_day
        lane = next((index for index, end in enumerate(ends) if x - end >= gap), len(ends))
        ends[lane:lane + 1] = [x]
        chosen.append(lane)
    return marks.with_columns(lane=pl.Series(chosen, dtype=pl.Int64))


def pad_days(first: date, last: date) -> tuple[date, date]:
    """Return the ends of a time axis that leave room around the first and the last day."""
    room = timedelta(days=max(15, math.ceil((last - first).days * 0.03)))
    return (first - room).replace(day=1), last + room
