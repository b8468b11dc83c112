"""The charts of the brief: each is drawn from tables alone, says its finding in its title and prints every number.

Counts are counts of events, not of articles. Each `draw_` function returns a `Chart`; nothing is written here.
"""

from collections.abc import Mapping

import altair as alt
import polars as pl
from altair.utils.schemapi import debug_mode

from kzties.arranging import (
    count_range, find_firmest, list_partners, name_code, name_codes, name_some, note_shown, say_first,
)
from kzties.drawing import (
    PIXEL_X, PIXEL_Y, draw_headers, draw_nothing, draw_row_names, draw_rules, draw_steps, draw_words, finish_chart,
    fit_names, place, stack_rows,
)
from kzties.scaling import draw_languages_outlets, draw_quantities, draw_timeline
from kzties.tables import ACTIONS, THEMES
from kzties.theming import COUNT, FIRMNESS_EDGE, TRACK, WIDTH, Chart, ink_on, shade_count
from kzties.wording import count

Labels, Params = Mapping[str, str], Mapping[str, int]


def draw_partner_events(events: pl.DataFrame, labels: Labels, params: Params, headline: str | None = None) -> Chart:
    """Draw how many events each partner has, the most first."""
    partners = list_partners(events, labels)
    name, caption = "partner_events", "Partners by number of events. One event can have several partners."
    if partners.is_empty():
        return draw_nothing(name, "No events", partners)
    shown = partners.head(max(params.get("partners_shown", 12), 1))
    named = events.filter(pl.col("partners").list.len() > 0).height
    names = shown["name"].to_list()
    left = fit_names(names)
    middles, _, bottom = stack_rows(names, left, 27, 0)
    rows = shown.with_columns(y=pl.Series(middles))
    most = rows["events"].max()
    leaders = partners.filter(pl.col("events") == partners["events"].max())["name"].to_list()
    if partners.height == 1:
        title = f"{leaders[0]} is the only partner, in {count(most, 'event')}"
    elif len(leaders) == partners.height:
        title = f"Each of {partners.height} partners appears in {count(most, 'event')}"
    elif len(leaders) == 1:
        title = f"{leaders[0]} appears most often: in {most} of {count(named, 'event')}"
    else:
        title = f"{name_some(leaders)} appear most often: in {count(most, 'event')} each"
    scale = alt.Scale(domain=[0, most], range=[left, WIDTH - 48], nice=False)
    bars = place(rows).mark_bar(orient="horizontal", size=15, color=COUNT).encode(
        alt.X("events:Q", scale=scale, axis=None), PIXEL_Y)
    ends = [left + (WIDTH - 48 - left) * events / most + 7 for events in rows["events"]]
    numbers = draw_words([(x, y, f"{n:,}") for x, y, n in zip(ends, middles, rows["events"])], bold=True)
    subtitle = (f"Events by partner; n = {count(named, 'event')} with a partner"
                f"{note_shown(shown.height, partners.height, 'partner')}")
    alt_text = (f"Bar chart. {headline or title}. {count(partners.height, 'partner')}, "
                f"{count_range(partners['events'].min(), most, 'event')}"
                f"{note_shown(shown.height, partners.height, 'partner')}.")
    layers = [bars, draw_row_names(names, middles, left), numbers]
    return finish_chart(name, headline or title, subtitle, alt_text, caption, layers, bottom + 6,
                        partners.select("partner", "name", "events"))


