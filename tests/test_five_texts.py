"""The five real texts: what a careful reader finds in them is found, and nothing else is."""

import polars as pl
import pytest

from kzties import paths
from kzties.agreeing import compare, read_gold
from kzties.codebook import read_codebook
from kzties.evidence import find_evidence, quote_evidence
from kzties.parameters import read_params
from kzties.staging import code_folder
from kzties.telling import count_numbers, fill_plain, partner_events, read_labels, tell_sentences

PARAMS = read_params()


@pytest.fixture(scope="module")
def tables():
    built = code_folder(paths.RAW, PARAMS)
    agreement = compare(read_gold(), built["passages"], built["codes"], built["quantities"], PARAMS["agreement"])
    return built | {"agreement": agreement}


def figures(tables):
    """Each value and unit found, with its document."""
    return {(row["document_id"][:3], row["value"], row["unit"]) for row in tables["quantities"].iter_rows(named=True)}


def test_the_counterparts_are_those_the_texts_name(tables):
    assert set(partner_events(tables)["partner"]) == {
        "SRB", "GBR", "ESP", "KOR", "EU", "EAEU", "ARM", "BLR", "KGZ", "RUS", "USA"}


def test_the_united_states_are_a_partner_only_for_what_the_bulgarian_text_says(tables):
    assert tables["codes"].filter(pl.col("code") == "USA")["document_id"].unique().to_list() == ["002_ecec414edb9455d8"]


def test_russia_and_china_are_not_coded_from_the_readers_comment(tables):
    bulgarian = tables["codes"].filter(pl.col("document_id") == "002_ecec414edb9455d8")
    assert not set(bulgarian["code"]) & {"RUS", "CHN"}


def test_what_is_only_a_place_or_a_stop_is_no_counterpart(tables):
    roles = tables["codes"].filter(pl.col("variable") == "partner")
    assert set(roles.filter(pl.col("role") == "mentioned")["code"]) == {"BEL", "UZB", "CHN", "CUB", "RUS"}
    moscow = roles.filter(pl.col("cue") == "Moscow").row(0, named=True)
    assert (moscow["role"], moscow["rule"]) == ("mentioned", "capital_as_place")


def test_the_figures_are_there(tables):
    assert {("003", 45e6, "EUR"), ("003", 150e6, "EUR"), ("004", 28e6, "t"), ("004", 45e6, "t"), ("001", 60.0, "company"),
            ("002", 60.0, "company"), ("002", 10.0, "memorandum"), ("004", 1500.0, "km")} <= figures(tables)
    minerals = tables["quantities"].filter(pl.col("unit") == "mineral").row(0, named=True)
    assert (minerals["value"], minerals["of"]) == (22, 36)
    transit = tables["quantities"].filter(pl.col("unit") == "t", pl.col("value").is_in([28e6, 45e6]))
    assert dict(transit.select("value", "role").iter_rows()) == {28e6: "from", 45e6: "to"}


def test_the_talks_in_astana_are_one_event_with_three_sources(tables):
    talks = tables["events"].filter(pl.col("event_id") == "2026-02-27-SRB").row(0, named=True)
    assert [name[:3] for name in talks["documents"]] == ["000", "001", "002"] and talks["languages"] == ["bg", "en"]
    assert any("print the same words" in reason for reason in talks["link_reasons"])
    assert any("give the same figures: 60.0 company" in reason for reason in talks["link_reasons"])


def test_a_statement_printed_twice_counts_once(tables):
    amounts = tables["ties"].filter(pl.col("event_id") == "2026-02-27-SRB")["amounts"].explode().drop_nulls().unique()
    assert len(amounts) >= 3, "the three sources each print the 60 companies"
    from kzties.telling import list_amounts

    companies = list_amounts(tables).filter(pl.col("unit") == "company")
    assert companies.select("event_id", "value").rows() == [("2026-02-27-SRB", 60.0)]


def test_roads_at_home_are_coded_but_are_no_tie(tables):
    assert not tables["ties"].filter(pl.col("evidence").list.eval(
        pl.element().str.starts_with("000_7bafee5e883e0570/12/")).list.any()).height
    assert ("000", 554.6, "km") in figures(tables)


def test_every_cue_and_every_quantity_stands_in_the_raw_file(tables):
    for name, start, end, words in (("codes", "cue_start", "cue_end", "cue"), ("quantities", "start", "end", "surface")):
        for row in tables[name].iter_rows(named=True):
            raw = (paths.RAW / f"{row['document_id']}.txt").read_bytes().decode()
            assert raw[row[start]:row[end]] == row[words]


def test_every_tie_leads_to_a_sentence(tables):
    for row in tables["ties"].iter_rows(named=True):
        ids = find_evidence(f"{row['event_id']}/{row['partner']}/{row['theme']}", tables, {})
        quotes = quote_evidence(ids, tables["passages"], tables["documents"])
        assert quotes and all(any(is_cue for _, is_cue in quote.pieces) for quote in quotes)


def test_agreement_with_the_hand_coding_does_not_fall(tables):
    reached = {row["variable"]: row for row in tables["agreement"].filter(
        pl.col("code") == "all", pl.col("language") == "all").iter_rows(named=True)}
    assert reached["counterpart"]["f1"] >= 0.95 and reached["partner"]["f1"] >= 0.93
    assert reached["quantity"]["f1"] >= 0.95 and reached["theme"]["alpha"] >= 0.80 and reached["action"]["alpha"] >= 0.667


def test_the_findings_follow_from_the_tables(tables):
    labels = read_labels(read_codebook(), tables["agreement"])
    numbers = count_numbers(tables, labels)
    told = {name: fill_plain(text, numbers) for name, text in tell_sentences(tables, numbers, labels).items()}
    assert "the United Kingdom" in told["title"] and numbers["events"].value == len(tables["events"])
    assert "EUR 150 million (the European Union" in told["finding.amounts"]
    assert 3 <= sum(name.startswith("finding.") for name in told) <= 5
