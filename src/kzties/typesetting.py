"""Text in charts: the bundled typeface, how wide its words are, where lines break, and how a chart file carries it.

Charts are laid out before they are drawn, so that no label is cut off; for that the widths are read from the font.
"""

import base64
import html
import re
import struct
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kzties import paths

FONTS = paths.REPORTS / "fonts"
FAMILY = "Inter"
FALLBACK = "sans-serif"
UNKNOWN = "\u25a1"
"""Stands in a chart for a character that the typeface lacks or that has no shape, such as a control character."""


def _read_table(font: bytes, tag: bytes) -> bytes:
    """Return one table of a TrueType file by its four-letter tag."""
    count = struct.unpack(">H", font[4:6])[0]
    for record in range(12, 12 + 16 * count, 16):
        name, _, start, length = struct.unpack(">4sLLL", font[record:record + 16])
        if name == tag:
            return font[start:start + length]
    raise ValueError(f"Expected a TrueType font with the table {tag.decode()!r}, found none.")


def _read_glyphs(table: bytes) -> dict[int, int]:
    """Return the glyph of each character from a `cmap` table's segments (format 4 of the OpenType specification)."""
    count = struct.unpack(">H", table[2:4])[0]
    starts = [struct.unpack(">L", table[4 + 8 * index + 4:4 + 8 * index + 8])[0] for index in range(count)]
    part = next(table[start:] for start in starts if table[start:start + 2] == b"\x00\x04")
    pairs = struct.unpack(">H", part[6:8])[0]
    ends, firsts, deltas, offsets = (
        struct.unpack(f">{pairs // 2}H", part[place:place + pairs])
        for place in (14, 16 + pairs, 16 + 2 * pairs, 16 + 3 * pairs)
    )
    glyphs = {}
    for segment, (first, end) in enumerate(zip(firsts, ends)):
        for character in range(first, min(end, 0xFFFE) + 1):
            if offsets[segment]:
                place = 16 + 3 * pairs + 2 * segment + offsets[segment] + 2 * (character - first)
                glyph = struct.unpack(">H", part[place:place + 2])[0]
                glyph = (glyph + deltas[segment]) & 0xFFFF if glyph else 0
            else:
                glyph = (character + deltas[segment]) & 0xFFFF
            if glyph:
                glyphs[character] = glyph
    return glyphs


@cache
def read_widths(weight: str = "Regular", folder: Path = FONTS) -> Mapping[str, float]:
    """Return the width of every character of the bundled typeface, as a share of the font size."""
    path = folder / f"{FAMILY}-{weight}.ttf"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. It comes with the project: restore reports/fonts/ from git.")
    font = path.read_bytes()
    per_em = struct.unpack(">H", _read_table(font, b"head")[18:20])[0]
    full = struct.unpack(">H", _read_table(font, b"hhea")[34:36])[0]
    metrics = _read_table(font, b"hmtx")
    widths = {}
    for character, glyph in _read_glyphs(_read_table(font, b"cmap")).items():
        place = 4 * min(glyph, full - 1)
        widths[chr(character)] = struct.unpack(">H", metrics[place:place + 2])[0] / per_em
    return widths


def clean_text(text: str) -> str:
    r"""Return `text` as a chart can draw it: one line, composed letters, a mark for what has no shape.

    The full text stays in the chart's data; only the drawing is replaced.

    >>> clean_text("  Қазақстан\n and \x07 Vučić")
    'Қазақстан and □ Vučić'
    """
    widths = read_widths()
    text = re.sub(r"[^\S\u00a0\u202f]+", " ", unicodedata.normalize("NFC", text)).strip()
    return "".join(
        character if character in widths and unicodedata.category(character) not in ("Cc", "Cf") else UNKNOWN
        for character in text
    )


def measure_text(text: str, size: float, bold: bool = False) -> float:
    """Return how wide `text` is in pixels, kerning left out (it moves a line by less than one pixel)."""
    widths = read_widths("Bold" if bold else "Regular")
    return size * sum(widths.get(character, 1.0) for character in text)


