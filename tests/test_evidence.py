"""Evidence: from any key back to the raw characters, and never a traceback for an odd one."""

import pytest
from example_tables import example_tables

from kzties.errors import EvidenceError
from kzties.evidence import Quote, find_evidence, show_quote, split_ids
from kzties.marking import passage_anchor, source_key

TABLES = example_tables()


@pytest.mark.parametrize("key", ["", "nothing", "a/9999999999999999999999", "a/1/2-1", "SRB/nothing", "x/y/z/w", "\x1b[31m"])
def test_an_unknown_key_is_said_to_be_unknown(key):
    with pytest.raises(EvidenceError, match="Nothing is known"):
        find_evidence(key, TABLES, {})


def test_a_near_miss_is_answered_with_the_nearest_key():
    known = TABLES["ties"].row(0, named=True)
    key = f"{known['partner']}/{known['theme']}"
    assert find_evidence(key, TABLES, {})
    with pytest.raises(EvidenceError, match="Did you mean"):
        find_evidence(key[:-1], TABLES, {})


def test_ids_are_split_into_document_passage_and_characters():
    assert split_ids(["a/b/3/10-12", "c/4"]).rows() == [("a/b", 3, 10, 12), ("c", 4, None, None)]


def test_no_text_can_steer_the_terminal():
    quote = Quote("a", 1, 0, 9, "en", "Out\x1b[31mlet", "1 January 2026", "a.txt", (("evil \x1b[2J\u202e", True),))
    shown = show_quote(quote)
    assert "\x1b" not in shown and "\u202e" not in shown and "[evil" in shown


def test_documents_with_alike_names_keep_anchors_of_their_own():
    names = ["a b", "a-b", "a_b", "новость", "обзоры!", "a#b"]
    assert len({source_key(name) for name in names}) == len({passage_anchor(name, 1) for name in names}) == len(names)
    assert all(key.isascii() and " " not in key for key in map(source_key, names))
