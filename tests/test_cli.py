"""The command line: exit codes, clear messages, and the tables of any folder with no DVC and no Jupyter."""

import subprocess
import sys

import polars as pl
import pytest

from kzties import paths
from kzties.cli import build_parser, main
from kzties.tables import TABLES, check_table


def test_every_command_has_help_with_an_example(capsys):
    commands = [action for action in build_parser()._actions if action.dest == "command" or action.choices][-1].choices
    assert {"brief", "check", "code", "evidence", "render", "verify"} == set(commands)
    for name in commands:
        with pytest.raises(SystemExit) as left:
            main([name, "--help"])
        assert left.value.code == 0 and f"Example: kzties {name}" in capsys.readouterr().out


def test_any_folder_of_texts_is_coded(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Kazakhstan and Poland signed a contract worth 25 million euros on grain.")
    (tmp_path / "in" / "b.txt").write_text("Қазақстан мен Сербия көлік саласында меморандумға қол қойды.", encoding="utf-8")
    (tmp_path / "in" / "c.txt").write_bytes(b"")
    assert main(["code", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    assert "skipped c.txt: The file is empty." in capsys.readouterr().err
    read = {name: check_table(name, pl.read_parquet(tmp_path / "out" / f"{name}.parquet"))
            for name in TABLES if name != "agreement"}
    ties = {(row["partner"], row["theme"], row["action"]) for row in read["ties"].iter_rows(named=True)}
    assert ("POL", "agriculture", "commitment") in ties and ("SRB", "transport", "agreement") in ties
    assert read["quantities"].select("value", "unit").rows() == [(25e6, "EUR")]
    assert (tmp_path / "out" / "ties.csv").read_text(encoding="utf-8").startswith("event_id,partner,theme")


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_a_folder_with_no_texts_is_the_users_mistake(tmp_path, capsys, folder):
    (tmp_path / "empty").mkdir()
    assert main(["code", str(tmp_path / folder), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert "holds no texts" in told and "Traceback" not in told


def test_texts_with_nothing_to_code_give_empty_tables(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Tell a friend\n")
    assert main(["code", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    assert pl.read_parquet(tmp_path / "out" / "ties.parquet").is_empty()


def test_a_notebook_refuses_a_parameter_that_it_does_not_have(tmp_path):
    done = subprocess.run([sys.executable, "-m", "kzties.running", "notebooks/03_ties.ipynb", str(tmp_path / "o.ipynb"),
                           "-p", "days_appart", "3"], cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Did you mean 'days_apart'?" in done.stderr and "Traceback" not in done.stderr


def test_the_tables_are_the_same_bytes_under_another_locale_time_zone_seed_and_number_of_threads(tmp_path):
    for name, settings in (("one", {}), ("other", {"TZ": "Asia/Almaty", "LC_ALL": "C", "PYTHONHASHSEED": "7",
                                                   "POLARS_MAX_THREADS": "1"})):
        subprocess.run([sys.executable, "-m", "kzties.cli", "code", str(paths.RAW), "--out", str(tmp_path / name)],
                       env={**__import__("os").environ, "PYTHONPATH": str(paths.ROOT / "src"), **settings}, check=True,
                       capture_output=True)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("out", ["in", "file", "file/below"])
def test_tables_are_written_only_to_a_folder_of_their_own(tmp_path, capsys, out):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Kazakhstan.")
    (tmp_path / "file").write_text("x")
    assert main(["code", str(tmp_path / "in"), "--out", str(tmp_path / out)]) == 2
    assert "Name a" in capsys.readouterr().err


def test_texts_of_the_same_name_are_told_apart_and_a_bad_table_of_sources_is_told(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "a.html"):
        (tmp_path / "in" / name).write_text("Kazakhstan and Serbia signed a treaty on trade.")
    assert main(["code", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    assert pl.read_parquet(tmp_path / "out" / "documents.parquet")["document_id"].to_list() == ["a.html", "a.txt"]
    (tmp_path / "in" / "sources.csv").write_text("file,published\na.txt,soon\n")
    assert main(["code", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 2
    assert "published 'soon' is no date" in capsys.readouterr().err
