"""Cleaning: each furniture rule sets aside what its examples say, and nothing more."""

import polars as pl
import pytest

from kzties.cleaning import find_furniture, find_spans, read_furniture
from kzties.errors import CodebookError

FURNITURE = read_furniture()


def spans(text, pattern):
    table = pl.DataFrame({"document_id": ["text"], "text": [text]})
    return [text[start:end] for _, start, end in find_spans(table, pattern).iter_rows()]


@pytest.mark.parametrize("rule", FURNITURE.rules, ids=lambda rule: rule.name)
def test_a_rule_sets_aside_what_its_examples_say(rule):
    assert rule.sets_aside and rule.keeps, "every rule shows what it takes and what it leaves"
    for text, part in rule.sets_aside.items():
        assert spans(text, rule.pattern) == [part]
    for text in rule.keeps:
        assert spans(text, rule.pattern) == []


def test_spans_never_overlap_and_the_earlier_rule_has_the_stretch():
    text = " date 2026-03-06 © Outlet. All rights reserved.\nText of the day."
    found = find_furniture(pl.DataFrame({"document_id": ["a"], "text": [text]}), FURNITURE)
    assert (found["start"][1:] >= found["end"][:-1]).all()
    assert found["rule"].to_list() == ["injected_date", "reproduction_notice"]


def test_positions_are_characters_also_behind_letters_of_several_bytes():
    assert spans("Қазақстан 12 и 345", r"\d+") == ["12", "345"]


def test_marks_in_a_text_cannot_shift_positions():
    assert spans("\x02\x03 a 12 \x02b 3", r"\d+") == ["12", "3"]


@pytest.mark.parametrize(("entry", "words"), [
    ("{name: x, reason: boredom, pattern: a}", "unknown reason 'boredom'"),
    ("{name: x, reason: comment, pattern: '(a'}", "rule 'x': the pattern cannot be compiled"),
])
def test_a_rule_that_cannot_be_carried_out_is_named(tmp_path, entry, words):
    (tmp_path / "furniture.yaml").write_text(f"background: {{}}\nrules:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(CodebookError, match=words.replace("(", r"\(")):
        read_furniture(tmp_path)
