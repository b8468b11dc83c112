"""Linking: reports of one happening are one event, whatever the outlet, the address or the language; others stay apart."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from kzties.cleaning import read_furniture
from kzties.parameters import read_params
from kzties.segmenting import segment
from kzties.staging import make_codes, make_ties
from kzties.tables import DOCUMENTS

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "events.yaml").read_text(encoding="utf-8"))
PARAMS = read_params()


@pytest.fixture(scope="module")
def linked():
    """Return items, events and ties of all reports, each in a document of its own named by its event."""
    names = [f"{number:02}{case['event']}" for number, case in enumerate(CASES)]
    documents = pl.DataFrame([{"document_id": name, "path": name, "status": "read", "published": case["published"],
                               "published_from": "declared", "url": f"https://example.org/{name}"}
                              for name, case in zip(names, CASES, strict=True)], schema=DOCUMENTS.schema)
    texts = pl.DataFrame({"document_id": names, "text": [case["text"] for case in CASES]})
    documents, passages = segment(documents, texts, read_furniture(), PARAMS["passages"])
    codes, quantities = make_codes(passages, PARAMS["codes"])
    return make_ties(documents, passages, codes, quantities, PARAMS["ties"])


def test_reports_of_one_happening_are_one_event_and_others_stay_apart(linked):
    _, events, _ = linked
    found = {frozenset(documents) for documents in events["documents"]}
    wanted = {frozenset(f"{number:02}{case['event']}" for number, case in enumerate(CASES) if case["event"] == event)
              for event in {case["event"] for case in CASES}}
    assert found == wanted


def test_every_joined_pair_says_why(linked):
    _, events, _ = linked
    reasons = " ".join(events["link_reasons"].explode().drop_nulls())
    assert "print the same words" in reasons and "give the same figures: 34000000.0 EUR, 60.0 MW" in reasons
    assert "report the same tie in two languages: SRB, minerals and transport" in reasons
    assert (events.filter(pl.col("items").list.len() > 1)["link_reasons"].list.len() > 0).all()


def test_an_item_says_with_whom_about_what_and_how_firm(linked):
    items, _, ties = linked
    loan = items.filter(pl.col("document_id").str.starts_with("07")).row(0, named=True)
    assert (loan["main_partner"], loan["main_action"]) == ("EBRD", "commitment") and "energy" in loan["main_themes"]
    assert items["relevant"].all() and set(ties["partner"]) >= {"UZB", "SRB", "EBRD", "POL"}
