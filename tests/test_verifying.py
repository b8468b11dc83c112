"""Verifying: what differs is named, and the exit code says so."""

from kzties.verifying import compare_files, compare_numbers, read_lock, report


def test_every_input_and_output_of_a_lock_is_compared(root):
    lock = read_lock(root / "dvc.lock")
    assert "data/processed/ties.parquet" in lock and "data/raw" in lock and "reports/brief.html" in lock


def test_a_difference_is_named_and_fails(capsys):
    rows = compare_files({"a": "1", "b": "2"}, {"a": "1", "b": "3"})
    rows += compare_numbers({"events": {"text": "8"}}, {"events": {"text": "9"}})
    assert report(rows, "abc") == 1
    told = capsys.readouterr().out
    assert "DIFFERENT" in told and "number events: published '8', recomputed '9'" in told and "2 DIFFERENT" in told


def test_all_equal_passes(capsys):
    assert report(compare_files({"a": "1"}, {"a": "1"}), "abc") == 0
    assert "all equal" in capsys.readouterr().out
