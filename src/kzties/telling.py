"""Tell the findings: every number and sentence of the brief, written from the tables, each with its evidence.

A sentence is built with marks (`⟦events⟧`) where a number stands, so that the same sentence gives plain text for
`numbers.json` and Markdown with links. It must hold for any corpus: none, one or many events, and ties for first place.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from kzties.publishing import escape_markdown
from kzties.tables import ACTIONS
from kzties.wording import add_article, count, format_amount, format_day, join_words, list_leaders, say_first

SIGNED = ACTIONS[ACTIONS.index("agreement"):]
"""Steps of the ladder from a signature upwards."""


@dataclass(frozen=True)
class Number:
    """A number or a name that prose quotes: its value, the words it is quoted with, its unit and its evidence ids."""

    value: object
    text: str
    unit: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Labels:
    """What codes are called in the brief, and which of them are only tentative."""

    names: Mapping[str, str]
    tentative: frozenset[str] = field(default_factory=frozenset)

    def __call__(self, code: str) -> str:
        """Return the name of a code, marked where hand coding does not bear it out."""
        return f"{self.names.get(code, code)}{' (tentative)' if code in self.tentative else ''}"

    def all_names(self) -> dict[str, str]:
        """Return every code with its name, marked like that."""
        return {code: self(code) for code in self.names}


def read_labels(codebook, agreement: pl.DataFrame) -> Labels:
    """Return the labels of all codes; a code is tentative where `agreement` says so for all languages together.

    For themes the texts that the codebook's writers have not seen decide, for partners the raw texts of the project.
    """
    material = pl.col("material") == pl.when(pl.col("variable") == "theme").then(pl.lit("test")).otherwise(pl.lit("raw_texts"))
    doubtful = agreement.filter(pl.col("tentative"), pl.col("language") == "all", pl.col("code") != "all", material,
                                pl.col("variable").is_in(["partner", "theme"]))
    return Labels({**codebook.partners, **codebook.themes, **codebook.actions}, frozenset(doubtful["code"]))


def count_numbers(tables: Mapping[str, pl.DataFrame], labels: Labels) -> dict[str, Number]:
    """Return every number of the brief by its key, sorted."""
    documents, passages, ties, events = (tables[name] for name in ("documents", "passages", "ties", "events"))
    evidence = lambda rows: tuple(sorted(set(rows["evidence"].explode().drop_nulls())))  # noqa: E731
    read = documents.filter(pl.col("status") == "read")
    kept = passages.filter("kept")
    characters = passages.select(pl.col("end") - pl.col("start"), "kept")
    total = characters["end"].sum()
    partners = partner_events(tables)
    single = events.filter(pl.col("documents").list.len() == 1)
    days = events.drop_nulls("first_date")
    repeated = kept.filter(pl.col("duplicate_of").is_not_null())
    numbers = {
        "texts": _plain(len(read), "text"), "texts.skipped": _plain(len(documents) - len(read), "text"),
        "items": _plain(len(kept.select("document_id", "item").unique()), "item"),
        "passages": _plain(len(kept), "passage"),
        "passages.repeated": _plain(len(repeated), "passage", tuple(
            repeated.select(pl.format("{}/{}", "document_id", "passage")).to_series())),
        "set_aside": _plain(round(100 * characters.filter(~pl.col("kept"))["end"].sum() / total) if total else 0, "%"),
        "languages": _plain(read.filter(pl.col("language") != "und")["language"].n_unique(), "language"),
        "events": _plain(len(events), "event", evidence(ties)),
        "events.single": _plain(len(single), "event", evidence(ties.join(single, on="event_id", how="semi"))),
        "partners": _plain(len(partners), "partner", tuple(sorted({one for cues in partners["evidence"] for one in cues}))),
        "ties": _plain(len(ties), "tie", evidence(ties)),
    }
    for row in partners.iter_rows(named=True):
        numbers[f"partner.{row['partner']}"] = _plain(row["events"], "event", tuple(row["evidence"]))
    for theme, rows in _by(ties, "theme"):
        numbers[f"theme.{theme}"] = _plain(rows["event_id"].n_unique(), "event", evidence(rows))
    firmest = firmest_steps(ties)
    for action in ACTIONS:
        rows = firmest.filter(pl.col("action") == action)
        numbers[f"step.{action}"] = _plain(len(rows), "partner", tuple(sorted(set(rows["cues"].explode().drop_nulls()))))
    signed = firmest.filter(pl.col("action").is_in(SIGNED))
    numbers["partners.signed"] = _plain(len(signed), "partner", tuple(sorted(set(signed["cues"].explode().drop_nulls()))))
    for place, row in enumerate(list_amounts(tables).iter_rows(named=True), 1):
        numbers[f"amount.{place:03}"] = Number(row["value"], format_amount(row["value"], row["unit"]), row["unit"],
                                            (row["quantity"],))
    if len(days):
        for key, day in (("first_day", days["first_date"].min()), ("last_day", days["last_date"].max())):
            rows = events.filter((pl.col("first_date") == day) | (pl.col("last_date") == day))
            numbers[key] = Number(str(day), format_day(day), "day",
                                  evidence(ties.join(rows, on="event_id", how="semi")))
    return dict(sorted(numbers.items()))


def _plain(value: int, unit: str, evidence: tuple[str, ...] = ()) -> Number:
    return Number(value, f"{value:,}", unit, evidence)


def _by(table: pl.DataFrame, column: str) -> Iterable[tuple[str, pl.DataFrame]]:
    """Yield the values of a column, sorted, each with its rows."""
    for (value,), rows in sorted(table.partition_by(column, as_dict=True).items()):
        yield value, rows


def partner_events(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return one row a counterpart: `partner`, `events`, `event_ids`, `evidence` (its cues), most events first."""
    items = tables["events"].select("event_id", "partners", "items").explode("partners").explode("items")
    named = (tables["codes"].filter(pl.col("variable") == "partner", pl.col("role") == "counterpart")
             .select(items=pl.format("{}#{}", "document_id", "item"), partners="code",
                     cue=pl.format("{}/{}/{}-{}", "document_id", "passage", "cue_start", "cue_end")))
    return (items.join(named, on=["items", "partners"]).group_by(partner="partners")
            .agg(events=pl.col("event_id").n_unique(), event_ids=pl.col("event_id").unique().sort(),
                 evidence=pl.col("cue").unique().sort())
            .sort("events", "partner", descending=[True, False]))


