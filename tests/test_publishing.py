"""The published brief: one source, two renderers, and nothing of a raw text is ever carried out."""

import json
import re
import shutil
import subprocess
import unicodedata
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pikepdf
import pytest
from example_brief import write_example, write_text
from hostile_texts import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from kzties import publishing, rendering
from kzties.errors import RenderError
from kzties.publishing import escape_bibtex, escape_markdown, render_brief, show_hidden
from kzties.sealing import seal_page

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")
needs_quarto = pytest.mark.skipif(shutil.which("quarto") is None, reason="no quarto on PATH: nothing to compare with")


class Page(HTMLParser):
    """Collects what the tests ask of a page: texts by tag, texts by id, attributes in order."""

    VOID = {"meta", "img", "br", "hr", "link", "input", "col", "wbr"}

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.ids, self.tags = [], [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag not in self.VOID:
            self.open.append((tag, attributes, []))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        while self.open:
            name, attributes, parts = self.open.pop()
            text = "".join(parts)
            self.texts.append((name, attributes, " ".join(text.split())))
            if "id" in attributes:
                self.ids.setdefault(attributes["id"], text)
            if self.open:
                self.open[-1][2].append(text)
            if name == tag:
                return

    def handle_data(self, text):
        if self.open:
            self.open[-1][2].append(text)

    def all(self, *names):
        return [text for name, _, text in self.texts if name in names]


@pytest.fixture(scope="module")
def brief(tmp_path_factory):
    """A rendered example brief: its folder, its page and its PDF."""
    source = write_example(tmp_path_factory.mktemp("brief") / "reports", passages=12, hostile=HOSTILE)
    rendered = render_brief("embedded", source=source)
    return source, rendered, rendered.html.read_text(encoding="utf-8")


def read_pdf_text(path: Path) -> str:
    answer = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return answer.stdout.decode()


# -- Text from raw sources ----------------------------------------------------------------------------------------------

def read_through_pandoc(texts, frame):
    """Return the texts as they come out of pandoc, each set in `frame`."""
    source = "\n\n".join(f"::: {{#t-{number}}}\n{frame.format(escape_markdown(text))}\n:::" for number, text in enumerate(texts))
    answer = subprocess.run([rendering.find_pandoc(), "--from", rendering.READER, "--to", "html", "--wrap=none"],
                            input=source.encode(), capture_output=True, check=True)
    page = Page(f"<main>{answer.stdout.decode()}</main>")
    return [page.ids[f"t-{number}"] for number in range(len(texts))], page


@pytest.mark.parametrize("frame", ["{}", "a {} b", "- {}", "> {}", "[{}]{{.said}}", "| x |\n|---|\n| {} |", "**{}**", "[{}](#t-0)"])
@settings(max_examples=4, deadline=None)
@given(texts=st.lists(st.text(st.characters(codec=None), min_size=1, max_size=40).filter(str.strip), min_size=20, max_size=60))
def test_any_text_comes_out_of_pandoc_as_it_went_in(frame, texts):
    found, page = read_through_pandoc(texts, frame)
    ends = {"a {} b": ("a ", " b"), "| x |\n|---|\n| {} |": ("x ", "")}.get(frame, ("", ""))
    expected = [f"{ends[0]}{show_hidden(text)}{ends[1]}" for text in texts]
    assert [re.sub(" +", " ", re.sub("\n", " ", text)).strip(" ") for text in found] == \
           [re.sub(" +", " ", text).strip(" ") for text in expected]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.text(alphabet="[](){}<>#*_`~^$@!|\\/&%'\"-+=.:;,?0a \n\t", min_size=1, max_size=30).filter(str.strip), min_size=40, max_size=80))
def test_any_heap_of_punctuation_comes_out_of_pandoc_as_it_went_in(texts):
    found, _ = read_through_pandoc(texts, "{}")
    assert [" ".join(text.split()) for text in found] == [" ".join(show_hidden(text).split()) for text in texts]


def test_hostile_texts_are_words_on_the_page_and_nothing_else(brief):
    page = Page(brief[2])
    for number, text in enumerate(HOSTILE):
        assert " ".join(page.ids[f"hostile-{number}"].split()) == " ".join(show_hidden(text).split()), text
    names = {name for name, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "form", "base", "math"}
    assert not [value for _, attributes in page.tags for name, value in attributes.items()
                if name.startswith("on") or (value or "").strip().lower().startswith("javascript:")]


