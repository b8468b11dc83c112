"""Compose the brief's fragments: the Markdown that `reports/brief.qmd` includes, its variables and its bibliography.

All words from sources go through `escape_markdown`; all numbers come from `telling.count_numbers`. Nothing of the clock,
the machine or the commit stands here, so that the same tables give the same bytes; `publishing` adds the colophon's
last lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl
import yaml

from kzties import paths
from kzties.evidence import Quote, quote_evidence
from kzties.publishing import escape_bibtex, escape_markdown
from kzties.tables import ACTIONS, write_bytes
from kzties.telling import (Labels, Number, anchor, collect_evidence, fill_markdown, fill_plain, firmest_steps,
                            link_number, list_amounts, partner_events, tell_sentences)
from kzties.theming import Chart, write_json
from kzties.wording import count, format_amount, format_day, format_value, join_words

LARGEST_TABLE = 60
"""Rows of a table in the brief; the rest is in the CSV files and said so below the table."""


def compose_brief(tables: Mapping[str, pl.DataFrame], charts: Sequence[Chart], numbers: Mapping[str, Number],
                  labels: Labels, codebook, gold: Mapping, params: Mapping) -> dict[str, str]:
    """Return every generated text of the brief by its path under `reports/`, fragments, variables and bibliography."""
    sentences = tell_sentences(tables, numbers, labels)
    charted = {chart.name: chart for chart in charts}
    figure = lambda name: _figure(charted[name]) if name in charted else ""  # noqa: E731
    fragments = {
        "findings": "\n".join(f"- {fill_markdown(text, numbers)}" for name, text in sentences.items()
                              if name.startswith("finding.")),
        "caution": _caution(numbers),
        "with_whom": figure("partner_events") + _partner_table(tables, numbers, labels),
        "about_what": figure("partner_themes"),
        "how_firm": figure("firmness") + _firmness_text(),
        "how_much": figure("quantities") + _amount_table(tables, numbers, labels),
        "since_when": figure("timeline") + _event_table(tables, labels) + figure("languages_outlets"),
        "method": _method(tables, numbers, codebook, params),
        "agreement": _agreement_table(tables["agreement"], labels, gold, params),
        "sources": _source_table(tables["documents"]),
        "evidence": _evidence(tables, numbers, labels),
        "colophon": _colophon(codebook),
    }
    days = tables["documents"].drop_nulls("published")["published"]
    variables = {
        "title": escape_markdown(fill_plain(sentences["title"], numbers)),
        "standfirst": fill_markdown(sentences["standfirst"], numbers),
        "kicker": "Kazakhstan’s foreign economic ties",
        "edition": (f"Texts of {format_day(days.min())} to {format_day(days.max())}" if len(days)
                    else "Texts without a day"),
        "date": str(days.max()) if len(days) else "",
    }
    return {**{f"fragments/{name}.md": text.strip() + "\n" for name, text in fragments.items()},
            "_variables.yml": yaml.safe_dump(variables, allow_unicode=True, sort_keys=True, width=1000),
            "sources.bib": _bibliography(tables["documents"])}


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


def _figure(chart: Chart) -> str:
    """Return a chart as a numbered figure with its alt text, its data one click away."""
    name = chart.name.replace("_", "-")
    return (f"![{escape_markdown(chart.caption)}](figures/{chart.name}.svg)"
            f'{{#fig-{name} fig-alt="{escape_markdown(chart.alt)}"}}\n\n')


def _table(header: Sequence[str], align: str, rows: Iterable[Sequence[str]], caption: str, name: str) -> str:
    """Return a numbered pipe table; `align` has a letter (l or r) and a relative width a column, as in `l3 r1`."""
    rule = "|".join(f"{':' * (column[0] == 'l')}{'-' * (4 * int(column[1:]))}{':' * (column[0] == 'r')}"
                    for column in align.split())
    rows = list(rows)
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows[:LARGEST_TABLE])
    more = f" The first {LARGEST_TABLE} of {len(rows):,} rows." if len(rows) > LARGEST_TABLE else ""
    return f"| {' | '.join(header)} |\n|{rule}|\n{body}\n\n: {escape_markdown(caption + more)} {{#tbl-{name}}}\n\n"


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
    return "\n@tbl-partners lists every counterpart.\n\n" + _table(
        ("Partner", "Events", "Themes", "Firmest step"), "l4 r2 l9 l4", rows,
        f"Counterparts of Kazakhstan by number of events, n = {len(tables['events'])} events. Each number leads to its "
        "evidence.", "partners")


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
        number = numbers[f"amount.{place}"]
        linked = f"[{escape_markdown(number.text)}](#{passage_anchor(row['document_id'], row['passage'])}){{.number}}"
        whole = f" of {format_value(row['of'])}" if row["of"] is not None else ""
        rate = f" a {row['per']}" if row["per"] else ""
        role = f"{row['role']} " if row["role"] in ("from", "to") else ""
        rows.append((role + bounds.get(row["bound"], "") + linked + escape_markdown(whole + rate),
                     escape_markdown(row["what"] or row["surface"]),
                     escape_markdown(join_words([labels(code) for code in row["partners"]], 3)),
                     escape_markdown(labels(row["stated"]) if row["stated"] else "stated as a fact"),
                     escape_markdown(row["period"] or "")))
    return "\n@tbl-quantities lists every figure that stands with a tie.\n\n" + _table(
        ("Amount", "What, as printed", "Partner", "Status", "Period"), "l4 l6 l4 l3 l2", rows,
        f"Quantities and commitments in the passages about a tie, each once an event, n = {len(rows)}.", "quantities")


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
                     str(len(row["documents"])), escape_markdown(join_words(row["outlets"]))))
    return "\n@tbl-events lists the events.\n\n" + _table(
        ("First reported", "Event, as printed", "Partners", "Texts", "Outlets"), "l3 l7 l5 r2 l4", rows,
        "Events and the texts that report them; several reports of one happening are one event.", "events")


def _method(tables: Mapping[str, pl.DataFrame], numbers: Mapping[str, Number], codebook, params: Mapping) -> str:
    read, skipped = numbers["texts"].value, numbers["texts.skipped"].value
    days = params["ties"]["days_apart"]
    return f"""Each raw text is cut into passages: paragraphs, headlines, and lists with their lead-in. Every character is
