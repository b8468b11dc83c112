"""Code passages: partners with their roles, themes, and how firm the tie is.

Cues come from `matching`, roles from `casting`; what a cue means where it stands is decided by the ladder of
`codebook/actions.yaml`. Every step is an expression over all passages at once.
"""

from collections.abc import Mapping

import polars as pl

from kzties.casting import Roles, cast_partners, says
from kzties.codebook import HOME, Codebook
from kzties.matching import match_patterns
from kzties.segmenting import split_sentences
from kzties.tables import ACTIONS, CODES

PASSAGE = ["document_id", "passage"]
SENTENCE = [*PASSAGE, "sentence"]
ITEM = ["document_id", "item"]

AMOUNT = r"^(?:[A-Z]{3}|k?t|Mt|kg|toe|m3|bcm|barrel|l|[kMGT]?W|[kMGT]Wh|MVA|TEU|head)$"
"""Units of what a party can be bound to give: money, weight, volume, capacity."""


def code_passages(passages: pl.DataFrame, quantities: pl.DataFrame, codebook: Codebook, roles: Roles, background: str,
                  params: Mapping) -> pl.DataFrame:
    """Return the `codes` of the kept passages: every code with the cue that made it be given.

    Takes the tables `passages` and `quantities`, the codebook, the rules for roles, the expression that finds a sentence
    which only recalls what went before (`Furniture.background`) and the parameters of stage `codes`.
    """
    kept = passages.filter("kept")
    hits = place_hits(match_patterns(kept, codebook.anchors), kept)
    figures = find_figures(quantities, kept)
    partners = cast_partners(hits, figures, find_leads(kept), roles)
    themes = code_themes(hits)
    actions = code_actions(hits, partners, themes, figures, kept, roles, background, params)
    return pl.concat([table.select(*CODES.columns) for table in (partners, themes, actions)]).sort(CODES.key)


def place_hits(hits: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Add to each hit its item and its sentence: number, start and text."""
    sentences = split_sentences(passages).sort(*PASSAGE, "sentence_start")
    return (hits.join(passages.select(*PASSAGE, "item", "kind", passage_language="language"), on=PASSAGE, suffix="_passage")
            .sort(*PASSAGE, "cue_start")
            .join_asof(sentences, left_on="cue_start", right_on="sentence_start", by=PASSAGE, check_sortedness=False)
            .rename({"language": "pattern_language"}))


def find_figures(quantities: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Return the sentences that hold a quantity (`figure`), and whether it is an `amount` that can be promised."""
    sentences = split_sentences(passages).sort(*PASSAGE, "sentence_start")
    amount = pl.col("unit").str.contains(AMOUNT) & pl.col("role").ne_missing("to")
    return (quantities.select(*PASSAGE, "start", "unit", "role").sort(*PASSAGE, "start")
            .join_asof(sentences, left_on="start", right_on="sentence_start", by=PASSAGE, check_sortedness=False)
            .group_by(SENTENCE).agg(figure=pl.lit(True), amount=amount.any()))


def find_leads(passages: pl.DataFrame) -> pl.DataFrame:
    """Return where the lead of each item ends (`lead_end`): its headline and the first sentence of its first passage."""
    first = (passages.filter(pl.col("kind") != "headline").sort(PASSAGE).unique(ITEM, keep="first", maintain_order=True))
    sentence = split_sentences(first).filter(pl.col("sentence") == 1).select(
        *PASSAGE, lead_end=pl.col("sentence_start") + pl.col("sentence_text").str.len_chars().cast(pl.Int64))
    return (passages.group_by(ITEM).agg(end=pl.col("end").max())
            .join(first.select(*ITEM, "passage"), on=ITEM, how="left").join(sentence, on=PASSAGE, how="left")
            .select(*ITEM, lead_end=pl.coalesce("lead_end", "end")))


def code_themes(hits: pl.DataFrame) -> pl.DataFrame:
    """Return the themes of each passage, every cue; `general` only where the passage has no other theme."""
    themes = hits.filter(pl.col("variable") == "theme")
    other = (pl.col("code") != "general").any().over(PASSAGE)
    return (themes.filter((pl.col("code") != "general") | ~other)
            .with_columns(role=pl.lit(None, pl.String), rule=pl.lit(None, pl.String)).select(*CODES.columns))


def code_actions(hits: pl.DataFrame, partners: pl.DataFrame, themes: pl.DataFrame, figures: pl.DataFrame,
                 passages: pl.DataFrame, roles: Roles, background: str, params: Mapping) -> pl.DataFrame:
    """Return one action a passage: the firmest that it states about a counterpart and a theme, with its cue.

    An act of parties that are only mentioned does not count, nor does one that a sentence only recalls (`Earlier`). An
    agreement on a named amount is a commitment, unless it is one of words only (`memorandum`); a commitment needs an
    amount in its sentence, else it is an intent; a result needs a figure there, else it is none.
    """
    counterparts = partners.filter(pl.col("role") == "counterpart")
    with_partner = counterparts.select(ITEM if params["inherit_partner"] else PASSAGE).unique()
    involved = (hits.filter(pl.col("variable") == "partner")
                .join(counterparts.select(*PASSAGE, "code").unique().with_columns(counterpart=pl.lit(True)),
                      on=[*PASSAGE, "code"], how="left")
                .group_by(SENTENCE).agg(involves=(pl.col("counterpart").fill_null(False) | (pl.col("code") == HOME)).any()))
    recalls = pl.col("sentence_text").str.contains(background) & ~pl.col("background")
    code, alone = pl.col("code"), pl.col("kind") == "patterns_alone"
    binding = (code == "agreement") & pl.col("amount") & ~says("soft", roles)
    action = (pl.when(binding).then(pl.lit("commitment"))
              .when((code == "commitment") & ~pl.col("amount")).then(pl.lit("intent"))
              .when((code != "result") | pl.col("figure") | alone).then("code"))
    acts = (hits.filter(pl.col("variable") == "action")
            .join(passages.select(*PASSAGE, "background"), on=PASSAGE).filter(~recalls)
            .join(with_partner, on=with_partner.columns, how="semi")
            .join(themes.select(PASSAGE).unique(), on=PASSAGE, how="semi")
            .join(involved, on=SENTENCE, how="left")
            .filter(pl.col("involves").fill_null(True) | says("first_person", roles))
            .join(figures, on=SENTENCE, how="left").with_columns(pl.col("figure", "amount").fill_null(False)))
    rank = pl.col("code").replace_strict({code: rank for rank, code in enumerate(ACTIONS)}, return_dtype=pl.Int64)
    rule = pl.when(binding).then(pl.lit("amount_agreed")).when(action != code).then(pl.lit("no_amount"))
    return (acts.with_columns(rule=rule, code=action)
            .drop_nulls("code").with_columns(rank=rank)
            .sort(*PASSAGE, "rank", "cue_start", "cue_end", descending=[False, False, True, False, False])
            .unique(PASSAGE, keep="first", maintain_order=True)
            .with_columns(role=pl.lit(None, pl.String)).select(*CODES.columns))
