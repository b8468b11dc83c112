"""How every chart looks: colours named by what they mean, one theme, one frame; and the files a chart is written to."""

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import polars as pl

from kzties import paths
from kzties.converting import convert_specs, start_converter
from kzties.tables import ACTIONS, disarm_formulas, write_bytes
from kzties.typesetting import FAMILY, FALLBACK, FONTS, embed_typeface

WIDTH = 640
TITLE, SUBTITLE, BODY, SMALL = 18, 13, 13, 12
LINE = 16

INK, QUIET, GRID, TRACK = "#14202b", "#55616d", "#dfe4e8", "#c3cad1"
BLACK, PAPER = "#000000", "#ffffff"
FIRMNESS = dict(zip(ACTIONS, ("#dbe8f3", "#b5cfe5", "#86b0d3", "#3f78ad", "#1f5585", "#0a2f54")))
"""One hue from light to dark, so that a firmer step is darker in grey print and to every eye."""
FIRMNESS_EDGE = "#1f5585"
NOT_STATED = "#ffffff"
COUNT = "#1d6b62"
COUNT_LEAST, COUNT_MOST = "#dcefeb", "#0d4a43"

THEME = {
    "font": f"{FAMILY}, {FALLBACK}",
    "background": PAPER,
    "padding": {"left": 0, "right": 0, "top": 2, "bottom": 4},
    "aria": False,
    "view": {"stroke": None},
    "title": {
        "anchor": "start", "frame": "group", "offset": 14, "color": INK, "fontSize": TITLE, "fontWeight": "bold",
        "lineHeight": 23, "subtitleColor": QUIET, "subtitleFontSize": SUBTITLE, "subtitleLineHeight": 18,
        "subtitlePadding": 5,
    },
    "text": {"color": INK, "fontSize": BODY, "lineHeight": LINE, "align": "left", "baseline": "middle", "limit": 0},
    "axis": {"labelFontSize": SMALL, "titleFontSize": SMALL, "labelColor": QUIET, "gridColor": GRID,
             "domain": False, "ticks": False},
    "bar": {"color": COUNT},
    "range": {"ordinal": list(FIRMNESS.values())},
}


@dataclass(frozen=True)
class Chart:
    """One chart: its finding, what it shows, words for who cannot see it, its drawing and the data in it."""

    name: str
    title: str
    subtitle: str
    alt: str
    caption: str
    spec: dict
    data: pl.DataFrame


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on `colour`: one of them always has a contrast of 4.5 or more."""
    return BLACK if contrast(BLACK, colour) >= contrast(PAPER, colour) else PAPER


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, as WCAG 2.2 defines it.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    def luminance(colour: str) -> float:
        shares = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shade_count(share: float) -> str:
    """Return the shade for a count that is `share` (0 to 1) of the largest one in its chart."""
    ends = [[int(colour[place:place + 2], 16) for place in (1, 3, 5)] for colour in (COUNT_LEAST, COUNT_MOST)]
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in zip(*ends))


def describe_svg(svg: str, chart: Chart) -> str:
    """Put the finding and the alternative text into an SVG, for who opens it by itself."""
    words = f"<title>{html.escape(chart.title)}</title><desc>{html.escape(chart.alt)}</desc>"
    return re.sub(r"<svg\b([^>]*)>", lambda found: f'<svg role="img"{found.group(1)}>{words}', svg, count=1)


def write_charts(charts: Sequence[Chart], folder: Path = paths.FIGURES, converter: Popen | None = None) -> list[Path]:
    """Write each chart as SVG, Vega-Lite JSON and CSV, and `figures.json` that describes all.

    Return the paths. A `converter` that was started before the charts were drawn saves its second of waking.
    """
    written, described = [], []
    for chart, svg in zip(charts, convert_specs([chart.spec for chart in charts],
                                                converter or start_converter(FONTS)), strict=True):
        width, height = (round(float(svg.split(f' {side}="')[1].split('"')[0])) for side in ("width", "height"))
        contents = {
            "svg": describe_svg(embed_typeface(svg), chart).encode(),
            "vl.json": write_json(chart.spec), "csv": disarm_formulas(chart.data).write_csv().encode(),
        }
        for ending, content in contents.items():
            path = folder / f"{chart.name}.{ending}"
            write_bytes(path, content)
            written.append(path)
        described.append({"name": chart.name, "title": chart.title, "subtitle": chart.subtitle, "alt": chart.alt,
                          "caption": chart.caption, "width": width, "height": height})
    write_bytes(folder / "figures.json", write_json(described))
    return [*written, folder / "figures.json"]


def write_json(content: object) -> bytes:
    """Return `content` as canonical JSON: keys sorted, two spaces, one line break at the end."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()
