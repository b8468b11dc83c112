"""Read `codebook/units.yaml`, check it, and make of it one small grammar a language (rules: `phrasing`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.codebook import LANGUAGES, read_yaml
from kzties.counting import Nouns, build_nouns, check_patterns, read_nouns
from kzties.errors import CodebookError, nearest
from kzties.phrasing import either, write_rules
from kzties.tables import BOUNDS

FILE = "units.yaml"
UNKNOWN = "und"
"""The grammar of passages whose language is not known or has no block: English words, no ambiguous separators."""

CODED = {"before": "any", "currencies": "money", "units": "measures", "per": "rates",
         "per_before": "rates"}
"""Sections whose keys are codes, and the list of `codes` that the keys must stand in."""

KEYED = {"scales": range(1, 16), "money_scales": range(1, 16), "numbers": None, "fractions": None,
         "fractions_free": None, "bounds": BOUNDS[1:], "bounds_after": BOUNDS[1:], "roles": ("total", "part")}
PERIODS = {"months": range(1, 13), "quarters": range(1, 5), "halves": (1, 2), "first_months": range(2, 12)}
PERIOD_CODES = {"months": "-", "quarters": "-Q", "halves": "-H", "first_months": "first-"}
PERIOD_LISTS = ("joiners", "to", "bases", "bases_near", "bases_of_shares", "bases_after",
                "relative")
LISTS = (
    "number_joiners", "article", "half", "scales_alone", "fractions_need", "fractions_after", "not_fractions",
    "not_fractions_after",
    "not_between", "not_after", "not_counted", "not_units_after", "people_need", "trips", "of_them", "of_endings",
    "respectively", "to_after_from", "against", "ago", "not_alone_after", "not_nature", "not_adjective_endings",
    "half_of", "after_millions", "heads", "adjectives",
    "endings", "adjective_endings", "fillers", "from", "to", "between", "and", "of", "from_endings", "changes",
    "times_need", "times_before", "names_before", "nature", "not_per", "verbs", "what_after", "conjunctions", "links",
    "verb_endings", "glued",
)
UNNAMED = ("units", "currencies", "months", "fractions_free")
"""Sections that are looked up as parts of others."""
MEANINGS = ("decimal", "group", "unclear")


@dataclass(frozen=True)
class Grammar:
    """How one language puts quantities: rules by name, the codes of each sort of word, what separators mean."""

    language: str
    separators: Mapping[str, str]
    rules: Mapping[str, str]
    names: Mapping[str, tuple[tuple[str, ...], str]]
    has: frozenset[str]
    nouns: Nouns
    letters: Mapping[str, str]


@dataclass(frozen=True)
class Units:
    """The checked blocks of units.yaml by language, the codes by kind (money, measures, rates), nouns.yaml.

    `written` says which unit, power of ten and rate stand for a code: `bpd` is `barrel` per `day`.
    """

    blocks: Mapping[str, dict]
    codes: Mapping[str, tuple[str, ...]]
    written: Mapping[str, tuple]
    nouns: Mapping[str, dict]


def read_units(folder: Path = paths.CODEBOOK) -> Units:
    """Read `folder/units.yaml` and `folder/nouns.yaml`.

    What cannot be carried out is a `CodebookError` naming file, key and nearest name.
    """
    content = read_yaml(folder / FILE)
    _check_keys("the top", content, ("codes", "languages"))
    codes = content.get("codes") or {}
    _check_keys("codes", codes, ("money", "measures", "rates", "written"))
    written = {code: tuple(parts) for code, parts in (codes.pop("written", None) or {}).items()}
    codes = {kind: tuple(map(str, names)) for kind, names in codes.items()}
    blocks = {language: block or {} for language, block in (content.get("languages") or {}).items()}
    _check_keys("languages", blocks, LANGUAGES)
    for language, block in blocks.items():
        _check_block(language, block, codes)
    return Units(blocks, codes, written, read_nouns(folder))


def name_grammar(language: str, units: Units) -> str:
    """Return the grammar that a passage in this language is read with; the two scripts of Kazakh share one."""
    name = "kk" if language == "kk-Latn" else language
    return name if name in units.blocks and name != "any" else UNKNOWN


def build_grammar(name: str, units: Units) -> Grammar:
    """Join the blocks that hold for a language into its grammar: its own, and the one for any language."""
    if name == UNKNOWN:
        own = [units.blocks.get("en", {}) | {"separators": {}}]
    else:
        own = [units.blocks[name]] + ([units.blocks.get("kk-Latn", {})] if name == "kk" else [])
    return _build(name, [*own, units.blocks.get("any", {})], units)


def _check_keys(where: str, entries: object, allowed: Iterable[object] | None) -> None:
    """Refuse what is no mapping, and keys that are not allowed."""
    if not isinstance(entries, dict):
        raise CodebookError(f"{FILE}, {where}: expected named entries, found '{entries}'. Write `name: [...]` lines.")
    allowed = entries if allowed is None else allowed
    valid = [str(name) for name in allowed]
    if unknown := sorted(str(key) for key in entries if str(key) not in valid):
        raise CodebookError(f"{FILE}, {where}: unknown key '{unknown[0]}'. {nearest(unknown[0], valid)}")


def _check_block(language: str, block: dict, codes: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse what a language's block cannot mean."""
    _check_keys(language, block, (*CODED, *KEYED, *LISTS, "separators", "periods", "direct_what", "letters"))
    for separator, meaning in block.get("separators", {}).items():
        if separator not in (".", ",") or meaning not in MEANINGS:
            raise CodebookError(f"{FILE}, {language}.separators: '{separator}: {meaning}' says nothing. Write '.' or "
                                f"',' with one of: {', '.join(MEANINGS)}.")
    for section in LISTS:
        check_patterns(f"{FILE}, {language}.{section}", block.get(section, []))
    for section, kind in CODED.items():
        allowed = [code for name, entries in codes.items() if kind in (name, "any") for code in entries]
        _check_section(f"{language}.{section}", block.get(section, {}), allowed)
    for section, allowed in KEYED.items():
        _check_section(f"{language}.{section}", block.get(section, {}), allowed)
    for value in block.get("numbers", {}):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CodebookError(f"{FILE}, {language}.numbers: '{value}' is no number. Write `7: [seven]`.")
    periods = block.get("periods", {})
    _check_keys(f"{language}.periods", periods, (*PERIODS, *PERIOD_LISTS))
    for section, allowed in PERIODS.items():
        _check_section(f"{language}.periods.{section}", periods.get(section, {}), allowed)
    for section in PERIOD_LISTS:
        check_patterns(f"{FILE}, {language}.periods.{section}", periods.get(section, []))


