"""The charts along a scale: events in time, amounts of money and volumes, passages by language and outlet."""

import math
from collections.abc import Mapping

import altair as alt
import polars as pl

from kzties.arranging import (
    BOUND_WORDS, count_range, find_firmest, list_outlets, list_partners, measure_amounts, name_code, name_some,
    note_shown, pad_days, place_markers, say_first, tick_days,
)
from kzties.drawing import (
    PIXEL_X, PIXEL_Y, draw_nothing, draw_row_names, draw_rules, draw_steps, draw_words, finish_chart, fit_names,
    place, stack_rows,
)
from kzties.tables import ACTIONS
from kzties.theming import BODY, COUNT, FIRMNESS_EDGE, INK, LINE, QUIET, SMALL, WIDTH, Chart, shade_count
from kzties.typesetting import measure_text, wrap_text
from kzties.wording import count, format_amount, format_day, format_value

Labels, Params = Mapping[str, str], Mapping[str, int]
MARKER, LANES = 9.5, 4
"""Radius of a marker, and how many may stand above each other in a row before the row counts by month instead."""
LANGUAGES = {"en": "English", "ru": "Russian", "bg": "Bulgarian", "kk": "Kazakh", "kk-Latn": "Kazakh (Latin script)",
             "de": "German", "fr": "French", "it": "Italian", "tr": "Turkish", "pl": "Polish", "uk": "Ukrainian",
             "uz": "Uzbek", "es": "Spanish", "sr": "Serbian", "ky": "Kyrgyz", "az": "Azerbaijani", "zh": "Chinese",
             "ar": "Arabic", "und": "Language not known"}
UNITS = {"EUR": "euros", "USD": "US dollars", "KZT": "tenge", "RUB": "roubles", "GBP": "pounds sterling",
         "CNY": "yuan", "t": "tonnes", "km": "kilometres", "m2": "square metres", "m3": "cubic metres",
         "MW": "megawatts", "GW": "gigawatts", "kWh": "kilowatt-hours", "ha": "hectares", "barrel": "barrels"}


def draw_timeline(events: pl.DataFrame, ties: pl.DataFrame, labels: Labels, params: Params,
                  headline: str | None = None) -> Chart:
    """Draw when each partner's events were first reported, each marked with the firmest step it reached."""
    name = "timeline"
    data = (
        events.select("event_id", "title", "first_date", partner=pl.col("partners")).explode("partner")
        .drop_nulls(["partner", "first_date"])
        .join(find_firmest(ties), on=["event_id", "partner"], how="left")
        .join(list_partners(events, labels).select("partner", "name"), on="partner")
        .select("first_date", "partner", "name", "event_id", "title", "step", "action")
        .sort("first_date", "partner", "event_id")
    )
    if data.is_empty():
        return draw_nothing(name, "No events", data)
    partners = list_partners(events, labels).join(
        data.group_by("partner").agg(first=pl.col("first_date").min()), on="partner", maintain_order="left")
    shown = partners.head(max(params.get("partners_shown", 12), 1)).sort(
        "first", "events", "name", "partner", descending=[False, True, False, False])
    first, last = data["first_date"].min(), data["first_date"].max()
    begin, end = pad_days(first, last)
    names = shown["name"].to_list()
    left = fit_names(names)
    per_day = (WIDTH - left - 12) / (end - begin).days
    marks, period = _lay_markers(data.filter(pl.col("partner").is_in(shown["partner"].to_list())), per_day)
    lanes = dict(marks.group_by("partner").agg(pl.col("lane").max()).iter_rows())
    key, top = _draw_key(labels, marks) if period is None else ([], 0.0)
    floors, middles, bottom = {}, [], top + 20
    for partner, name_height in zip(shown["partner"], stack_rows(names, left, 30, 0)[1]):
        height = max(name_height, (lanes[partner] + 1) * (2 * MARKER + 2) + 10)
        floors[partner] = bottom + height / 2 - lanes[partner] * (MARKER + 1)
        middles.append(bottom + height / 2)
        bottom += height
    points = [{
        "x": left + (row["first_date"] - begin).days * per_day, "event_id": row["event_id"], "partner": row["partner"],
        "y": floors[row["partner"]] + row["lane"] * (2 * MARKER + 2), "step": row["action"], "text": row["text"],
        "fill": row["fill"],
        "radius": MARKER + 2.5 * max(len(row["text"]) - 2, 0),
    } for row in marks.to_dicts()]
    ticks = [(left + (day - begin).days * per_day, word) for day, word in tick_days(begin, end)]
    layers = [
        draw_rules([(x, top + 20, x, bottom) for x, _ in ticks]),
        draw_words([(x, top + 10, word) for x, word in ticks], QUIET, SMALL, align="center"),
        draw_rules([(left, y, WIDTH - 1, y) for y in middles]),
        draw_rules(_link_events(points), FIRMNESS_EDGE, 1.5),
        *draw_steps(points), *key, draw_row_names(names, middles, left),
    ]
    dated = data["event_id"].n_unique()
    months = data.unique("event_id").group_by(pl.col("first_date").dt.truncate("1mo")).len().sort(
        "len", "first_date", descending=[True, False])
    busiest = format_day(months["first_date"][0]).split(" ", 1)[1]
    if dated == 1:
        title = f"The only event was reported on {format_day(first)}"
    elif first == last:
        title = f"All {dated:,} events were first reported on {format_day(first)}"
    elif months["len"][0] * 2 > dated:
        title = f"{months['len'][0]:,} of {dated:,} events were first reported in {busiest}"
    else:
        title = f"{dated:,} events were reported between {format_day(first)} and {format_day(last)}"
    hidden = note_shown(shown.height, partners.height, "partner")
    subtitle = (f"Number of events by partner and {period} of first publication; n = " if period else
                "Events by partner and first day of publication, numbered by their firmest step; n = ")
    subtitle += (f"{count(dated, 'event')}, "
                f"{count(partners.height, 'partner')}{hidden}")
    alt_text = (f"Timeline with a row for each partner. {headline or title}. {count(dated, 'event')} with "
                f"{count(partners.height, 'partner')}, from {format_day(first)} to {format_day(last)}{hidden}.")
    caption = (f"Events by partner and {period}; the number in a marker counts them." if period else
               "Events by partner and first day of publication; the number in a marker is the firmest step that the "
               "sources state. A vertical line joins the partners of one event.")
    return finish_chart(name, headline or title, subtitle, alt_text, caption, layers, bottom + 6,
                        data.select("first_date", "partner", "name", "event_id", "title", "action"))


