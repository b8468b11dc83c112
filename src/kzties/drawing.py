"""The pieces that charts are put together from: rules, words, headings, rows, circles, and the frame around them.

Everything is placed in pixels on a plot as wide as the page, so that labels are broken into lines before they are drawn
and none is cut off.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

import altair as alt
import polars as pl

from kzties.theming import (
    BODY, FIRMNESS, FIRMNESS_EDGE, GRID, INK, LINE, NOT_STATED, QUIET, SMALL, SUBTITLE, THEME, TITLE, TRACK, WIDTH,
    Chart, ink_on,
)
from kzties.typesetting import balance_text, measure_text, wrap_text

PIXEL_X, PIXEL_Y = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)


def place(frame: pl.DataFrame) -> alt.Chart:
    """Return a chart over the rows of `frame`, its dates written as ISO days."""
    dates = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    return alt.Chart(alt.Data(values=frame.with_columns(pl.col(dates).dt.to_string()).to_dicts()))


def draw_rules(rows: Sequence[tuple[float, float, float, float]], colour: str = GRID, width: float = 1) -> alt.Chart:
    """Draw straight lines, each (x, y, x2, y2) in pixels."""
    frame = pl.DataFrame(list(rows), schema=dict.fromkeys(("x", "y", "x2", "y2"), pl.Float64), orient="row")
    return place(frame).mark_rule(color=colour, strokeWidth=width).encode(
        PIXEL_X, PIXEL_Y, alt.X2("x2:Q"), alt.Y2("y2:Q"))


def draw_words(rows: Sequence[tuple[float, float, str]], colour: str = INK, size: float = BODY, bold: bool = False,
               align: str = "left", angle: float = 0) -> alt.Chart:
    """Draw texts, each (x, y of its middle, text); a line break in the text starts a new line."""
    middled = [(x, y - text.count("\n") * LINE / 2, text) for x, y, text in rows]
    frame = pl.DataFrame(middled, schema={"x": pl.Float64, "y": pl.Float64, "text": pl.String}, orient="row")
    mark = {"color": colour, "fontSize": size, "align": align, "lineBreak": "\n", "angle": angle}
    return place(frame).mark_text(**mark, fontWeight="bold" if bold else "normal").encode(
        PIXEL_X, PIXEL_Y, alt.Text("text:N"))


def fit_names(names: Sequence[str]) -> float:
    """Return the width of the column for the names of rows: the narrowest for one line each, else for two."""
    choices = [(width, 1) for width in range(96, 130, 8)] + [(width, 2) for width in range(96, 180, 8)]
    return next((width for width, lines in choices
                 if all(len(wrap_text(name, width - 12, BODY)) <= lines for name in names)), 180)


def draw_headers(labels: Sequence[str], left: float, right: float, most: float = WIDTH,
                 last: float = 0) -> tuple[alt.Chart, list[float], float]:
    """Spread columns from `left` to `right` and draw their headings, slanted where they would touch.

    No column is wider than `most`; `last`, where given, is the width of the last one. Returns the headings, the
    middle of each column and the height that the headings take.
    """
    def spread(end: float) -> list[float]:
        even = len(labels) - (last > 0)
        step = min((end - last - left) / even, most)
        return [left + step * (index + 0.5) for index in range(even)] + ([end - last / 2] if last else [])

    for size in (SMALL, SMALL - 1):
        centres = spread(right)
        gap = centres[1] - centres[0] if len(centres) > 1 else most
        widest = max(measure_text(word, size) for label in labels for word in (label.split() or [""]))
        wrapped = [wrap_text(label, max(gap, widest), size, lines=2) for label in labels]
        wrapped[-1] = wrap_text(labels[-1], last or max(gap, widest), size, lines=2)
        whole = all(" ".join(lines) == " ".join(wrap_text(label, 10 * WIDTH, size))
                    for lines, label in zip(wrapped, labels))
        half = [max(measure_text(line, size) for line in lines) / 2 for lines in wrapped]
        apart = all(one + other + 4 <= there - here
                    for one, other, here, there in zip(half, half[1:], centres, centres[1:]))
        if whole and apart and centres[-1] + half[-1] <= WIDTH:
            deepest = max(len(lines) for lines in wrapped)
            rows = [(x, (2 * deepest - len(lines)) * LINE / 2, "\n".join(lines)) for x, lines in zip(centres, wrapped)]
            return draw_words(rows, QUIET, size, align="center"), centres, deepest * LINE + 8
    single = [wrap_text(label, 150, SMALL, lines=1)[0] for label in labels]
    widths = [measure_text(label, SMALL) * 0.71 for label in single]
    while (centres := spread(right)) and max(x + width for x, width in zip(centres, widths)) > WIDTH - 6:
        right -= 4
    height = max(widths) + 20
    return draw_words([(x - 3, height - 10, label) for x, label in zip(centres, single)], QUIET, SMALL,
                      angle=315), centres, height


def draw_row_names(names: Sequence[str], middles: Sequence[float], width: float) -> alt.Chart:
    """Draw the names of rows from the left edge on, each broken into lines that end before `width`."""
    return draw_words([(0, y, "\n".join(wrap_text(name, width - 10, BODY))) for name, y in zip(names, middles)])


def stack_rows(names: Sequence[str], width: float, least: float, top: float,
               even: bool = False) -> tuple[list[float], list[float], float]:
    """Return the middles and heights of rows from `top` down, as high as their names need, and where the last ends."""
    heights = [max(least, len(wrap_text(name, width - 10, BODY)) * LINE + 6) for name in names]
    heights = [max(heights)] * len(heights) if even else heights
    ends = list(accumulate(heights, initial=top))
    return [end - height / 2 for end, height in zip(ends[1:], heights)], heights, ends[-1]


def finish_chart(name: str, title: str, subtitle: str, alt_text: str, caption: str, layers: Sequence[alt.Chart],
                 height: float, data: pl.DataFrame) -> Chart:
    """Put layers, drawn on a plot as wide as the page and `height` pixels high, under a headline."""
    height = math.ceil(height)
    headline = alt.TitleParams(text=balance_text(title, WIDTH - 8, TITLE, bold=True),
                               subtitle=balance_text(subtitle, WIDTH - 8, SUBTITLE))
    edge = draw_rules([(1, height, WIDTH - 1, height)], TRACK)
    drawing = alt.layer(edge, *layers, width=WIDTH, height=height, title=headline, description=alt_text)
    spec = drawing.to_dict(validate=False)
    return Chart(name, title, subtitle, alt_text, caption, {**spec, "config": THEME}, data)


def draw_steps(rows: Sequence[Mapping], ring: bool = False) -> list[alt.Chart]:
    """Draw circles with a text inside: rows have x, y, radius, text and step (or None), or a `fill` of their own."""
    if not rows:
        return []
    filled = pl.DataFrame([{
        "x": row["x"], "y": row["y"], "area": math.pi * row["radius"] ** 2, "text": row["text"], "step": row["step"],
        "fill": row.get("fill") or FIRMNESS.get(row["step"], NOT_STATED),
    } for row in rows], infer_schema_length=None)
    circles = place(filled).mark_point(shape="circle", filled=True, opacity=1, stroke=INK if ring else FIRMNESS_EDGE,
                                       strokeWidth=2.5 if ring else 1).encode(
        PIXEL_X, PIXEL_Y, size=alt.Size("area:Q", scale=None), fill=alt.Fill("fill:N", scale=None))
    words = [draw_words([(row["x"], row["y"] + 0.5, row["text"]) for row in filled.to_dicts()
                         if ink_on(row["fill"]) == ink], ink, SMALL, bold=True, align="center")
             for ink in sorted({ink_on(fill) for fill in filled["fill"]})]
    return [circles, *words]


def draw_nothing(name: str, what: str, data: pl.DataFrame) -> Chart:
    """Draw the chart of an empty table: it says that there is nothing to show."""
    words = draw_words([(WIDTH / 2, 40, what)], QUIET, align="center")
    return finish_chart(name, what, "The texts hold nothing that this chart could show; n = 0.",
                        f"Empty chart. {what}: there is nothing to show.", what + ".", [words], 80, data)