@needs_pdftotext
def test_hostile_texts_are_words_in_the_pdf_and_nothing_else(brief):
    def squeeze(text):
        return re.sub("[\\s\u00ad\u202a-\u202e]", "", unicodedata.normalize("NFKC", text))

    def by_number(character):
        return squeeze(f"⟨U+{ord(character):04X}⟩")

    found = squeeze(read_pdf_text(brief[1].pdf))
    for text in HOSTILE:
        shown = unicodedata.normalize("NFC", show_hidden(text))
        letters = (f"(?:{re.escape(squeeze(c))}|{re.escape(by_number(c))})" for c in shown if squeeze(c))
        assert re.search("".join(letters), found), text


def test_hidden_characters_show_their_number():
    assert show_hidden("\u202eabc\x00\ud800") == "⟨U+202E⟩abc⟨U+0000⟩⟨U+D800⟩"


def test_a_text_in_an_attribute_keeps_its_quotes(tmp_path):
    text = 'say "x" & <b> \\ {y}'
    answer = subprocess.run([rendering.find_pandoc(), "--from", rendering.READER, "--to", "html"], capture_output=True,
                            input=f'![c](a.svg){{alt="{escape_markdown(text)}"}}'.encode(), check=True)
    assert [attributes["alt"] for name, attributes in Page(answer.stdout.decode()).tags if name == "img"] == [text]


def test_hostile_texts_in_the_bibliography_are_words(tmp_path):
    """Quotation marks may be set curly, as a bibliography does; nothing else changes, and nothing runs."""
    texts = [" ".join(show_hidden(text).split()) for text in HOSTILE]
    entries = "".join(f"@misc{{k{number}, title = {{{{{escape_bibtex(text)}}}}}}}\n" for number, text in enumerate(texts))
    write_text(tmp_path / "s.bib", entries)
    answer = subprocess.run([rendering.find_pandoc(), "--from", "biblatex", "--to", "csljson", str(tmp_path / "s.bib")],
                            capture_output=True, check=True)

    def plain(text):
        text = re.sub(r'</?(?:span|b|i|sub|sup)(?: class="\w+")?>', "", unicodedata.normalize("NFKC", text))
        return re.sub(r"\s", "", re.sub("[‘’“”\"]", "'", text))

    found = {entry["id"]: plain(entry["title"]) for entry in json.loads(answer.stdout)}
    assert found == {f"k{number}": plain(text) for number, text in enumerate(texts)}


# -- The page -----------------------------------------------------------------------------------------------------------

def test_the_page_is_one_file_that_asks_for_nothing(brief):
    page = Page(brief[2])
    sources = [attributes.get(name) for _, attributes in page.tags for name in ("src", "srcset", "poster") if name in attributes]
    assert all(source.startswith("data:") for source in sources)
    assert not [attributes for tag, attributes in page.tags if tag == "link"]
    assert not re.findall(r"url\((?!\"?'?data:)", "".join(re.findall(r"(?s)<style.*?</style>", brief[2])))
    assert len(brief[2].encode()) < 1_500_000


