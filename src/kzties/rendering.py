"""The embedded renderer: pandoc and Typst, both plain Python wheels, make the HTML and the PDF of an expanded brief.

Nothing here needs a network, a clock or a system font; the same brief gives the same bytes.
"""

import json
import os
import re
import subprocess
import tempfile
import unicodedata
from datetime import UTC, date, datetime
from importlib import metadata as packages
from pathlib import Path

from kzties.errors import RenderError
from kzties.expanding import Brief

READER = "markdown-yaml_metadata_block-pandoc_title_block-task_lists"
"""Quarto's Markdown, apart from metadata in the middle of a text."""

FEATURES = "templates/quarto_features.lua"
TYPST_TEMPLATE = "templates/brief.typ"
PANDOC_NAME = "pandoc"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
"""Scripts that run from the right, with all their marks."""

MOST_GLYPH_ROUNDS = 12

_REFUSED = re.compile(r"^refused: (?P<what>.*)\t(?P<snippet>.*)$", re.MULTILINE)
_NO_GLYPH = re.compile(r'the text `"(?P<text>(?:[^"\\]|\\.)+)"` could not be displayed')
_RUST_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


def find_pandoc() -> Path:
    """Return the pandoc of the `pypandoc-binary` wheel; raise `RenderError` where the wheel is not installed."""
    try:
        import pypandoc
    except ImportError:
        raise RenderError("The embedded renderer needs the Python package pypandoc-binary. Run `make brief`, which "
                          "installs it, or install Quarto.") from None
    bundled = Path(pypandoc.__file__).parent / "files"
    for name in (PANDOC_NAME, f"{PANDOC_NAME}.exe"):
        if (bundled / name).is_file():
            return bundled / name
    raise RenderError("pypandoc is installed without its pandoc. Install the package pypandoc-binary instead.")


def read_versions() -> dict[str, str]:
    """Return the versions of the two programs that the embedded renderer consists of."""
    answer = subprocess.run([find_pandoc(), "--version"], capture_output=True, text=True, check=True)
    return {"pandoc": answer.stdout.split()[1], "typst": packages.version("typst")}


def set_html(brief: Brief) -> str:
    """Return the brief as one HTML page with its style, fonts and drawings inside."""
    options = brief.formats.get("html") or {}
    return _run_pandoc(brief, "html5", [
        "--template", str(options.get("template", "templates/brief.html")),
        "--css", str(options.get("css", "brief.css")),
        "--embed-resources",
    ])


def set_typst(brief: Brief, paper: str) -> str:
    """Return the brief as Typst source for `paper` (a4 or us-letter)."""
    options = brief.formats.get("typst") or {}
    variables = {"papersize": paper, "mainfont": options.get("mainfont")}
    return _run_pandoc(brief, "typst", [
        "--template", TYPST_TEMPLATE,
        "--number-sections", "--shift-heading-level-by=-1",
        *(f"--variable={name}:{value}" for name, value in variables.items() if value),
    ])


def set_pdf(brief: Brief, paper: str, day: date | None = None) -> bytes:
    """Return the brief as tagged PDF (PDF/UA-1), dated `day`.

    A character that no bundled font has is shown by its number, `⟨U+4E2D⟩`: PDF/UA refuses an empty box, and so do we.
    """
    import typst

    source = name_missing(set_typst(brief, paper))
    fonts = brief.folder / str((brief.formats.get("typst") or {}).get("font-paths", "fonts"))
    midnight = datetime.combine(day or date(1970, 1, 1), datetime.min.time(), tzinfo=UTC)
    for _ in range(MOST_GLYPH_ROUNDS):
        try:
            return typst.compile(
                source.encode(), root=str(brief.folder), format="pdf", pdf_standards=["ua-1"], timestamp=midnight,
                font_paths=[str(fonts)] if fonts.is_dir() else [], ignore_system_fonts=fonts.is_dir(),
            )
        except typst.TypstError as error:
            mended = _name_characters(source, error.diagnostic)
            if mended == source:
                raise RenderError(f"{brief.source} cannot be set as PDF/UA: {error.message}") from None
            source = mended
    raise RenderError(f"{brief.source} cannot be set as PDF/UA: too many characters that the font does not have.")


def name_missing(text: str) -> str:
    """Return the text with each character that the bundled font lacks replaced by its number.

    Done before Typst sees it: a long line of them in a script that runs from the right makes Typst 0.15 stop for good.

    >>> name_missing("Қазақстан 中 →")
    'Қазақстан ⟨U+4E2D⟩ →'
    """
    from kzties.typesetting import read_widths

    known = read_widths()
    missing = {character for character in set(text) if not character.isascii() and character not in known
               and (RIGHT_TO_LEFT.match(character) or unicodedata.category(character) not in ("Zs", "Cf", "Mn"))}
    return text.translate({ord(character): f"⟨U+{ord(character):04X}⟩" for character in missing})


def _name_characters(source: str, diagnostic: str) -> str:
    """Return the Typst source with each character that has no glyph replaced by its number."""
    for found in _NO_GLYPH.finditer(diagnostic):
        text = _RUST_ESCAPE.sub(lambda code: chr(int(code[1], 16)), found["text"])
        for character in sorted(set(text)):
            if not character.isascii():
                source = source.replace(character, f"⟨U+{ord(character):04X}⟩")
    return source


def _run_pandoc(brief: Brief, target: str, options: list[str]) -> str:
    """Return what pandoc makes of the brief; every complaint of a filter or of pandoc itself is a `RenderError`."""
    metadata = {key: value for key, value in brief.metadata.items() if key not in ("toc", "toc-depth")}
    filters = [FEATURES, *(path for path in brief.filters if path != FEATURES)]
    with tempfile.TemporaryDirectory(prefix="kzties-") as folder:
        metadata_file = Path(folder) / "metadata.json"
        metadata_file.write_text(json.dumps(metadata), encoding="utf-8")
        command = [
            str(find_pandoc()), "--from", READER, "--to", target, "--standalone", "--wrap=none", "--fail-if-warnings",
            "--metadata-file", str(metadata_file), *(f"--lua-filter={path}" for path in filters), "--citeproc",
            *options,
        ]
        if brief.metadata.get("toc"):
            command += ["--toc", f"--toc-depth={brief.metadata.get('toc-depth', 3)}"]
        answer = subprocess.run(
            command, input=brief.text.encode(), capture_output=True, cwd=brief.folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"}, check=False,
        )
    complaints = answer.stderr.decode(errors="replace")
    refused = [f"{brief.find_place(found['snippet'])}: {found['what']} ('{found['snippet']}')."
               for found in _REFUSED.finditer(complaints)]
    if refused:
        raise RenderError("The brief holds what the embedded renderer does not carry out:\n" + "\n".join(refused))
    if answer.returncode:
        raise RenderError(f"{brief.source} cannot be read by pandoc: {complaints.strip()}")
    return answer.stdout.decode()
