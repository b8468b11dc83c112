"""Segmenting: passages tile every text, digests fall into items, and what repeats is said once."""

import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kzties import paths
from kzties.cleaning import read_furniture
from kzties.parameters import read_params
from kzties.segmenting import segment, split_sentences
from kzties.staging import make_passages
from kzties.tables import DOCUMENTS, check_table
from wild_pages import TRILINGUAL, WILD

FURNITURE, PARAMS = read_furniture(), read_params()["passages"]


def cut(**texts):
    """Segment texts given by name."""
    documents = pl.DataFrame([{"document_id": name, "path": name, "status": "read", "published_from": "none",
                               "characters": len(text)} for name, text in texts.items()], schema=DOCUMENTS.schema)
    return segment(documents, pl.DataFrame({"document_id": list(texts), "text": list(texts.values())}), FURNITURE, PARAMS)


def kept(passages):
    return passages.filter("kept")["text"].to_list()


PIECES = (
    " date 2026-03-06 ", "\n", "\r\n", "\r", "\u2028", "- item\n", "ASTANA – ", "БАКУ, 22 мая, APA. ", "Tell a friend\n", "© x\n",
    "<script>x</script>", "<b>", "&nbsp;", "1 0 Reply\n", "Comments (2)\n", "“Said.”", "Читайте также: Китай купил зерно\n", "Read also\n",
    "По теме:\n", "Serbia buys grain", "Стороны подписали договор о поставках зерна в Сербию.", ", сообщает РИА Новости.", "USD 478.32 EUR 512.10\n",
    "Home | News | World\n", "12 марта 2026, 10:00\n", "pic.twitter.com/x ", "Нашли ошибку? Ctrl+Enter", "Фото: Акорда\n", "📌 ", "𐐷", "е\u0301",
)


@settings(max_examples=60, deadline=None)
@given(some.lists(some.one_of(some.text(max_size=40), some.sampled_from(PIECES)), max_size=12))
def test_kept_and_set_aside_are_every_character_whatever_the_text(pieces):
    text = "".join(pieces) or "x"
    passages = check_table("passages", cut(text=text)[1])
    assert "".join(passages["text"]) == text
    assert passages["start"].to_list() == [0, *passages["end"].to_list()[:-1]]
    assert passages["end"].to_list()[-1] == len(text)
    assert all(text[start:end] == part for start, end, part in passages.select("start", "end", "text").iter_rows())
    assert passages.filter(~pl.col("kept"))["reason"].null_count() == 0
    assert all(part.strip(" \t") == part or "\n" in part or "\r" in part for part in kept(passages))


@settings(max_examples=15, deadline=None)
@given(some.lists(some.sampled_from(PIECES), min_size=1, max_size=12))
def test_line_ends_of_windows_change_nothing_that_is_kept(pieces):
    text = "".join(pieces).replace("\r\n", "\n").replace("\r", "\n")
    unix, windows = cut(a=text)[1], cut(a=text.replace("\n", "\r\n"))[1]
    assert [part.replace("\r\n", "\n") for part in kept(windows)] == kept(unix)


@pytest.mark.parametrize(("page", "wanted", "recalled"), [case[1:] for case in WILD], ids=[case[0] for case in WILD])
def test_an_odd_page_keeps_its_news_and_nothing_else(page, wanted, recalled):
    passages = cut(a=page)[1]
    assert kept(passages) == wanted
    assert [number for number, back in enumerate(passages.filter("kept")["background"]) if back] == recalled


def test_a_story_told_in_three_languages_is_one_item():
    passages = cut(a=TRILINGUAL)[1].filter("kept")
    assert passages["item"].unique().to_list() == [1]
    assert passages["language"].to_list() == ["kk", "kk", "ru", "ru", "en", "en"]


def test_what_is_left_of_a_sentence_without_its_credit_is_no_headline():
    _, passages = cut(a="Serbia buys grain\nKazakhstan sold 500 tonnes, reported Akorda. It was paid at once.")
    assert passages.filter("kept")["kind"].to_list() == ["headline", "body", "body"]


def test_the_day_that_the_page_prints_is_believed_before_the_injected_one():
    documents, _ = cut(a=" date 2025-05-15 Title of the page\n14 May 2025 17:36\nThe news is short.")
    assert documents.select("published", "published_from").row(0) == (datetime.date(2025, 5, 14), "dateline")
    assert documents["note"].item() == "The page prints 2025-05-14; the injected date 2025-05-15 is not used."


@pytest.mark.parametrize(("text", "day"), [
    (" date 2024-03-15 ТАШКЕНТ, 14 мар — Sputnik. Казахстан поставит зерно.", datetime.date(2024, 3, 14)),
    (" date 2025-01-01 БАКУ, 31 декабря, APA. Казахстан поставит зерно.", datetime.date(2024, 12, 31)),
    ("ALMATY, KAZAKHSTAN (4 July 2024) — The bank lends money.", datetime.date(2024, 7, 4)),
    ("Исламабад, 2025 жылғы 12 желтоқсан – Қазақстан мұнай сатты.", datetime.date(2025, 12, 12)),
])
def test_a_dateline_tells_the_day(text, day):
    assert cut(a=text)[0]["published"].item() == day


