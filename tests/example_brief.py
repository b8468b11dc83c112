"""A made-up brief for the tests of publishing: the files that the charts stage writes, without the project's data."""

import shutil
from pathlib import Path

import yaml

from kzties import paths
from kzties.publishing import escape_bibtex, escape_markdown

SENTENCES = {
    "en": "Kazakhstan and Serbia signed ten documents, and the sides agreed to raise mutual trade.",
    "bg": "Двете страни подписаха десет документа за сътрудничество в енергетиката.",
    "ru": "Стороны договорились увеличить объём транзита до 45 миллионов тонн в год.",
    "kk": "Екі ел көлік, энергетика және өңдеу өнеркәсібі туралы он құжатқа қол қойды.",
}
PARTNERS = ("Serbia", "United Kingdom", "Spain", "South Korea", "European Union", "Kyrgyzstan")
SECTIONS = ("with_whom", "about_what", "how_firm", "how_much", "since_when", "languages")


def write_example(folder: Path, passages: int = 120, hostile: tuple[str, ...] = ()) -> Path:
    """Write a brief of six figures, five tables and `passages` passages to `folder`; return the path of its `.qmd`."""
    reports = paths.ROOT / "reports"
    (folder / "fragments").mkdir(parents=True)
    (folder / "figures").mkdir()
    for name in ("brief.qmd", "brief.css", "_quarto.yml"):
        shutil.copy(reports / name, folder / name)
    for name in ("templates", "fonts"):
        if (reports / name).is_dir():
            shutil.copytree(reports / name, folder / name)
    variables = {
        "title": escape_markdown("Serbia leads Kazakhstan's ties: 10 documents in 3 sources"),
        "standfirst": escape_markdown(
            "Five texts, four partners with signed agreements, and one large promise: transit of 45 million tonnes."
        ),
        "kicker": escape_markdown("Kazakhstan's international ties"),
        "edition": escape_markdown("Texts of 26 January 2025 to 6 March 2026"),
        "date": "2026-03-06",
    }
    write_text(folder / "_variables.yml", yaml.safe_dump(variables, allow_unicode=True))
    write_text(folder / "sources.bib", _write_bibliography())
    for name, text in _write_fragments(passages, hostile).items():
        write_text(folder / "fragments" / f"{name}.md", text)
    for name in SECTIONS:
        write_text(folder / "figures" / f"{name}.svg", draw_bars())
    return folder / "brief.qmd"


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with plain line ends; half-surrogates, which no file can hold, never reach this."""
    path.write_text(text, encoding="utf-8", newline="\n")


def draw_bars() -> str:
    """Return a small drawing with Latin, Cyrillic and Kazakh text, with roles, a title and a typeface as chart files have."""
    bars = "".join(
        f'<text x="150" y="{58 + 30 * row}" text-anchor="end" font-size="13" fill="#16202a" font-family="Inter">{name}'
        f'</text><rect x="160" y="{44 + 30 * row}" width="{420 - 60 * row}" height="20" fill="#00607a"/>'
        for row, name in enumerate((*PARTNERS[:5], "Қазақстан"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="240" viewBox="0 0 640 240">'
        f"<title>Serbia leads</title><desc>Bars.</desc><style>@font-face{{font-family:Inter;src:local(Inter)}}</style>"
        f'<g role="graphics-symbol" aria-roledescription="rule mark container"><path d="M0,0h1"/></g>'
        f'<rect width="640" height="240" fill="white"/>'
        f'<text x="0" y="20" font-size="16" font-weight="bold" fill="#16202a" font-family="Inter">Serbia leads</text>'
        f"{bars}</svg>\n"
    )


def _write_bibliography() -> str:
    return "".join(
        f"@online{{source-{number:03},\n  author = {{{{{escape_bibtex(outlet)}}}}},\n  title = {{{{{escape_bibtex(title)}}}}},\n"
        f"  date = {{{day}}},\n  note = {{{{{escape_bibtex(note)}}}}},\n}}\n"
        for number, (outlet, title, day, note) in enumerate(
            (
                ("Kazakhstan Today", "Digest of the week", "2026-03-06", "Source: Kazakhstan Today"),
                ("Qazinform", "Talks with Serbia: 10% & more", "2026-02-27", "As the outlet asks to be named"),
                ("Outlet not known", "Астана и Белград", "2026-02-27", "Bulgarian text"),
            )
        )
    )


def _write_fragments(passages: int, hostile: tuple[str, ...]) -> dict[str, str]:
    """Return every fragment that `brief.qmd` includes, as `telling` writes them."""
    figure = (
        "![{partner} has the most events; colour is the same in every chart.](figures/{name}.svg)"
        '{{#fig-{dashed} fig-alt="{alt}"}}\n'
    )
    sections = {}
    for number, name in enumerate(SECTIONS):
        dashed = name.replace("_", "-")
        sections[name] = "\n".join(
            (
                f"Kazakhstan has [10 documents](#ev-{number + 1}) with Serbia and [60 companies](#ev-{number + 2}) at work "
                f"(@fig-{dashed} and @tbl-{dashed}). Firmness is not weight: see @sec-method.[^{name}]",
                "",
                f"[^{name}]: One source, so far, [Астана]{{lang=ru}}.",
                "",
                figure.format(
                    partner="Serbia",
                    name=name,
                    dashed=dashed,
                    alt=escape_markdown("Bar chart: Serbia 10, United Kingdom 6; the range is 1 to 10."),
                ),
                "| Partner | Theme and action, in the words of the codebook | Events | Tonnes |",
                "|---|---|--:|--:|",
                *(
                    f"| {escape_markdown(partner)} | transport, agreement | [{9 - row}](#ev-{row + 1}) | {row * 1.5:.1f} million |"
                    for row, partner in enumerate(PARTNERS)
                ),
                "",
                f": Events by partner, n = 10. {{#tbl-{dashed}}}",
                "",
            )
        )
    sections["since_when"] += "\n" + sections.pop("languages").split("| Partner")[0].replace("and @tbl-languages", "")
    sections["findings"] = (
        "\n".join(
            f"- **{escape_markdown(partner)}** has [{10 - row} events](#ev-{row + 1}), more than any other partner [@source-00{row}]."
            for row, partner in enumerate(PARTNERS[:3])
        )
        + "\n"
    )
    sections["caution"] = (
        "::: {.callout-note}\n## Five texts are no sample\n\nNothing here says how often anything "
        "happens; see @sec-method.\n:::\n"
    )
    sections["method"] = (
        "Each text is cut into passages.\n\n### What is counted {#sec-counted}\n\nTies, once an event "
        "(@sec-sources).\n\n1. First,\n2. second.\n"
    )
    sections["agreement"] = "\n".join(
        (
            "Alpha under .667 is *tentative* (@tbl-agreement).",
            "",
            "| Code | n | Alpha | Interval |",
            "|---|--:|--:|---|",
            *(
                f"| {partner} | {row * 11} | .{70 + row} | .{60 + row} to .{80 + row} |"
                for row, partner in enumerate(PARTNERS)
            ),
            "",
            ": Agreement with hand coding. {#tbl-agreement}",
            "",
        )
    )
    sections["sources"] = "Outlets are named as they ask: @source-000; @source-001; @source-002.\n"
    languages = tuple(SENTENCES)
    sections["evidence"] = (
        "\n".join(
            _write_passage(number, SENTENCES[languages[number % 4]], languages[number % 4])
            for number in range(1, passages + 1)
        )
        + "\n"
        + "\n".join(
            f"::: {{#hostile-{number} .evidence}}\n> [{escape_markdown(text)}]{{.said}}\n:::\n"
            for number, text in enumerate(hostile)
        )
    )
    sections["colophon"] = "Codebook `3f2a9c`; commit `0000000`.\n"
    return sections


def _write_passage(number: int, text: str, language: str) -> str:
    return "\n".join(
        (
            f"::: {{#ev-{number} .evidence}}",
            f"**{number}** [{escape_markdown(language)}]{{.language}}",
            "",
            f'::: {{lang="{language}"}}',
            f"> [{escape_markdown(text[:12])}]{{.mark}}{escape_markdown(text[12:])}",
            ":::",
            "",
            "::: {.sourceline}",
            f"{escape_markdown('Qazinform, 27 February 2026 · 001_46added8aa228eea.txt, 120–' + str(220 + number))}",
            ":::",
            ":::",
            "",
        )
    )