def balance_text(text: str, width: float, size: float, bold: bool = False, lines: int = 4) -> list[str]:
    """Break `text` as `wrap_text` does, into lines of about the same length."""
    rows = wrap_text(text, width, size, bold, lines)
    narrower = width
    while len(rows) > 1 and narrower > width / 2:
        narrower -= 12
        tried = wrap_text(text, narrower, size, bold, lines)
        if len(tried) > len(rows) or tried[-1].endswith("…"):
            break
        rows = tried
    return rows


def wrap_text(text: str, width: float, size: float, bold: bool = False, lines: int = 3) -> list[str]:
    """Break `text` into at most `lines` lines of `width` pixels, between words where it can.

    >>> wrap_text("Eurasian Economic Union", width=110, size=13)
    ['Eurasian', 'Economic Union']
    """
    pieces = []
    for word in clean_text(text).split(" "):
        while measure_text(word, size, bold) > width and len(word) > 1:
            fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or measure_text(word[:n], size, bold) <= width)
            pieces.append(word[:fits])
            word = word[fits:]
        pieces.append(word)
    rows = [""]
    for piece in pieces:
        longer = f"{rows[-1]} {piece}".strip()
        if rows[-1] and measure_text(longer, size, bold) > width:
            rows.append(piece)
        else:
            rows[-1] = longer
    if len(rows) > lines:
        rows = rows[:lines]
        while rows[-1] and measure_text(rows[-1] + "…", size, bold) > width:
            rows[-1] = rows[-1][:-1]
        rows[-1] = rows[-1].rstrip() + "…"
    return rows


CUTS = {
    "Basic": "U+20-7E,U+A0-FF,U+107,U+10D,U+111,U+11F,U+130-131,U+144,U+15E-161,U+17D-17E,U+1F5,U+2009,U+2013-2014,"
             "U+2018-201E,U+2022,U+2026,U+20AC,U+20B8,U+20BD,U+2190-2193,U+2212,U+2248,U+2264-2265,U+25A1",
    "Cyrillic": "U+301,U+400-45F,U+462-463,U+472-475,U+48A-52F,U+2116",
}
"""The small cuts of the typeface and the characters that each holds; for any other letter a chart carries all of it."""


@cache
def _hold_characters(ranges: str) -> frozenset[str]:
    """Return the characters of a CSS `unicode-range`."""
    held = set()
    for part in ranges.replace("U+", "").split(","):
        first, _, last = part.partition("-")
        held.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(held)


def _write_face(name: str, weight: int, ranges: str = "") -> str:
    """Return the style rule that carries one font file."""
    font = base64.b64encode((FONTS / f"{name}.woff2").read_bytes()).decode("ascii")
    limit = f";unicode-range:{ranges}" if ranges else ""
    return (f"@font-face{{font-family:{FAMILY};font-weight:{weight}{limit};"
            f"src:url(data:font/woff2;base64,{font}) format('woff2')}}")


def embed_typeface(svg: str) -> str:
    """Put what an SVG needs of the typeface into it, since a page that shows it as an image cannot lend it any."""
    used: dict[str, set[str]] = {"Regular": set(), "Bold": set()}
    for attributes, text in re.findall(r"<text\b([^>]*)>(.*?)</text>", svg, flags=re.DOTALL):
        used["Bold" if 'font-weight="bold"' in attributes else "Regular"] |= set(
            html.unescape(re.sub(r"<[^>]*>", "", text)))
    faces = []
    for (weight, characters), number in zip(used.items(), (400, 700)):
        needed = [cut for cut, ranges in CUTS.items() if characters & _hold_characters(ranges)]
        if characters - frozenset().union(*map(_hold_characters, CUTS.values())):
            faces.append(_write_face(f"{FAMILY}-{weight}", number))
        else:
            faces += [_write_face(f"{FAMILY}-{cut}-{weight}", number, CUTS[cut]) for cut in needed]
    return re.sub(r"(<svg\b[^>]*>)", lambda found: f"{found.group(1)}<style>{''.join(faces)}</style>", svg, count=1)
