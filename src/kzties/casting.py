"""Cast the partners of a passage: who acts with Kazakhstan (counterpart), and who is only mentioned.

The rules of `codebook/roles.yaml` decide for each cue by what stands around it. Every step is an expression over all
passages of a language at once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.cleaning import check_regex
from kzties.codebook import HOME, check_keys, read_yaml
from kzties.errors import CodebookError, nearest
from kzties.tables import CODES, ROLES

PASSAGE = ["document_id", "passage"]
SENTENCE = [*PASSAGE, "sentence"]
ITEM = ["document_id", "item"]

REGEX_CONDITIONS = ("before", "after", "cue", "sentence", "not_after", "not_sentence")
FLAG_CONDITIONS = ("home", "passage_home", "item_home", "home_before", "home_leads", "act", "theme", "amount", "agreed", "alone",
                   "joined", "others", "pair", "listed", "headline")
LIST_CONDITIONS = ("codes", "languages")
NOBODY = "nobody"

LISTED = 3
"""Parties in one sentence from which on they are a list."""
DEALS = ("agreement", "commitment")
"""Steps of the ladder that two parties take with each other."""
BESIDE = r"^[^.;:]{0,3}(?:\p{L}+ ){0,4}$"
"""What may stand between two parties that act side by side (`AIIB and DEG of Germany`)."""
UNKNOWN_LANGUAGE = "en"
"""Whose words the rules take where the language of a passage has none."""
PLACEHOLDER = re.compile("<([a-z_]+)>")


@dataclass(frozen=True)
class Roles:
    """The rules of roles.yaml in their order, and the words that they ask for, by language."""

    rules: tuple[Mapping, ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]

    def write(self, template: str, language: str) -> str:
        """Return a rule's regular expression with the words of a language in the place of `<name>`; none match nothing.

        >>> Roles((), {"en": {"than": ("than", "unlike")}}).write("<than> <via>", "en")
        '(?:than|unlike) [a&&b]'
        """
        words = self.words.get(language) or self.words.get(UNKNOWN_LANGUAGE, {})
        return PLACEHOLDER.sub(lambda found: f"(?:{'|'.join(words[found[1]])})" if words.get(found[1]) else "[a&&b]", template)


def read_roles(words: Mapping[str, Mapping[str, tuple[str, ...]]], folder: Path = paths.CODEBOOK) -> Roles:
    """Read and check `roles.yaml`; what cannot be carried out is a `CodebookError` naming the rule.

    Takes the words of `Codebook.words`, which the rules may ask for.
    """
    content = read_yaml(folder / "roles.yaml")
    check_keys("roles.yaml", content, ("rules",))
    roles = Roles(tuple(content.get("rules") or ()), words)
    known = ("name", "role", "kind", "home_too", "examples", "note", *REGEX_CONDITIONS, *FLAG_CONDITIONS, *LIST_CONDITIONS)
    names = sorted({name for listed in words.values() for name in listed})
    for number, rule in enumerate(roles.rules, 1):
        where = f"roles.yaml, rule '{rule.get('name', number)}'"
        if unknown := set(rule) - set(known):
            raise CodebookError(f"{where}: unknown key '{min(unknown)}'. {nearest(min(unknown), known)}")
        if rule.get("role") not in (*ROLES, NOBODY):
            raise CodebookError(f"{where}: unknown role '{rule.get('role')}'. {nearest(str(rule.get('role')), ROLES)}")
        for condition in REGEX_CONDITIONS:
            template = rule.get(condition, "")
            if unknown := [name for name in PLACEHOLDER.findall(template) if name not in names]:
                raise CodebookError(f"{where}, {condition}: no language has words '{unknown[0]}'. {nearest(unknown[0], names)}")
            for language in words if PLACEHOLDER.search(template) else (UNKNOWN_LANGUAGE,):
                check_regex(roles.write(template, language), f"{where}, {condition}, in '{language}'")
    return roles


def cast_partners(hits: pl.DataFrame, figures: pl.DataFrame, lead_ends: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Return the partners named, each cue with its role and the rule that gave it; Kazakhstan itself is none.

    Takes all hits with their sentences (`coding.place_hits`), the sentences that hold a quantity, where the lead of each item
    ends, and the rules.
    """
    cues = describe_cues(hits, figures, lead_ends, roles)
    decided = [rows.with_columns(rule=pl.coalesce(pl.when(_fits(rule, language, roles)).then(pl.lit(rule["name"]))
                                                  for rule in roles.rules))
               for (language,), rows in cues.partition_by("passage_language", as_dict=True).items()]
    if not decided:
        return CODES.empty()
    role_of = {rule["name"]: rule["role"] for rule in roles.rules}
    acts_here = (pl.col("role") == "counterpart").any().over(*ITEM, "code")
    # whoever acts with Kazakhstan in one sentence is its counterpart in the whole item; but where the party is only the
    # place of a meeting or a stop of a route, it stays that
    elsewhere = acts_here & (pl.col("rule") == roles.rules[-1]["name"])
    return (pl.concat(decided)
            .with_columns(role=pl.col("rule").replace_strict(role_of, default="mentioned"))
            .filter(pl.col("role") != NOBODY)
            .with_columns(role=pl.when(elsewhere).then(pl.lit("counterpart")).otherwise("role"),
                          rule=pl.when(elsewhere).then(pl.lit("acts_elsewhere_in_the_item")).otherwise("rule"))
            .select(*CODES.columns))


