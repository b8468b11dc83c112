"""Find what a number counts: the noun after it, with up to three adjectives between them.

`codebook/nouns.yaml` names the nouns of every language but English, where any plural can be counted that is not among
the words which never are (`not_counted` in units.yaml).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kzties.codebook import LANGUAGES, read_yaml
from kzties.errors import CodebookError, nearest

FILE = "nouns.yaml"
ENGLISH_PLURAL = r"^.{2,}[^s]s$"
NOT_PLURAL = r"(?:ous|us|is|ics|ess|ss)$"
SINGULARS = (("(?:[^aeiou]|qu)ies$", "ies$", "y"), ("(?:ss|sh|ch|x|zz)es$", "es$", ""), ("[bnptrlm]uses$", "es$", ""),
             ("[tdrg]oes$", "es$", ""), ("s$", "s$", ""))
"""Endings of English plurals, what goes of them, and what comes instead; irregular ones stand in nouns.yaml."""


@dataclass(frozen=True)
class Nouns:
    """The nouns that a language counts: `stems` of one word, `phrases` of several, letters that are read as others."""

    stems: pl.DataFrame
    phrases: tuple[tuple[str, str], ...]
    letters: Mapping[str, str]
    open_class: bool


def read_nouns(folder: Path) -> dict:
    """Return `letters` and `nouns` (English name, pattern) of `folder/nouns.yaml`, each by language."""
    content = read_yaml(folder / FILE)
    if unknown := sorted(set(content) - {"letters", "nouns"}):
        raise CodebookError(f"{FILE}: unknown key '{unknown[0]}'. {nearest(unknown[0], ('letters', 'nouns'))}")
    stands: dict[tuple[str, str], str] = {}
    for code, languages in (content.get("nouns") or {}).items():
        for language, patterns in (languages or {}).items():
            if language not in LANGUAGES:
                raise CodebookError(f"{FILE}, {code}: unknown language '{language}'. "
                                    f"{nearest(str(language), LANGUAGES)}")
            check_patterns(f"{FILE}, {code}.{language}", patterns)
            for pattern in patterns:
                if stands.setdefault((language, pattern), code) != code:
                    raise CodebookError(f"{FILE}, {language}: '{pattern}' stands under '{stands[language, pattern]}' and "
                                        f"'{code}'. Keep it under one.")
    nouns: dict[str, list[tuple[str, str]]] = {}
    for (language, pattern), code in stands.items():
        nouns.setdefault(language, []).append((code, pattern))
    return {"letters": content.get("letters") or {}, "nouns": nouns}


def check_patterns(place: str, patterns: object) -> None:
    """Refuse what is no list of words, and a `*` that is not at a word's end; `place` names file and key."""
    if not isinstance(patterns, list):
        raise CodebookError(f"{place}: expected patterns, found '{patterns}'. Write [word, other word*].")
    for pattern in patterns:
        if not isinstance(pattern, str) or not pattern.strip():
            raise CodebookError(f"{place}: the pattern '{pattern}' is no text. Write it in quotes.")
        if any("*" in word[:-1] or word == "*" for word in pattern.split()):
            raise CodebookError(f"{place}: the pattern '{pattern}' cannot be compiled. Write words separated by spaces, each "
                                "with at most one '*' at its end.")


def build_nouns(language: str, content: Mapping, units: Iterable[tuple[str, str]]) -> Nouns:
    """Return the nouns of a language; units in letters are among them, so that adjectives may stand before them too."""
    letters = content["letters"].get(language, {})
    names = ("en", "any") if language == "und" else (language, "any")
    nouns = [(code, pattern, False) for name in names for code, pattern in content["nouns"].get(name, [])]
    nouns += [(code, pattern, True) for code, pattern in units if sum(map(str.isalpha, pattern)) > 3]
    single = [(_fold(pattern.rstrip("*").lower(), letters), pattern.endswith("*"), code, measure)
              for code, pattern, measure in nouns if " " not in pattern]
    stems = pl.DataFrame(single, schema={"stem": pl.String, "starred": pl.Boolean, "code": pl.String,
                                         "measure": pl.Boolean}, orient="row")
    phrases = tuple((f"{code}{'/' * measure}", _fold(pattern, letters)) for code, pattern, measure in nouns
                    if " " in pattern)
    stems = stems.unique(["stem", "starred"], keep="first", maintain_order=True)
    return Nouns(stems, phrases, letters, open_class=language == "en")


def _fold(text: str, letters: Mapping[str, str]) -> str:
    """Return a word with its letters as they are compared: one spelling for several alphabets of a language."""
    for letter, other in letters.items():
        text = text.replace(letter, other)
    return text


