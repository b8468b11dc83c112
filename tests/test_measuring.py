"""Quantities: what is read in a text, what is not, and that every one points at the characters it was read in."""

import copy
import random
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzties.counting import read_nouns
from kzties.errors import CodebookError
from kzties.measuring import find_quantities
from kzties.paths import CODEBOOK
from kzties.tables import QUANTITIES, check_table
from kzties.units_grammar import build_grammar, read_units

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "quantities.yaml").read_text(encoding="utf-8"))
UNITS = read_units()
UNITS_CONTENT = yaml.load((CODEBOOK / "units.yaml").read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
OFFSET = 7
"""Where the passages of these tests begin in their raw texts."""

# one example is a whole table of texts: compiling the rules costs more than reading a hundred texts
few_tables = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))


def write_passages(*texts: tuple[str, str]) -> pl.DataFrame:
    """Return kept passages, one a document, from (language, text) pairs."""
    schema = {"document_id": pl.String, "item": pl.Int64, "passage": pl.Int64, "language": pl.String,
              "start": pl.Int64, "text": pl.String}
    rows = [(f"{number:05}", 1, 1, language, OFFSET, text) for number, (language, text) in enumerate(texts)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def read_all(texts: list[tuple[str, str]]) -> list[list[dict]]:
    """Return the quantities of each text."""
    found: list[list[dict]] = [[] for _ in texts]
    for row in find_quantities(write_passages(*texts), UNITS).to_dicts():
        found[int(row["document_id"])].append(row)
    return found


def read(language: str, text: str) -> list[dict]:
    """Return the quantities of one text."""
    return read_all([(language, text)])[0]


def name_case(number: int) -> str:
    return f"{CASES[number]['language']}: {CASES[number]['text'][:50]}"


@pytest.fixture(scope="module")
def case_table() -> pl.DataFrame:
    return find_quantities(write_passages(*[(case["language"], case["text"]) for case in CASES]), UNITS)


@pytest.fixture(scope="module")
def quantities_of_cases(case_table) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in case_table.to_dicts():
        found.setdefault(row["document_id"], []).append(row)
    return found


@pytest.mark.parametrize("number", range(len(CASES)), ids=name_case)
def test_case_is_read_as_the_codebook_has_it(number, quantities_of_cases):
    expected, found = CASES[number]["quantities"], quantities_of_cases.get(f"{number:05}", [])
    compared = [{field: row[field] for field in (expected[place] if place < len(expected) else ("value", "unit"))}
                for place, row in enumerate(found)]
    assert compared == expected


def test_there_are_cases_in_every_language_that_the_codebook_names():
    assert len(CASES) >= 150
    assert {case["language"] for case in CASES} >= set(UNITS.blocks) - {"any"}


def test_no_passages_give_an_empty_table_with_all_columns():
    assert find_quantities(write_passages(), UNITS).schema == pl.Schema(QUANTITIES.schema)


def test_passages_without_numbers_give_no_rows():
    table = find_quantities(write_passages(("en", "Talks were held."), ("ru", "Обсудили торговлю."), ("en", "")), UNITS)
    assert table.is_empty() and table.schema == pl.Schema(QUANTITIES.schema)


def test_table_fits_its_description(case_table):
    check_table("quantities", case_table)


def test_passages_in_any_order_give_the_same_table(case_table):
    passages = write_passages(*[(case["language"], case["text"]) for case in CASES])
    assert find_quantities(passages.reverse(), UNITS).equals(case_table)


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
    "en": [(",", "."), (" ", ".")], "ru": [("", ","), (" ", ","), ("\u00a0", ",")], "bg": [(" ", ","), ("\u00a0", ",")],
    "kk": [(" ", ","), ("\u202f", ",")], "de": [(".", ","), ("\u202f", ",")], "fr": [("\u202f", ","), (" ", ",")],
    "it": [(".", ",")], "tr": [(".", ",")], "pl": [(" ", ",")], "uk": [(" ", ",")], "uz": [(" ", ",")],
}
PRINTED = [(language, group, point) for language, pairs in FORMATS.items() for group, point in pairs]
DECIMALS = st.from_regex("[0-9]{1,2}", fullmatch=True) | st.just("")


