"""Derive what partners are called in further languages: CLDR knows the names, `codebook/names.yaml` how they change.

Two tables of rules make a name of one word into patterns (`cases` for the noun, `derived` for adjective and people), one
cuts each word of a longer name (`parts`); what they cannot know is typed. `codebook` compiles the rows like all others.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from babel import Locale
from babel.core import get_global

from kzties.errors import CodebookError, nearest

FILE = "names.yaml"
KINDS = ("names", "capitals", "exclude")
RULES = ("cases", "derived", "parts")
KEYS = ("like", "letters", *RULES, "stop", *KINDS)

APOSTROPHE = r"[ʻʼ‘’'`]"
APOSTROPHES = (" ", "ʻ", "ʼ")
"""How an apostrophe stands between the words of a text: most kinds part words, two count as letters."""

Rules = list[tuple[re.Pattern, list[str]]]


def name_partners(content: Mapping, codes: Collection[str], states: Collection[str]) -> Iterator[tuple]:
    """Yield the rows of names.yaml (file, variable, code, kind, language, pattern), derived and typed.

    `codes` are those that patterns may be typed for, `states` those whose name is taken from CLDR.
    """
    for locale, block in content.items():
        language = str(locale).split("_")[0]
        block = _check_block(str(locale), block, content, codes)
        rules = {name: _read_rules(locale, name, block.get(name) or {}) for name in RULES}
        derived = derive_names(str(locale), rules, states)
        stop = set(block.get("stop") or [])
        if unused := sorted(stop - {pattern for patterns in derived.values() for pattern in patterns}):
            raise CodebookError(f"{FILE}, '{locale}', stop: no rule makes '{unused[0]}'. Take it out of the list.")
        typed = {kind: {str(code): list(patterns) for code, patterns in (block.get(kind) or {}).items()} for kind in KINDS}
        for code, patterns in derived.items():
            typed["names"].setdefault(code, []).extend(pattern for pattern in patterns if pattern not in stop)
        for kind, entries in typed.items():
            for code, patterns in entries.items():
                if kind == "capitals":
                    patterns = [form for capital in patterns for form in decline(capital, rules["cases"])]
                written = dict.fromkeys(form for pattern in patterns for form in write_apostrophes(pattern))
                yield from ((FILE, "partner", code, kind, language, pattern) for pattern in written)


def derive_names(locale: str, rules: Mapping[str, Rules], states: Collection[str]) -> dict[str, list[str]]:
    """Return for each state the patterns that the rules make of its CLDR name.

    >>> rules = {"cases": _read_rules("pl", "cases", {"ia": ["ia", "ii", "ią"]}), "parts": [],
    ...          "derived": _read_rules("pl", "derived", {"ia": ["sk*"]})}
    >>> derive_names("pl", rules, ["SRB"])
    {'SRB': ['serbia', 'serbii', 'serbią', 'serbsk*']}
    """
    territories, alpha_2 = Locale.parse(locale).territories, get_global("territory_aliases")
    derived = {}
    for state in states:
        name = tidy_name(territories.get(alpha_2[state][0], "")) if state in alpha_2 else ""
        if " " in name:
            words = (inflect(word, rules["parts"]) or [word] for word in name.split())
            derived[state] = [" ".join(forms[0] for forms in words)]
        elif name:
            derived[state] = [*decline(name, rules["cases"]), *inflect(name, rules["derived"])]
    return derived


def tidy_name(name: str) -> str:
    """Return a name of CLDR as words of a pattern: small letters, one kind of apostrophe, nothing in brackets.

    >>> tidy_name("Вʼєтнам"), tidy_name("Guinée-Bissau"), tidy_name("Myanmar (Birmanie)")
    ('в’єтнам', 'guinée bissau', 'myanmar')
    """
    name = re.sub(APOSTROPHE, "’", re.sub(r"\(.*?\)|,.*", " ", name.lower().replace("i\u0307", "i")))
    return " ".join(re.findall(r"[\w’]+", name))


def decline(word: str, rules: Rules) -> list[str]:
    """Return a noun with its endings; a pattern with `*`, several words and what no rule fits stay as they are.

    >>> rules = _read_rules("pl", "cases", {"da": ["da", "dy", "dzie"]})
    >>> decline("kanada", rules), decline("hag*", rules)
    (['kanada', 'kanady', 'kanadzie'], ['hag*'])
    """
    return [word] if "*" in word or " " in word else inflect(word, rules) or [word]


def inflect(word: str, rules: Rules) -> list[str]:
    """Return the forms that the first fitting rule makes of a word, none if none fits.

    >>> inflect("сербія", _read_rules("uk", "derived", {"(?<=...)ія": ["ськ*"]}))
    ['сербськ*']
    """
    for end, forms in rules:
        if found := end.search(word):
            return [word[:found.start()] + form for form in forms]
    return []


def write_apostrophes(pattern: str) -> list[str]:
    """Return a pattern once for each way in which its apostrophe stands in texts.

    >>> write_apostrophes("o’zbek")
    ['o zbek', 'oʻzbek', 'oʼzbek']
    """
    return [pattern.replace("’", mark) for mark in APOSTROPHES] if "’" in pattern else [pattern]


def transliterate(pattern: str, letters: Mapping[str, str]) -> str:
    """Return a pattern in another script, letter by letter in the order of the table; capitals stay capitals.

    >>> transliterate("shahar*", {"sh": "ш", "a": "а", "h": "ҳ", "r": "р"}), transliterate("XVF", {"x": "х", "v": "в", "f": "ф"})
    ('шаҳар*', 'ХВФ')
    """
    written = pattern.lower()
    for latin, letter in letters.items():
        written = re.sub(latin, letter, written)
    return written.upper() if pattern.isupper() else written


def _check_block(locale: str, block: Mapping, content: Mapping, codes: Collection[str]) -> dict:
    """Return a block with what it takes over from the block that it is `like`; refuse unknown keys and codes."""
    if not isinstance(block, dict):
        raise CodebookError(f"{FILE}, '{locale}': expected {', '.join(KEYS)}.")
    if unknown := sorted(str(key) for key in block if key not in KEYS):
        raise CodebookError(f"{FILE}, '{locale}': unknown key '{unknown[0]}'. {nearest(unknown[0], KEYS)}")
    block = dict(block)
    for kind in KINDS:
        entries = block.get(kind) or {}
        if unknown := sorted(str(code) for code in entries if code not in codes):
            raise CodebookError(f"{FILE}, '{locale}', {kind}: unknown code '{unknown[0]}'. {nearest(unknown[0], codes)}")
        for code, patterns in entries.items():
            if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
                raise CodebookError(f"{FILE}, '{locale}', {kind}.{code}: expected a list of words, [like, this].")
        if model := block.get("like"):
            if model not in content:
                raise CodebookError(f"{FILE}, '{locale}', like: no block '{model}'. {nearest(str(model), content)}")
            taken = {code: [transliterate(pattern, block.get("letters") or {}) for pattern in patterns]
                     for code, patterns in (content[model].get(kind) or {}).items()}
            block[kind] = {code: [*taken.get(code, []), *entries.get(code, [])] for code in {**taken, **entries}}
    return block


def _read_rules(locale: str, name: str, table: Mapping[str, list[str] | str]) -> Rules:
    """Return a table of rules compiled, in the order of the file."""
    try:
        return [(re.compile(f"(?:{end})$"), [forms] if isinstance(forms, str) else list(forms))
                for end, forms in table.items()]
    except (re.error, TypeError) as error:
        raise CodebookError(f"{FILE}, '{locale}', {name}: a rule cannot be compiled: {error}. "
                            "Write `end: [endings]`.") from None
