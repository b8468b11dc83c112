"""What the tests of publishing read out of a finished page and a finished PDF."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pikepdf


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


def read_pdf_text(path: Path) -> str:
    answer = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return answer.stdout.decode()


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
