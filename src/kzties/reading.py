"""Read raw texts and what is declared of them: bytes to characters, files to the `documents` table.

One bad file never stops the others: it is listed in `documents` with its problem. Only what contradicts
`sources.csv` stops the run, because then nobody knows which text is meant.
"""

import codecs
import csv
import datetime
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.errors import SourceError, nearest
from kzties.tables import DOCUMENTS

SOURCE_COLUMNS = ("file", "outlet", "published", "language", "encoding", "url", "rights", "attribution", "note")
NOT_TEXTS = ("sources.csv", "README.md", "LICENSE.md")
"""Files of `data/raw/` that are about the texts and no texts themselves."""

LEGACY_ENCODINGS = ("cp1251", "kz1048", "koi8_r", "cp866", "mac_cyrillic", "cp1252", "cp1254", "cp1250")
"""8-bit encodings met in news archives of the region; UTF-8 and UTF-16 are recognised before them."""

URL = r"https?://[^\s{}\\\"<>^`|]+"
"""Addresses that may become links: no other scheme, and no character that could end the link."""

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Sources:
    """The rows of `sources.csv` by file name, and everything that is wrong with them, one sentence each."""

    rows: dict[str, dict[str, str]]
    problems: tuple[str, ...]


def list_texts(folder: Path) -> list[Path]:
    """Return the files of a folder that are texts, by name; hidden files and `NOT_TEXTS` are none."""
    return sorted((path for path in folder.iterdir()
                   if path.is_file() and not path.name.startswith(".") and path.name not in NOT_TEXTS),
                  key=lambda path: path.name)


