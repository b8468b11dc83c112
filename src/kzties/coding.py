"""Code passages: partners with their roles, themes, and how firm the tie is.

Cues come from `matching`; what a cue means where it stands is decided here, by the rules of `codebook/roles.yaml` and
by the ladder of `codebook/actions.yaml`. Every step is an expression over all passages at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.cleaning import check_regex
from kzties.codebook import HOME, Codebook, check_keys, read_yaml
from kzties.errors import CodebookError, nearest
from kzties.matching import match_patterns
from kzties.segmenting import split_sentences
from kzties.tables import ACTIONS, CODES, ROLES

PASSAGE = ["document_id", "passage"]
SENTENCE = [*PASSAGE, "sentence"]
ITEM = ["document_id", "item"]

REGEX_CONDITIONS = ("before", "after", "cue", "sentence")
FLAG_CONDITIONS = ("home", "passage_home", "item_home", "act", "alone", "others", "listed", "headline")
NOBODY = "nobody"

LISTED = 3
"""Parties in one sentence from which on they are a list."""


@dataclass(frozen=True)
class Roles:
    """The rules of roles.yaml in their order, and how the first person is said."""

    rules: tuple[Mapping, ...]
    first_person: str


def read_roles(folder: Path = paths.CODEBOOK) -> Roles:
    """Read and check `roles.yaml`; what cannot be carried out is a `CodebookError` naming the rule."""
    content = read_yaml(folder / "roles.yaml")
    check_keys("roles.yaml", content, ("first_person", "rules"))
    known = ("name", "role", "kind", "examples", "note", *REGEX_CONDITIONS, *FLAG_CONDITIONS)
    check_regex(content.get("first_person", ""), "roles.yaml, first_person")
    for number, rule in enumerate(content.get("rules") or (), 1):
        where = f"roles.yaml, rule '{rule.get('name', number)}'"
        if unknown := set(rule) - set(known):
            raise CodebookError(f"{where}: unknown key '{min(unknown)}'. {nearest(min(unknown), known)}")
        if rule.get("role") not in (*ROLES, NOBODY):
            raise CodebookError(f"{where}: unknown role '{rule.get('role')}'. {nearest(str(rule.get('role')), ROLES)}")
        for condition in REGEX_CONDITIONS:
            check_regex(rule.get(condition, ""), f"{where}, {condition}")
    return Roles(tuple(content.get("rules") or ()), content.get("first_person") or r"$^")


def code_passages(passages: pl.DataFrame, quantities: pl.DataFrame, codebook: Codebook, roles: Roles,
                  params: Mapping) -> pl.DataFrame:
    """Return the `codes` of the kept passages: every code with the cue that made it be given.

    Takes the tables `passages` and `quantities`, the codebook, the rules for roles and the parameters of stage `codes`.
    """
    kept = passages.filter("kept")
    hits = place_hits(match_patterns(kept, codebook.patterns), kept)
    partners = code_partners(hits, kept, roles)
    themes = code_themes(hits)
    actions = code_actions(hits, partners, themes, quantities, kept, roles, params)
    return pl.concat([table.select(*CODES.columns) for table in (partners, themes, actions)]).sort(CODES.key)


def place_hits(hits: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Add to each hit its item and its sentence: number, start and text."""
    sentences = split_sentences(passages).sort(*PASSAGE, "sentence_start")
    return (hits.join(passages.select(*PASSAGE, "item", "kind"), on=PASSAGE, suffix="_passage")
            .sort(*PASSAGE, "cue_start")
            .join_asof(sentences, left_on="cue_start", right_on="sentence_start", by=PASSAGE, check_sortedness=False)
            .rename({"language": "pattern_language"}))


