"""Coding: the cases of the codebook, as data, through the real engine; each list is coded in one pass."""

from pathlib import Path

import polars as pl
import pytest
import yaml
from babel import Locale
from babel.core import get_global

from kzties import paths
from kzties.codebook import EVERYWHERE, HOME, read_codebook, read_languages, read_yaml
from kzties.cleaning import read_furniture
from kzties.casting import read_roles
from kzties.coding import code_passages
from kzties.matching import match_patterns
from kzties.measuring import find_quantities
from kzties.tables import PASSAGES, QUANTITIES
from kzties.units_grammar import read_units

CASES = Path(__file__).parent / "cases"
CODEBOOK = read_codebook()
ROLES = read_roles(CODEBOOK.words)
BACKGROUND = read_furniture().background
PARAMS = {"inherit_partner": True}

AMBIGUOUS = {
    "de": "ATF BLM JEY LCA MAF SHN TCA",   # the dot of `St.` ends a phrase, and so do `- ` and ` – ` in all of these
    "fr": "DMA GRD HKG JEY MAC MAF MUS REU SXM", "it": "JEY REU", "tr": "CCK COG MLI",
    "es": "BLM COG GRD HKG JEY MAC MAF MUS REU SHN", "pl": "COG DMA DNK HKG JEY MAC MLI TCD",
    "uk": "BTN CCK COD COG HKG MAC MLI TCD TGO VIR", "uz": "CCK HKG MAC PNG", "uz_Cyrl": "CCK HKG MAC PNG",
}
"""Locales of names.yaml, and the territories whose CLDR name means something else there too, holds another state (`Hong
Kong (China)`) or brackets: alone, it does not name just them."""


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
    hits = match_patterns(passages, CODEBOOK.anchors).filter(pl.col("variable") == "partner", pl.col("code") != HOME)
    found = dict(hits.group_by("document_id").agg(pl.col("code").unique()).iter_rows())
    assert len(cases) >= 200 and missed(cases, found, lambda case: case["partners"]) == []


@pytest.mark.parametrize("locale", AMBIGUOUS)
def test_every_territory_is_found_by_its_own_name_in_cldr(locale):
    territories, alpha_2 = Locale.parse(locale).territories, get_global("territory_aliases")
    codes = [code for code in (HOME, *CODEBOOK.partners) if len(code) == 3 and alpha_2.get(code, ["-"])[0] in territories]
    cases = [{"text": territories[alpha_2[code][0]], "partners": [code]} for code in codes]
    passages = as_passages([case["text"] for case in cases], [locale.split("_")[0]] * len(cases))
    hits = match_patterns(passages, CODEBOOK.anchors).filter(pl.col("variable") == "partner")
    found = dict(hits.group_by("document_id").agg(pl.col("code").unique()).iter_rows())
    wrong = {case[2][0] for case in missed(cases, found, lambda case: case["partners"])}
    assert len(codes) == 249 and wrong <= set(AMBIGUOUS[locale].split()), wrong - set(AMBIGUOUS[locale].split())


def test_a_pattern_of_a_further_language_names_one_partner_only():
    further = CODEBOOK.patterns.filter(pl.col("variable") == "partner", ~pl.col("language").is_in(EVERYWHERE),
                                       ~pl.col("swallows"))
    single = further.filter(pl.col("words").list.len() == 1).select(
        "language", "code", word=pl.col("words").list.first(), open=pl.col("open").list.first())
    both = single.filter("open").join(single, on="language", suffix="_other").filter(
        pl.col("code") != pl.col("code_other"), pl.col("word_other").str.starts_with(pl.col("word")))
    twice = further.group_by("language", "words", "open", "capitals").agg(pl.col("code").unique()).filter(
        pl.col("code").list.len() > 1)
    assert both.rows() == [] and twice.rows() == []


def test_names_of_a_further_language_count_only_in_it_or_where_the_language_is_not_known():
    text = "Çad ve Çin"
    found = {language: match_patterns(as_passages([text], [language]), CODEBOOK.anchors)["code"].sort().to_list()
             for language in ("tr", "und", "az", "en")}
    assert found == {"tr": ["CHN", "TCD"], "und": ["CHN", "TCD"], "az": [], "en": []}


