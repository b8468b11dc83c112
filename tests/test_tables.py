"""Tables: described once, checked before they are written, and written whole or not at all."""

import os

import polars as pl
import pytest

from kzties.tables import TABLES, check_table, disarm_formulas, read_table, write_bytes, write_csv, write_table


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_has_a_sentence_and_keys_are_columns(table):
    assert set(table.key) <= set(table.columns)
    assert all(column.meaning.rstrip().endswith((".", "`.")) for column in table.columns.values())


def row(**changed):
    """One valid row of `events`."""
    return pl.DataFrame([{"event_id": "2026-01-01-SRB", "title": "x", "title_passage": "a/1", "items": ["a#1"],
                          "documents": ["a"], "partners": ["SRB"], "main_partner": "SRB", "languages": ["en"],
                          "outlets": ["a"], "link_reasons": []} | changed], schema=TABLES["events"].schema)


@pytest.mark.parametrize(("table", "words"), [
    (row().drop("title"), "columns missing"), (row().with_columns(more=1), "not described"),
    (row(event_id=None), "every key to be filled"), (pl.concat([row(), row()]), "some stand twice"),
])
def test_a_table_that_does_not_fit_its_description_is_refused(table, words):
    with pytest.raises(ValueError, match=words):
        check_table("events", table)


def test_what_was_written_is_read_back_sorted(tmp_path):
    two = pl.concat([row(event_id="b"), row(event_id="a")])
    write_table("events", two, tmp_path)
    assert read_table("events", tmp_path)["event_id"].to_list() == ["a", "b"]


def test_a_write_that_fails_leaves_the_file_of_before_and_no_debris(tmp_path, monkeypatch):
    path = tmp_path / "table.parquet"
    write_bytes(path, b"before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_bytes(path, b"after")
    assert path.read_bytes() == b"before" and [file.name for file in tmp_path.iterdir()] == ["table.parquet"]


def test_no_cell_can_act_as_a_spreadsheet_formula(tmp_path):
    write_csv("events", row(title="=HYPERLINK(1)"), tmp_path)
    assert "'=HYPERLINK(1)" in (tmp_path / "events.csv").read_text(encoding="utf-8")
    assert disarm_formulas(pl.DataFrame({"x": ["+1", "-1", "@a", "a=1"]}))["x"].to_list() == ["'+1", "'-1", "'@a", "a=1"]


def test_a_table_that_is_not_built_says_what_to_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="Run `make brief`"):
        read_table("events", tmp_path)
