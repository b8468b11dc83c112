"""Quantities: what is read in a text, what is not, and that every one points at the characters it was read in."""

import random
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kzties.errors import CodebookError
from kzties.measuring import find_quantities
from kzties.paths import CODEBOOK
from kzties.tables import QUANTITIES, check_table
from kzties.units_grammar import build_grammar, read_units

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "quantities.yaml").read_text(encoding="utf-8"))
UNITS = read_units()
OFFSET = 7
"""Where the passages of these tests begin in their raw texts."""

few_examples = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def write_passages(*texts: tuple[str, str]) -> pl.DataFrame:
    """Return kept passages, one a document, from (language, text) pairs."""
    schema = {"document_id": pl.String, "item": pl.Int64, "passage": pl.Int64, "language": pl.String,
              "start": pl.Int64, "text": pl.String}
    return pl.DataFrame([(f"{number:05}", 1, 1, language, OFFSET, text) for number, (language, text) in enumerate(texts)],
                        schema=schema, orient="row")


def read(language: str, text: str) -> list[dict]:
    """Return the quantities of one passage."""
    return find_quantities(write_passages((language, text)), UNITS).to_dicts()


@pytest.fixture(scope="module")
def quantities_of_cases() -> dict[str, list[dict]]:
    table = find_quantities(write_passages(*[(case["language"], case["text"]) for case in CASES]), UNITS)
    found: dict[str, list[dict]] = {}
    for row in table.to_dicts():
        found.setdefault(row["document_id"], []).append(row)
    return found


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number]['language']}: {CASES[number]['text'][:50]}")
def test_case_is_read_as_the_codebook_has_it(number, quantities_of_cases):
    expected, found = CASES[number]["quantities"], quantities_of_cases.get(f"{number:05}", [])
    compared = [{field: row[field] for field in (expected[place] if place < len(expected) else ("value", "unit"))}
                for place, row in enumerate(found)]
    assert compared == expected


def test_there_are_cases_enough_in_every_language_that_the_codebook_names():
    assert len(CASES) >= 150
    assert {case["language"] for case in CASES} >= set(UNITS.blocks) - {"any"}


def test_no_passages_give_an_empty_table_with_all_columns():
    assert find_quantities(write_passages(), UNITS).schema == pl.Schema(QUANTITIES.schema)


def test_a_passage_without_numbers_gives_no_rows():
    assert find_quantities(write_passages(("en", "Talks were held."), ("ru", "Обсудили торговлю.")), UNITS).is_empty()


def test_table_fits_its_description():
    check_table("quantities", find_quantities(write_passages(*[(case["language"], case["text"]) for case in CASES]), UNITS))


def test_passages_in_any_order_give_the_same_table():
    passages = write_passages(*[(case["language"], case["text"]) for case in CASES])
    assert find_quantities(passages.reverse(), UNITS).equals(find_quantities(passages, UNITS))


def test_passages_are_not_changed():
    passages = write_passages(("en", "worth $5\u00a0million"))
    before = passages.clone()
    find_quantities(passages, UNITS)
    assert passages.equals(before)


def test_surface_keeps_the_space_that_was_printed():
    assert read("en", "\u2009worth $5\u00a0million")[0]["surface"] == "$5\u00a0million"


def test_repeated_numbers_of_a_passage_keep_their_own_places():
    first, second = read("en", "Exports of 5 km. Imports of 5 km.")
    assert (first["start"], second["start"]) == (OFFSET + 11, OFFSET + 28)


def test_period_of_another_sentence_is_not_borrowed():
    assert read("en", "In 2025 they met. Trade grew by 5%.")[0]["period"] is None


# Any number, in any format that can be printed

FORMATS = {
    "en": [(",", "."), (" ", ".")], "ru": [("", ","), (" ", ","), ("\u00a0", ","), (".", ",")], "bg": [(" ", ","), ("\u00a0", ",")],
    "kk": [(" ", ","), ("\u202f", ",")], "de": [(".", ","), ("\u202f", ",")], "fr": [("\u202f", ","), (" ", ",")],
    "it": [(".", ",")], "tr": [(".", ",")], "pl": [(" ", ",")], "uk": [(" ", ",")], "uz": [(" ", ",")],
}
PRINTED = [(language, group, point) for language, pairs in FORMATS.items() for group, point in pairs]


def write_number(whole: int, decimals: str, group: str, point: str) -> str:
    return f"{whole:,}".replace(",", group) + (point + decimals if decimals else "")


@few_examples
@given(st.sampled_from(PRINTED), st.integers(0, 10**12), st.from_regex("[0-9]{1,2}", fullmatch=True) | st.just(""))
def test_a_number_printed_in_a_locale_is_read_back(printed, whole, decimals):
    language, group, point = printed
    if group == "." and language == "ru" and 1000 <= whole < 10**6 and not decimals:
        return  # 1.456 is ambiguous in Russian
    text = f"({write_number(whole, decimals, group, point)} km)"
    assert [(row["value"], row["unit"]) for row in read(language, text)] == [(float(f"{whole}.{decimals or 0}"), "km")]


