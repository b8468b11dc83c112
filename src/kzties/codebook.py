"""Read the codebook: every human judgement stands in `codebook/*.yaml`, and here it becomes tables of patterns.

A pattern is a word or a sequence of words; each word may end in `*` (any ending, also none). Case is ignored, and
hyphens, dots and apostrophes separate words, so `U.K.` is written `u k`. A pattern in CAPITALS matches only capitals.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml

from kzties import paths
from kzties.errors import CodebookError, nearest
from kzties.tables import ACTIONS, THEMES

LANGUAGES = ("en", "ru", "bg", "kk", "kk-Latn", "de", "fr", "it", "tr", "pl", "uk", "uz", "any")
"""Languages a codebook entry may have patterns in; Kazakh has two scripts, `any` is for names written alike."""

HOME = "KAZ"
"""Kazakhstan is never a partner; its names show that it takes part in what a sentence states."""

PATTERN_SCHEMA = {
    "pattern_id": pl.Int64, "variable": pl.String, "code": pl.String, "kind": pl.String, "language": pl.String,
    "pattern": pl.String, "words": pl.List(pl.String), "open": pl.List(pl.Boolean), "capitals": pl.Boolean,
    "swallows": pl.Boolean,
}


@dataclass(frozen=True)
class Codebook:
    """The whole codebook, ready to match: one row a pattern, and what the codes are called."""

    patterns: pl.DataFrame
    partners: Mapping[str, str]
    themes: Mapping[str, str]
    actions: Mapping[str, str]
    version: str
    digest: str


class _UniqueKeyLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):
    """Load YAML, but refuse a key given twice (YAML would keep the last one in silence)."""

    def construct_mapping(self, node, deep=False):
        mapping = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            twice = next(str(key) for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(None, None, f"the key '{twice}' stands twice", node.start_mark)
        return mapping


def read_yaml(path: Path) -> dict:
    """Return the content of a YAML file; a missing or malformed file is a `CodebookError` with its line."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # a safe loader
    except FileNotFoundError:
        raise CodebookError(f"{path} is missing. Restore it from the repository.") from None
    except OSError as error:
        raise CodebookError(f"{path} cannot be read: {error.strerror}. Restore it from the repository.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error)
        raise CodebookError(f"{path.name}{line}: cannot be read: {reason}. Mend the YAML.") from None
    if not isinstance(content or {}, dict):
        raise CodebookError(f"{path.name}: expected named entries at the top. Compare it with the repository's file.")
    return content or {}


def check_keys(file: str, content: Mapping, wanted: tuple[str, ...]) -> None:
    """Refuse a file whose entries at the top are not exactly those wanted; a misspelt one would be lost in silence."""
    if unknown := sorted(str(key) for key in content if key not in wanted):
        raise CodebookError(f"{file}: unknown key '{unknown[0]}' at the top. {nearest(unknown[0], wanted)}")
    if missing := [key for key in wanted if key not in content]:
        raise CodebookError(f"{file}: the key '{missing[0]}' is missing at the top. Restore it.")


def read_codebook(folder: Path = paths.CODEBOOK) -> Codebook:
    """Read partners, themes and actions; whatever cannot be carried out is a `CodebookError` naming file and key."""
    partners, themes, actions = (read_yaml(folder / f"{name}.yaml") for name in ("partners", "themes", "actions"))
    check_keys("partners.yaml", partners, ("home", "partners"))
    check_keys("themes.yaml", themes, ("themes",))
    check_keys("actions.yaml", actions, ("actions",))
    rows = [*_partner_patterns(partners), *_entry_patterns("themes.yaml", "theme", themes.get("themes"), THEMES),
            *_entry_patterns("actions.yaml", "action", actions.get("actions"), ACTIONS)]
    patterns = compile_patterns(rows)
    named = lambda entries, field: {code: str(entry.get(field, code)) for code, entry in (entries or {}).items()}  # noqa: E731
    return Codebook(
        patterns=patterns, partners=named(partners.get("partners"), "name"),
        themes=named(themes.get("themes"), "label"), actions=named(actions.get("actions"), "label"),
        version=read_version(folder), digest=hash_codebook(folder))


def read_version(folder: Path = paths.CODEBOOK) -> str:
    """Return the version of the codebook as a whole."""
    return str(read_yaml(folder / "codebook.yaml").get("version", "not known"))


def hash_codebook(folder: Path = paths.CODEBOOK) -> str:
    """Return the SHA-256 of the codebook: of its files' names and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _partner_patterns(content: dict) -> Iterator[tuple]:
    """Yield the patterns of partners.yaml: names, capitals and what is excluded, and those of Kazakhstan itself."""
    entries = {HOME: content.get("home") or {}} | (content.get("partners") or {})
    for code, entry in entries.items():
        if not isinstance(entry, dict) or not re.fullmatch(r"[A-Z][A-Za-z0-9+]{1,6}", str(code)):
            raise CodebookError(f"partners.yaml, '{code}': no ISO 3166-1 alpha-3 code or organisation of the codebook.")
        if unknown := set(entry) - {"name", "kind", "names", "capitals", "exclude"}:
            raise CodebookError(f"partners.yaml, '{code}': unknown key '{min(unknown)}'. "
                                f"{nearest(min(unknown), ('names', 'capitals', 'exclude', 'name', 'kind'))}")
        for kind in ("names", "capitals", "exclude"):
            yield from _patterns("partners.yaml", "partner", code, kind, entry.get(kind))


def _entry_patterns(file: str, variable: str, entries: dict | None, allowed: tuple[str, ...]) -> Iterator[tuple]:
    """Yield the patterns of themes.yaml or actions.yaml."""
    keys = ("label", "definition", "patterns", "patterns_alone", "exclude", "examples", "rank", "plover", "note")
    entries = entries or {}
    if unknown := [str(code) for code in entries if code not in allowed]:
        raise CodebookError(f"{file}: unknown {variable} '{unknown[0]}'. {nearest(unknown[0], allowed)}")
    if missing := [code for code in allowed if code not in entries]:
        raise CodebookError(f"{file}: the {variable} '{missing[0]}' is missing. Restore it.")
    for code, entry in entries.items():
        if unknown := set(entry or {}) - set(keys):
            raise CodebookError(f"{file}, '{code}': unknown key '{min(unknown)}'. {nearest(min(unknown), keys)}")
        if not (entry or {}).get("definition"):
            raise CodebookError(f"{file}, '{code}' has no definition. Add one sentence saying what counts.")
        for kind in ("patterns", "patterns_alone", "exclude"):
            yield from _patterns(file, variable, code, kind, entry.get(kind))


def _patterns(file: str, variable: str, code: str, kind: str, languages: dict | None) -> Iterator[tuple]:
    """Yield one raw row a pattern: file, variable, code, kind, language, pattern."""
    if not isinstance(languages or {}, dict):
        raise CodebookError(f"{file}, '{code}', {kind}: expected languages, each with a list of patterns.")
    for language, patterns in (languages or {}).items():
        if language not in LANGUAGES:
            raise CodebookError(f"{file}, '{code}', {kind}: unknown language '{language}'. "
                                f"{nearest(str(language), LANGUAGES)}")
        if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
            raise CodebookError(f"{file}, '{code}', {kind}.{language}: expected a list of words, [like, this], each a text "
                                "(quote a bare yes, no, on, off or number).")
        for pattern in patterns:
            yield file, variable, str(code), kind, language, str(pattern)


def compile_patterns(rows: Iterable[tuple]) -> pl.DataFrame:
    """Return the table of patterns, each with its words normalised as texts are, and whether a word may have any ending.

    Takes rows of file, variable, code, kind, language and pattern; one that cannot be carried out is a `CodebookError`.

    >>> row = ("themes.yaml", "theme", "transport", "patterns", "en", "Trans-Caspian route*")
    >>> compile_patterns([row]).select("words", "open").row(0)
    (['trans', 'caspian', 'route'], [False, False, True])
    """
    raw = pl.DataFrame(list(rows), schema=["file", "variable", "code", "kind", "language", "pattern"], orient="row",
                       schema_overrides=dict.fromkeys(("file", "variable", "code", "kind", "language", "pattern"), pl.String))
    pattern, element = pl.col("pattern"), pl.element()
    plain = normalise(pattern)
    wrong = plain.str.contains(r"[\[\]()|\\^$?{}]|(?:^|[^\w*])\*|\*[\w*]") | ~plain.str.contains(r"\w")
    if not (bad := raw.filter(wrong)).is_empty():
        row = bad.row(0, named=True)
        raise CodebookError(f"{row['file']}, '{row['code']}', {row['kind']}.{row['language']}: the pattern '{row['pattern']}' "
                            "cannot be compiled. Write words separated by spaces, each with at most one '*' at its end.")
    return (raw.with_row_index("pattern_id").with_columns(words=plain.str.extract_all(r"\w+\*?"))
            .with_columns(open=pl.col("words").list.eval(element.str.ends_with("*")),
                          words=pl.col("words").list.eval(element.str.strip_chars_end("*")),
                          swallows=pl.col("kind") == "exclude",
                          capitals=pattern.str.contains(r"\p{L}") & (pattern == pattern.str.to_uppercase())
                          & (pattern != pattern.str.to_lowercase()))
            .select(pl.col(name).cast(dtype) for name, dtype in PATTERN_SCHEMA.items()))


def normalise(text: pl.Expr) -> pl.Expr:
    """Return words as they are matched: NFKC, lower case, no soft hyphens or stress marks, dotless `ı` as `i`.

    Patterns and texts go through this alike; Turkish and Kazakh in Latin letters lose their dots in capitals.

    >>> pl.select(normalise(pl.lit("Каза\u0301хстан İran"))).item()
    'казахстан iran'
    """
    return (text.str.normalize("NFKC").str.to_lowercase().str.replace_all("[\u0301\u0307\u00ad]", "")
            .str.replace_all("ı", "i", literal=True))