def many(*parts: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(st.tuples(*parts), min_size=60, max_size=150)


@few_tables
@given(many(st.sampled_from(PRINTED), st.integers(0, 10**12), DECIMALS))
def test_a_number_printed_in_a_locale_is_read_back(numbers):
    texts = [(language, f"({f'{whole:,}'.replace(',', group)}{point + decimals if decimals else ''} km)")
             for (language, group, point), whole, decimals in numbers]
    expected = [[(float(f"{whole}.{decimals or 0}"), "km")] for _, whole, decimals in numbers]
    assert [[(row["value"], row["unit"]) for row in rows] for rows in read_all(texts)] == expected


@few_tables
@given(many(st.integers(1, 999), st.integers(0, 9),
            st.sampled_from([(3, "thousand"), (6, "million"), (9, "billion"), (12, "trillion")])))
def test_scales_multiply_without_rounding(numbers):
    texts = [("en", f"worth {whole}.{tenths} {word} euros") for whole, tenths, (_, word) in numbers]
    expected = [[(whole * 10 + tenths) * 10 ** (power - 1)] for whole, tenths, (power, _) in numbers]
    assert [[row["value"] for row in rows] for rows in read_all(texts)] == expected


@few_tables
@given(many(st.integers(1, 500), st.integers(1, 500),
            st.sampled_from(["from {} to {}", "between {} and {}", "{}-{}", "{} – {}", "{} to {}"])))
def test_two_numbers_are_never_merged(ranges):
    texts = [("en", shape.format(low, low + more) + " million tonnes") for low, more, shape in ranges]
    for (low, more, _), rows in zip(ranges, read_all(texts), strict=True):
        ends = [(low * 1e6, "from"), ((low + more) * 1e6, "to")]
        assert [(row["value"], row["role"]) for row in rows] == ends


# Any text at all

WORDS = [*[case["text"] for case in CASES], "\x01", "\n", "\u2024", "٣٤ km", "½", "1e9 km", "9" * 400 + " km", "−5%", "🚆",
         "İ 5 km", "."]


def check_surfaces(texts: list[tuple[str, str]]) -> None:
    found = check_table("quantities", find_quantities(write_passages(*texts), UNITS))
    for row in found.to_dicts():
        raw = "x" * OFFSET + texts[int(row["document_id"])][1]
        assert raw[row["start"]:row["end"]] == row["surface"] != ""


@few_tables
@given(many(st.sampled_from([*UNITS.blocks, "und", "zh"]), st.lists(st.sampled_from(WORDS) | st.text(), max_size=4),
            st.sampled_from(["", " ", ". "])))
def test_offsets_always_give_the_surface_back(texts):
    check_surfaces([(language, joint.join(parts)) for language, parts, joint in texts])


def test_thousands_of_random_texts_never_raise():
    draw = random.Random(5)
    alphabet = "0123456789.,-–— $€%+()[]'’\u00a0\x01\nаяұkmtТУsİß½٣ 🚆"
    check_surfaces([(draw.choice([*UNITS.blocks, "und"]), "".join(draw.choices(alphabet, k=draw.randrange(60))))
                    for _ in range(3000)])


WORDLESS = {
    "date": lambda draw: f"{draw.randrange(1, 29):02}.{draw.randrange(1, 13):02}.{draw.randrange(1990, 2031)}",
    "iso": lambda draw: f"{draw.randrange(1990, 2031)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
    "time": lambda draw: f"{draw.randrange(24):02}:{draw.randrange(60):02}",
    "phone": lambda draw: f"+7 (7{draw.randrange(100, 999)}) {draw.randrange(100, 999)}-{draw.randrange(10, 99)}-"
                          f"{draw.randrange(10, 99)}",
    "version": lambda draw: f"{draw.randrange(1, 20)}.{draw.randrange(20)}.{draw.randrange(20)}",
    "flight": lambda draw: f"KC{draw.randrange(100, 999)}",
    "model": lambda draw: f"A{draw.randrange(300, 380)}-{draw.randrange(100, 999)}",
    "format": lambda draw: f"C{draw.randrange(2, 9)}+{draw.randrange(1, 9)}",
}


@pytest.mark.parametrize("kind", WORDLESS)
def test_dates_phones_versions_and_names_give_no_quantity_in_any_language(kind):
    draw = random.Random(11)
    names = [WORDLESS[kind](draw) for _ in range(40)]
    texts = [(language, f"{name}{end}") for name in names for language in UNITS.blocks for end in (".", " (%)", ", ")]
    found = [(text, row["surface"]) for text, rows in zip(texts, read_all(texts), strict=True) for row in rows]
    assert found == []


# The codebook file

def write_units(folder: Path, change) -> Path:
    content = copy.deepcopy(UNITS_CONTENT)
    change(content)
    shutil.copy(CODEBOOK / "nouns.yaml", folder)
    (folder / "units.yaml").write_text(yaml.dump(content, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)))
    return folder


