"""Cleaning: each furniture rule sets aside what its examples say, and nothing more."""

import time

import polars as pl
import pytest

from kzties.cleaning import find_furniture, find_rule, find_spans, read_furniture
from kzties.errors import CodebookError

FURNITURE = read_furniture()


def spans(text, pattern):
    table = pl.DataFrame({"document_id": ["text"], "text": [text]})
    return [text[start:end] for _, start, end in find_spans(table, pattern).iter_rows()]


@pytest.mark.parametrize("rule", FURNITURE.rules, ids=lambda rule: rule.name)
def test_a_rule_sets_aside_what_its_examples_say(rule):
    def found(text):
        return [text[start:end] for _, start, end in
                find_rule(pl.DataFrame({"document_id": ["text"], "text": [text]}), rule).iter_rows()]

    assert rule.sets_aside and rule.keeps, "every rule shows what it takes and what it leaves"
    for text, part in rule.sets_aside.items():
        assert found(text) == [part]
    for text in rule.keeps:
        assert found(text) == []


def test_no_rule_takes_what_another_rule_must_keep():
    kept = [(rule.name, text) for rule in FURNITURE.rules for text in rule.keeps if len(text.split()) >= 6 and "\n" not in text]
    texts = pl.DataFrame({"document_id": [str(number) for number in range(len(kept))], "text": [text for _, text in kept]})
    taken = find_furniture(texts, FURNITURE)
    whole = taken.join(texts, on="document_id").filter(pl.col("end") - pl.col("start") > pl.col("text").str.len_chars() * 0.6)
    assert whole.select("rule", "text").rows() == []


@pytest.mark.parametrize("text", [
    "Казахстан и Сербия подписали договор о поставках 45 тысяч тонн зерна, сообщили в министерстве. " * 10_500,
    "a" * 1_000_000, "<a " * 330_000, "1 " * 500_000, "АСТАНА " * 140_000,
], ids=["sentences", "one word", "tags", "figures", "capitals"])
def test_a_line_of_a_megabyte_is_read_in_seconds(text):
    begun = time.perf_counter()
    find_furniture(pl.DataFrame({"document_id": ["a"], "text": [text]}), FURNITURE)
    assert time.perf_counter() - begun < 6, "about one second on two cores; a catastrophic pattern takes minutes"


def test_spans_never_overlap_and_the_earlier_rule_has_the_stretch():
    text = " date 2026-03-06 © Outlet. All rights reserved.\nText of the day."
    found = find_furniture(pl.DataFrame({"document_id": ["a"], "text": [text]}), FURNITURE)
    assert (found["start"][1:] >= found["end"][:-1]).all()
    assert found["rule"].to_list() == ["injected_date", "copyright_sign"]


def test_positions_are_characters_also_behind_letters_of_several_bytes():
    assert spans("Қазақстан 12 и 345", r"\d+") == ["12", "345"]


def test_marks_in_a_text_cannot_shift_positions():
    assert spans("\x02\x03 a 12 \x02b 3", r"\d+") == ["12", "3"]


@pytest.mark.parametrize(("entry", "words"), [
    ("{name: x, reason: boredom, pattern: a}", "unknown reason 'boredom'"),
    ("{name: x, reason: comment, pattern: '(a'}", "rule 'x': the pattern cannot be compiled"),
    ("{name: x, reason: comment, pattern: '%gone%'}", "there is no list of words 'gone'"),
    ("{name: x, reason: comment, pattern: a, unles: b}", "unknown key 'unles'. Did you mean 'unless'?"),
])
def test_a_rule_that_cannot_be_carried_out_is_named(tmp_path, entry, words):
    (tmp_path / "furniture.yaml").write_text(f"background: {{}}\nrules:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(CodebookError, match=words.replace("(", r"\(")):
        read_furniture(tmp_path)


@pytest.mark.parametrize("sentence", [
    "Earlier, Serbia signed a treaty.", "As previously reported, trade grew.", "Напомним, товарооборот вырос.",
    "Ранее стороны подписали договор.", "Припомняме, че обменът нарасна.", "Еске салайық, сауда өсті.",
    "Бұған дейін тараптар келіскен.", "Eske salaıyq, saýda ósti.", "Buǵan deıin kelisilgen.", "Esterıŋızge sala keteiık, saua östi.",
    "Zur Erinnerung: Der Handel wuchs.", "Zuvor hatte Serbien unterzeichnet.", "Pour rappel, le commerce a crû.",
    "Rappelons que le commerce a crû.", "Ricordiamo che il commercio è cresciuto.", "Hatırlanacağı üzere ticaret arttı.",
    "İki ülke daha önce anlaşma imzalamıştı.", "Przypomnijmy: handel wzrósł.", "Нагадаємо, торгівля зросла.", "Раніше сторони підписали угоду.",
    "Eslatib o‘tamiz, savdo o‘sdi.", "Эслатиб ўтамиз, савдо ўсди.", "Avvalroq tomonlar kelishgan edi.",
])
def test_a_sentence_that_recalls_is_background(sentence):
    assert pl.Series([sentence]).str.contains(FURNITURE.background).item()


@pytest.mark.parametrize("sentence", [
    "Kazakhstan and Serbia signed a treaty.", "The parties recalled the treaty of 2018.", "Стороны напомнили о договоре.",
    "Recalls of cars were announced.", "Тараптар келісімге қол қойды.", "Serbien unterzeichnete den Vertrag.",
])
def test_news_is_no_background(sentence):
    assert not pl.Series([sentence]).str.contains(FURNITURE.background).item()
