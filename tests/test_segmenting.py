"""Segmenting: passages tile every text, digests fall into items, and what repeats is said once."""

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

FURNITURE, PARAMS = read_furniture(), read_params()["passages"]


def cut(**texts):
    """Segment texts given by name."""
    documents = pl.DataFrame([{"document_id": name, "path": name, "status": "read", "published_from": "none",
                               "characters": len(text)} for name, text in texts.items()], schema=DOCUMENTS.schema)
    return segment(documents, pl.DataFrame({"document_id": list(texts), "text": list(texts.values())}), FURNITURE, PARAMS)


def kept(passages):
    return passages.filter("kept")["text"].to_list()


@settings(max_examples=60, deadline=None)
@given(some.lists(some.one_of(
    some.text(max_size=40), some.sampled_from([" date 2026-03-06 ", "\n", "\r\n", "- item\n", "ASTANA – ", "Tell a friend\n",
                                               "© x\n", "<script>x</script>", "1 0 Reply\n", "“Said.”", "\u2028"])), max_size=12))
def test_kept_and_set_aside_are_every_character_whatever_the_text(pieces):
    text = "".join(pieces) or "x"
    passages = check_table("passages", cut(text=text)[1])
    assert "".join(passages["text"]) == text
    assert passages["start"].to_list() == [0, *passages["end"].to_list()[:-1]]
    assert passages["end"].to_list()[-1] == len(text)
    assert passages.filter(~pl.col("kept"))["reason"].null_count() == 0


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
