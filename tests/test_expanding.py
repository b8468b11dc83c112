"""What the embedded renderer cannot carry out is refused by file and line, never dropped."""

import pytest
from example_brief import write_example, write_text

from kzties.errors import RenderError
from kzties.publishing import render_brief


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```{python}\n1\n```", "code cell"),
        ("`{python} 1`", "would run"),
        ("`x`{=html}", "one format only"),
        ("{{< video x.mp4 >}}", "not one that the embedded renderer knows"),
        ("{{< var nothing >}}", "names nothing"),
        ("{{< include fragments/nothing.md >}}", "does not exist"),
        ("see {{< include fragments/method.md >}}", "stand alone"),
        ("::: {.panel-tabset}\nx\n:::", "layout class"),
        ("::: {layout-ncol=2}\nx\n:::", "layout attribute"),
        ("@thm-one", "other than @fig-"),
        ("@fig-nothing", "reference to nothing"),
        ("[x](#ev-nothing)", "link to nothing"),
        ("a <b>bold</b> word", "raw html"),
        ("costs $x$ and y", "mathematics"),
        ("![x](figures/with_whom.svg){#fig-z}", "without fig-alt"),
        ("{{< var title", "not closed"),
        ("{{{< var title >}}}", "triple braces"),
        ("@nobody2020", "nobody2020"),
        ("::: {#fig-x}\nx\n:::", "made of a div"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_its_line(tmp_path, text, said):
    source = write_example(tmp_path / "reports", passages=8)
    write_text(source.parent / "fragments" / "colophon.md", f"First line.\n\n{text}\n")
    with pytest.raises(RenderError) as refusal:
        render_brief("embedded", source=source)
    assert said in str(refusal.value)
    assert "colophon.md, line 3" in str(refusal.value) or "nobody2020" in str(refusal.value)
    assert not source.with_suffix(".html").exists() and not source.with_suffix(".pdf").exists()


def test_a_fragment_that_includes_itself_is_refused(tmp_path):
    source = write_example(tmp_path / "reports", passages=8)
    write_text(source.parent / "fragments" / "colophon.md", "{{< include colophon.md >}}\n")
    with pytest.raises(RenderError, match="colophon.md, line 1: 'colophon.md' includes itself"):
        render_brief("embedded", source=source)


def test_an_unknown_key_is_refused_with_the_nearest_one(tmp_path):
    source = write_example(tmp_path / "reports", passages=8)
    project = source.with_name("_quarto.yml")
    write_text(project, project.read_text(encoding="utf-8").replace("toc-title:", "toc-titel:"))
    with pytest.raises(RenderError, match=r"_quarto.yml, line \d+: .*'toc-titel'. Did you mean 'toc-title'"):
        render_brief("embedded", source=source)


def test_a_missing_drawing_is_refused(tmp_path):
    source = write_example(tmp_path / "reports", passages=8)
    (source.parent / "figures" / "with_whom.svg").unlink()
    with pytest.raises(RenderError, match="with_whom.svg"):
        render_brief("embedded", source=source)