def _check_section(where: str, entries: object, allowed: Iterable[object] | None) -> None:
    """Refuse unknown keys, and a pattern that stands under two of them: nobody knows which one is meant."""
    _check_keys(where, entries, allowed)
    stands: dict[str, object] = {}
    for code, patterns in entries.items():
        check_patterns(f"{FILE}, {where}.{code}", patterns)
        for pattern in patterns:
            if stands.setdefault(pattern.lower(), code) != code:
                raise CodebookError(f"{FILE}, {where}: '{pattern}' stands under '{stands[pattern.lower()]}' and "
                                    f"'{code}'. Keep it under one.")


def _build(language: str, blocks: list[dict], units: Units) -> Grammar:
    """Join the blocks that hold for a language into its grammar."""
    letters = {letter: other for block in blocks for letter, other in block.get("letters", {}).items()}
    blocks = [_fold_block(block, letters) for block in blocks] if letters else blocks
    entries = {section: _join(blocks, section) for section in (*CODED, *KEYED)}
    periods = [block.get("periods", {}) for block in blocks]
    entries["parts"] = [(f"{PERIOD_CODES[section]}{code:0>2}" if section.endswith("months") else
                         f"{PERIOD_CODES[section]}{code}", pattern)
                        for section in PERIODS for code, pattern in _join(periods, section)]
    entries["fractions"] += entries["fractions_free"]
    entries["months"] = _join(periods, "months")
    entries["measured"] = entries["units"] + entries["currencies"]
    nouns = build_nouns(language, units.nouns, entries["units"])
    entries["phrases"] = list(nouns.phrases)
    listed = {section: [pattern for block in blocks for pattern in block.get(section, [])] for section in LISTS}
    entries["ranges"] = [(section, pattern) for section in ("from", "between") for pattern in listed[section]]
    listed |= {section: [pattern for _, pattern in pairs] for section, pairs in entries.items()}
    listed |= {"measures": listed["units"] + listed["currencies"]}
    for section in PERIOD_LISTS:
        listed["period_to" if section == "to" else section] = [
            pattern for period in periods for pattern in period.get(section, [])]
    separators = next((block["separators"] for block in blocks if "separators" in block), {})
    has = {section for section, patterns in listed.items() if patterns}
    has |= {"direct_what"} if any(block.get("direct_what") for block in blocks) else set()
    has |= {"to_is_bound"} if set(listed["to"]) & {word for code, word in entries["bounds"] if code == "max"} else set()
    names = {section: _name_codes(pairs) for section, pairs in entries.items() if section not in UNNAMED}
    return Grammar(language, separators, write_rules(language, listed), names, frozenset(has), nouns, letters)


def _fold_block(entry: object, letters: Mapping[str, str]) -> object:
    """Return a block with every pattern in the letters that its texts are compared in."""
    if isinstance(entry, dict):
        return {key: _fold_block(value, letters) for key, value in entry.items()}
    if isinstance(entry, list):
        return [_fold_block(value, letters) for value in entry]
    return entry.translate(str.maketrans(letters)) if isinstance(entry, str) else entry


def _join(blocks: Iterable[Mapping], section: str) -> list[tuple[str, str]]:
    """Return the code and pattern pairs of a section in all blocks."""
    return [(str(code), pattern) for block in blocks for code, patterns in block.get(section, {}).items()
            for pattern in patterns]


def _name_codes(entries: list[tuple[str, str]]) -> tuple[tuple[str, ...], str]:
    """Return the codes of a section and one rule with a group for each, in the order of the file."""
    codes = tuple(dict.fromkeys(code for code, _ in entries))
    groups = (f"(?P<code{number}>{either(pattern for name, pattern in entries if name == code)})"
              for number, code in enumerate(codes))
    return codes, f"(?i)^(?:{'|'.join(groups)})$"


def name_surfaces(rows: pl.DataFrame, surface: str, name: str, grammar: Grammar, section: str) -> pl.DataFrame:
    """Add the column `name`: the code that the words in the column `surface` stand for in a section of units.yaml."""
    codes, rule = grammar.names[section]
    surfaces = rows.select(surface).drop_nulls().unique()
    if surfaces.is_empty() or not codes:
        return rows.with_columns(pl.lit(None, pl.String).alias(name))
    fits = (pl.col("groups").struct.field(f"code{number}").is_not_null() for number in range(len(codes)))
    code = pl.coalesce(pl.when(fit).then(pl.lit(code)) for fit, code in zip(fits, codes, strict=True))
    named = surfaces.with_columns(groups=pl.col(surface).str.extract_groups(rule)).select(surface, code.alias(name))
    return rows.join(named, on=surface, how="left", maintain_order="left")
