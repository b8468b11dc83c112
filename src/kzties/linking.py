"""Link items to events, and partners to themes: several reports of one happening are one event with several sources.

Two items report the same event when they share a counterpart, lie a few days apart, and print the same words in a row, or
give the same figure, or report the same tie in two languages. Every joined pair keeps its reason.
"""

from collections.abc import Mapping

import polars as pl

from kzties.segmenting import split_sentences
from kzties.tables import ACTIONS, EVENTS, TIES

ITEM = ["document_id", "item"]
PASSAGE = ["document_id", "passage"]
SENTENCE = [*PASSAGE, "sentence"]
TITLE_CHARACTERS = 160
LISTED = 3
"""Counterparts in one passage from which on they are a list, which the next passage is not about."""

_item_name = pl.format("{}#{}", "document_id", "item")
_passage_name = pl.format("{}/{}", "document_id", "passage")
CUE = pl.format("{}/{}/{}-{}", "document_id", "passage", "cue_start", "cue_end")
"""The evidence id of a cue or a quantity."""


def link_items(documents: pl.DataFrame, passages: pl.DataFrame, items: pl.DataFrame, codes: pl.DataFrame,
               quantities: pl.DataFrame, params: Mapping) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables `events` and `ties`.

    Takes the tables `documents`, `passages`, `items`, `codes`, `quantities` and the parameters of stage `ties`.
    """
    items = tied_items(documents, passages, items, codes)
    pairs = pair_items(items, passages, quantities, params)
    items = group_items(items, pairs)
    events = describe_events(items, pairs, passages)
    ties = tie_partners(items, passages, codes, quantities)
    return events, ties


def tied_items(documents: pl.DataFrame, passages: pl.DataFrame, items: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Return the items that state a foreign economic tie, with their day, outlet, language and counterparts."""
    partners = _counterparts(codes).group_by(ITEM).agg(partners=pl.col("code").unique().sort())
    languages = (passages.filter("kept").group_by(*ITEM, "language").agg(size=pl.col("text").str.len_chars().sum())
                 .sort(*ITEM, "size", "language", descending=[False, False, True, False])
                 .unique(ITEM, keep="first", maintain_order=True).drop("size"))
    about = documents.select("document_id", "published", outlet=pl.coalesce("outlet", "document_id"))
    return (items.filter("relevant").join(partners, on=ITEM).join(languages, on=ITEM, how="left")
            .join(about, on="document_id", how="left")
            .with_columns(name=_item_name).sort(ITEM))


def pair_items(items: pl.DataFrame, passages: pl.DataFrame, quantities: pl.DataFrame, params: Mapping) -> pl.DataFrame:
    """Return the pairs of items that report the same event: `left`, `right`, `reason`."""
    about = items.select("name", "published", "partners", "main_partner", "main_themes", "language")
    apart = (pl.col("published") - pl.col("published_right")).abs()
    near = (about.select("name", "published", partner="partners").explode("partner")
            .join(about.select("name", "published", partner="partners").explode("partner"), on="partner", suffix="_right")
            .filter(pl.col("name") < pl.col("name_right"))
            .filter(apart.fill_null(pl.duration(days=0)) <= pl.duration(days=params["days_apart"]))
            .select(left="name", right="name_right").unique()
            .join(about.rename({"name": "left"}), on="left").join(about.rename({"name": "right"}), on="right", suffix="_right"))
    same_partner = near.filter(pl.col("main_partner") == pl.col("main_partner_right"))
    themes = pl.col("main_themes").list.set_intersection("main_themes_right").list.sort()
    same_words = near.join(_shared_words(items, passages, params["statement_words"]), on=["left", "right"]).with_columns(
        reason=pl.format("{} and {} print the same words: “{} …”", "left", "right", "shared"))
    same_figures = (same_partner.join(_shared_figures(items, quantities, params["smallest_count"]), on=["left", "right"])
                    .filter(pl.col("figures").list.len() >= params["shared_figures"])
                    .with_columns(reason=pl.format("{} and {} give the same figures: {}", "left", "right",
                                                   pl.col("figures").list.join(", "))))
    # two languages hardly share words: there the same tie on the same days is the same happening, if no figures contradict
    measured = _telling_figures(items, quantities, params["smallest_count"]).select("name").unique()
    silent = ~(pl.col("left").is_in(measured["name"].implode()) & pl.col("right").is_in(measured["name"].implode()))
    same_tie = (same_partner.filter(silent,apart <= pl.duration(days=params["same_tie_days"]),
                                    pl.col("language") != pl.col("language_right"))
                .with_columns(themes=themes).filter(pl.col("themes").list.len() >= params["same_tie_themes"])
                .with_columns(reason=pl.format("{} and {} report the same tie in two languages: {}, {}", "left", "right",
                                               "main_partner", pl.col("themes").list.join(" and "))))
    return (pl.concat([table.select("left", "right", "reason") for table in (same_words, same_figures, same_tie)])
            .unique(["left", "right"], keep="first", maintain_order=True).sort("left", "right"))