def test_the_page_is_sealed_without_unsafe_sources(brief):
    policy = next(attributes["content"] for _, attributes in Page(brief[2]).tags
                  if attributes.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy and "script-src 'none'" in policy and "unsafe" not in policy
    assert not [attributes for _, attributes in Page(brief[2]).tags if "style" in attributes]


def test_sealing_twice_changes_nothing(brief):
    assert seal_page(brief[2]) == brief[2]


def test_the_page_has_one_title_landmarks_and_a_language(brief):
    page = Page(brief[2])
    names = [name for name, _ in page.tags]
    assert names.count("h1") == names.count("main") == names.count("nav") == 1
    assert ("html", {"lang": "en"}) in page.tags
    assert page.all("a")[0] == "Skip to the text"


def test_figures_tables_and_sections_are_numbered_in_reading_order(brief):
    page = Page(brief[2])
    captions = page.all("figcaption")
    assert [caption.split(":")[0] for caption in captions if caption.startswith("Figure")] == [f"Figure {n}" for n in range(1, 7)]
    assert [caption.split(":")[0] for caption in captions if caption.startswith("Table")] == [f"Table {n}" for n in range(1, 7)]
    references = [text for name, attributes, text in page.texts if attributes.get("class") == "quarto-xref"]
    assert {"Figure 1", "Table 1", "Section 6", "Section 8"} <= set(references)


def test_every_figure_has_its_alternative_text(brief):
    drawings = [attributes for name, attributes in Page(brief[2]).tags if name == "svg"]
    assert len(drawings) == 6
    assert all(attributes["aria-label"].startswith("Bar chart: Serbia 10") for attributes in drawings)


def test_a_drawing_is_one_image_in_the_typeface_of_the_page(brief):
    assert "graphics-symbol" not in brief[2] and brief[2].count("@font-face") == 3
    assert not re.search(r"<svg[^>]*>(?:(?!</svg>).)*<title", brief[2], re.DOTALL)


def test_a_drawing_whose_marks_are_links_keeps_them_in_reach():
    page = seal_page('<meta charset="utf-8"><svg role="img" aria-label="x"><a href="#ev-1"><rect role="graphics-symbol"/></a></svg>')
    assert '<svg role="group" aria-label="x"><a href="#ev-1"><rect/></a></svg>' in page


def test_sources_carry_the_attribution_that_they_ask_for(brief):
    assert "Source: Kazakhstan Today" in Page(brief[2]).ids["refs"]


# -- The PDF ------------------------------------------------------------------------------------------------------------

def list_elements(node, found=None):
    """Return the structure elements of a tagged PDF, in reading order."""
    found = [] if found is None else found
    if isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            found.append(node)
        if "/K" in node:
            list_elements(node.K, found)
    elif isinstance(node, pikepdf.Array):
        for child in node:
            list_elements(child, found)
    return found


def test_the_pdf_is_tagged_for_readers_who_listen(brief):
    with pikepdf.open(brief[1].pdf) as pdf:
        elements = list_elements(pdf.Root.StructTreeRoot)
        kinds = [str(element.S) for element in elements]
        assert "Serbia leads" in str(pdf.open_metadata()["dc:title"])
        assert str(pdf.Root.Lang) == "en"
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert len(pdf.open_outline().root) == 10
        assert kinds.count("/Figure") == 6 and kinds.count("/Table") == 6 and "/TH" in kinds and "/Note" in kinds
        assert all(str(element.Alt).startswith("Bar chart") for element in elements if element.S == "/Figure")
        languages = {str(element.Lang) for element in elements if "/Lang" in element}
        assert {"bg", "kk", "ru"} <= languages
        headings = [int(kind[2]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
        assert headings[0] == 1 and all(after <= before + 1 for before, after in zip(headings, headings[1:], strict=False))


@needs_pdftotext
def test_the_pdf_says_the_same_as_the_page(brief):
    found = " ".join(read_pdf_text(brief[1].pdf).split())
    for text in ("Figure 1: Serbia has the most events", "Table 6: Agreement with hand coding", "Section 6",
                 "Двете страни подписаха", "Екі ел көлік, энергетика және өңдеу", "Source: Kazakhstan Today"):
        assert text in found


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("us-letter", (612, 792))])
def test_the_paper_is_the_one_that_is_asked_for(tmp_path, paper, size):
    source = write_example(tmp_path / "reports", passages=8)
    with pikepdf.open(render_brief("embedded", paper, source).pdf) as pdf:
        assert tuple(round(float(side)) for side in pdf.pages[0].mediabox[2:]) == size


def test_another_run_in_another_place_gives_the_same_bytes(brief, tmp_path, monkeypatch):
    source = write_example(tmp_path / "elsewhere", passages=12, hostile=HOSTILE)
    monkeypatch.setenv("TZ", "Asia/Almaty")
    monkeypatch.setenv("LC_ALL", "C")
    again = render_brief("embedded", source=source)
    assert again.html.read_bytes() == brief[1].html.read_bytes()
    assert again.pdf.read_bytes() == brief[1].pdf.read_bytes()


# -- What is refused ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "said"), [
    ("```{python}\n1\n```", "code cell"), ("`{python} 1`", "would run"), ("`x`{=html}", "one format only"),
    ("{{< video x.mp4 >}}", "not one that the embedded renderer knows"), ("{{< var nothing >}}", "names nothing"),
    ("{{< include fragments/nothing.md >}}", "does not exist"), ("see {{< include fragments/method.md >}}", "stand alone"),
    ("::: {.panel-tabset}\nx\n:::", "layout class"), ("::: {layout-ncol=2}\nx\n:::", "layout attribute"),
    ("@thm-one", "other than @fig-"), ("@fig-nothing", "reference to nothing"), ("[x](#ev-nothing)", "link to nothing"),
    ("a <b>bold</b> word", "raw html"), ("costs $x$ and y", "mathematics"), ("![x](figures/with_whom.svg){#fig-z}", "without fig-alt"),
    ("{{< var title", "not closed"), ("{{{< var title >}}}", "triple braces"), ("@nobody2020", "nobody2020"),
    ("::: {#fig-x}\nx\n:::", "made of a div"),
])
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


