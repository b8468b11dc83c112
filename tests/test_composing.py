"""Composing: the brief of a whole corpus, also of one in which nothing is left to say."""

import shutil

import polars as pl
import pytest

from kzties import paths
from kzties.agreeing import compare, read_gold
from kzties.charting import draw_all
from kzties.codebook import read_codebook
from kzties.composing import compose_brief, write_brief
from kzties.parameters import read_params
from kzties.publishing import render_brief
from kzties.staging import code_folder
from kzties.telling import count_numbers, read_labels
from kzties.theming import write_charts

PARAMS, CODEBOOK, GOLD = read_params(), read_codebook(), read_gold()


def build_brief(texts, folder):
    """Take texts by file name through all stages to the rendered brief, as the notebooks do."""
    raw, reports = folder / "raw", folder / "reports"
    raw.mkdir()
    for name, text in texts.items():
        (raw / name).write_text(text, encoding="utf-8")
    tables = code_folder(raw, PARAMS)
    tables["agreement"] = compare(GOLD, tables["passages"], tables["codes"], tables["quantities"], PARAMS["agreement"])
    labels = read_labels(CODEBOOK, tables["agreement"])
    numbers, charts = count_numbers(tables, labels), draw_all(tables, labels.all_names(), PARAMS["charts"])
    shutil.copytree(paths.REPORTS, reports, ignore=shutil.ignore_patterns("runs", "figures", "fragments", "*.pdf"))
    write_charts(charts, reports / "figures")
    write_brief(compose_brief(tables, charts, numbers, labels, CODEBOOK, GOLD.about, PARAMS), numbers, tables, labels, reports)
    rendering = render_brief("embedded", source=reports / "brief.qmd")
    return tables, rendering.html.read_text(encoding="utf-8")


@pytest.mark.parametrize("texts", [
    {"новость.txt": " date 2026-03-06 \n\nTell a friend"},
    {"empty.txt": "", "a b.txt": "The weather was fine.", "a-b.txt": "The weather was fine."},
], ids=["only furniture", "nothing of the kind"])
def test_a_corpus_with_no_ties_gives_a_brief_that_says_so(tmp_path, texts):
    tables, page = build_brief(texts, tmp_path)
    assert tables["ties"].is_empty() and "No foreign economic ties of Kazakhstan were found" in page


def test_names_and_texts_of_every_sort_give_a_brief(tmp_path):
    texts = {"новость {1}.txt": "Казахстан и Сербия подписали соглашение о торговле на 5 млн евро.", "b|c.txt": "x" * 50,
             "`d`.txt": "Kazakhstan | Serbia `signed` a {{< include x >}} treaty on <b>trade</b> #link(\"x\") $x^2$ @fig-x."}
    tables, page = build_brief(texts, tmp_path)
    assert set(tables["ties"]["partner"]) == {"SRB"} and "<b>trade</b>" not in page and "&lt;b&gt;" in page
    assert tables["quantities"].filter(pl.col("unit") == "EUR")["value"].to_list() == [5e6]