def _shared_words(items: pl.DataFrame, passages: pl.DataFrame, number: int) -> pl.DataFrame:
    """Return the pairs of items that share `number` words in a row, with the first words they share."""
    words = (passages.filter("kept").join(items.select(*ITEM, "name"), on=ITEM)
             .select("name", "passage", word=pl.col("text").str.to_lowercase().str.extract_all(r"\w+"))
             .explode("word").drop_nulls("word"))
    run = pl.concat_str([pl.col("word").shift(-step).over("name", "passage") for step in range(number)], separator=" ")
    runs = words.with_columns(run=run).drop_nulls("run").select("name", "run").unique()
    runs = runs.filter(pl.len().over("run") > 1)
    return (runs.join(runs, on="run", suffix="_right").filter(pl.col("name") < pl.col("name_right"))
            .group_by(left="name", right="name_right").agg(shared=pl.col("run").min()))


def _telling_figures(items: pl.DataFrame, quantities: pl.DataFrame, smallest: float) -> pl.DataFrame:
    """Return the figures that tell an event, by item; small whole ones do not: many reports count two documents or 5 %."""
    chance = (pl.col("value") < smallest) & (pl.col("value") % 1 == 0)
    return (quantities.filter(~chance).join(items.select(*ITEM, "name"), on=ITEM)
            .select("name", "value", "unit", figure=pl.format("{} {}", "value", "unit")).unique())


def _shared_figures(items: pl.DataFrame, quantities: pl.DataFrame, smallest: float) -> pl.DataFrame:
    """Return the pairs of items that give equal quantities, with these as `60 company`."""
    figures = _telling_figures(items, quantities, smallest)
    return (figures.join(figures, on=["value", "unit"], suffix="_right").filter(pl.col("name") < pl.col("name_right"))
            .group_by(left="name", right="name_right").agg(figures=pl.col("figure").unique().sort()))


