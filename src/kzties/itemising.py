"""Say of each item whether it states a foreign economic tie, and what its main tie is: partner, themes, action.

The main tie is the one in the item's headline and first passage; what only recalls the past (`Earlier`) does not set it.
"""

import polars as pl

from kzties.tables import ACTIONS, ITEMS

ITEM = ["document_id", "item"]
PASSAGE = ["document_id", "passage"]
CUE = pl.format("{}/{}/{}-{}", "document_id", "passage", "cue_start", "cue_end")
"""The evidence id of a cue or a quantity."""


def describe_items(passages: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Return the table `items`; takes the tables `passages` and `codes`.

    An item is relevant if it names a counterpart, and a theme stands in a passage that names a counterpart or no partner
    at all. Its action is the firmest of its headline and first
    passage; where these state none, that of the first passage after them that does.
    """
    kept = passages.filter("kept").sort(PASSAGE)
    body = (pl.col("kind") != "headline") & ~pl.col("background")
    first_body = pl.col("passage").filter(body).min().over(ITEM)
    # a text that is nothing but background is about what it recalls
    places = kept.select(*ITEM, "passage", "kind", set_back=pl.col("background") & ~pl.col("background").all().over(ITEM),
                         leads=pl.col("passage") <= first_body.fill_null(pl.col("passage").max().over(ITEM)))
    placed = codes.join(places, on=[*ITEM, "passage"]).with_columns(
        distance=pl.when("set_back").then(2).when("leads").then(0).otherwise(1)).sort(*PASSAGE, "cue_start", "cue_end", "code")
    counterpart = (pl.col("variable") == "partner") & (pl.col("role") == "counterpart")
    theme, action = pl.col("variable") == "theme", pl.col("variable") == "action"
    partners = (placed.filter(counterpart).sort(*ITEM, "distance", "passage", "cue_start", maintain_order=True)
                .group_by(ITEM, maintain_order=True).agg(main_partner=pl.col("code").first()))
    themes = (placed.filter(theme).filter(pl.col("distance") == pl.col("distance").min().over(ITEM))
              .group_by(ITEM).agg(main_themes=pl.col("code").unique().sort()))
    rank = pl.col("code").replace_strict({code: rank for rank, code in enumerate(ACTIONS)}, return_dtype=pl.Int64)
    near = pl.when(pl.col("distance") == 0).then(0).otherwise("passage")
    actions = (placed.filter(action, pl.col("distance") < 2).with_columns(rank=rank, near=near)
               .sort(*ITEM, "near", "rank", "cue_start", descending=[False, False, False, True, False])
               .group_by(ITEM, maintain_order=True).agg(main_action=pl.col("code").first(), action_evidence=CUE.first()))
    named = placed.filter(pl.col("variable") == "partner").group_by(PASSAGE).agg(
        apart=(pl.col("role") == "counterpart").any().not_())
    tied = (placed.filter(theme).join(named, on=PASSAGE, how="left")
            .filter(~pl.col("apart").fill_null(False)).select(ITEM).unique().with_columns(tied=pl.lit(True)))
    items = kept.select(ITEM).unique().join(tied, on=ITEM, how="left")
    for table in (partners, themes, actions):
        items = items.join(table, on=ITEM, how="left")
    relevant = pl.col("main_partner").is_not_null() & pl.col("tied").fill_null(False)
    return items.with_columns(relevant=relevant, main_action=pl.when(relevant).then("main_action"),
                              action_evidence=pl.when(relevant).then("action_evidence"),
                              main_themes=pl.col("main_themes").fill_null([])).select(*ITEMS.columns).sort(ITEMS.key)