@few_examples
@given(st.integers(1, 999), st.integers(0, 9), st.sampled_from([(3, "thousand"), (6, "million"), (9, "billion"), (12, "trillion")]))
def test_scales_multiply_without_rounding(whole, tenths, scale):
    power, word = scale
    (row,) = read("en", f"worth {whole}.{tenths} {word} euros")
    assert row["value"] == (whole * 10 + tenths) * 10 ** (power - 1)


@few_examples
@given(st.integers(1, 500), st.integers(1, 500), st.sampled_from(["from {} to {}", "between {} and {}", "{}-{}", "{} – {}", "{} to {}"]))
def test_two_numbers_are_never_merged(low, more, shape):
    rows = read("en", shape.format(low, low + more) + " million tonnes")
    ends = [(row["value"], row["role"]) for row in rows]
    assert ends in ([(low * 1e6, "from"), ((low + more) * 1e6, "to")], [((low + more) * 1e6, "to")], [((low + more) * 1e6, None)])


# Any text at all

WORDS = [case["text"] for case in CASES] + ["\x01", "\n", "\u2024", "٣٤ km", "½", "1e9 km", "9" * 400 + " km", "−5%", "🚆", "İ 5 km", "."]


@few_examples
@given(st.sampled_from([*UNITS.blocks, "und", "zh"]), st.lists(st.sampled_from(WORDS) | st.text(), max_size=5), st.sampled_from(["", " ", ". "]))
@example("any", ["5 km"], " ")
def test_offsets_always_give_the_surface_back(language, parts, joint):
    text = joint.join(parts)
    raw = "x" * OFFSET + text
    for row in read(language, text):
        assert raw[row["start"]:row["end"]] == row["surface"] != ""


def test_many_random_texts_never_raise():
    draw = random.Random(5)
    alphabet = "0123456789.,-–— $€%+()[]'’\u00a0\x01\nаяұkmtTУsİß½٣ 🚆"
    texts = [(draw.choice([*UNITS.blocks, "und"]), "".join(draw.choices(alphabet, k=draw.randrange(60)))) for _ in range(2000)]
    passages = write_passages(*texts)
    found = check_table("quantities", find_quantities(passages, UNITS))
    raw = {document: "x" * OFFSET + text for document, text in passages.select("document_id", "text").iter_rows()}
    assert all(raw[row["document_id"]][row["start"]:row["end"]] == row["surface"] for row in found.iter_rows(named=True))


# The codebook file

def write_units(folder: Path, change) -> Path:
    content = yaml.safe_load((CODEBOOK / "units.yaml").read_text(encoding="utf-8"))
    change(content)
    (folder / "units.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("change", "said"), [
    (lambda units: units["languages"].update(enn={}), "units.yaml, languages: unknown key 'enn'. Did you mean 'en'?"),
    (lambda units: units["languages"]["en"].update(nuons={}), "units.yaml, en: unknown key 'nuons'. Did you mean 'nouns'?"),
    (lambda units: units["languages"]["en"]["nouns"].update(compny=["x"]), "en.nouns: unknown key 'compny'. Did you mean 'company'?"),
    (lambda units: units["languages"]["en"]["nouns"]["company"].append("fi*rm"), "the pattern 'fi*rm' cannot be compiled"),
    (lambda units: units["languages"]["en"]["nouns"]["company"].append(True), "the pattern 'True' is no text"),
    (lambda units: units["languages"]["en"]["nouns"]["project"].append("firms"), "'firms' stands under 'company' and 'project'"),
    (lambda units: units["languages"]["en"]["separators"].update({",": "grup"}), "en.separators"),
    (lambda units: units["languages"]["en"]["bounds"].update(exact=["just"]), "en.bounds: unknown key 'exact'"),
])
def test_what_units_yaml_cannot_mean_is_said_with_file_and_key(tmp_path, change, said):
    with pytest.raises(CodebookError) as raised:
        read_units(write_units(tmp_path, change))
    assert said in str(raised.value)


def test_a_new_language_is_only_a_new_block(tmp_path):
    def add_language(units):
        del units["languages"]["de"]
        units["languages"]["de"] = {"separators": {",": "decimal"}, "currencies": {"EUR": ["öre*"]}}
    units = read_units(write_units(tmp_path, add_language))
    (row,) = find_quantities(write_passages(("de", "5,5 ören")), units).to_dicts()
    assert (row["value"], row["unit"]) == (5.5, "EUR")


@pytest.mark.parametrize("language", [name for name in UNITS.blocks if name not in ("any", "kk-Latn")])
def test_every_rule_compiles(language):
    for rule in build_grammar(language, UNITS).rules.values():
        pl.select(pl.lit("").str.contains(rule))
