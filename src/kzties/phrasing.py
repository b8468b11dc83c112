"""Write the rules of a language: regular expressions for how a number, its unit and their neighbours are put.

Rust syntax, as polars runs it: no lookaround. Letters are told by what they are not (no ASCII punctuation, no general
punctuation), so the automata stay small and as fast on Cyrillic as on Latin texts, which those of `\\b` and `\\p{L}`
are not.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

_OTHERS = r"\x00-\x40\[-`{-\x{bf}×÷\x{2000}-\x{2bff}\x{3000}-\x{303f}"
LETTER, BREAK = f"(?-i:[^{_OTHERS}])", f"(?-i:[{_OTHERS}])"
START, END = f"(?:^|{BREAK})", f"(?:{BREAK}|$)"
WORD = f"{LETTER}(?:{LETTER}|['-])*"
BEGINNING = r"(?:^|[ (/'\"«„“”–—-])"
"""What may stand before a number word."""
WORDS = 5
"""How many words after a number are looked at for what it counts."""
DIGITS = r"(?:[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?|[0-9]+(?:[.,:/][0-9]+)*)"
"""Digits with whatever joins digits; what they mean, if anything, is decided by their shape."""
RATE = "(?:[A-Z]{3}|[$€₽₸£¥])"
YEAR = "(?:19|20)[0-9]{2}"
CASE_ENDING = rf"\.?(?:['-]{LETTER}{{1,6}})?"
DASH = r"[-–—\x{2212}]"


@cache
def write_pattern(pattern: str) -> str:
    """Return the regular expression of a pattern; `*` at the end of a word is any ending, CAPITALS stay capitals.

    >>> write_pattern("u s"), write_pattern("USD")
    ('u[ .·-]{1,2}s', '(?-i:USD)')
    """
    words = [re.escape(word.removesuffix("*")) + (f"{LETTER}*" if word.endswith("*") else "")
             for word in pattern.split()]
    regex = words[0]
    for word in words[1:]:
        regex += (r"[ .·-]{1,2}" if word[0] != "\\" else " ?") + word
    letters = [letter for letter in pattern if letter.isalpha()]
    capitals = len(letters) > 1 and all(letter == letter.upper() != letter.lower() for letter in letters)
    return f"(?-i:{regex})" if capitals else regex


def either(patterns: Iterable[str]) -> str:
    """Return one regular expression for all patterns, the longest first; with no pattern it matches nothing.

    >>> either(["ton", "tonnes"])
    '(?:tonnes|ton)'
    """
    ordered = sorted(set(patterns), key=lambda pattern: (-len(pattern), pattern))
    return f"(?:{'|'.join(map(write_pattern, ordered))})" if ordered else "[a&&b]"


def is_sign(pattern: str) -> bool:
    """Whether a letter may follow a pattern at once: `%` and `m²` need no end of word."""
    return not (pattern[-1].isalpha() or pattern[-1] in "*0123456789")


def write_rules(language: str, listed: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the rules of a language by name; `listed` holds the patterns of each section of units.yaml."""
    words = {section: either(patterns) for section, patterns in listed.items()}
    rules = (_number_rules(words) | _unit_rules(language, listed, words) | _neighbour_rules(words)
             | _period_rules(words) | _subject_rules(listed, words))
    return {name: f"(?i){rule}" for name, rule in rules.items()}


