"""Read the codebook: every human judgement stands in `codebook/`, and here it becomes tables of patterns.

How a pattern is written stands in `compiling`.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
import yaml

from kzties import paths
from kzties.compiling import anchor_patterns, compile_patterns
from kzties.errors import CodebookError, nearest
from kzties.naming import name_partners
from kzties.tables import ACTIONS, THEMES

LANGUAGES = ("en", "ru", "bg", "kk", "kk-Latn", "de", "fr", "it", "tr", "pl", "uk", "uz", "es", "any")
"""Languages a codebook entry may have patterns in; Kazakh has two scripts, `any` is for names written alike."""

EVERYWHERE = ("en", "ru", "bg", "kk", "kk-Latn")
"""Languages whose names of partners are looked for in every passage: no such pattern is a common word of another one."""

HOME = "KAZ"
"""Kazakhstan is never a partner; its names show that it takes part in what a sentence states."""

PARTNER_KINDS, HOME_KINDS = ("names", "capitals", "exclude"), ("names", "capitals", "places", "bodies", "exclude")
ENTRY_KINDS = ("patterns", "patterns_alone", "exclude")

@dataclass(frozen=True)
class Codebook:
    """The whole codebook, ready to match: one row a pattern, what the codes are called, and the words that rules ask for."""

    patterns: pl.DataFrame
    partners: Mapping[str, str]
    themes: Mapping[str, str]
    actions: Mapping[str, str]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    version: str
    digest: str

    @cached_property
    def anchors(self) -> pl.DataFrame:
        """Return the patterns with what texts are searched for, as `matching` wants them; made once, when first asked for."""
        return anchor_patterns(self.patterns)


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
    """Read partners, themes, actions and languages; what cannot be carried out is a `CodebookError` naming file and key."""
    partners, names, themes, actions = (read_yaml(folder / f"{name}.yaml")
                                        for name in ("partners", "names", "themes", "actions"))
    check_keys("partners.yaml", partners, ("home", "partners"))
    check_keys("themes.yaml", themes, ("themes",))
    check_keys("actions.yaml", actions, ("actions",))
    _check_entries("themes.yaml", "theme", themes["themes"], THEMES, ("label", "definition", "note"))
    _check_entries("actions.yaml", "action", actions["actions"], ACTIONS, ("label", "definition", "rank", "plover", "note"))
    languages = read_languages(folder)
    rows = [*_partner_patterns(partners), *_name_patterns(names, partners), *_language_patterns(languages)]
    named = lambda entries, field: {code: str(entry.get(field, code)) for code, entry in (entries or {}).items()}  # noqa: E731
    words: dict[str, dict[str, tuple[str, ...]]] = {}
    for language, content in languages.items():  # the two scripts of Kazakh are one language of a passage
        own = words.setdefault(language[:2], {})
        for name, listed in (content["words"] or {}).items():
            own[name] = (*own.get(name, ()), *map(str, listed))
    return Codebook(
        patterns=compile_patterns(rows), partners=named(partners["partners"], "name"),
        themes=named(themes["themes"], "label"), actions=named(actions["actions"], "label"), words=words,
        version=read_version(folder), digest=hash_codebook(folder))


def read_languages(folder: Path = paths.CODEBOOK) -> dict[str, dict]:
    """Return the content of `languages/*.yaml` by language: how each puts themes, actions and the words of the rules."""
    contents = {}
    for path in sorted((folder / "languages").glob("*.yaml")):
        file = f"languages/{path.name}"
        if path.stem not in LANGUAGES:
            raise CodebookError(f"{file}: unknown language '{path.stem}'. {nearest(path.stem, LANGUAGES)}")
        content = read_yaml(path)
        check_keys(file, content, ("themes", "actions", "words"))
        for section, allowed in (("themes", THEMES), ("actions", ACTIONS)):
            entries = content[section] or {}
            if unknown := [str(code) for code in entries if code not in allowed]:
                raise CodebookError(f"{file}, {section}: unknown code '{unknown[0]}'. {nearest(unknown[0], allowed)}")
            for code, entry in entries.items():
                if unknown := sorted(str(key) for key in entry or {} if key not in (*ENTRY_KINDS, "yes", "no")):
                    raise CodebookError(f"{file}, '{code}': unknown key '{unknown[0]}'. "
                                        f"{nearest(unknown[0], (*ENTRY_KINDS, 'yes', 'no'))}")
        contents[path.stem] = content
    return contents


def read_version(folder: Path = paths.CODEBOOK) -> str:
    """Return the version of the codebook as a whole."""
    return str(read_yaml(folder / "codebook.yaml").get("version", "not known"))


def hash_codebook(folder: Path = paths.CODEBOOK) -> str:
    """Return the SHA-256 of the codebook: of its files' names and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _partner_patterns(content: dict) -> Iterator[tuple]:
    """Yield the patterns of partners.yaml: names, capitals and what is excluded, and those of Kazakhstan itself."""
    entries = {HOME: content.get("home") or {}} | (content.get("partners") or {})
    for code, entry in entries.items():
        if not isinstance(entry, dict) or not re.fullmatch(r"[A-Z][A-Za-z0-9+]{1,6}", str(code)):
            raise CodebookError(f"partners.yaml, '{code}': no ISO 3166-1 alpha-3 code or organisation of the codebook.")
        kinds = HOME_KINDS if code == HOME else PARTNER_KINDS
        if unknown := set(entry) - {"name", "kind", *kinds}:
            raise CodebookError(f"partners.yaml, '{code}': unknown key '{min(unknown)}'. "
                                f"{nearest(min(unknown), (*kinds, 'name', 'kind'))}")
        for kind in kinds:
            yield from _patterns("partners.yaml", "partner", code, kind, entry.get(kind))


def _name_patterns(names: dict, partners: dict) -> Iterator[tuple]:
    """Yield the patterns of names.yaml, those of Kazakhstan too; a state's name may come from CLDR."""
    if unknown := [str(locale) for locale in names if str(locale).split("_")[0] not in LANGUAGES]:
        raise CodebookError(f"names.yaml: unknown language '{unknown[0]}'. {nearest(unknown[0], LANGUAGES)}")
    entries = partners.get("partners") or {}
    states = [HOME, *(code for code, entry in entries.items() if entry.get("kind") == "state")]
    yield from name_partners(names, (HOME, *entries), states)


def _check_entries(file: str, variable: str, entries: dict | None, allowed: tuple[str, ...], keys: tuple[str, ...]) -> None:
    """Refuse codes that are missing, not known or not defined."""
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


def _language_patterns(languages: dict[str, dict]) -> Iterator[tuple]:
    """Yield the patterns of themes and actions of every language."""
    for language, content in languages.items():
        for variable, section in (("theme", "themes"), ("action", "actions")):
            for code, entry in (content[section] or {}).items():
                for kind in ENTRY_KINDS:
                    yield from _patterns(f"languages/{language}.yaml", variable, code, kind,
                                         {language: entry[kind]} if entry.get(kind) else None)


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
