"""The last stage: `reports/brief.qmd` becomes `brief.html` and `brief.pdf`, by Quarto or by the embedded renderer.

Whatever comes out of raw texts passes `escape_markdown` on its way into the brief, so that it shows as it is printed
and is never carried out; the finished page carries a content security policy that would stop it a second time.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from kzties import paths
from kzties.errors import RenderError, nearest
from kzties.expanding import read_brief, read_variables
from kzties.sealing import seal_page
from kzties.tables import write_bytes

ENGINES = ("auto", "quarto", "embedded")
PAPERS = ("a4", "us-letter")
KEPT_FORMAT_CHARACTERS = "\u00ad\u200c\u200d"
"""Soft hyphen, and the joiners without which some scripts and emoji fall apart: invisible, and harmless."""


@dataclass(frozen=True)
class Rendering:
    """What was rendered: the engine, the versions of its programs, and the two files."""

    engine: str
    versions: dict[str, str]
    html: Path
    pdf: Path


# -- Text from raw sources ---------------------------------------------------------------------------------------------

def escape_markdown(text: str) -> str:
    """Return `text` as Markdown that shows exactly these characters, in both formats and with both renderers.

    Letters and digits stay; every other character becomes a numeric entity, which no reader takes for markup. White
    space counts as one space, as everywhere on a page. Characters that would act unseen (controls, bidirectional
    overrides, unpaired surrogates) show their number.

    >>> escape_markdown("GDP: +5%")
    'GDP&#58; &#43;5&#37;'
    >>> escape_markdown("{{< include x >}}")
    '&#123;&#123;&#60; include x &#62;&#125;&#125;'
    >>> escape_markdown("\\u202eevil")
    '&#10216;U&#43;202E&#10217;evil'
    """
    escaped = "".join(_escape_character(character) for character in show_hidden(text))
    # A space at an edge would keep `**` or `[` beside it from being markup.
    return re.sub("^ | $", "&#32;", escaped)


def show_hidden(text: str) -> str:
    """Return `text` with white space as single spaces and unseen characters by number.

    >>> show_hidden("a\\tb\\n c\\x00")
    'a b c⟨U+0000⟩'
    """
    text = re.sub(r"[ \t\r\n\v\f\x85\u2028\u2029]+", " ", text)
    return "".join(f"⟨U+{ord(character):04X}⟩" if _is_hidden(character) else character for character in text)


def _is_hidden(character: str) -> bool:
    """Say whether a character acts without being seen."""
    if character in KEPT_FORMAT_CHARACTERS:
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") or ord(character) & 0xFFFE == 0xFFFE \
        or 0xFDD0 <= ord(character) <= 0xFDEF


def _escape_character(character: str) -> str:
    return character if character.isalnum() or character == " " else f"&#{ord(character)};"


def escape_bibtex(text: str) -> str:
    """Return `text` for a field of `sources.bib`, between braces, shown as it stands.

    >>> escape_bibtex("Tea & 5% {x}")
    'Tea {\\\\&} 5{\\\\%} {\\\\{}x{\\\\}}'
    """
    return "".join(BIBTEX.get(character, character) for character in show_hidden(text))


BIBTEX = {character: f"{{\\{character}}}" for character in "&%{}#$_"} | {
    "\\": "{\\textbackslash}", "^": "{\\textasciicircum}", "~": "{\\textasciitilde}", "`": "{\\`{}}",
    "'": "{\\textquotesingle}", '"': "{\\textquotedbl}",
} | {character: f"{{{character}}}" for character in "-<>!?,|"}


# -- Rendering ---------------------------------------------------------------------------------------------------------

def find_engine(engine: str = "auto") -> str:
    """Return `quarto` or `embedded`: what `engine` means on this machine.

    `auto` is Quarto where it is on PATH. Raises `RenderError` where Quarto is asked for and missing.
    """
    if engine not in ENGINES:
        raise RenderError(f"params.yaml, render.engine: '{engine}' is no renderer. {nearest(engine, ENGINES)}")
    present = shutil.which("quarto") is not None
    if engine == "quarto" and not present:
        raise RenderError("params.yaml, render.engine is 'quarto', but there is no `quarto` on PATH. Install Quarto "
                          "1.10 or later, or set render.engine to 'auto' or 'embedded'.")
    return "embedded" if engine == "embedded" or not present else "quarto"


def read_versions(engine: str) -> dict[str, str]:
    """Return the programs that `engine` consists of, with their versions."""
    if engine == "embedded":
        from kzties import rendering

        return rendering.read_versions()
    answer = subprocess.run([str(shutil.which("quarto")), "--version"], capture_output=True, text=True, check=True)
    return {"quarto": answer.stdout.strip()}


def render_brief(engine: str = "auto", paper: str = "a4", source: Path = paths.REPORTS / "brief.qmd",
                 day: date | None = None) -> Rendering:
    """Render `source` to the `.html` and `.pdf` beside it, both or neither, and say what did it.

    `day` dates the PDF; without it, the variable `date` of `_variables.yml` does. Raises `RenderError` for an unknown
    engine or paper, and for whatever in the brief cannot be rendered.
    """
    if paper not in PAPERS:
        raise RenderError(f"params.yaml, render.paper: '{paper}' is no paper that is known. {nearest(paper, PAPERS)}")
    engine = find_engine(engine)
    versions = read_versions(engine)
    day = day or _read_day(source)
    render = _render_with_quarto if engine == "quarto" else _render_embedded
    colophon = {"rendered-with": name_renderer(engine, versions), "made-from": read_commit(source.parent)}
    page, pdf = render(source, paper, day, colophon)
    html_path, pdf_path = source.with_suffix(".html"), source.with_suffix(".pdf")
    write_bytes(html_path, seal_page(page).encode())
    write_bytes(pdf_path, pdf)
    return Rendering(engine, versions, html_path, pdf_path)


def name_renderer(engine: str, versions: dict[str, str]) -> str:
    """Return the renderer's name for the colophon.

    >>> name_renderer("embedded", {"pandoc": "3.9", "typst": "0.15.2"})
    'the embedded renderer (pandoc 3.9, Typst 0.15.2)'
    >>> name_renderer("quarto", {"quarto": "1.10.18"})
    'Quarto 1.10.18'
    """
    if engine == "quarto":
        return f"Quarto {versions['quarto']}"
    return f"the embedded renderer (pandoc {versions['pandoc']}, Typst {versions['typst']})"


def read_commit(reports: Path) -> str:
    """Return the commit that the brief is made from, as `kzties brief` noted it in `commit.txt` before the stages."""
    note = reports / "commit.txt"
    return note.read_text(encoding="utf-8").strip() if note.is_file() else "a commit not noted"


def note_commit(root: Path = paths.ROOT) -> None:
    """Write to `reports/commit.txt` the last commit that changed any input; a file of its own, so that DVC sees it.

    The commit that adds `dvc.lock` itself changes no input, so that a clone of it renders the same bytes.
    """
    inputs = ("data/raw", "data/gold", "codebook", "src", "notebooks", "params.yaml", "reports/brief.qmd",
              "reports/templates", "reports/brief.css", "reports/_quarto.yml", "requirements.lock")
    try:
        ask = lambda *words: subprocess.run(["git", *words, "--", *inputs], cwd=root, capture_output=True, text=True,  # noqa: E731
                                            check=True).stdout.strip()
        commit, changed = ask("log", "-1", "--format=%h", "--abbrev=10"), ask("status", "--porcelain")
        told = f"commit {commit}{' with uncommitted changes' if changed else ''}" if commit else "no commit yet"
    except (OSError, subprocess.CalledProcessError):
        told = "a copy without git"
    note = root / "reports" / "commit.txt"
    if not note.is_file() or note.read_text(encoding="utf-8") != told + "\n":
        write_bytes(note, f"{told}\n".encode())


def _read_day(source: Path) -> date | None:
    """Return the variable `date`, if there is one."""
    written = read_variables(source).get("date")
    try:
        return date.fromisoformat(str(written)) if written else None
    except ValueError:
        path = source.with_name("_variables.yml")
        raise RenderError(f"{path}: date '{written}' is not written YYYY-MM-DD.") from None


def _render_embedded(source: Path, paper: str, day: date | None, colophon: Mapping[str, str]) -> tuple[str, bytes]:
    """Return page and PDF as pandoc and Typst make them, side by side."""
    from kzties import rendering

    brief = read_brief(source, colophon)
    with ThreadPoolExecutor(max_workers=2) as pool:
        pdf = pool.submit(rendering.set_pdf, brief, paper, day)
        page = pool.submit(rendering.set_html, brief)
        return page.result(), pdf.result()


def _render_with_quarto(source: Path, paper: str, day: date | None, colophon: Mapping[str, str]) -> tuple[str, bytes]:
    """Return page and PDF as Quarto makes them, in a copy of the folder that leaves nothing behind."""
    midnight = datetime.combine(day or date(1970, 1, 1), datetime.min.time(), tzinfo=UTC)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(midnight.timestamp()))}
    with tempfile.TemporaryDirectory(prefix="kzties-") as place:
        folder = Path(place) / "reports"
        shutil.copytree(source.parent, folder, ignore=shutil.ignore_patterns("runs", ".quarto", "*.html", "*.pdf"))
        # The template is an .html file too, and must come along.
        shutil.copytree(source.parent / "templates", folder / "templates", dirs_exist_ok=True)
        for target, option in (("html", []), ("typst", ["-M", f"papersize:{paper}"])):
            told = [word for name, text in colophon.items() for word in ("-M", f"{name}:{text}")]
            command = [str(shutil.which("quarto")), "render", source.name, "--to", target, "--quiet", *told, *option]
            answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
            if answer.returncode:
                raise RenderError(f"Quarto could not render {source} ({target}):\n{answer.stderr.strip()[-2000:]}")
        made = folder / source.name
        return made.with_suffix(".html").read_text(encoding="utf-8"), made.with_suffix(".pdf").read_bytes()