def group_items(items: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Give every item the `event_id` of its event: items joined by pairs, directly or through others, are one event."""
    groups = items.select("name", group="name")
    both = pl.concat([pairs.select("left", "right"), pairs.select(left="right", right="left")])
    while True:  # each turn hands the smallest name one pair further, until none changes
        smallest = (both.join(groups, left_on="right", right_on="name").group_by(name="left")
                    .agg(other=pl.col("group").min()))
        spread = (groups.join(smallest, on="name", how="left")
                  .select("name", group=pl.min_horizontal("group", "other")).sort("name"))
        if spread.equals(groups.sort("name")):
            break
        groups = spread
    items = items.join(groups, on="name")
    main = (items.sort("group", pl.col("published").fill_null(pl.date(9999, 1, 1)), "name")
            .group_by("group", maintain_order=True)
            .agg(event_partner=pl.col("main_partner").mode().sort().first(), first_date=pl.col("published").min()))
    stem = pl.format("{}-{}", pl.col("first_date").dt.strftime("%Y-%m-%d").fill_null("undated"), "event_partner")
    main = main.with_columns(stem=stem).sort("stem", "group").with_columns(
        number=pl.int_range(1, pl.len() + 1).over("stem"))
    named = main.with_columns(event_id=pl.when(pl.col("number") == 1).then("stem")
                              .otherwise(pl.format("{}-{}", "stem", "number")))
    return items.join(named.select("group", "event_id", "event_partner"), on="group").drop("group")


def describe_events(items: pl.DataFrame, pairs: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Return the table `events`: one row an event, with the items that report it and why they were joined."""
    titles = _title_items(items, passages)
    reasons = (pairs.join(items.select(left="name", event_id="event_id"), on="left")
               .group_by("event_id").agg(link_reasons=pl.col("reason").sort()))
    return (items.group_by("event_id").agg(
        items=pl.col("name").unique().sort(), documents=pl.col("document_id").unique().sort(),
        partners=pl.col("partners").explode().unique().sort(), main_partner=pl.col("event_partner").first(),
        first_date=pl.col("published").min(), last_date=pl.col("published").max(),
        languages=pl.col("language").drop_nulls().unique().sort(), outlets=pl.col("outlet").unique().sort())
        .join(titles, on="event_id", how="left").join(reasons, on="event_id", how="left")
        .with_columns(pl.col("link_reasons").fill_null([]))
        .select(*EVENTS.columns).sort("event_id"))


def _title_items(items: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Return a title for each event: its earliest headline, in English if there is one, else its first sentence."""
    kept = passages.filter("kept").join(items.select(*ITEM, "event_id", "published"), on=ITEM)
    order = ["event_id", pl.col("kind") != "headline", pl.col("language") != "en",
             pl.col("published").fill_null(pl.date(9999, 1, 1)), *PASSAGE]
    first = kept.sort(order).unique("event_id", keep="first", maintain_order=True)
    sentence = split_sentences(first).filter(pl.col("sentence") == 1).select(*PASSAGE, "sentence_text")
    words = pl.col("sentence_text").str.strip_chars()
    short = pl.when(words.str.len_chars() > TITLE_CHARACTERS).then(
        words.str.slice(0, TITLE_CHARACTERS).str.replace(r"\s+\S*$", " …")).otherwise(words)
    return (first.join(sentence, on=PASSAGE, how="left")
            .select("event_id", title=short, title_passage=_passage_name))


def tie_partners(items: pl.DataFrame, passages: pl.DataFrame, codes: pl.DataFrame,
                 quantities: pl.DataFrame) -> pl.DataFrame:
    """Return the table `ties`: each counterpart with each theme of the passages that are about it.

    A passage is about the counterparts it names; one that names none is about those last named in its item. Of a tie's
    actions the firmest counts; what a background passage recalls counts only where nothing else speaks of the tie.
    """
    about = _about(items, passages, codes)
    themes = codes.filter(pl.col("variable") == "theme").group_by(*PASSAGE, theme="code").agg(cue=CUE.sort())
    actions = codes.filter(pl.col("variable") == "action").select(*PASSAGE, action="code", action_cue=CUE)
    rank = pl.col("action").replace_strict({code: rank for rank, code in enumerate(ACTIONS)}, default=None,
                                           return_dtype=pl.Int64)
    rows = (about.join(themes, on=PASSAGE).join(actions, on=PASSAGE, how="left")
            .join(_share_amounts(about, passages, codes, quantities), on=[*PASSAGE, "partner"], how="left")
            .with_columns(rank=rank))
    counted = ~pl.col("background") | pl.col("background").all().over("event_id", "partner", "theme")
    firmest = pl.col("rank").filter(counted).max().over("event_id", "partner", "theme")
    rows = rows.with_columns(firmest=firmest, is_firmest=counted & (pl.col("rank") == firmest))
    return (rows.group_by("event_id", "partner", "theme").agg(
        action=pl.col("action").filter("is_firmest").first(), first_date=pl.col("published").min(),
        documents=pl.col("document_id").unique().sort(),
        evidence=pl.concat_list(pl.col("partner_cues").fill_null([]), "cue",
                                pl.concat_list("action_cue")).explode().drop_nulls().unique().sort(),
        action_evidence=pl.col("action_cue").filter("is_firmest").drop_nulls().unique().sort(),
        amounts=pl.col("amounts").explode().drop_nulls().unique().sort())
        .select(*TIES.columns).sort(TIES.key))


def _about(items: pl.DataFrame, passages: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Return which counterparts each kept passage of an event is about, with the cues that name them there."""
    named = (_counterparts(codes).group_by(*PASSAGE, partner="code").agg(partner_cues=CUE.sort()))
    here = named.group_by(PASSAGE).agg(partners=pl.col("partner").unique().sort())
    kept = (passages.filter("kept").select(*ITEM, "passage", "background")
            .join(items.select(*ITEM, "event_id", "published", "main_partner"), on=ITEM)
            .join(here, on=PASSAGE, how="left").sort(PASSAGE))
    few = pl.when(pl.col("partners").list.len() < LISTED).then("partners")
    last = few.forward_fill().over(ITEM)
    return (kept.with_columns(partner=pl.coalesce("partners", last, pl.concat_list("main_partner")))
            .explode("partner").join(named, on=[*PASSAGE, "partner"], how="left").drop("partners", "main_partner"))


def _share_amounts(about: pl.DataFrame, passages: pl.DataFrame, codes: pl.DataFrame,
                   quantities: pl.DataFrame) -> pl.DataFrame:
    """Return the amounts of each partner in each passage, by evidence id.

    An amount belongs to the counterparts of its sentence; where that names none, to those of the nearest sentence before
    it in the passage; where none is, to all that the passage is about.
    """
    sentences = split_sentences(passages.filter("kept")).sort(*PASSAGE, "sentence_start")
    named = (_place(_counterparts(codes), sentences).group_by(SENTENCE)
             .agg(partners=pl.col("code").unique().sort()))
    named = (sentences.select(SENTENCE).join(named, on=SENTENCE, how="left").sort(SENTENCE)
             .with_columns(pl.col("partners").forward_fill().over(PASSAGE)))
    whole = about.group_by(PASSAGE).agg(all_partners=pl.col("partner").unique().sort())
    amounts = _place(quantities.rename({"start": "cue_start", "end": "cue_end"}), sentences)
    return (amounts.join(named, on=SENTENCE, how="left").join(whole, on=PASSAGE)
            .select(*PASSAGE, partner=pl.coalesce("partners", "all_partners"), amounts=CUE).explode("partner")
            .group_by(*PASSAGE, "partner").agg(pl.col("amounts").sort()))


def _counterparts(codes: pl.DataFrame) -> pl.DataFrame:
    """Return the cues that name counterparts."""
    return codes.filter(pl.col("variable") == "partner", pl.col("role") == "counterpart")


def _place(cues: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """Add to each cue the number of its sentence."""
    return cues.sort(*PASSAGE, "cue_start").join_asof(
        sentences.select(*SENTENCE, "sentence_start"), left_on="cue_start", right_on="sentence_start", by=PASSAGE,
        check_sortedness=False)