def find_nouns(rows: pl.DataFrame, nouns: Nouns, rules: Mapping[str, str], name_phrases) -> pl.DataFrame:
    """Add to the column `words` (` of the words after a number`) the `noun` in it, its `noun_code`, what is `between`.

    Words before the noun must be adjectives as the language has them; the first noun that is none counted ends the
    search. Of two English plurals in a row the second is the noun: `three sales offices`.
    """
    words = (rows.select("words").drop_nulls().unique(maintain_order=True)
             .with_columns(word=pl.col("words").str.strip_chars(" ").str.split(" ")).explode("word")
             .with_columns(turn=pl.int_range(pl.len()).over("words"),
                           lower=_fold_letters(pl.col("word").str.to_lowercase(), nouns.letters)))
    words = words.join(name_words(words.select("lower").unique(), nouns), on="lower", how="left", maintain_order="left")
    words = _name_phrases(words, name_phrases)
    lower, size = pl.col("small"), pl.col("size")
    words = words.with_columns(small=pl.col("word").str.to_lowercase())
    words = words.with_columns(
        barred=lower.str.contains(rules["never"]), stops=lower.str.contains(rules["stops"]),
        free=pl.col("word").str.contains(rules["adjective"]) & ~lower.str.contains(rules["no_adjective"]),
        joins=(lower.str.contains(rules["joins"]) & (pl.col("turn") > 0)).fill_null(False))  # `big and small plants`
    if nouns.open_class:  # a singular is no head after a number: `120 state scholarships`
        words = words.with_columns(barred=pl.col("barred") & pl.col("code").is_not_null())
    barred, stops = pl.col("barred"), pl.col("stops")
    hit = pl.col("code").is_not_null() & ~barred & ~stops & (pl.col("known") | ~pl.col("word").str.contains(r"^\p{Lu}"))
    words = words.with_columns(hit=hit, free=((pl.col("free") & ~stops) | pl.col("joins")) & ~barred)
    words = words.with_columns(plural=pl.col("code").is_not_null())
    following = lambda name: pl.col(name).shift(-1).over("words").fill_null(False)  # noqa: E731
    single = (size == 1) & ~pl.col("measure") & following("hit") & ~following("measure")
    if nouns.open_class:
        skipped, spoilt = single, following("barred") & following("plural") & (size == 1)
    else:  # `автобусных маршрутов`, `автобус бағыты`
        headed = pl.col("bare") & lower.shift(-1).over("words").str.contains(rules["head"]).fill_null(False)
        skipped, spoilt = single & (lower.str.contains(rules["described"]) | headed), pl.lit(False)
    words = words.with_columns(skipped=skipped, spoilt=spoilt,
                               closed=(~pl.col("free") & ~pl.col("hit")).cum_max().over("words"))
    found = (words.filter(pl.col("hit"), ~pl.col("closed"), ~pl.col("skipped"), pl.col("turn") < 4)
             .group_by("words", maintain_order=True).first().filter(~pl.col("spoilt")))
    split = pl.col("words").str.strip_chars(" ").str.split(" ")
    return rows.join(found.select(
        "words", noun_code="code", noun_measured="measure", noun=split.list.slice("turn", "size").list.join(" "),
        between=pl.when(pl.col("turn") > 0).then(" " + split.list.head("turn").list.join(" ")).otherwise(pl.lit(""))),
        on="words", how="left", maintain_order="left").with_columns(pl.col("noun_measured").fill_null(False))


def _fold_letters(word: pl.Expr, letters: Mapping[str, str]) -> pl.Expr:
    for letter, other in letters.items():
        word = word.str.replace_all(letter, other, literal=True)
    return word


def name_words(words: pl.DataFrame, nouns: Nouns) -> pl.DataFrame:
    """Return the words of the column `lower` that are nouns: their `code`, whether it is a `measure` and `known`."""
    size = pl.col("lower").str.len_chars().cast(pl.Int64)
    prefixes = (words.filter(size > 1).with_columns(size=pl.int_ranges(2, size + 1)).explode("size")
                .with_columns(stem=pl.col("lower").str.slice(0, pl.col("size"))))
    named = (prefixes.join(nouns.stems, on="stem").filter(pl.col("starred") | (pl.col("size") == size))
             .sort("size", "starred", descending=[True, False]).unique("lower", keep="first", maintain_order=True)
             .select("lower", "code", "measure", known=pl.lit(True), bare=pl.col("size") == size))
    if not nouns.open_class:
        return named
    plural = pl.col("lower").str.contains(ENGLISH_PLURAL) & ~pl.col("lower").str.contains(NOT_PLURAL)
    singular = pl.col("lower")
    for fits, ending, other in reversed(SINGULARS):
        singular = pl.when(pl.col("lower").str.contains(fits)).then(
            pl.col("lower").str.replace(ending, other)).otherwise(singular)
    others = words.filter(plural).join(named, on="lower", how="anti").select(
        "lower", code=singular, measure=pl.lit(False), known=pl.lit(False), bare=pl.lit(False))
    return pl.concat([named, others])


def _name_phrases(words: pl.DataFrame, name_phrases) -> pl.DataFrame:
    """Put the code of several words that are one noun (`joint ventures`) in place of that of the first."""
    following = lambda steps: pl.col("lower").shift(-steps).over("words")  # noqa: E731
    words = words.with_columns(pair=pl.col("lower") + " " + following(1),
                               triple=pl.col("lower") + " " + following(1) + " " + following(2))
    phrases = pl.concat([words.select(phrase="pair"), words.select(phrase="triple")]).drop_nulls().unique()
    phrases = name_phrases(phrases, "phrase").drop_nulls()
    for name in ("pair", "triple"):
        words = words.join(phrases.select(pl.col("phrase").alias(name), pl.col("phrase_code").alias(f"{name}_code")),
                           on=name, how="left", maintain_order="left")
    phrase = pl.coalesce("triple_code", "pair_code")
    return words.with_columns(
        code=pl.coalesce(phrase.str.strip_suffix("/"), "code"),
        measure=pl.when(phrase.is_not_null()).then(phrase.str.ends_with("/")).otherwise("measure").fill_null(False),
        known=pl.when(phrase.is_not_null()).then(True).otherwise("known").fill_null(False),
        bare=pl.col("bare").fill_null(False) & phrase.is_null(),
        size=pl.when(pl.col("triple_code").is_not_null()).then(3).when(pl.col("pair_code").is_not_null()).then(2)
        .otherwise(1))
