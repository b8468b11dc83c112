"""Compose the brief's fragments: the Markdown that `reports/brief.qmd` includes, its variables and its bibliography.

All words from sources go through `escape_markdown`; all numbers come from `telling.count_numbers`. Nothing of the clock,
the machine or the commit stands here, so that the same tables give the same bytes; `publishing` adds the colophon's
last lines.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import yaml

from kzties import paths
from kzties.annexing import (compose_agreement, compose_bibliography, compose_colophon, compose_evidence, compose_method,
                             compose_sources)
from kzties.marking import mark_figure, mark_table, passage_anchor
from kzties.publishing import escape_markdown
from kzties.tables import write_bytes
from kzties.telling import (Labels, Number, collect_evidence, fill_markdown, fill_plain, firmest_steps, link_number,
                            list_amounts, partner_events, tell_sentences)
from kzties.theming import Chart, write_json
from kzties.wording import count, format_day, format_value, join_words


def compose_brief(tables: Mapping[str, pl.DataFrame], charts: Sequence[Chart], numbers: Mapping[str, Number],
                  labels: Labels, codebook, gold: Mapping, params: Mapping) -> dict[str, str]:
    """Return every generated text of the brief by its path under `reports/`, fragments, variables and bibliography."""
    sentences = tell_sentences(tables, numbers, labels)
    charted = {chart.name: chart for chart in charts}
    figure = lambda name: mark_figure(charted[name]) if name in charted else ""  # noqa: E731
    fragments = {
        "findings": "\n".join(f"- {fill_markdown(text, numbers)}" for name, text in sentences.items()
                              if name.startswith("finding.")),
        "caution": _caution(numbers),
        "with_whom": figure("partner_events") + _partner_table(tables, numbers, labels),
        "about_what": _theme_text(numbers) + figure("partner_themes"),
        "how_firm": figure("firmness") + _firmness_text(),
        "how_much": figure("quantities") + _amount_table(tables, numbers, labels),
        "since_when": figure("timeline") + _event_table(tables, labels) + figure("languages_outlets"),
        "method": compose_method(tables, numbers, codebook, params),
        "agreement": compose_agreement(tables["agreement"], labels, gold, params),
        "sources": compose_sources(tables["documents"]),
        "evidence": compose_evidence(tables, numbers, labels),
        "colophon": compose_colophon(codebook),
    }
    days = tables["documents"].drop_nulls("published")["published"]
    variables = {
        "title": escape_markdown(fill_plain(sentences["title"], numbers)),
        "standfirst": fill_markdown(sentences["standfirst"], numbers),
        "kicker": "Kazakhstan’s foreign economic ties",
        "edition": "Texts without a day" if not len(days) else f"Texts of {format_day(days.min())}" + (
            f" to {format_day(days.max())}" if days.min() < days.max() else ""),
        "date": str(days.max()) if len(days) else "",
    }
    return {**{f"fragments/{name}.md": text.strip() + "\n" for name, text in fragments.items()},
            "_variables.yml": yaml.safe_dump(variables, allow_unicode=True, sort_keys=True, width=1000),
            "sources.bib": compose_bibliography(tables["documents"])}


def write_brief(texts: Mapping[str, str], numbers: Mapping[str, Number], tables: Mapping[str, pl.DataFrame],
                labels: Labels, folder: Path = paths.REPORTS) -> list[Path]:
    """Write the generated texts and `numbers.json` to `folder`, each whole or not at all; return their paths."""
    sentences = tell_sentences(tables, numbers, labels)
    content = {key: {"value": number.value, "text": number.text, "unit": number.unit, "evidence": list(number.evidence)}
               for key, number in numbers.items()}
    content |= {f"sentence.{name}": {"value": fill_plain(text, numbers), "text": text, "unit": "sentence",
                                     "evidence": list(collect_evidence(text, numbers))}
                for name, text in sentences.items()}
    written = []
    for name, text in [*texts.items(), ("numbers.json", write_json(content).decode())]:
        write_bytes(folder / name, text.encode())
        written.append(folder / name)
    return written


def _caution(numbers: Mapping[str, Number]) -> str:
    texts = count(numbers["texts"].value, "text").capitalize()
    verb = "is" if numbers["texts"].value == 1 else "are"
    return ("::: {.callout-note}\n\n## Read this first\n\n"
            f"{texts} {verb} no sample of anything. The counts say what these texts report, not how often anything "
            "happens; they were chosen, not drawn. What a text does not say is not in the tables (@sec-method).\n:::\n")


def _partner_table(tables: Mapping[str, pl.DataFrame], numbers: Mapping[str, Number], labels: Labels) -> str:
    partners, ties = partner_events(tables), tables["ties"]
    if partners.is_empty():
        return "No text names a counterpart of Kazakhstan.\n"
    steps = {code: action for code, action in firmest_steps(ties).select("partner", "action").iter_rows()}
    themes = {code: names for code, names in ties.group_by("partner").agg(pl.col("theme").unique().sort()).iter_rows()}
    rows = [(escape_markdown(labels(row["partner"])),
             link_number(f"partner.{row['partner']}", numbers[f"partner.{row['partner']}"]),
             escape_markdown(join_words([labels(code) for code in themes[row["partner"]]])
                             if row["partner"] in themes else "no theme stated for it"),
             escape_markdown(labels(steps[row["partner"]]) if row["partner"] in steps else "no act stated"))
            for row in partners.iter_rows(named=True)]
    return "\n@tbl-partners lists every counterpart.\n\n" + mark_table(
        ("Partner", "Events", "Themes", "Firmest step"), "l4 r2 l9 l4", rows,
        f"Counterparts of Kazakhstan by number of events, n = {len(tables['events'])} events. Each number leads to its "
        "evidence.", "partners")


def _theme_text(numbers: Mapping[str, Number]) -> str:
    themes = sum(key.startswith("theme.") for key in numbers)
    if not themes:
        return "No text states what a tie is about.\n"
    return (f"The texts tie Kazakhstan to its partners in {count(themes, 'theme')}; @fig-partner-themes shows which partner "
            "goes with which. A passage that names several areas counts for each of them.\n\n")


def _firmness_text() -> str:
    return ("The ladder, from talk to result: *talk*, *intent* (a plan or an aim), *agreement* (signed or adopted), "
            "*commitment* (a named amount that binds a party), *implementation* (work under way), *result* (done, or a "
            "figure for a past period).\n")


def _amount_table(tables: Mapping[str, pl.DataFrame], numbers: Mapping[str, Number], labels: Labels) -> str:
    amounts = list_amounts(tables)
    if amounts.is_empty():
        return "No text gives a figure together with a tie.\n"
    bounds = {"approx": "about ", "min": "over ", "max": "up to "}
    rows = []
    for place, row in enumerate(amounts.iter_rows(named=True), 1):
        number = numbers[f"amount.{place:03}"]
        linked = f"[{escape_markdown(number.text)}](#{passage_anchor(row['document_id'], row['passage'])}){{.number}}"
        whole = f" of {format_value(row['of'])}" if row["of"] is not None else ""
        rate = f" a {row['per']}" if row["per"] else ""
        role = f"{row['role']} " if row["role"] in ("from", "to") else ""
        rows.append((role + bounds.get(row["bound"], "") + linked + escape_markdown(whole + rate),
                     escape_markdown(row["what"] or row["surface"]),
                     escape_markdown(join_words([labels(code) for code in row["partners"]], 3)),
                     escape_markdown(labels(row["stated"]) if row["stated"] else "stated as a fact"),
                     escape_markdown(row["period"] or "")))
    return "\n@tbl-quantities lists every figure that stands with a tie.\n\n" + mark_table(
        ("Amount", "What, as printed", "Partner", "Status", "Period"), "l4 l6 l4 l3 l2", rows,
        f"Quantities and commitments in the passages about a tie, each once an event, n = {len(rows)}.", "quantities")


def _name_outlets(event: Mapping) -> str:
    """Return the outlets of an event; those that are not known are counted."""
    known = [outlet for outlet in event["outlets"] if outlet not in event["documents"]]
    unknown = len(event["outlets"]) - len(known)
    return join_words(known + ([f"{unknown} not known" if known else "not known"] if unknown else []))


def _event_table(tables: Mapping[str, pl.DataFrame], labels: Labels) -> str:
    events = tables["events"].sort("first_date", "event_id", nulls_last=True)
    if events.is_empty():
        return "There is no event to date.\n"
    rows = []
    for row in events.iter_rows(named=True):
        document, passage = row["title_passage"].rsplit("/", 1)
        rows.append((escape_markdown(format_day(row["first_date"])),
                     f"[{escape_markdown(row['title'])}](#{passage_anchor(document, int(passage))})",
                     escape_markdown(join_words([labels(code) for code in row["partners"]], 6)),
                     str(len(row["documents"])), escape_markdown(_name_outlets(row))))
    return "\n@tbl-events lists the events.\n\n" + mark_table(
        ("First reported", "Event, as printed", "Partners", "Texts", "Outlets"), "l3 l7 l5 r2 l4", rows,
        "Events and the texts that report them; several reports of one happening are one event.", "events")
