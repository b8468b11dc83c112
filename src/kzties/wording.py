"""Words for numbers: plurals, lists, amounts and days, written the same on every machine."""

import datetime
from collections.abc import Sequence

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
"""Named here, because strftime would follow the machine's locale."""

ARTICLES = frozenset(("United", "Netherlands", "Philippines", "Maldives", "Bahamas", "Gambia", "Czech", "Dominican", "Five",
                      "Central", "Comoros", "Seychelles", "Cook", "Marshall", "Solomon", "Faroe", "Cayman", "Falkland"))
BODIES = frozenset(("Union", "Nations", "Bank", "Fund", "Organization", "Organisation", "States", "Council", "Commonwealth",
                    "Group", "Republic", "Emirates", "Asia", "Countries", "Islands", "Association"))
"""First and last words of names that take an article."""

UNIT_NAMES = {"t": "tonnes", "m2": "square metres", "m3": "cubic metres", "x": "times"}


def count(number: int, noun: str, shown: str | None = None) -> str:
    """Return a number with its noun in the right form; `shown` stands in the number's place.

    >>> count(1, "event"), count(3, "country"), count(0, "tie")
    ('1 event', '3 countries', 'no ties')
    """
    plural = noun if number == 1 else f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{'no' if number == 0 else shown or f'{number:,}'} {plural}"


def join_words(words: Sequence[str], most: int | None = None) -> str:
    """Return words as a list in a sentence; beyond `most` the rest is counted.

    >>> join_words(["Serbia", "Spain", "Cuba"])
    'Serbia, Spain and Cuba'
    >>> join_words(["Serbia", "Spain", "Cuba", "Italy"], 2)
    'Serbia, Spain and 2 more'
    """
    words = list(words)
    if most is not None and len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"


def add_article(name: str) -> str:
    """Return a partner's name as it stands in a sentence, with the article where English wants one.

    >>> add_article("United Kingdom"), add_article("Serbia"), add_article("Eurasian Economic Union")
    ('the United Kingdom', 'Serbia', 'the Eurasian Economic Union')
    """
    first, *rest = name.split()
    return f"the {name}" if first in ARTICLES or (rest and rest[-1] in BODIES) else name


def say_first(text: str) -> str:
    """Return a text with its first letter as a capital.

    >>> say_first("the European Union")
    'The European Union'
    """
    return text[:1].upper() + text[1:]


def list_leaders(counts: Sequence[tuple[str, int]]) -> list[str]:
    """Return every name that shares the highest count, in the order given.

    >>> list_leaders([("SRB", 2), ("GBR", 2), ("ESP", 1)])
    ['SRB', 'GBR']
    """
    most = max(number for _, number in counts)
    return [name for name, number in counts if number == most]


def format_value(value: float) -> str:
    """Return a number as a reader wants it: no false digits, large numbers in words.

    >>> format_value(45e6), format_value(3.9e12), format_value(354000), format_value(8.1), format_value(1456)
    ('45 million', '3.9 trillion', '354,000', '8.1', '1,456')
    """
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{_trim(value / size)} {word}"
    return _trim(value)


def _trim(value: float) -> str:
    """Return a number with grouped digits and no trailing zeros."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text or "0"


def format_amount(value: float, unit: str) -> str:
    """Return a value with its unit, money with its ISO 4217 code.

    >>> format_amount(150e6, "EUR"), format_amount(35.3, "%"), format_amount(60, "company"), format_amount(5, "x")
    ('EUR 150 million', '35.3%', '60 companies', '5 times')
    """
    number = format_value(value)
    if unit == "%":
        return f"{number}%"
    if unit.isupper() and len(unit) == 3 and unit != "TEU":
        return f"{unit} {number}"
    if unit in UNIT_NAMES:
        return f"{number} {UNIT_NAMES[unit]}"
    if unit.isascii() and unit.isalpha() and unit.islower() and len(unit) > 3:
        return f"{number} {count(1 if value == 1 else 2, unit).split(' ', 1)[1]}"
    return f"{number} {unit}"


def format_day(day: datetime.date | None) -> str:
    """Return a day as a reader wants it.

    >>> format_day(datetime.date(2026, 2, 27))
    '27 February 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else "day not known"