def draw_partner_themes(events: pl.DataFrame, ties: pl.DataFrame, labels: Labels, params: Params,
                        headline: str | None = None) -> Chart:
    """Draw which partner has which theme, with the number of events printed in each cell."""
    name, caption = "partner_themes", ("Events by partner and theme. One event can have several partners and "
                                       "themes, so rows and columns do not add up to the number of events.")
    data = ties.group_by("partner", "theme").agg(events=pl.col("event_id").n_unique()).with_columns(
        name=name_codes("partner", labels),
        label=name_codes("theme", labels),
    ).select("partner", "name", "theme", "label", "events").sort("partner", "theme")
    if data.is_empty():
        return draw_nothing(name, "No events", data)
    order = list_partners(events, labels, ties)
    partners = order.filter(pl.col("partner").is_in(data["partner"].unique().to_list()))
    shown = partners.head(max(params.get("partners_shown", 12), 1))
    themes = [theme for theme in THEMES if theme in set(data["theme"])]
    names = shown["name"].to_list()
    left = fit_names(names)
    headers, centres, top = draw_headers([name_code(theme, labels) for theme in themes], left, WIDTH, most=72)
    step_x = 2 * (centres[0] - left)
    middles, heights, bottom = stack_rows(names, left, 28, top, even=True)
    grid = shown.select("partner", y=pl.Series(middles)).join(
        pl.DataFrame({"theme": themes, "x": centres}), how="cross").join(
        data.select("partner", "theme", "name", "label", "events"), on=["partner", "theme"], how="left",
        maintain_order="left")
    most = data["events"].max()
    filled = grid.filter(pl.col("events") > 0).with_columns(
        fill=pl.col("events").map_elements(lambda n: shade_count((n - 1) / max(most - 1, 1) * 0.8), pl.String))
    box = {"width": step_x - 3, "height": heights[0] - 3}
    empty = place(grid.filter(pl.col("events").is_null()).select("x", "y")).mark_rect(color="#f3f5f7", **box)
    cells = place(filled).mark_rect(**box).encode(PIXEL_X, PIXEL_Y, color=alt.Color("fill:N", scale=None))
    numbers = [draw_words([(row["x"], row["y"], f"{row['events']:,}") for row in filled.to_dicts()
                           if ink_on(row["fill"]) == ink], ink, align="center", bold=True)
               for ink in sorted({ink_on(fill) for fill in filled["fill"]})]
    total = ties["event_id"].n_unique()
    # `general` says that no area is given: it has its column, but it is no area that could lead
    areas = ties.filter(pl.col("theme") != "general") if set(themes) != {"general"} else ties
    by_theme = areas.group_by("theme").agg(n=pl.col("event_id").n_unique())
    top_themes = [theme for theme in by_theme["theme"].sort() if by_theme.filter(theme=theme)["n"].item() == by_theme["n"].max()]
    joined, one = say_first(name_some([name_code(theme, labels) for theme in top_themes])), len(top_themes) == 1
    title = (f"{joined} {'comes' if one else 'come'} up most: in {by_theme['n'].max():,} of "
             f"{count(total, 'event')}{'' if one else ' each'}")
    if total == 1:
        title = f"{joined} {'is the theme' if one else 'are the themes'} of the only event"
    hidden = note_shown(shown.height, partners.height, "partner")
    subtitle = (f"Number of events by partner and theme; n = {count(total, 'event')}, "
                f"{count(partners.height, 'partner')}, {count(len(themes), 'theme')}{hidden}")
    alt_text = (f"Matrix of partners by themes. {headline or title}. {data.height} of {partners.height * len(themes)} "
                f"cells are filled, {count_range(data['events'].min(), most, 'event')}{hidden}.")
    layers = [empty.encode(PIXEL_X, PIXEL_Y), cells, *numbers, headers, draw_row_names(names, middles, left)]
    return finish_chart(name, headline or title, subtitle, alt_text, caption, layers, bottom + 4, data)