either in a passage or set aside with a reason; {numbers['set_aside'].text}% of the characters were set aside (date stamps, copyright and
photo credits, share buttons, reader comments and the like). {count(read, 'text').capitalize()} {'was' if read == 1 else 'were'} read{f', {skipped} skipped (@sec-sources)' if skipped else ''}, which hold
{count(numbers['items'].value, 'item')} in {count(numbers['passages'].value, 'passage')}.

A codebook of {len(codebook.patterns):,} word patterns gives each passage its partners, themes and action; each code keeps the words that
made it be given. A partner is a *counterpart* where the text says that it acts with Kazakhstan, else only *mentioned*, and
not counted here. Reports are one event when they share a counterpart, lie at most {days} days apart, and print the same
words in a row or give the same figure. Counts are counts of events, never of articles.

**Limits.** The texts were chosen, not drawn, so that no share can be carried over to other texts. Dates are days of
publication. A pattern sees words, not meaning: irony, hearsay and unusual wording escape it; how far it agrees with hand
coding is in @sec-agreement. Codes marked *tentative* agree too little with hand coding to be relied on.
"""


def _agreement_table(agreement: pl.DataFrame, labels: Labels, gold: Mapping, params: Mapping) -> str:
    shown = agreement.filter(pl.col("language") == "all").sort(
        pl.col("variable").replace_strict({"counterpart": 0, "partner": 1, "theme": 2, "action": 3, "quantity": 4}),
        pl.col("code") != "all", "code")
    if shown.is_empty() or not shown["n"].sum():
        return "No hand coding covers these texts, so that nothing is known of the coding's agreement with human judgement.\n"
    figure = lambda value: "–" if value is None else f"{value:.2f}"  # noqa: E731
    rows = [(escape_markdown(row["variable"]),
             escape_markdown("all together" if row["code"] == "all" else labels.names.get(row["code"], row["code"])),
             f"{row['n']}", f"{row['positives']}",
             figure(row["alpha"]) + ("" if row["low"] is None else f" ({row['low']:.2f} to {row['high']:.2f})"),
             figure(row["precision"]), figure(row["recall"]), figure(row["f1"]), figure(row["coders_alpha"]),
             "tentative" if row["tentative"] else "") for row in shown.iter_rows(named=True)]
    return (f"{escape_markdown(gold.get('coders_in_words', 'Who coded is not known.'))}\n\n"
            "These texts were before the eyes of those who wrote the codebook’s patterns, so that agreement on new texts "
            "will be lower.\n\n"
            + _table(("Variable", "Code", "n", "Hand", "Alpha (interval)", "Prec.", "Recall", "F1", "Coders", "Status"),
                     "l4 l5 r2 r2 r5 r2 r2 r2 r3 l4", rows,
                     "Agreement of the program with the adjudicated hand coding. Krippendorff’s alpha (ordinal for actions) "
                     f"with its {params['agreement']['confidence']:.0%} bootstrap interval. n: passages compared, documents for "
                     "counterparts and quantities; hand: how many the hand coding gives the code; coders: alpha of the two "
                     f"hand coders. Tentative: alpha under {params['agreement']['tentative_below']}, or too few cases to tell "
                     "(for quantities F1 decides).", "agreement"))


def _source_table(documents: pl.DataFrame) -> str:
    rows = []
    for row in documents.iter_rows(named=True):
        state = (f"{row['characters']:,} characters, {row['language']}" if row["status"] == "read"
                 else f"skipped: {row['problem']}")
        rows.append((f"@{source_key(row['document_id'])}" if row["status"] == "read" else escape_markdown(row["document_id"]),
                     escape_markdown(row["path"]), escape_markdown(format_day(row["published"])),
                     escape_markdown(row["published_from"]), escape_markdown(state),
                     escape_markdown(row["rights"] or "not known"), escape_markdown(row["url"] or "not known")))
    asked = sorted(set(documents["attribution"].drop_nulls()))
    thanks = (f"Source of the quoted material, named as asked: {escape_markdown(join_words(asked))}.\n\n" if asked else "")
    return thanks + _table(("Source", "File", "Published", "Day from", "Text", "Rights", "Address"), "l3 l5 l3 l2 l3 l2 l2", rows,
                           f"The raw texts, n = {len(documents)}. The texts keep their owners’ rights.", "sources")


def source_key(document_id: str) -> str:
    """Return the citation key of a document: letters, digits and hyphens only."""
    return "source-" + "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in document_id)


def _bibliography(documents: pl.DataFrame) -> str:
    """Return the sources as BibTeX, each outlet named as it asks."""
    entries = []
    for row in documents.filter(pl.col("status") == "read").iter_rows(named=True):
        name = row["attribution"] or row["outlet"] or "Outlet not known"
        fields = {"author": f"{{{escape_bibtex(name)}}}", "title": f"{{{escape_bibtex(row['document_id'])}}}",
                  **({"date": str(row["published"])} if row["published"] else {}),
                  **({"url": row["url"]} if row["url"] else {}),
                  "note": f"{{{escape_bibtex('Raw text ' + row['path'])}}}"}
        entries.append(f"@online{{{source_key(row['document_id'])},\n"
                       + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items()) + "}\n")
    return "\n".join(entries)


def passage_anchor(document_id: str, passage: int) -> str:
    """Return the anchor of a passage in the evidence annex."""
    return f"ev-{source_key(document_id).removeprefix('source-')}-{passage}"


def _evidence(tables: Mapping[str, pl.DataFrame], numbers: Mapping[str, Number], labels: Labels) -> str:
    """Return the evidence annex: first each number with its passages, then each passage with its cues."""
    ids = {one for number in numbers.values() for one in number.evidence}
    ids |= set(tables["events"]["title_passage"].drop_nulls())
    quotes = quote_evidence(ids, tables["passages"], tables["documents"])
    places = {quote.name: place for place, quote in enumerate(quotes, 1)}
    if not quotes:
        return "There is no evidence to show, because no tie was found.\n"
    listed = []
    for key, number in numbers.items():
        if not number.evidence or key.startswith("amount."):
            continue
        passages = sorted({places[name] for name in ("/".join(one.split("/")[:2]) for one in number.evidence)})
        links = ", ".join(f"[{place}](#{passage_anchor(quotes[place - 1].document_id, quotes[place - 1].passage)})"
                          for place in passages)
        listed.append(f"[{escape_markdown(name_number(key, labels))}]{{#{anchor(key)}}}: {escape_markdown(number.text)}, "
                      f"from passages {links}.\n")
    amounts = [f"[{escape_markdown(f'Amount {key[7:]}')}]{{#{anchor(key)}}}: {escape_markdown(number.text)}, from passage "
               f"[{places[name]}](#{passage_anchor(*_split(name))}).\n" for key, number in numbers.items()
               if key.startswith("amount.") for name in ("/".join(number.evidence[0].split("/")[:2]),)]
    return ("### Numbers and where they come from {.unnumbered}\n\n" + "\n".join(listed + amounts)
            + "\n### Passages {.unnumbered}\n\n" + "\n".join(map(_quote, quotes, places.values())))


def _split(name: str) -> tuple[str, int]:
    document, passage = name.rsplit("/", 1)
    return document, int(passage)


def name_number(key: str, labels: Labels) -> str:
    """Return what a number is called in the annex."""
    kind, _, code = key.partition(".")
    named = {"partner": "Events with {}", "theme": "Events about {}", "step": "Partners whose firmest step is {}"}
    whole = {"events": "Events", "events.single": "Events reported by one text", "partners": "Partners", "ties": "Ties",
             "partners.signed": "Partners with something signed or firmer", "first_day": "First day", "last_day": "Last day",
             "passages.repeated": "Passages that repeat another word for word"}
    return whole.get(key) or named[kind].format(labels(code) if kind == "partner" else labels(code).lower())


def _quote(quote: Quote, place: int) -> str:
    """Return one passage of the annex: its number, its words with the cues marked, and where they stand."""
    words = "".join(f"[{escape_markdown(text)}]{{.mark}}" if is_cue and text.strip() else escape_markdown(text)
                    for text, is_cue in quote.pieces)
    where = (f"{quote.source}, {quote.published} · {quote.path}, characters {quote.start}–{quote.end} "
             f"(passage {quote.name})")
    language = quote.language if quote.language != "und" else "en"
    return (f"::: {{#{passage_anchor(quote.document_id, quote.passage)} .evidence}}\n**{place}** "
            f"[{escape_markdown(quote.language)}]{{.language}}\n\n> [{words.strip()}]{{lang=\"{language}\"}}\n\n"
            f"::: {{.sourceline}}\n{escape_markdown(where)}\n:::\n:::\n")


def _colophon(codebook) -> str:
    steps = join_words([codebook.actions.get(code, code).lower() for code in ACTIONS])
    return (f"Codebook {escape_markdown(codebook.version)}, SHA-256 {codebook.digest[:16]}; {len(codebook.themes)} themes, "
            f"{len(codebook.partners)} possible partners, {escape_markdown(steps)}.\n")
