"""Matching: one pass finds every pattern in any script, at its exact characters, longest match first."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kzties.compiling import anchor_patterns, compile_patterns
from kzties.errors import CodebookError
from kzties.matching import match_patterns


def patterns(*rows):
    """Build patterns from (variable, code, pattern[, language[, kind]])."""
    return compile_patterns((f"{row[0]}s.yaml", row[0], row[1], row[4] if len(row) > 4 else "patterns",
                             row[3] if len(row) > 3 else "en", row[2]) for row in rows)


def found(text, *rows, language="en", start=0):
    passages = pl.DataFrame({"document_id": ["a"], "passage": [1], "language": [language], "start": [start], "text": [text]})
    hits = match_patterns(passages, anchor_patterns(patterns(*rows)))
    for begin, end, cue in hits.select("cue_start", "cue_end", "cue").iter_rows():
        assert text[begin - start:end - start] == cue
    return sorted(hits.select("code", "cue").iter_rows())


KOREA, SOUTH = ("partner", "KOR", "korea*"), ("partner", "KOR", "south korea*")


def test_the_longest_match_wins():
    assert found("Ties with South Korea", KOREA, SOUTH) == [("KOR", "South Korea")]


def test_an_excluded_phrase_swallows_what_lies_in_it():
    turkey = ("partner", "TUR", "turkey"), ("partner", "TUR", "turkey meat", "en", "exclude")
    assert found("Exports of turkey meat to Turkey", *turkey) == [("TUR", "Turkey")]


def test_endings_are_open_only_where_a_star_says_so():
    assert found("трейд Сербию, сербов", ("partner", "SRB", "серби*", "ru"), language="ru") == [("SRB", "Сербию")]


def test_inner_words_may_have_any_ending():
    row = ("theme", "minerals", "критическ* сырь*", "ru")
    assert found("поставки критического сырья", row, language="ru") == [("minerals", "критического сырья")]


def test_dots_hyphens_apostrophes_and_line_ends_separate_words():
    assert found("the U.K.\u2019s role", ("partner", "GBR", "u k")) == [("GBR", "U.K")]
    assert found("Trans-Caspian\n  Route", ("theme", "transport", "trans caspian route")) == [
        ("transport", "Trans-Caspian\n  Route")]


def test_a_pattern_in_capitals_matches_only_capitals():
    us = ("partner", "USA", "US")
    assert found("The US and us", us) == [("USA", "US")]


def test_soft_hyphens_stress_marks_and_composed_letters_do_not_hide_a_word():
    assert found("Ка\u00adза\u0301хстан и Се\u0301рбия", ("partner", "SRB", "сербия", "ru"), language="ru")[0][0] == "SRB"
    assert found("Vuc\u030cic\u0301 came", ("partner", "SRB", "vučić")) == [("SRB", "Vuc\u030cic\u0301")]


def test_themes_count_only_in_passages_of_their_language_and_partners_in_all():
    assert found("Serbien will handeln", ("action", "intent", "will"), ("partner", "SRB", "serbien", "de"), language="de") == [
        ("SRB", "Serbien")]


def test_one_phrase_may_carry_two_codes():
    rows = ("theme", "trade", "electronic commerce"), ("theme", "digital", "electronic commerce")
    assert [code for code, _ in found("rules on electronic commerce", *rows)] == ["digital", "trade"]


def test_offsets_are_those_of_the_raw_text():
    assert found("Сербия", ("partner", "SRB", "сербия", "ru"), start=500, language="ru") == [("SRB", "Сербия")]


@settings(max_examples=150, deadline=None)
@given(some.text(max_size=80), some.text(max_size=20))
def test_a_name_is_found_at_its_offsets_whatever_stands_around_it(before, after):
    hits = found(f"{before} Сербия {after}", ("partner", "SRB", "сербия", "ru"), KOREA, SOUTH)
    assert ("SRB", "Сербия") in hits


@pytest.mark.parametrize("pattern", ["tr*de", "[trade]", "*", "   ", "trade (goods)", "trade**"])
def test_a_pattern_that_cannot_be_compiled_says_where(pattern):
    with pytest.raises(CodebookError, match="themes.yaml, 'trade', patterns.en"):
        patterns(("theme", "trade", pattern))


def test_a_pattern_never_reaches_over_a_comma_or_a_sentence():
    row = ("theme", "energy", "energy industry")
    assert found("energy, industry. Energy; industry", row) == [] and len(found("the energy industry", row)) == 1