def draw_firmness(events: pl.DataFrame, ties: pl.DataFrame, labels: Labels, params: Params,
                  headline: str | None = None) -> Chart:
    """Draw how far up the ladder from talk to result each partner has come, and how many events stand on each step."""
    name, caption = "firmness", ("Events by partner and by the firmest step that the sources state for that partner. "
                                 "The line ends at the partner's firmest step, ringed.")
    firmest = find_firmest(ties)
    data = firmest.group_by("partner", "action").agg(events=pl.len()).with_columns(
        name=name_codes("partner", labels),
        step=pl.col("action").replace_strict(list(ACTIONS), list(range(1, 7)), default=None, return_dtype=pl.Int64),
    ).select("partner", "name", "step", "action", "events").sort("partner", "step", nulls_last=True)
    if data.is_empty():
        return draw_nothing(name, "No events", data)
    reached = data.group_by("partner").agg(reached=pl.col("step").max())
    partners = list_partners(events, labels, ties).join(reached, on="partner", how="inner").sort(
        pl.col("reached").fill_null(0), "events", "name", "partner", descending=[True, True, False, False])
    kept = partners.sort("events", "name", "partner", descending=[True, False, False]).head(
        max(params.get("partners_shown", 12), 1))["partner"].to_list()
    shown = partners.filter(pl.col("partner").is_in(kept))
    silent = data.filter(pl.col("step").is_null() & pl.col("partner").is_in(kept)).height > 0
    columns = [name_code(action, labels) for action in ACTIONS] + (["Not stated"] if silent else [])
    names = shown["name"].to_list()
    left = fit_names(names)
    headers, centres, top = draw_headers(columns, left, WIDTH, last=50 if silent else 0)
    middles, _, bottom = stack_rows(names, left, 34, top)
    most = data["events"].max()
    rows = {partner: (y, step) for partner, y, step in zip(shown["partner"], middles, shown["reached"])}
    cells = [{
        "x": centres[(row["step"] or 7) - 1], "y": rows[row["partner"]][0], "step": row["action"],
        "text": f"{row['events']:,}", "radius": 10.5 + (4.5 * (row["events"] / most) ** 0.5 if most > 1 else 0),
        "ring": row["step"] is not None and row["step"] == rows[row["partner"]][1],
    } for row in data.to_dicts() if row["partner"] in rows]
    tracks = draw_rules([(centres[0], y, centres[5], y) for y in middles], TRACK)
    climbs = draw_rules([(centres[0], y, centres[step - 1], y)
                         for y, step in zip(middles, shown["reached"]) if step], FIRMNESS_EDGE, 3)
    layers = [tracks, climbs, *draw_steps([cell for cell in cells if not cell["ring"]]),
              *draw_steps([cell for cell in cells if cell["ring"]], ring=True)]
    top_step = data["step"].max()
    furthest = partners.filter(pl.col("reached") == top_step)["name"].to_list() if top_step else []
    if not top_step:
        title = "No source states how firm the ties are"
    elif partners.height == 1:
        title = f"The firmest step with {furthest[0]} is “{columns[top_step - 1].lower()}”"
    elif len(furthest) == partners.height:
        title = f"Every partner’s firmest step is “{columns[top_step - 1].lower()}”"
    else:
        who = f"{len(furthest)} of {partners.height} partners" if len(furthest) > 3 else name_some(furthest)
        title = f"{who} {'has' if len(furthest) == 1 else 'have'} come furthest: to “{columns[top_step - 1].lower()}”"
    hidden = note_shown(shown.height, partners.height, "partner")
    total = ties["event_id"].n_unique()
    subtitle = (f"Number of events by partner and firmest step, from talk to result; n = "
                f"{count(total, 'event')}, {count(partners.height, 'partner')}{hidden}")
    per_step = [f"{columns[step - 1].lower()} {data.filter(step=step)['partner'].n_unique()}" for step in range(1, 7)]
    alt_text = (f"Ladder chart. {headline or title}. Partners with an event on each step: {', '.join(per_step)}"
                f"{hidden}.")
    return finish_chart(name, headline or title, subtitle, alt_text, caption,
                        [*layers, headers, draw_row_names(names, middles, left)], bottom + 4,
                        data.sort("partner", "step", nulls_last=True))


def draw_all(tables: Mapping[str, pl.DataFrame], labels: Labels, params: Params) -> list[Chart]:
    """Draw every chart of the brief, in its order; `params` are those of the stage `charts`."""
    events, ties = tables["events"], tables["ties"]
    # Altair checks every mark against its schema, which takes half of the drawing time; the tests check it instead.
    with debug_mode(False):
        return [
            draw_partner_events(events, labels, params),
            draw_partner_themes(events, ties, labels, params),
            draw_firmness(events, ties, labels, params),
            draw_timeline(events, ties, labels, params),
            draw_quantities(tables["quantities"], ties, tables.get("codes"), labels, params),
            draw_languages_outlets(tables["documents"], tables["passages"], labels, params),
        ]