def _lay_markers(data: pl.DataFrame, per_day: float) -> tuple[pl.DataFrame, str | None]:
    """Return a marker for each event with its lane, or for each period with its count where events are too many."""
    marks = place_markers(data.with_columns(text=pl.col("step").cast(pl.String).fill_null("–"),
                                            fill=pl.lit(None, pl.String)), per_day, 2 * MARKER + 2)
    if marks["lane"].max() < LANES:
        return marks, None
    room = 2 * MARKER + 4
    every, period = ("1mo", "month") if 28 * per_day >= room else ("1q", "quarter") if 90 * per_day >= room else (
        "1y", "year")
    counted = (
        data.with_columns(pl.col("first_date").dt.truncate(every).clip(data["first_date"].min()))
        .group_by("partner", "first_date").agg(number=pl.len()).sort("first_date", "partner")
        .with_columns(share=(pl.col("number") - 1) / (pl.col("number").max() - 1).clip(1))
        .with_columns(text=pl.col("number").cast(pl.String), event_id=pl.lit(""), action=pl.lit(None, pl.String),
                      fill=pl.col("share").map_elements(lambda share: shade_count(share * 0.8), pl.String))
    )
    return place_markers(counted, per_day, 2 * MARKER + 1), period


def _link_events(points: list[dict]) -> list[tuple[float, float, float, float]]:
    """Return the lines that join the markers of one event, where no other marker stands in between."""
    lines = []
    for event in sorted({point["event_id"] for point in points} - {""}):
        own = [point for point in points if point["event_id"] == event]
        x, low, high = own[0]["x"], min(point["y"] for point in own), max(point["y"] for point in own)
        between = [point for point in points if point["event_id"] != event and abs(point["x"] - x) <= 2 * MARKER
                   and low <= point["y"] <= high]
        if len(own) > 1 and not between:
            lines.append((x, low, x, high))
    return lines


