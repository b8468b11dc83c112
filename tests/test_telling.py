"""Telling: every sentence holds for any corpus, none, one or many events, and never contradicts its table."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kzties.codebook import read_codebook
from kzties.tables import ACTIONS, TABLES, THEMES, check_table
from kzties.telling import Labels, count_numbers, fill_markdown, fill_plain, read_labels, tell_sentences
from kzties.wording import count, format_amount, format_value, join_words

CODEBOOK = read_codebook()
LABELS = Labels(CODEBOOK.partners | CODEBOOK.themes | CODEBOOK.actions)
PARTNERS = ("SRB", "GBR", "EU", "KOR", "UZB")


def build_corpus(ties):
    """Build tables from (partner, theme, action): each is an event of its own, told by a text of its own."""
    tables = {name: table.empty() for name, table in TABLES.items()}
    rows = {name: [] for name in TABLES}
    for number, (partner, theme, action) in enumerate(ties):
        name, event = f"text{number:05}", f"event{number:05}"
        rows["documents"].append({"document_id": name, "path": name, "status": "read", "published_from": "none",
                                  "language": "en"})
        rows["passages"].append({"document_id": name, "item": 1, "passage": 1, "kind": "body", "kept": True,
                                 "background": False, "language": "en", "start": 0, "end": 10, "text": "0123456789"})
        for variable, code in (("partner", partner), ("theme", theme), ("action", action)):
            if code:
                rows["codes"].append({"document_id": name, "item": 1, "passage": 1, "variable": variable, "code": code,
                                      "role": "counterpart" if variable == "partner" else None, "cue_start": 0,
                                      "cue_end": 5, "cue": "01234", "pattern": "x", "pattern_language": "en"})
        rows["events"].append({"event_id": event, "title": "x", "title_passage": f"{name}/1", "items": [f"{name}#1"],
                               "documents": [name], "partners": [partner], "main_partner": partner, "languages": ["en"],
                               "outlets": [name], "link_reasons": []})
        rows["ties"].append({"event_id": event, "partner": partner, "theme": theme, "action": action,
                             "documents": [name], "evidence": [f"{name}/1/0-5"], "amounts": [],
                             "action_evidence": [f"{name}/1/0-5"] if action else []})
    return tables | {name: check_table(name, pl.DataFrame(rows[name], schema=TABLES[name].schema))
                     for name in rows if rows[name]}


corpora = some.lists(some.tuples(some.sampled_from(PARTNERS), some.sampled_from(THEMES),
                                 some.sampled_from((None, *ACTIONS))), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(corpora)
def test_no_sentence_contradicts_its_table(ties):
    tables = build_corpus(ties)
    numbers = count_numbers(tables, LABELS)
    told = {name: fill_plain(text, numbers) for name, text in tell_sentences(tables, numbers, LABELS).items()}
    assert all("⟦" not in text and "None" not in text and "  " not in text for text in told.values())
    if not ties:
        assert told["title"] == "No foreign economic ties of Kazakhstan were found"
        return
    counts = {partner: sum(one == partner for one, *_ in ties) for partner in PARTNERS}
    leaders = [LABELS(partner) for partner in PARTNERS if counts[partner] == max(counts.values())]
    assert all(name in told["finding.partners"] for name in leaders)
    assert str(max(counts.values())) in told["finding.partners"]
    signed = {partner for partner, _, action in ties if action in ACTIONS[2:]}
    assert ("Nothing is signed" in told["finding.firmness"]) == (not signed)
    assert all(LABELS(partner) in told["finding.firmness"] for partner in signed)
    areas = [theme for _, theme, _ in ties if theme != "general"]
    assert ("finding.themes" in told) == bool(areas)


@pytest.mark.parametrize("size", [0, 1, 2, 10_000])
def test_sentences_hold_for_corpora_of_any_size(size):
    ties = [(PARTNERS[n % 5], THEMES[n % 12], ACTIONS[n % 6]) for n in range(size)]
    tables = build_corpus(ties)
    numbers = count_numbers(tables, LABELS)
    told = tell_sentences(tables, numbers, LABELS)
    plain = " ".join(fill_plain(text, numbers) for text in told.values())
    assert "1 events" not in plain and "1 partners" not in plain and "1 texts" not in plain
    if size == 10_000:
        assert "10,000" in plain


def test_a_code_that_hand_coding_does_not_bear_out_is_marked_wherever_it_is_named():
    agreement = check_table("agreement", pl.DataFrame([{
        "material": "test", "variable": "theme", "code": "trade", "language": "all", "n": 9, "positives": 3, "tentative": True,
        "codebook_version": "1"}], schema=TABLES["agreement"].schema))
    labels = read_labels(CODEBOOK, agreement)
    tables = build_corpus([("SRB", "trade", "talk")])
    numbers = count_numbers(tables, labels)
    told = tell_sentences(tables, numbers, labels)
    assert "trade (tentative)" in told["title"] and "Trade (tentative)" in told["finding.themes"]


def test_markdown_links_each_number_to_its_evidence():
    tables = build_corpus([("SRB", "trade", "talk"), ("EU", "trade", None)])
    numbers = count_numbers(tables, LABELS)
    assert "[2](#n-events){.number}" in fill_markdown("In ⟦events⟧ events.", numbers)


def test_words_for_numbers():
    assert (count(1, "event"), count(0, "event"), count(2, "country")) == ("1 event", "no events", "2 countries")
    assert join_words([]) == "none" and join_words(["a", "b"]) == "a and b"
    assert format_value(1234567) == "1.234567 million" and format_amount(0.5, "%") == "0.5%"