def test_the_five_texts_are_tiled_and_dated():
    documents, passages = make_passages(paths.RAW, PARAMS)
    for name, end in passages.group_by("document_id").agg(pl.col("end").max()).iter_rows():
        assert end == documents.filter(document_id=name)["characters"].item()
    days = {row["document_id"][:3]: (str(row["published"]), row["published_from"], row["language"])
            for row in documents.iter_rows(named=True)}
    assert days["000"] == ("2026-03-06", "header", "en") and days["002"] == ("2026-02-27", "dateline", "bg")
    assert days["004"] == ("2025-01-26", "header", "en")


def test_the_digest_falls_into_items_and_articles_stay_whole():
    _, passages = make_passages(paths.RAW, PARAMS)
    items = {name[:3]: number for name, number in passages.group_by("document_id").agg(pl.col("item").max()).iter_rows()}
    assert items == {"000": 9, "001": 1, "002": 1, "003": 1, "004": 1}


def test_the_readers_comment_is_no_text_of_the_outlet():
    _, passages = make_passages(paths.RAW, PARAMS)
    comment = passages.filter(pl.col("reason") == "comment")["text"].item()
    assert "Русия и Китай" in comment and not any("Китай" in text for text in kept(passages))


def test_a_statement_printed_by_two_outlets_is_marked_but_kept():
    _, passages = make_passages(paths.RAW, PARAMS)
    repeated = passages.filter("kept", pl.col("duplicate_of").is_not_null())
    assert repeated.select("document_id", "duplicate_of").rows() == [
        ("001_46added8aa228eea", "000_7bafee5e883e0570/18"), ("001_46added8aa228eea", "000_7bafee5e883e0570/20")]


def test_a_title_repeated_in_the_text_is_set_aside():
    _, passages = cut(a="Serbia opens a plant\n\nSerbia opens a plant\n\nThe plant stands in Almaty region.")
    assert kept(passages) == ["Serbia opens a plant", "The plant stands in Almaty region."]


def test_a_list_goes_with_its_lead_in():
    _, passages = cut(a="The sides agreed on:\n- trade;\n- transport.\nThey will meet again.")
    assert kept(passages) == ["The sides agreed on:\n- trade;\n- transport.", "They will meet again."]


def test_a_sentence_broken_over_lines_is_one_passage():
    _, passages = cut(a="Kazakhstan and Serbia signed\nten documents in Astana.\nThe talks go on.")
    assert kept(passages) == ["Kazakhstan and Serbia signed\nten documents in Astana.", "The talks go on."]


@pytest.mark.parametrize(("text", "language"), [
    ("Казахстан и Сербия подписали десять документов о сотрудничестве.", "ru"),
    ("Қазақстан мен Сербия он құжатқа қол қойды.", "kk"),
    ("Qazaqstan men Serbıa on qujatqa qol qoıdy, dep habarlady mınıstrlik.", "kk"),
    ("Казахстан и Сърбия подписаха десет документа за сътрудничество.", "bg"),
    ("Kazakhstan and Serbia signed ten documents on cooperation.", "en"),
    ("Kasachstan und Serbien unterzeichneten zehn Dokumente.", "de"),
    ("Казахстан і Сербія підписали десять документів про співпрацю.", "uk"),
    ("Qazaqstan men Serbia on qūjatqa qol qoidy, dep mälımdedı ministrlık.", "kk"),
    ("Қозоғистон ва Сербия ўнта ҳужжат имзолади.", "uz"),
    ("Qozog‘iston va Serbiya o‘nta hujjat imzoladi.", "uz"),
    ("Le Kazakhstan et la Serbie ont signé dix documents.", "fr"),
    ("Il Kazakistan e la Serbia hanno firmato dieci documenti.", "it"),
    ("Kazakistan ve Sırbistan on belge imzaladı.", "tr"),
    ("Kazachstan i Serbia podpisały dziesięć dokumentów.", "pl"),
    ("Индийский завод запустил в СЭЗ «Оңтүстік» линию по выпуску инсулина для больниц.", "ru"),
])
def test_the_language_of_a_passage_is_found(text, language):
    assert cut(a=text)[1].filter("kept")["language"].to_list() == [language]


def test_what_only_recalls_is_background():
    _, passages = cut(a="Kazakhstan and Serbia met.\nEarlier, Serbia signed a treaty.\nНапомним, товарооборот вырос.")
    assert passages.filter("kept")["background"].to_list() == [False, True, True]


def test_sentences_tile_their_passage_and_initials_do_not_end_them():
    text = "The U.K. deal is signed. It grew 3.5 percent! “Good,” he said."
    sentences = split_sentences(pl.DataFrame({"document_id": ["a"], "passage": [1], "start": [100], "text": [text]}))
    assert "".join(sentences["sentence_text"]) == text and len(sentences) == 3
    assert sentences["sentence_start"].to_list()[0] == 100


@pytest.mark.parametrize(("text", "count"), [
    ("Стороны были у Акорды.Президент прибыл.", 2), ("Рост 5%.Сербия купила зерно.", 2), ("Он был на ул.Абая в г.Астана.", 1),
    ("Dr. Marsh met Prof. Müller.", 1), ("10,5 Mrd. Tenge kostet es. Gut.", 2), ("See Tengrinews.kz for more.", 1),
])
def test_a_lost_space_hides_no_sentence_end_and_a_title_makes_none(text, count):
    sentences = split_sentences(pl.DataFrame({"document_id": ["a"], "passage": [1], "start": [0], "text": [text]}))
    assert len(sentences) == count and "".join(sentences["sentence_text"]) == text