def _draw_key(labels: Labels, marks: pl.DataFrame) -> tuple[list[alt.Chart], float]:
    """Draw what the numbers and shades in the markers mean, in as many lines as they need."""
    entries = [(step, str(number), wrap_text(name_code(step, labels), 150, SMALL, lines=1)[0])
               for number, step in enumerate(ACTIONS, start=1)]
    if marks["step"].null_count():
        entries.append((None, "–", "Not stated"))
    circles, words, x, y = [], [], 0.0, 12.0
    for step, text, label in entries:
        width = 2 * MARKER + 6 + measure_text(label, SMALL)
        if x and x + width > WIDTH:
            x, y = 0.0, y + 2 * MARKER + 6
        circles.append({"x": x + MARKER + 1, "y": y, "radius": MARKER, "step": step, "text": text})
        words.append((x + 2 * MARKER + 6, y, label))
        x += width + 13
    return [*draw_steps(circles), draw_words(words, QUIET, SMALL)], y + MARKER + 12


def draw_quantities(quantities: pl.DataFrame, ties: pl.DataFrame, codes: pl.DataFrame | None, labels: Labels,
                    params: Params, headline: str | None = None) -> Chart:
    """Draw the money and volumes of the ties on a logarithmic scale, grouped by unit, with what is said of each."""
    name, column = "quantities", 232
    data = measure_amounts(quantities, ties, codes, labels)
    drawn = data.filter(pl.col("value") > 0, pl.col("value_from").fill_null(1) > 0)
    if drawn.is_empty():
        return draw_nothing(name, "No amounts of money or volumes", data)
    shown = drawn.head(max(params.get("quantities_shown", 20), 1))
    values = [value for value in [*shown["value"], *shown["value_from"]] if value]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 2)
    right = WIDTH - 112

    def at(value: float) -> float:
        return column + (math.log10(value) - low) / (high - low) * (right - column)

    every = math.ceil((high - low) / max(1, math.floor((right - column) / 78)))
    ticks = [(at(10.0 ** power), format_value(10.0 ** power)) for power in range(low, high + 1, every)]
    y, dots, starts, lines, texts, notes, heads, numbers = 30.0, [], [], [], [], [], [], []
    unit = None
    for row in shown.to_dicts():
        if row["unit"] != unit:
            unit = row["unit"]
            heads.append((0, y + 14, say_first(labels.get(unit) or UNITS.get(unit, unit))))
            y += 25
        what = wrap_text(row["what"] or row["surface"], column - 20, SMALL, lines=3)
        step = f"{name_code(row['action'], labels).lower()}" if row["action"] else "step not stated"
        about = wrap_text(f"{row['partners']} · {step}", column - 20, SMALL, lines=2)
        height = (len(what) + len(about)) * LINE + 10
        middle = y + height / 2
        texts.append((0, y + 5 + len(what) * LINE / 2, "\n".join(what)))
        notes.append((0, y + 5 + len(what) * LINE + len(about) * LINE / 2, "\n".join(about)))
        x = at(row["value"])
        dots.append((x, middle))
        said = BOUND_WORDS.get(row["bound"], "") + format_value(row["value"])
        if row["value_from"]:
            start = at(row["value_from"])
            starts.append((start, middle))
            lines.append((min(start, x), middle, max(start, x), middle))
            said = f"{format_value(row['value_from'])} → {said}"
            x = max(start, x)
        per = f"\nper {row['per']}" if row["per"] else ""
        numbers.append((x + 11, middle, "\n".join(wrap_text(said, WIDTH - x - 13, BODY, bold=True)) + per))
        y += height
    frame = pl.DataFrame(dots, schema={"x": pl.Float64, "y": pl.Float64}, orient="row")
    opened = pl.DataFrame(starts, schema={"x": pl.Float64, "y": pl.Float64}, orient="row")
    point = {"shape": "circle", "size": 95, "opacity": 1, "strokeWidth": 2, "stroke": COUNT}
    layers = [
        draw_rules([(x, 22, x, y) for x, _ in ticks]),
        draw_words([(x, 10, word) for x, word in ticks], QUIET, SMALL, align="center"),
        draw_rules([(1, head - 14, WIDTH - 1, head - 14) for _, head, _ in heads[1:]]),
        draw_rules(lines, COUNT, 3),
        place(opened).mark_point(fill="#ffffff", **point).encode(PIXEL_X, PIXEL_Y),
        place(frame).mark_point(fill=COUNT, **point).encode(PIXEL_X, PIXEL_Y),
        draw_words(numbers, bold=True), draw_words(heads, bold=True), draw_words(texts, INK, SMALL),
        draw_words(notes, QUIET, SMALL),
    ]
    units = drawn.group_by("unit", maintain_order=True).agg(pl.col("value").max())
    largest = [format_amount(value, unit).replace(" ", "\u00a0") for unit, value in units.head(3).iter_rows()]
    title = f"Largest {'amount' if len(largest) == 1 else 'amounts'} reported with a partner: {name_some(largest)}"
    hidden = note_shown(shown.height, drawn.height, "amount")
    left_out = data.height - drawn.height
    subtitle = (f"Money and volumes in events with a partner, logarithmic scale, each in its own unit and not "
                f"converted; n = {count(drawn.height, 'amount')}{hidden}"
                + (f"; {count(left_out, 'amount')} of zero or less in the data only" if left_out else ""))
    alt_text = (f"Dot plot on a logarithmic scale. {headline or title}. {count(drawn.height, 'amount')} in "
                f"{count(units.height, 'unit')}{hidden}.")
    caption = ("Money and volumes that stand with a tie. A hollow and a filled dot are a change from one value to "
               "another; compare dots within a unit only.")
    return finish_chart(name, headline or title, subtitle, alt_text, caption, layers, y + 6, data)