def firmest_steps(ties: pl.DataFrame) -> pl.DataFrame:
    """Return the firmest step of each partner: `partner`, `action`, `cues`, firmest first."""
    rank = pl.col("action").replace_strict({code: rank for rank, code in enumerate(ACTIONS)}, default=None,
                                           return_dtype=pl.Int64)
    firm = ties.drop_nulls("action").with_columns(rank=rank)
    return (firm.filter(pl.col("rank") == pl.col("rank").max().over("partner"))
            .group_by("partner", "action", "rank").agg(cues=pl.col("action_evidence").explode().drop_nulls().unique().sort())
            .sort("rank", "partner", descending=[True, False]).drop("rank"))


def list_amounts(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the quantities of all ties, each once an event: with partners, themes and the firmest step of its ties.

    Money first, largest first within a unit; `quantity` is the evidence id.
    """
    name = pl.format("{}/{}/{}-{}", "document_id", "passage", "start", "end")
    steps = pl.col("action").replace_strict({code: rank for rank, code in enumerate(ACTIONS)}, default=None,
                                            return_dtype=pl.Int64)
    passage = (tables["codes"].filter(pl.col("variable") == "action")
               .select("document_id", "passage", stated="code"))
    return (tables["ties"].explode("amounts").drop_nulls("amounts")
            .group_by("event_id", quantity="amounts")
            .agg(partners=pl.col("partner").unique().sort(), themes=pl.col("theme").unique().sort(), rank=steps.max())
            .join(tables["quantities"].with_columns(quantity=name), on="quantity")
            .join(passage, on=["document_id", "passage"], how="left")
            .sort("event_id", "document_id", "passage", "start")
            .unique(["event_id", "value", "unit", "role"], keep="first", maintain_order=True)
            .with_columns(money=pl.col("unit").str.contains(r"^[A-Z]{3}$") & ~pl.col("unit").is_in(["TEU"]))
            .sort("money", "unit", "value", "quantity", descending=[True, False, True, False]).drop("rank"))


def tell_sentences(tables: Mapping[str, pl.DataFrame], numbers: Mapping[str, Number], labels: Labels) -> dict[str, str]:
    """Return the sentences of the brief by name, with marks where numbers stand; a name is missing if nothing is to say."""
    events = numbers["events"].value
    if not events:
        texts = numbers["texts"].value
        return {"title": "No foreign economic ties of Kazakhstan were found",
                "standfirst": f"{count(texts, 'text', '⟦texts⟧')} {'was' if texts == 1 else 'were'} read; "
                              "none states an act or a flow between Kazakhstan and another party.",
                "finding.none": "There is nothing to tell: no text states a tie."}
    partners, ties = partner_events(tables), tables["ties"]
    # `general` says that no area is given: it is counted, but it is no area that could lead
    themes = sorted(((code[6:], number.value) for code, number in numbers.items()
                     if code.startswith("theme.") and code != "theme.general"), key=lambda pair: (-pair[1], pair[0]))
    leading = list_leaders(partners.select("partner", "events").rows())
    common = list_leaders(themes) if themes else []
    # a title names what stands out; where more than two themes are level, none does
    about = f", most often about {join_words([labels(code).lower() for code in common], 3)}" if 0 < len(common) <= 2 else ""
    told = {
        "title": f"Kazakhstan’s economic ties: most events with {join_words([add_article(labels(code)) for code in leading], 3)}"
                 f"{about}",
        "standfirst": f"{count(numbers['texts'].value, 'text', '⟦texts⟧')} in "
                      f"{count(numbers['languages'].value, 'language', '⟦languages⟧')} report "
                      f"{count(events, 'event', '⟦events⟧')} that tie Kazakhstan to "
                      f"{count(len(partners), 'partner', '⟦partners⟧')}.",
        "finding.partners": _tell_partners(leading, partners, numbers, labels),
    }
    if common:
        told["finding.themes"] = _tell_themes(common, numbers, labels)
    told["finding.firmness"] = _tell_firmness(ties, numbers, labels)
    if amounts := _tell_amounts(tables, labels):
        told["finding.amounts"] = amounts
    told["finding.sources"] = _tell_sources(numbers)
    return told


def _tell_partners(leading: Sequence[str], partners: pl.DataFrame, numbers: Mapping[str, Number], labels: Labels) -> str:
    names, most = [add_article(labels(code)) for code in leading], partners["events"][0]
    if len(partners) == 1:
        return f"**{say_first(names[0])}** is the only partner, in {count(most, 'event', f'⟦partner.{leading[0]}⟧')}."
    if len(leading) == len(partners):
        return (f"**{count(len(partners), 'partner', '⟦partners⟧')}** are named as counterparts, each in "
                f"{count(most, 'event', f'⟦partner.{leading[0]}⟧')}: {join_words(names, 6)}.")
    share = f"{count(most, 'event', f'⟦partner.{leading[0]}⟧')} of ⟦events⟧"
    if len(leading) == 1:
        return f"**{say_first(names[0])}** comes first among ⟦partners⟧ partners, in {share}."
    return f"**{say_first(join_words(names, 4))}** come first together among ⟦partners⟧ partners, each in {share}."


def _tell_themes(common: Sequence[str], numbers: Mapping[str, Number], labels: Labels) -> str:
    names = [labels(code) for code in common]
    share = f"{count(numbers[f'theme.{common[0]}'].value, 'event', f'⟦theme.{common[0]}⟧')} of ⟦events⟧"
    if len(common) == 1:
        return f"**{names[0]}** is the most frequent theme, in {share}."
    return f"**{join_words(names, 6)}** are the most frequent themes, each in {share}."


def _tell_firmness(ties: pl.DataFrame, numbers: Mapping[str, Number], labels: Labels) -> str:
    signed = firmest_steps(ties).filter(pl.col("action").is_in(SIGNED))
    if signed.is_empty():
        return "**Nothing is signed** or under way with any partner: the texts state talk and intent only."
    names = join_words([add_article(labels(code)) for code in signed["partner"]], 8)
    number = count(len(signed), "partner", "⟦partners.signed⟧")
    return (f"**With {number}** something is signed, committed, under way or done: {names}. "
            + ("With the others the texts state talk or intent, or no act."
               if len(signed) < numbers["partners"].value else "There are no others."))


def _tell_amounts(tables: Mapping[str, pl.DataFrame], labels: Labels) -> str | None:
    amounts = list_amounts(tables).with_row_index("place", 1)
    money = amounts.filter("money")
    named = tables["codes"].filter(pl.col("variable") == "partner", pl.col("role") == "counterpart").select(
        "document_id", "passage").unique()
    money = money.join(named, on=["document_id", "passage"], how="semi").sort(
        "unit", "value", "place", descending=[False, True, False])
    if money.is_empty():
        return None
    tops = money.unique("unit", keep="first", maintain_order=True)
    sums = [f"{'up to ' if row['bound'] == 'max' else ''}⟦amount.{row['place']:03}⟧ "
            f"({join_words([add_article(labels(code)) for code in row['partners']], 2)}"
            f"{': ' + labels(row['stated']).lower() if row['stated'] else ''})" for row in tops.iter_rows(named=True)]
    return (f"**The largest {'sum' if len(sums) == 1 else 'sums, one a currency,'} named together with a partner** "
            f"{'is' if len(sums) == 1 else 'are'} {join_words(sums, 4)}.")


def _tell_sources(numbers: Mapping[str, Number]) -> str:
    events, single = numbers["events"].value, numbers["events.single"].value
    if single == events:
        return f"**One source each:** every one of the {count(events, 'event', '⟦events⟧')} is reported by one text only."
    if not single:
        return "**More than one source each:** no event of ⟦events⟧ rests on a single text."
    return (f"**Most rest on one source:** ⟦events.single⟧ of {count(events, 'event', '⟦events⟧')} are reported by one "
            "text only." if single * 2 > events else
            f"**Several sources:** only ⟦events.single⟧ of {count(events, 'event', '⟦events⟧')} "
            f"{'is' if single == 1 else 'are'} reported by one text alone.")


def fill_plain(sentence: str, numbers: Mapping[str, Number]) -> str:
    """Return a sentence as plain text, its numbers in place."""
    return re.sub("⟦(.+?)⟧", lambda mark: numbers[mark[1]].text, sentence).replace("**", "")


def fill_markdown(sentence: str, numbers: Mapping[str, Number]) -> str:
    """Return a sentence as Markdown: its words escaped, its numbers linked to their evidence, `**` kept."""
    def fill(part: str) -> str:
        if mark := re.fullmatch("⟦(.+?)⟧", part):
            number = numbers[mark[1]]
            return link_number(mark[1], number)
        return part if part == "**" else escape_markdown(part)

    return "".join(fill(part) for part in re.split(r"(⟦.+?⟧|\*\*)", sentence))


def link_number(key: str, number: Number) -> str:
    """Return a number as Markdown that leads to its entry in the evidence annex, if it has evidence."""
    text = escape_markdown(number.text)
    return f"[{text}](#{anchor(key)}){{.number}}" if number.evidence else text


def anchor(key: str) -> str:
    """Return the anchor of a number's entry, or of a passage, in the annex.

    >>> anchor("partner.C5+1")
    'n-partner-c5-1'
    """
    return "n-" + re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")


def collect_evidence(sentence: str, numbers: Mapping[str, Number]) -> tuple[str, ...]:
    """Return the evidence ids of all numbers that a sentence quotes."""
    return tuple(sorted({one for key in re.findall("⟦(.+?)⟧", sentence) for one in numbers[key].evidence}))