def test_a_failed_rendering_leaves_the_last_one_in_place(brief, tmp_path):
    shutil.copytree(brief[0].parent, tmp_path / "reports")
    source = tmp_path / "reports" / "brief.qmd"
    before = source.with_suffix(".html").read_bytes(), source.with_suffix(".pdf").read_bytes()
    write_text(source.parent / "fragments" / "colophon.md", "[x](#nothing)\n")
    with pytest.raises(RenderError):
        render_brief("embedded", source=source)
    assert (source.with_suffix(".html").read_bytes(), source.with_suffix(".pdf").read_bytes()) == before


def test_quarto_is_asked_for_only_where_it_is(monkeypatch):
    monkeypatch.setattr(publishing.shutil, "which", lambda name: None)
    assert publishing.find_engine("auto") == "embedded"
    with pytest.raises(RenderError, match="no `quarto` on PATH"):
        publishing.find_engine("quarto")
    monkeypatch.setattr(publishing.shutil, "which", lambda name: f"/somewhere/{name}")
    assert publishing.find_engine("auto") == "quarto"
    assert publishing.find_engine("embedded") == "embedded"


def test_an_unknown_engine_or_paper_names_the_nearest():
    with pytest.raises(RenderError, match="Did you mean 'quarto'"):
        render_brief("quatro")
    with pytest.raises(RenderError, match="Did you mean 'us-letter'"):
        render_brief("embedded", "letter")


# -- Both renderers -----------------------------------------------------------------------------------------------------

def describe(page: str) -> dict[str, list]:
    """Return the structure that both renderers must give alike."""
    page = Page(page)
    classes = [(set((attributes.get("class") or "").split()), text) for _, attributes, text in page.texts]
    return {
        "headings": [text for text in page.all("h1", "h2", "h3", "h4")],
        "captions": page.all("figcaption"),
        "references": [text for names, text in classes if "quarto-xref" in names],
        "citations": [text for names, text in classes if "citation" in names],
        "bibliography": [text for names, text in classes if "csl-entry" in names],
        "alternative texts": [attributes["aria-label"] for name, attributes in page.tags if name == "svg"],
        "cells": page.all("th", "td"),
        "quotes": page.all("blockquote"),
        "languages": [attributes["lang"] for _, attributes in page.tags if "lang" in attributes],
        "links": [attributes["href"] for name, attributes in page.tags if name == "a"],
        "notices": [text for names, text in classes if "notice" in names],
        "paragraphs": page.all("p"),
    }


@needs_quarto
def test_quarto_and_the_embedded_renderer_give_the_same_structure(brief, tmp_path):
    source = write_example(tmp_path / "reports", passages=12, hostile=tuple(t for t in HOSTILE if can_be_set_by_quarto(t)))
    mine = render_brief("embedded", source=source)
    page, pdf = mine.html.read_text(encoding="utf-8"), tmp_path / "embedded.pdf"
    shutil.copy(mine.pdf, pdf)
    theirs = render_brief("quarto", source=source, day=date(2026, 3, 6))
    ours, quartos = describe(page), describe(theirs.html.read_text(encoding="utf-8"))
    for text in (ours, quartos):
        text["paragraphs"] = [line for line in text["paragraphs"] if "set with" not in line.lower()]
    for part in ours:
        assert quartos[part] == ours[part], part
    with pikepdf.open(pdf) as embedded, pikepdf.open(theirs.pdf) as quarto:
        def structure(document):
            kinds = [str(element.S) for element in list_elements(document.Root.StructTreeRoot)]
            alts = [str(e.Alt) for e in list_elements(document.Root.StructTreeRoot) if "/Alt" in e and e.S == "/Figure"]
            return {kind: kinds.count(kind) for kind in ("/H1", "/H2", "/Table", "/TH", "/Figure", "/Caption", "/Note")}, alts

        assert structure(quarto) == structure(embedded)


def can_be_set_by_quarto(text: str) -> bool:
    """Quarto's PDF stops at a letter that no font has: on which machine that happens is not for this test."""
    return all(ord(character) < 0x500 or character in "–’" for character in text) and "\u0489" not in text