def draw_languages_outlets(documents: pl.DataFrame, passages: pl.DataFrame, labels: Labels, params: Params,
                           headline: str | None = None) -> Chart:
    """Draw how many passages each language and outlet gave."""
    name, column = "languages_outlets", 212
    data = list_outlets(documents, passages, {**LANGUAGES, **labels})
    if data.is_empty():
        return draw_nothing(name, "No passages", data)
    shown = data.head(max(params.get("outlets_shown", 24), 1))
    most, y = shown["passages"].max(), 2.0
    bars, heads, names, numbers, notes, language = [], [], [], [], [], None
    for row in shown.to_dicts():
        if row["language"] != language:
            language = row["language"]
            y += 10 if heads else 0
            heads.append((0, y + 12, row["name"]))
            y += 26
        outlet = wrap_text(row["outlet"], column - 12, BODY)
        height = max(26, len(outlet) * LINE + 8)
        end = column + row["passages"] / most * (WIDTH - 136 - column)
        bars.append({"x": column, "x2": end, "y": y + height / 2 - 7.5, "y2": y + height / 2 + 7.5})
        names.append((0, y + height / 2, "\n".join(outlet)))
        said = f"{row['passages']:,}"
        numbers.append((end + 7, y + height / 2, said))
        notes.append((end + 13 + measure_text(said, BODY, bold=True), y + height / 2,
                      f"in {count(row['documents'], 'document')}"))
        y += height
    drawing = place(pl.DataFrame(bars)).mark_rect(color=COUNT).encode(PIXEL_X, PIXEL_Y, alt.X2("x2:Q"), alt.Y2("y2:Q"))
    layers = [drawing, draw_words(heads, bold=True), draw_words(names), draw_words(numbers, bold=True),
              draw_words(notes, QUIET, SMALL)]
    total, sources = data["passages"].sum(), passages.filter("kept")["document_id"].n_unique()
    languages = data.group_by("name", maintain_order=True).agg(pl.col("passages").sum())
    first = languages["name"][0]
    if languages.height == 1:
        title = f"{first} is the language of {'the only passage' if total == 1 else f'all {total:,} passages'}"
    else:
        title = f"{first} is the language of {languages['passages'][0]:,} of {total:,} passages"
        if languages["passages"][0] == languages["passages"][1]:
            tied = languages.filter(pl.col("passages") == languages["passages"][0])["name"].to_list()
            title = f"{name_some(tied)} give {count(languages['passages'][0], 'passage')} each, of {total:,}"
    skipped = documents.height - sources
    hidden = note_shown(shown.height, data.height, "outlet")
    subtitle = (f"Coded passages by language and outlet; n = {count(total, 'passage')} of "
                f"{count(sources, 'document')}{hidden}"
                + (f"; {count(skipped, 'document')} without a coded passage" if skipped else ""))
    alt_text = (f"Bar chart by language and outlet. {headline or title}. {count(languages.height, 'language')}, "
                f"{count(data['outlet'].n_unique(), 'outlet')}, "
                f"{count_range(data['passages'].min(), data['passages'].max(), 'passage')}{hidden}.")
    caption = "Coded passages by language and outlet: what the counts in this brief rest on."
    return finish_chart(name, headline or title, subtitle, alt_text, caption, layers, y + 8, data)