def english(units: dict) -> dict:
    return units["languages"]["en"]


@pytest.mark.parametrize(("change", "said"), [
    (lambda units: units["languages"].update(enn={}), "units.yaml, languages: unknown key 'enn'. Did you mean 'en'?"),
    (lambda units: english(units).update(unites={}), "units.yaml, en: unknown key 'unites'. Did you mean 'units'?"),
    (lambda units: english(units)["currencies"].update(USDD=["x"]), "unknown key 'USDD'. Did you mean 'USD'?"),
    (lambda units: english(units)["currencies"]["USD"].append("do*lar"), "the pattern 'do*lar' cannot be compiled"),
    (lambda units: english(units)["currencies"]["USD"].append(True), "en.currencies.USD: the pattern 'True' is no text"),
    (lambda units: english(units)["currencies"].update(USD="bucks"), "en.currencies.USD: expected patterns"),
    (lambda units: english(units)["currencies"]["EUR"].append("dollar*"), "stands under 'EUR' and 'USD'"),
    (lambda units: english(units)["separators"].update({",": "grup"}), "units.yaml, en.separators: ',: grup' says"),
    (lambda units: english(units)["bounds"].update(exact=["just"]), "units.yaml, en.bounds: unknown key 'exact'"),
    (lambda units: english(units)["periods"].update(weeks={}), "units.yaml, en.periods: unknown key 'weeks'"),
])
def test_what_units_yaml_cannot_mean_is_said_with_file_and_key(tmp_path, change, said):
    with pytest.raises(CodebookError) as raised:
        read_units(write_units(tmp_path, change))
    assert said in str(raised.value)


@pytest.mark.parametrize(("line", "said"), [
    ("nuons: {}", "nouns.yaml: unknown key 'nuons'. Did you mean 'nouns'?"),
    ("nouns: {truck: {rus: [фура]}}", "nouns.yaml, truck: unknown language 'rus'. Did you mean 'ru'?"),
    ("nouns: {truck: {ru: фура}}", "nouns.yaml, truck.ru: expected patterns, found 'фура'"),
    ("nouns: {truck: {ru: [ф*ра]}}", "nouns.yaml, truck.ru: the pattern 'ф*ра' cannot be compiled"),
    ("nouns: {truck: {ru: [7]}}", "nouns.yaml, truck.ru: the pattern '7' is no text"),
    ("nouns: {truck: {ru: [фура]}, cart: {ru: [фура]}}", "nouns.yaml, ru: 'фура' stands under 'truck' and 'cart'"),
])
def test_what_nouns_yaml_cannot_mean_is_said_with_file_and_key(tmp_path, line, said):
    (tmp_path / "nouns.yaml").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(CodebookError) as raised:
        read_nouns(tmp_path)
    assert said in str(raised.value)


def test_a_new_language_is_only_a_new_block(tmp_path):
    def add_language(units):
        del units["languages"]["de"]
        units["languages"]["de"] = {"separators": {",": "decimal"}, "currencies": {"EUR": ["öre*"]}}
    units = read_units(write_units(tmp_path, add_language))
    (row,) = find_quantities(write_passages(("de", "5,5 ören")), units).to_dicts()
    assert (row["value"], row["unit"]) == (5.5, "EUR")


@pytest.mark.parametrize("language", sorted(set(UNITS.blocks) - {"any", "kk-Latn"}))
def test_every_rule_compiles(language):
    rules = build_grammar(language, UNITS).rules.values()
    assert pl.select(pl.lit("").str.contains(rule).alias(str(number)) for number, rule in enumerate(rules)).height == 1