def read_sources(folder: Path) -> Sources:
    """Read `folder/sources.csv` and compare it with the files that stand there; a missing table is a `SourceError`."""
    table = folder / "sources.csv"
    if not folder.is_dir():
        raise SourceError(f"{folder} is missing. Make the folder and put the raw texts and their sources.csv into it.")
    if not table.is_file():
        raise SourceError(f"{table} is missing. Write one row a text, with the columns {', '.join(SOURCE_COLUMNS)}.")
    try:
        lines = io.StringIO(table.read_bytes().decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        raise SourceError(f"{table} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    try:
        return _check_sources(folder, table, csv.DictReader(lines))
    except csv.Error as error:
        raise SourceError(f"{table} is no table of commas and quotes: {error}. Save it anew as CSV in UTF-8.") from None


def _check_sources(folder: Path, table: Path, reader: csv.DictReader) -> Sources:
    """Return the rows of `sources.csv`, compared with the files that stand beside it."""
    problems = [f"{table.name}, line 1: unknown column '{name}'. {nearest(name or '', SOURCE_COLUMNS)}"
                for name in reader.fieldnames or () if name not in SOURCE_COLUMNS]
    if "file" not in (reader.fieldnames or ()):
        raise SourceError(f"{table}, line 1: there is no column 'file'. The columns are {', '.join(SOURCE_COLUMNS)}.")
    rows: dict[str, dict[str, str]] = {}
    first_lines: dict[str, int] = {}
    for row in reader:
        line, name = reader.line_num, (row["file"] or "").strip()
        where = f"{table.name}, line {line}"
        if None in row or None in row.values():
            problems.append(f"{where}: the row has not {len(reader.fieldnames)} fields. Quote a field that holds commas.")
            row.pop(None, None)
        problems += [f"{where}: {problem}" for problem in _check_source({key: value or "" for key, value in row.items()})]
        if name in rows:
            problems.append(f"{where}: '{name}' has a row already, in line {first_lines[name]}. Keep one of the two.")
            continue
        rows[name], first_lines[name] = {key: (value or "").strip() for key, value in row.items()}, line
        if Path(name).name != name or not (folder / name).is_file():
            problems.append(f"{where}: there is no file '{name}' in {folder}. Add the text or delete the row.")
    stems: dict[str, str] = {}
    for path in list_texts(folder):
        if not path.name.isprintable():
            problems.append(f"{ascii(path.name)}: the file's name cannot be written down. Rename the file.")
        elif path.name not in rows:
            problems.append(f"{path.name}: the text has no row in {table}. Add one; unknown fields stay empty.")
        if path.stem in stems:
            problems.append(f"{path.name}: has the same stem as {stems[path.stem]}, so both would be one document. "
                            "Rename one.")
        stems[path.stem] = path.name
    return Sources(rows, tuple(problems))


def _check_source(row: dict[str, str]) -> list[str]:
    """Return what is wrong with the fields of one row."""
    problems = []
    if (published := row.get("published")) and not is_day(published):
        problems.append(f"published '{published}' is no date. Write it as YYYY-MM-DD, or leave it empty.")
    if (url := row.get("url")) and not re.fullmatch(URL, url):
        problems.append(f"url '{url}' is no address of a web page. Write it as https://…, or leave it empty.")
    if (language := row.get("language")) and not (len(language) == 2 and language.isalpha() and language.islower()):
        problems.append(f"language '{language}' is no ISO 639-1 code, such as 'en' or 'kk'.")
    if (encoding := row.get("encoding")) and not is_encoding(encoding):
        problems.append(f"encoding '{encoding}' is not known, such as 'utf-8' or 'windows-1251'.")
    return problems


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written as in 2026-03-06.

    >>> is_day("2026-03-06"), is_day("2026-02-30"), is_day("2026-W10-5"), is_day("20260306")
    (True, False, False, False)
    """
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)) and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def is_encoding(name: str) -> bool:
    """Whether Python knows a text encoding of this name.

    >>> is_encoding("windows-1251"), is_encoding("hex"), is_encoding("windows-9")
    (True, False, False)
    """
    try:
        return bool("a".encode(name))
    except (LookupError, ValueError):
        return False


def decode(content: bytes, declared: str | None = None, legacy: str = "windows-1251") -> tuple[str, str]:
    """Return the text and the name of its encoding, or raise `ValueError` with the reason why it is none.

    A byte order mark wins, then what is declared, then UTF-8, then the 8-bit encoding whose letters fit best
    (`charset_normalizer`); `legacy` decides where a text is too short to tell.

    >>> decode("Сербия".encode("utf-8"))
    ('Сербия', 'utf-8')
    >>> decode("Товарооборот Казахстана и Сербии вырос.".encode("windows-1251"))
    ('Товарооборот Казахстана и Сербии вырос.', 'cp1251')
    """
    if not content.strip():
        raise ValueError("The file is empty.")
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding), encoding
    if declared:
        try:
            return content.decode(declared), codecs.lookup(declared).name
        except UnicodeDecodeError as error:
            raise ValueError(f"The file is not {declared}, as sources.csv declares (byte {error.start}).") from None
    if b"\0" in content:
        raise ValueError("The file is binary: it holds zero bytes.")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_legacy(content, legacy)


def _decode_legacy(content: bytes, legacy: str) -> tuple[str, str]:
    """Decode an 8-bit text: by `legacy` where that gives well-cased words, else by the encoding that fits best.

    KOI8-R read as windows-1251 still gives Cyrillic letters, but with capitals and small letters swapped: the case of
    words tells them apart. windows-1251 has no Kazakh letters; KZ-1048 puts `қ` where windows-1251 has `ќ`.
    """
    from charset_normalizer import from_bytes  # only met with old texts, so not paid for at every start

    encoding = codecs.lookup(legacy).name
    text = content.decode(encoding, errors="replace")
    if not _is_prose(text):
        best = from_bytes(content, cp_isolation=list(LEGACY_ENCODINGS)).best()
        encoding = best.encoding if best else encoding
        text = content.decode(encoding, errors="replace")
    if encoding == "cp1251" and re.search("[ќЌ]", text):
        encoding, text = "kz1048", content.decode("kz1048", errors="replace")
    if not _is_prose(text):
        raise ValueError("The file is binary or in no known encoding. Declare it in sources.csv or save it as UTF-8.")
    return text, encoding


def _is_prose(text: str) -> bool:
    """Whether nearly all characters can be read and nearly all words are of one script and cased as words are.

    >>> _is_prose("Товарооборот вырос."), _is_prose("тПЧБТППВПТПФ ЧЩТПУ.")
    (True, False)
    """
    strange = sum(not (character.isprintable() or character.isspace()) or character == "\ufffd" for character in text)
    words = re.findall(r"[^\W\d_]+", text)
    well_cased = sum(word.islower() or word.isupper() or word.istitle() for word in words)
    mixed = sum(bool(re.search("[a-zA-Z]", word) and re.search("[\u0400-\u04ff]", word)) for word in words)
    letters = sum(map(len, words))
    return (strange <= len(text) / 100 and letters >= len(text) / 3
            and well_cased >= 0.8 * len(words) and mixed <= len(words) / 20)


def read_documents(folder: Path, sources: dict[str, dict[str, str]], largest_megabytes: float,
                   legacy_encoding: str = "windows-1251") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read every text of a folder: return `documents`, still without dates and languages read in the texts, and `texts`.

    `texts` has the columns `document_id` and `text` (the decoded raw file) for the documents that could be read.
    """
    rows, texts, paths_found = [], [], list_texts(folder)
    stems = [path.stem for path in paths_found]
    for path in paths_found:
        document_id = path.stem if stems.count(path.stem) == 1 else path.name
        source = sources.get(path.name, {})
        row = {"document_id": document_id, "path": _project_path(path), "status": "skipped", "published_from": "none",
               "language": source.get("language") or None}
        row |= {name: source.get(name) or None for name in ("outlet", "rights", "attribution", "note")}
        row["url"] = url if (url := source.get("url")) and re.fullmatch(URL, url) else None
        if published := source.get("published"):
            row |= {"published": datetime.date.fromisoformat(published), "published_from": "declared"}
        try:
            with path.open("rb") as file:
                row |= {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}
            if row["bytes"] > largest_megabytes * 1_000_000:
                raise ValueError(f"The file is larger than {largest_megabytes:g} MB (passages.largest_megabytes).")
            text, row["encoding"] = decode(path.read_bytes(), source.get("encoding") or None, legacy_encoding)
            if not text.strip():
                raise ValueError("The file is empty.")
            row |= {"status": "read", "characters": len(text)}
            texts.append({"document_id": document_id, "text": text})
        except OSError as error:
            row["problem"] = f"The file cannot be read: {error.strerror}."
        except ValueError as error:
            row["problem"] = str(error)
        rows.append(row)
    documents = pl.DataFrame(rows, schema=DOCUMENTS.schema) if rows else DOCUMENTS.empty()
    return documents, pl.DataFrame(texts, schema={"document_id": pl.String, "text": pl.String})


def _project_path(path: Path) -> str:
    """Return the path from the project's root where it lies there, else the file's name; never this machine's."""
    path = path.resolve()
    return path.relative_to(paths.ROOT).as_posix() if path.is_relative_to(paths.ROOT) else path.name
