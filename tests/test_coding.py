"""Coding: the cases of the codebook, as data, through the real engine; each list is coded in one pass."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from kzties import paths
from kzties.codebook import HOME, read_codebook, read_yaml
from kzties.coding import code_passages, read_roles
from kzties.matching import match_patterns
from kzties.measuring import find_quantities
from kzties.tables import PASSAGES, QUANTITIES
from kzties.units_grammar import read_units

CASES = Path(__file__).parent / "cases"
CODEBOOK, ROLES = read_codebook(), read_roles()
PARAMS = {"inherit_partner": True}


def as_passages(texts, languages=None):
    """Make each text an item of its own in a document of its own."""
    languages = languages or ["en"] * len(texts)
    return pl.DataFrame({
        "document_id": [f"{n:04}" for n in range(len(texts))], "item": 1, "passage": 1, "kind": "body", "kept": True,
        "background": False, "language": [language.split("-")[0] for language in languages], "start": 0,
        "end": [len(text) for text in texts], "text": texts,
    }, schema_overrides={name: dtype for name, dtype in PASSAGES.schema.items() if name in (
        "document_id", "item", "passage", "kind", "kept", "background", "language", "start", "end", "text")})


def read_cases(name):
    cases = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return cases, as_passages([case["text"] for case in cases], [case["language"] for case in cases])


def missed(cases, found, wanted):
    """Return the cases in which something else is found than wanted, with both."""
    return [(case["text"], sorted(found.get(f"{n:04}", ())), sorted(wanted(case)))
            for n, case in enumerate(cases) if set(found.get(f"{n:04}", ())) != set(wanted(case))]


def test_partners_are_named_in_all_their_forms_and_ambiguous_words_name_nobody():
    cases, passages = read_cases("partners")
    hits = match_patterns(passages, CODEBOOK.patterns).filter(pl.col("variable") == "partner", pl.col("code") != HOME)
    found = dict(hits.group_by("document_id").agg(pl.col("code").unique()).iter_rows())
    assert len(cases) >= 200 and missed(cases, found, lambda case: case["partners"]) == []


def test_themes_are_found_and_hard_negatives_are_not():
    cases, passages = read_cases("themes")
    codes = code_passages(passages, QUANTITIES.empty(), CODEBOOK, ROLES, PARAMS).filter(pl.col("variable") == "theme")
    found = dict(codes.group_by("document_id").agg(pl.col("code").unique()).iter_rows())
    assert len(cases) >= 120 and missed(cases, found, lambda case: case["themes"]) == []


def test_the_firmest_action_is_found_with_its_tense_and_negation():
    cases, passages = read_cases("actions")
    hits = code_passages(passages, find_quantities(passages, read_units()), CODEBOOK, ROLES, PARAMS)
    tied = (hits.filter(pl.col("variable") == "theme").select("document_id").unique()
            .join(hits.filter(pl.col("role") == "counterpart"), on="document_id", how="semi"))
    found = dict(hits.filter(pl.col("variable") == "action").group_by("document_id").agg(pl.col("code")).iter_rows())
    # an action counts only with a theme and a counterpart; a case without either says nothing of the ladder
    texts = {cases[int(name)]["text"] for name in tied["document_id"]}
    wrong = [row for row in missed(cases, found, lambda case: [case["action"]] if case["action"] else [])
             if row[0] in texts]
    assert len(texts) >= 60 and len(wrong) <= 0.05 * len(texts), wrong


@pytest.mark.parametrize("rule", ROLES.rules, ids=lambda rule: rule["name"])
def test_a_rule_for_roles_does_what_its_examples_say(rule):
    passages = as_passages([example["text"] for example in rule["examples"]], [
        "kk" if "ң" in example["text"] or "қ" in example["text"] else "en" for example in rule["examples"]])
    passages = passages.with_columns(kind=pl.lit("headline" if rule.get("headline") else "body"))
    codes = code_passages(passages, QUANTITIES.empty(), CODEBOOK, ROLES, PARAMS).filter(pl.col("variable") == "partner")
    for number, example in enumerate(rule["examples"]):
        roles = codes.filter(pl.col("document_id") == f"{number:04}", pl.col("code") == example["party"])["role"].unique()
        assert roles.to_list() == ([] if example["role"] == "nobody" else [example["role"]])


@pytest.mark.parametrize(("file", "key"), [("themes.yaml", "themes"), ("actions.yaml", "actions")])
def test_every_code_has_a_definition_and_examples_of_yes_and_no(file, key):
    for code, entry in read_yaml(paths.CODEBOOK / file)[key].items():
        assert entry["definition"] and entry["label"], code
        for language in ("en", "bg", "ru", "kk"):
            assert entry["patterns"].get(language), f"{code} has no patterns in {language}"
        assert entry["examples"]["yes"]["en"] and entry["examples"]["no"]["en"], code


def test_examples_of_yes_have_their_theme_and_examples_of_no_do_not():
    examples = [(code, wanted, language, text)
                for code, entry in read_yaml(paths.CODEBOOK / "themes.yaml")["themes"].items()
                for wanted in ("yes", "no") for language, texts in entry["examples"][wanted].items() for text in texts]
    passages = as_passages([text for *_, text in examples], [language for _, _, language, _ in examples])
    codes = code_passages(passages, QUANTITIES.empty(), CODEBOOK, ROLES, PARAMS).filter(pl.col("variable") == "theme")
    found = dict(codes.group_by("document_id").agg(pl.col("code").unique()).iter_rows())
    wrong = [(code, wanted, text) for n, (code, wanted, _, text) in enumerate(examples)
             if (code in found.get(f"{n:04}", ())) != (wanted == "yes")]
    assert len(examples) > 100 and wrong == []


def test_kazakhstan_is_never_its_own_partner():
    codes = code_passages(as_passages(["Kazakhstan, Astana and Tokayev signed with Serbia."]), QUANTITIES.empty(),
                          CODEBOOK, ROLES, PARAMS)
    assert set(codes.filter(pl.col("variable") == "partner")["code"]) == {"SRB"}


def test_a_text_with_no_passages_gives_no_codes():
    assert code_passages(as_passages([]), QUANTITIES.empty(), CODEBOOK, ROLES, PARAMS).is_empty()