@pytest.mark.parametrize(("language", "text", "times"), [
    ("de", "Kasachstans Präsident Tokajew und kasachische Firmen", 3), ("fr", "Tokaïev et la délégation kazakhe", 2),
    ("it", "le imprese kazake e il Kazakistan", 2), ("es", "Tokáyev y las empresas kazajas de Kazajistán", 3),
    ("tr", "Kazakistan'ın Cumhurbaşkanı Tokayev Astana'da", 3), ("pl", "z Kazachstanem rozmawiał Tokajew", 2),
    ("uk", "Токаєва зустріли в Казахстані, в Астані", 3), ("uz", "Toʻqayev Qozogʻistonning Ostona shahrida", 3),
    ("uz", "Тўқаев Қозоғистоннинг Остона шаҳрида", 3), ("en", "Kazakhstan's Tokayev, spelt Tokaïev or Tokajew", 4),
])
def test_kazakhstan_is_recognised_in_every_language(language, text, times):
    hits = match_patterns(as_passages([text], [language]), CODEBOOK.anchors).filter(pl.col("variable") == "partner")
    assert hits["code"].unique().to_list() == [HOME] and hits["cue_start"].n_unique() == times


def test_themes_are_found_and_hard_negatives_are_not():
    cases, passages = read_cases("themes")
    codes = code_passages(passages, QUANTITIES.empty(), CODEBOOK, ROLES, BACKGROUND, PARAMS).filter(pl.col("variable") == "theme")
    found = dict(codes.group_by("document_id").agg(pl.col("code").unique()).iter_rows())
    assert len(cases) >= 120 and missed(cases, found, lambda case: case["themes"]) == []


def test_the_firmest_action_is_found_with_its_tense_and_negation():
    cases, passages = read_cases("actions")
    hits = code_passages(passages, find_quantities(passages, read_units()), CODEBOOK, ROLES, BACKGROUND, PARAMS)
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
    passages = as_passages([example["text"] for example in rule["examples"]],
                           [example.get("language", "en") for example in rule["examples"]])
    passages = passages.with_columns(kind=pl.lit("headline" if rule.get("headline") else "body"))
    codes = code_passages(passages, QUANTITIES.empty(), CODEBOOK, ROLES, BACKGROUND, PARAMS).filter(pl.col("variable") == "partner")
    for number, example in enumerate(rule["examples"]):
        roles = codes.filter(pl.col("document_id") == f"{number:04}", pl.col("code") == example["party"])["role"].unique()
        assert roles.to_list() == ([] if example["role"] == "nobody" else [example["role"]])


EXAMPLES = [(section, code, wanted, language, text)
            for language, content in read_languages().items() for section in ("themes", "actions")
            for code, entry in content[section].items() for wanted in ("yes", "no") for text in entry.get(wanted, ())]


def test_every_code_is_defined_and_every_language_has_patterns_for_it():
    for file, key in (("themes.yaml", "themes"), ("actions.yaml", "actions")):
        for code, entry in read_yaml(paths.CODEBOOK / file)[key].items():
            assert entry["definition"] and entry["label"], code
            assert all(content[key][code]["patterns"] for content in read_languages().values()), code
    languages = {(language, code) for section, code, _, language, _ in EXAMPLES if section == "themes"}
    assert languages == {(language, code) for language in read_languages() for code in CODEBOOK.themes}


@pytest.mark.parametrize("language", read_languages())
def test_examples_of_yes_have_their_theme_and_examples_of_no_do_not(language):
    examples = [row for row in EXAMPLES if row[0] == "themes" and row[3] == language]
    passages = as_passages([text for *_, text in examples], [language] * len(examples))
    codes = code_passages(passages, QUANTITIES.empty(), CODEBOOK, ROLES, BACKGROUND, PARAMS).filter(pl.col("variable") == "theme")
    found = dict(codes.group_by("document_id").agg(pl.col("code").unique()).iter_rows())
    wrong = [(code, wanted, text) for n, (_, code, wanted, _, text) in enumerate(examples)
             if (code in found.get(f"{n:04}", ())) != (wanted == "yes")]
    assert len(examples) >= 24 and wrong == []


def test_kazakhstan_is_never_its_own_partner():
    codes = code_passages(as_passages(["Kazakhstan, Astana and Tokayev signed with Serbia."]), QUANTITIES.empty(),
                          CODEBOOK, ROLES, BACKGROUND, PARAMS)
    assert set(codes.filter(pl.col("variable") == "partner")["code"]) == {"SRB"}


def test_a_text_with_no_passages_gives_no_codes():
    assert code_passages(as_passages([]), QUANTITIES.empty(), CODEBOOK, ROLES, BACKGROUND, PARAMS).is_empty()