def describe_cues(hits: pl.DataFrame, figures: pl.DataFrame, lead_ends: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Return the partner cues with everything the rules may ask of the place where they stand."""
    here, length = pl.col("cue_start") - pl.col("sentence_start"), pl.col("cue").str.len_chars().cast(pl.Int64)
    sentence = pl.col("sentence_text")
    named = (hits.filter(pl.col("variable") == "partner").sort(*PASSAGE, "cue_start", "cue_end", "code")
             .with_columns(before=sentence.str.slice(0, here), after=sentence.str.slice(here + length),
                           headline=pl.col("kind_passage") == "headline"))
    away, home = named.filter(pl.col("code") != HOME), _acting_home(named.filter(pl.col("code") == HOME), roles)
    coded = hits.filter(pl.col("variable") != "partner")
    leads = home.join(lead_ends, on=ITEM).filter(pl.col("cue_start") < pl.col("lead_end")).select(ITEM).unique().with_columns(
        home_leads=pl.lit(True))
    acts = pl.concat([coded.select(SENTENCE), figures.select(SENTENCE)])
    cues = away
    for rows, keys, name in (
            (acts, SENTENCE, "act"), (coded.filter(pl.col("variable") == "theme"), SENTENCE, "theme"),
            (figures.filter("amount"), SENTENCE, "amount"),
            (coded.filter(pl.col("code").is_in(DEALS)), SENTENCE, "agreed"), (home, SENTENCE, "named_home"),
            (home, PASSAGE, "passage_home"),
            (home, ITEM, "item_home")):
        cues = cues.join(rows.select(keys).unique().with_columns(pl.lit(True).alias(name)), on=keys, how="left")
    cues = (cues.join(named.group_by(SENTENCE).agg(parties=pl.col("code").n_unique()), on=SENTENCE, how="left")
            .join(away.group_by(ITEM).agg(item_partners=pl.col("code").n_unique()), on=ITEM, how="left")
            .join(home.group_by(ITEM).agg(first_home=pl.col("cue_start").min()), on=ITEM, how="left")
            .join(leads, on=ITEM, how="left")
            .sort(*PASSAGE, "cue_start", "cue_end", "code"))
    between = here - here.shift(1) - length.shift(1)
    gap = sentence.str.slice(here.shift(1) + length.shift(1), between.clip(0)).over(SENTENCE)
    beside = gap.str.contains(BESIDE) & (pl.col("code") != pl.col("code").shift(1)).over(SENTENCE)
    flags = ("act", "theme", "amount", "agreed", "named_home", "passage_home", "item_home", "home_leads")
    return (cues.with_columns(pl.col(flags).fill_null(False), beside=beside.fill_null(False)).with_columns(
        home=pl.col("named_home") | (says("first_person", roles) & pl.col("item_home")),
        home_before=(pl.col("first_home") < pl.col("sentence_start")).fill_null(False),
        joined=pl.col("beside") | pl.col("beside").shift(-1).over(SENTENCE).fill_null(False),
        listed=pl.col("parties") >= LISTED, pair=pl.col("parties") == 2, alone=pl.col("parties") == 1,
        others=pl.col("item_partners") > 1))


def _acting_home(home: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Return the cues of Kazakhstan itself but for those where it is only, say, a stop of a route (`home_too`)."""
    passive = [rows.filter(pl.any_horizontal(_fits(rule, language, roles) for rule in roles.rules if rule.get("home_too")))
               for (language,), rows in home.partition_by("passage_language", as_dict=True).items()]
    return home.join(pl.concat(passive), on=[*PASSAGE, "cue_start"], how="anti") if passive else home


def says(words: str, roles: Roles) -> pl.Expr:
    """Return whether a sentence holds one of the words of this name in its language (`first_person`: we, both sides)."""
    said = (pl.when(pl.col("passage_language") == language).then(
        pl.col("sentence_text").str.contains(roles.write(rf"(?i)\b<{words}>\b", language))) for language in roles.words)
    return pl.coalesce(*said, pl.lit(False))


def _fits(rule: Mapping, language: str, roles: Roles) -> pl.Expr:
    """Return whether a rule's conditions all hold in passages of a language, as one expression."""
    if language not in rule.get("languages", (language,)):
        return pl.lit(False)
    column = {"sentence": "sentence_text", "not_sentence": "sentence_text", "not_after": "after"}
    fits = pl.lit(True)
    for condition in REGEX_CONDITIONS:
        if condition in rule:
            found = pl.col(column.get(condition, condition)).str.contains(roles.write(rule[condition], language))
            fits &= ~found if condition.startswith("not_") else found
    for condition in FLAG_CONDITIONS:
        if condition in rule:
            fits &= pl.col(condition) == rule[condition]
    if "kind" in rule:
        fits &= pl.col("kind") == rule["kind"]
    if "codes" in rule:
        fits &= pl.col("code").is_in(rule["codes"])
    return fits
