"""A text from a raw source shows as it is printed, in both formats, and is never carried out."""

import json
import re
import shutil
import subprocess
import unicodedata

import pytest
from example_brief import write_example, write_text
from hostile_texts import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_outputs import Page, read_pdf_text

from kzties import rendering
from kzties.publishing import escape_bibtex, escape_markdown, render_brief, show_hidden

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")


def read_through_pandoc(texts, frame):
    """Return the texts as they come out of pandoc, each set in `frame`."""
    source = "\n\n".join(
        f"::: {{#t-{number}}}\n{frame.format(escape_markdown(text))}\n:::" for number, text in enumerate(texts)
    )
    answer = subprocess.run(
        [rendering.find_pandoc(), "--from", rendering.READER, "--to", "html", "--wrap=none"],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    page = Page(f"<main>{answer.stdout.decode()}</main>")
    return [page.ids[f"t-{number}"] for number in range(len(texts))], page


@pytest.mark.parametrize(
    "frame", ["{}", "a {} b", "- {}", "> {}", "[{}]{{.said}}", "| x |\n|---|\n| {} |", "**{}**", "[{}](#t-0)"]
)
@settings(max_examples=4, deadline=None)
@given(
    texts=st.lists(
        st.text(st.characters(codec=None), min_size=1, max_size=40).filter(str.strip), min_size=20, max_size=60
    )
)
def test_any_text_comes_out_of_pandoc_as_it_went_in(frame, texts):
    found, page = read_through_pandoc(texts, frame)
    ends = {"a {} b": ("a ", " b"), "| x |\n|---|\n| {} |": ("x ", "")}.get(frame, ("", ""))
    expected = [f"{ends[0]}{show_hidden(text)}{ends[1]}" for text in texts]
    assert [re.sub(" +", " ", re.sub("\n", " ", text)).strip(" ") for text in found] == [
        re.sub(" +", " ", text).strip(" ") for text in expected
    ]


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.text(alphabet="[](){}<>#*_`~^$@!|\\/&%'\"-+=.:;,?0a \n\t", min_size=1, max_size=30).filter(str.strip),
        min_size=40,
        max_size=80,
    )
)
def test_any_heap_of_punctuation_comes_out_of_pandoc_as_it_went_in(texts):
    found, _ = read_through_pandoc(texts, "{}")
    assert [" ".join(text.split()) for text in found] == [" ".join(show_hidden(text).split()) for text in texts]


def test_hostile_texts_are_words_on_the_page_and_nothing_else(brief):
    page = Page(brief[2])
    for number, text in enumerate(HOSTILE):
        assert " ".join(page.ids[f"hostile-{number}"].split()) == " ".join(show_hidden(text).split()), text
    names = {name for name, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "form", "base", "math"}
    assert not [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name.startswith("on") or (value or "").strip().lower().startswith("javascript:")
    ]


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
    answer = subprocess.run(
        [rendering.find_pandoc(), "--from", rendering.READER, "--to", "html"],
        capture_output=True,
        input=f'![c](a.svg){{alt="{escape_markdown(text)}"}}'.encode(),
        check=True,
    )
    assert [attributes["alt"] for name, attributes in Page(answer.stdout.decode()).tags if name == "img"] == [text]


def test_hostile_texts_in_the_bibliography_are_words(tmp_path):
    """Quotation marks may be set curly, as a bibliography does; nothing else changes, and nothing runs."""
    texts = [" ".join(show_hidden(text).split()) for text in HOSTILE]
    entries = "".join(
        f"@misc{{k{number}, title = {{{{{escape_bibtex(text)}}}}}}}\n" for number, text in enumerate(texts)
    )
    write_text(tmp_path / "s.bib", entries)
    answer = subprocess.run(
        [rendering.find_pandoc(), "--from", "biblatex", "--to", "csljson", str(tmp_path / "s.bib")],
        capture_output=True,
        check=True,
    )

    def plain(text):
        text = re.sub(r'</?(?:span|b|i|sub|sup)(?: class="\w+")?>', "", unicodedata.normalize("NFKC", text))
        return re.sub(r"\s", "", re.sub('[‘’“”"]', "'", text))

    found = {entry["id"]: plain(entry["title"]) for entry in json.loads(answer.stdout)}
    assert found == {f"k{number}": plain(text) for number, text in enumerate(texts)}


def test_a_long_line_from_the_right_in_letters_that_the_font_lacks_does_not_stop_the_pdf(tmp_path):
    # Typst 0.15 panics on such a line, so the letters are named by their numbers before it sees them
    marks = "".join(chr(code) for code in (*range(0x5b0, 0x5c0), *range(0x64b, 0x65b), *range(0x730, 0x740)))
    source = write_example(tmp_path / "reports", hostile=(" ".join(["العربية"] * 80), " ".join(["שלום"] * 60), marks))
    rendering = render_brief("embedded", source=source)
    assert rendering.pdf.read_bytes().startswith(b"%PDF") and "العربية" in rendering.html.read_text(encoding="utf-8")
