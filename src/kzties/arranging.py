"""The data behind each chart, taken from the tables, and the words and numbers that charts print.

Everything here is a pure function of tables; drawing is left to `charting` and `scaling`.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from kzties.tables import ACTIONS
from kzties.typesetting import clean_text

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")
MEASURES = ("t", "kg", "km", "m", "m2", "m3", "ha", "l", "bbl", "TEU", "kW", "MW", "GW", "kWh", "MWh", "GWh", "TWh")
"""Units of volume, length, area and capacity; money has three capital letters; shares and counted nouns are neither."""
BOUND_WORDS = {"approx": "about ", "min": "over ", "max": "up to ", "exact": ""}


def name_code(code: str, labels: Mapping[str, str]) -> str:
    """Return what a chart prints for a code: its label, or the code itself where it has none."""
    return clean_text(labels.get(code) or code)


def name_codes(column: str, labels: Mapping[str, str]) -> pl.Expr:
    """Return the labels of a column of codes."""
    return pl.col(column).map_elements(lambda code: name_code(code, labels), return_dtype=pl.String)


def count_things(count: int, thing: str, things: str | None = None) -> str:
    """Return a number with its noun.

    >>> count_things(1, "event"), count_things(12000, "event")
    ('1 event', '12,000 events')
    """
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def join_names(names: Sequence[str], most: int = 3) -> str:
    """Return names as a sentence has them; beyond `most`, the rest is counted.

    >>> join_names(["Serbia", "Spain"]), join_names(["A", "B", "C", "D", "E"])
    ('Serbia and Spain', 'A, B and 3 others')
    """
    names = list(names)
    if len(names) > most:
        names = [*names[:most - 1], count_things(len(names) - most + 1, "other")]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def say_first(text: str) -> str:
    """Return `text` with a capital first letter, as a sentence starts."""
    return text[:1].upper() + text[1:]


def note_shown(shown: int, total: int, thing: str) -> str:
    """Return the note that a chart shows a part only, or nothing where it shows all.

    >>> note_shown(12, 200, "partner")
    '; 12 of 200 partners shown'
    """
    return f"; {shown:,} of {count_things(total, thing)} shown" if shown < total else ""


def say_day(day: date) -> str:
    """Return a day in words, whatever the machine's language.

    >>> say_day(date(2026, 3, 6))
    '6 March 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_amount(value: float) -> str:
    """Return a number as a reader says it.

    >>> say_amount(3.9e12), say_amount(45e6), say_amount(5000), say_amount(554.6)
    ('3.9 trillion', '45 million', '5,000', '554.6')
    """
    for size, word in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if abs(value) >= size:
            return f"{value / size:,.4g}{word}" if abs(value) < 1e15 else f"{value / size:,.0f}{word}"
    return f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.2f}".rstrip("0").rstrip(".")


def list_partners(events: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """Return every partner with its name and number of events, the most first."""
    return (
        events.select("event_id", partner=pl.col("partners")).explode("partner").drop_nulls("partner")
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
    outlets = documents.select("document_id", outlet=pl.coalesce("outlet", unknown))
    return (
        passages.filter("kept").join(outlets, on="document_id", how="left")
        .with_columns(pl.col("language").fill_null("und"))
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
    before = pl.col("role").shift(1).over(place) == "from"
    same = (pl.col("unit") == pl.col("unit").shift(1).over(place)) & (pl.col("role") == "to")
    measured = (
        quantities.with_columns(is_money=money).filter(money | pl.col("unit").is_in(MEASURES))
        .sort(*place, "start")
        .with_columns(value_from=pl.when(before & same).then(pl.col("value").shift(1).over(place)),
                      joined=(before & same).fill_null(False))
        .filter(~((pl.col("role") == "from") & pl.col("joined").shift(-1, fill_value=False).over(place)).fill_null(False))
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