def _number_rules(words: Mapping[str, str]) -> dict[str, str]:
    """How numbers are written: `$5.3bn`, `twenty-five thousand`, `a million`, `half`."""
    half = f"(?:[ -]{words['half']})?"
    scaled = f"{half}[ -]?{words['scales']}{half}"
    scale = f"(?:{scaled}|[ -]{words['half']})?"
    return {
        "number": f"{words['before']} ?{DIGITS}(?:{scaled}|{words['money_scales']})?"
                  f"|{DIGITS}{scale}|{BEGINNING}(?:(?:{words['half_of']}|{words['article']}) {words['scales']}{half}"
                  f"|{words['fractions']}|{words['numbers']}{scale}|{words['scales_alone']}{half})",
        "number_parts": f"^(?P<lead>{BEGINNING})?(?:(?P<before>{words['before']}) ?)?"
                        f"(?:(?P<digits>{DIGITS})|(?P<half_of>{words['half_of']}(?: ))|(?P<fraction>{words['fractions']})"
                        f"|(?P<word>{words['numbers']}|{words['article']})|(?P<alone>{words['scales_alone']}))"
                        f"(?P<half>[ -]{words['half']})?(?:[ -]?(?P<scale>{words['scales']}))?"
                        f"(?P<more>[ -]{words['half']})?(?: ?(?P<money_scale>{words['money_scales']}))?$",
        "named": f"({LETTER}+) [(]$", "short_scale": f"^ ?({words['money_scales']})[)]",
        "number_gap": f"^(?: |-| {words['number_joiners']} )$",
        "fraction_needs": f"^ {words['fractions_need']}{END}",
        "not_fraction": f"^ (?:[0-9]|{words['not_fractions']}{END})|^[-/]",
        "not_fraction_after": f"{START}{words['not_fractions_after']} $",
        "fraction_after": f"{START}(?:{words['bounds']} |{words['fractions_after']} ?)$", "free": f"^{words['fractions_free']}$",
        "minus": r"(?:^|[ (\[])\x{2212}$|[(][-–]$",
        "glued_before": rf"(?:{LETTER}|[0-9_#№/\\@*])$|(?:{LETTER}|[0-9])\+$|[0-9][.,:]$",
        "not_alone_after": f"{START}{words['not_alone_after']} (?:{words['bounds']} )?$",
        "paired": f"[0-9] ?{LETTER}{{1,5}}/$", "hyphen_before": f"{LETTER}[-–]$",
        "name_before": f"{START}{words['names_before']}[ .]{{0,2}}(?:[0-9]+[-–])?$",
        "runs_on": f"^(?:{LETTER}|_)", "glued": f"^{words['glued']}{END}",
        "glued_after": r"^[.,:/]?[0-9]|^[½¼¾⅓⅔°]",
    }


def _ends(endings: Iterable[str]) -> str:
    """Return the rule for a word that has one of the endings; with none it matches nothing."""
    return f"(?:{'|'.join(map(re.escape, sorted(endings))) or '[a&&b]'})$"


def _unit_rules(language: str, listed: Mapping[str, list[str]], words: Mapping[str, str]) -> dict[str, str]:
    """What stands after a number and makes it a quantity, and what beside it makes it none."""
    endings = "|".join(map(re.escape, sorted(listed["adjective_endings"])))
    adjective = f"{WORD}(?:{endings})" if endings else WORD
    if language == "de":  # nouns, and so the heads of genitives, are the words with capitals
        adjective = f"(?-i:[a-zäöüß-]+(?:{endings}))"
    signs = either(pattern for pattern in listed["measures"] if is_sign(pattern))
    squares = either(pattern for pattern in listed["measures"] if is_sign(pattern) and any(map(str.isalpha, pattern)))
    measures = either(pattern for pattern in listed["measures"] if not is_sign(pattern))
    return {
        "unit": rf"^(?P<skip>\.?(?:['-]?{words['endings']})?(?P<plus>\+)?(?: {words['endings']})?"
                f"(?: (?P<bound_skip>{words['bounds_after']}))?(?: {words['fillers']})?)"
                f"(?:[ -]?(?P<square>{squares})|[ -]?(?P<measure>{measures}){END}|[ -]?(?P<sign>{signs})"
                f"|(?P<words>(?: {WORD}){{1,{WORDS}}}))",
        "weighed": f"^m? {words['after_millions']}{END}",
        "never": f"^{words['not_counted']}$", "stops": f"^(?:{words['not_between']}|{words['months']})$",
        "adjective": f"^{adjective}$",
        "no_adjective": _ends(listed["not_adjective_endings"]),
        "head": _ends(listed["heads"]), "described": _ends(listed["adjectives"]),
        "joins": f"^{words['and']}$", "against": f"^[^0-9.;]{{0,60}}?,? {words['against']} $",
        "ago": rf"^(?:[,.;:)!?»]|$| {words['ago']}{END})",
        "not_after": f"^(?:'|[ -]{words['not_after']}{END})",
        "not_unit_after": f"^ ?(?:/ ?{LETTER}|{words['not_units_after']}{END})",
        "not_unit_before": f"{START}{words['not_units_after']} (?:{words['bounds']} )?$",
        "times_before": f"{START}{words['times_before']} (?:{words['bounds']} )?$",
        "of_them": f"^ {words['of_them']}{END}", "of_ending": f"^-?{words['of_endings']}{END}",
        "priced": f"(?:^|[^0-9.,])1 ?(?:[$€₽₸£¥]|{LETTER}{{2,}}) ?[=–—] ?[0-9$€₸₽]",
        "widget": rf"(?-i:{RATE} ?[0-9]+(?:[.,][0-9]+)? *[|/·•,;]? *{RATE} ?[0-9]+[.,][0-9])",
    } | {f"has_{name}": f"{START}{words[name]}{END}" for name in
         ("not_between", "times_need", "nature", "people_need", "trips", "respectively", "not_nature")}