def code_partners(hits: pl.DataFrame, passages: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Return the partners named, each cue with its role and the rule that gave it; Kazakhstan itself is none."""
    cues = _describe_cues(hits, passages, roles)
    rule = pl.coalesce([pl.when(_fits(rule)).then(pl.lit(rule["name"])) for rule in roles.rules])
    role_of = {rule["name"]: rule["role"] for rule in roles.rules}
    acts_here = (pl.col("role") == "counterpart").any().over(*ITEM, "code")
    # whoever acts with Kazakhstan in one sentence is its counterpart in the whole item; but where the party is only the
    # place of a meeting or a stop of a route, it stays that
    elsewhere = acts_here & (pl.col("rule") == roles.rules[-1]["name"])
    return (cues.with_columns(rule=rule)
            .with_columns(role=pl.col("rule").replace_strict(role_of, default="mentioned"))
            .filter(pl.col("role") != NOBODY)
            .with_columns(role=pl.when(elsewhere).then(pl.lit("counterpart")).otherwise("role"),
                          rule=pl.when(elsewhere).then(pl.lit("acts_elsewhere_in_the_item")).otherwise("rule"))
            .select(*CODES.columns))


def _describe_cues(hits: pl.DataFrame, passages: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Return the partner cues with everything the rules may ask of the place where they stand."""
    named = hits.filter(pl.col("variable") == "partner")
    away, home = named.filter(pl.col("code") != HOME), named.filter(pl.col("code") == HOME)
    act = hits.filter(pl.col("variable") != "partner").select(SENTENCE).unique().with_columns(act=pl.lit(True))
    flag = lambda keys, name: home.select(keys).unique().with_columns(pl.lit(True).alias(name))  # noqa: E731
    parties = named.group_by(SENTENCE).agg(parties=pl.col("code").n_unique())
    here = pl.col("cue_start") - pl.col("sentence_start")
    item_partners = away.group_by(ITEM).agg(item_partners=pl.col("code").n_unique())
    item_size = passages.group_by(ITEM).agg(item_passages=pl.len())
    cues = (away.join(act, on=SENTENCE, how="left")
            .join(flag(SENTENCE, "named_home"), on=SENTENCE, how="left")
            .join(flag(PASSAGE, "passage_home"), on=PASSAGE, how="left")
            .join(flag(ITEM, "item_home"), on=ITEM, how="left")
            .join(parties, on=SENTENCE, how="left").join(item_partners, on=ITEM, how="left")
            .join(item_size, on=ITEM, how="left"))
    first_person = pl.col("sentence_text").str.contains(roles.first_person) & pl.col("item_home")
    return cues.with_columns(pl.col("act", "named_home", "passage_home", "item_home").fill_null(False)).with_columns(
        home=pl.col("named_home") | first_person,
        listed=pl.col("parties") >= LISTED,
        alone=pl.col("parties") == 1,
        others=pl.col("item_partners") > 1,
        headline=pl.col("kind_passage") == "headline",
        before=pl.col("sentence_text").str.slice(0, here),
        after=pl.col("sentence_text").str.slice(here + pl.col("cue").str.len_chars()),
        sentence_words=pl.col("sentence_text"))


def _fits(rule: Mapping) -> pl.Expr:
    """Return whether a rule's conditions all hold, as one expression."""
    column = {"sentence": "sentence_words"}
    fits = pl.lit(True)
    for condition in REGEX_CONDITIONS:
        if condition in rule:
            fits &= pl.col(column.get(condition, condition)).str.contains(rule[condition])
    for condition in FLAG_CONDITIONS:
        if condition in rule:
            fits &= pl.col(condition) == rule[condition]
    if "kind" in rule:
        fits &= pl.col("kind") == rule["kind"]
    return fits


def code_themes(hits: pl.DataFrame) -> pl.DataFrame:
    """Return the themes of each passage, every cue; `general` only where the passage has no other theme."""
    themes = hits.filter(pl.col("variable") == "theme")
    other = (pl.col("code") != "general").any().over(PASSAGE)
    return (themes.filter((pl.col("code") != "general") | ~other)
            .with_columns(role=pl.lit(None, pl.String), rule=pl.lit(None, pl.String)).select(*CODES.columns))


def code_actions(hits: pl.DataFrame, partners: pl.DataFrame, themes: pl.DataFrame, quantities: pl.DataFrame,
                 passages: pl.DataFrame, roles: Roles, params: Mapping) -> pl.DataFrame:
    """Return one action a passage: the firmest that it states about a counterpart and a theme, with its cue.

    An act of parties that are only mentioned does not count. A commitment needs an amount in its sentence, else it is
    an intent; a result needs a figure there, else it is none.
    """
    counterparts = partners.filter(pl.col("role") == "counterpart")
    with_partner = counterparts.select(ITEM if params["inherit_partner"] else PASSAGE).unique()
    sentences = split_sentences(passages)
    place = quantities.select(*PASSAGE, "start").sort(*PASSAGE, "start").join_asof(
        sentences.sort(*PASSAGE, "sentence_start"), left_on="start", right_on="sentence_start", by=PASSAGE,
        check_sortedness=False)
    measured = place.select(SENTENCE).unique().with_columns(measured=pl.lit(True))
    involved = (hits.filter(pl.col("variable") == "partner")
                .join(counterparts.select(*PASSAGE, "code").unique().with_columns(counterpart=pl.lit(True)),
                      on=[*PASSAGE, "code"], how="left")
                .group_by(SENTENCE).agg(involves=(pl.col("counterpart").fill_null(False) | (pl.col("code") == HOME)).any()))
    first_person = pl.col("sentence_text").str.contains(roles.first_person)
    action = (pl.when(pl.col("measured") | (pl.col("kind") == "patterns_alone")).then("code")
              .when(pl.col("code") == "commitment").then(pl.lit("intent"))
              .when(pl.col("code") != "result").then("code"))
    acts = (hits.filter(pl.col("variable") == "action")
            .join(with_partner, on=with_partner.columns, how="semi")
            .join(themes.select(PASSAGE).unique(), on=PASSAGE, how="semi")
            .join(involved, on=SENTENCE, how="left")
            .filter(pl.col("involves").fill_null(True) | first_person)
            .join(measured, on=SENTENCE, how="left").with_columns(pl.col("measured").fill_null(False)))
    rank = pl.col("code").replace_strict({code: rank for rank, code in enumerate(ACTIONS)}, return_dtype=pl.Int64)
    return (acts.with_columns(rule=pl.when(action != pl.col("code")).then(pl.lit("no_amount")), code=action)
            .drop_nulls("code").with_columns(rank=rank)
            .sort(*PASSAGE, "rank", "cue_start", "cue_end", descending=[False, False, True, False, False])
            .unique(PASSAGE, keep="first", maintain_order=True)
            .with_columns(role=pl.lit(None, pl.String)).select(*CODES.columns))