def _neighbour_rules(words: Mapping[str, str]) -> dict[str, str]:
    """What bounds a number, makes it a rate, or joins it to the next one: `about`, `per year`, `from 28 to 45`."""
    bound = f"(?:{words['bounds']} )?"
    return {
        "around": f"{START}(?:(?P<role>{words['roles']})[ :,–-]*)?(?:(?P<range>{words['ranges']}) )?"
                  f"(?:(?P<to>{words['to']}) )?(?:(?P<bound>{words['bounds']}) ?|the )?$",
        "after": f"^{CASE_ENDING} ?(?P<bound_after>{words['bounds_after']}){END}",
        "per": f"^{CASE_ENDING}(?P<between>(?: {WORD}){{0,4}}?) ?(?P<per>{words['per']}){END}",
        "per_at_once": f"^{CASE_ENDING} ?{words['per']}{END}",
        "not_per": f"^.{{0,40}}?{words['not_per']}",
        "per_before": f"{START}(?P<per_before>{words['per_before']}) (?:{WORD} ){{0,2}}$",
        "dash": f"^ ?{DASH} ?$", "to": f"^\\.?(?: {words['per']})?,? ?{words['to']} {bound}$",
        "and": f"^\\.? {words['and']} {bound}$", "list": f"^\\.?(?:,| {words['and']}) $",
        "weak_to": f"^\\.? {words['to_after_from']} {bound}$",
        "of": f"^ {words['of']} $",
        "from_ending": f"{words['from_endings']} $", "from_gap": f"^(?:['-]?{words['from_endings']})? $",
        "has_changes": f"{START}{words['changes']}{END}",
    }


def _period_rules(words: Mapping[str, str]) -> dict[str, str]:
    """How a year, a quarter or a month is named, and when it is only what the number is compared with."""
    range_ = f" ?(?:{DASH}|{words['period_to']}) ?"
    part = f"{words['parts']}(?:{range_}{words['parts']})?"
    joiner = f"(?:[.]? [0-9]{{1,2}})?[ ,.]{{1,2}}(?:{words['joiners']}[ ,]{{1,2}}){{0,2}}"
    return {
        "period": rf"(?:^|[^\w–—-])(?:(?:{part}{joiner})?{YEAR}(?:[-–—/]{YEAR})?(?:{joiner}{part})?"
                  f"|{words['relative']}){END}",
        "name_year": r"(?-i:\p{Lu}{3,}) $",
        "part": f"{START}(?P<first>{words['parts']})(?:{range_}(?P<last>{words['parts']}))?{END}",
        "base": f"{START}(?:{words['bases']} (?:{WORD} ){{0,4}}|{words['bases_near']} )$",
        "base_of_share": f"{START}{words['bases_of_shares']} $",
        "base_after": f"^(?:[-'.]?{WORD}|)(?: {WORD}){{0,2}} {words['bases_after']}",
        "near": rf"^{CASE_ENDING}(?: {WORD}){{0,5}} ?[(]?$",
    }


def _subject_rules(listed: Mapping[str, list[str]], words: Mapping[str, str]) -> dict[str, str]:
    """What is measured: the words after the unit, or those before the verb."""
    endings = "|".join(map(re.escape, sorted(listed["verb_endings"])))
    verb = f"(?:{words['verbs']}|{LETTER}+(?:{endings}))" if endings else words["verbs"]
    before_number = f"(?:{words['verbs']}|{words['links']}|{words['bounds']}|{words['ranges']}|{words['to']})"
    small = f"(?:{words['not_between']}|{words['what_after']}|{words['conjunctions']}|{words['links']})"
    return {
        "what_after": rf"^{CASE_ENDING} {words['what_after']} ((?:{WORD} ){{0,7}}{WORD})",
        "what_direct": rf"^{CASE_ENDING} ((?:{WORD} ){{0,7}}{WORD})",
        "what_stop": f" (?:{verb}|{words['per']}) .*$",
        "what_before": f"((?:{WORD} ){{1,8}})$",
        "what_listed": rf"^[\s•*–—-]*({WORD}(?: {WORD}){{0,7}}) ?[-–—:] $",
        "what_lead": f"^.*{START}{words['verbs']} ",
        "what_verbs": f"(?:^| )(?:{before_number} )+$",
        "what_ends": f"(?: {small})+$",
        "what_starts": f"^(?:(?:{small}|{words['bounds_after']}|{words['joiners']}|{words['parts']}"
                       f"|{words['relative']})(?:[ -]|$))+",
        "what_none": f"^(?:{small}|{verb})$",
        "what_crowded": f"[0-9%€$£₸₽] ?(?:{WORD} )+$",
    }
