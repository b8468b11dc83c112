"""Find the day of publication in a text: in an injected header first, then in a dateline.

Month names of all languages come from CLDR (`babel`); a day that no calendar knows is no date.
"""

import functools

import polars as pl

DATE_LOCALES = ("en", "ru", "bg", "kk", "de", "fr", "it", "tr", "pl", "uk", "uz", "es")
HEADER = r"\bdate (\d{4})-(\d{2})-(\d{2})\b"
_MONTHS_2018 = ("qańtar", "aqpan", "naýryz", "sáýir", "mamyr", "maýsym", "shilde", "tamyz", "qyrkúıek", "qazan",
                "qarasha", "jeltoqsan")
_MONTHS_2021 = ("qañtar", "aqpan", "nauryz", "säuır", "mamyr", "mausym", "şılde", "tamyz", "qyrküiek", "qazan",
                "qaraşa", "jeltoqsan")
"""Kazakh in Latin letters is not in CLDR."""


@functools.cache
def read_months(locales: tuple[str, ...] = DATE_LOCALES) -> dict[str, int]:
    """Return the number of each month by its names, lower case, in the locales given.

    >>> read_months()["февруари"], read_months()["марта"], read_months()["december"]
    (2, 3, 12)
    """
    from babel.dates import get_month_names

    names = {}
    for locale in locales:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    if len(name := name.lower().strip(". ")) >= 3 and not name.isdigit():
                        names.setdefault(name, number)
    for months in (_MONTHS_2018, _MONTHS_2021):
        names |= {name: number for number, name in enumerate(months, 1)}
    return names


def find_dates(texts: pl.DataFrame, passages: pl.DataFrame) -> pl.DataFrame:
    """Return `document_id`, `found` (Date) and `found_from` (header / dateline) for documents that state a day.

    Only set-aside stretches with reason `date_stamp` or `dateline` are looked at: a day in the news text is not the
    day of publication.
    """
    stamps = (passages.filter(pl.col("reason").is_in(["date_stamp", "dateline"]))
              .select("document_id", "start", "reason", "text"))
    header = (stamps.filter(pl.col("reason") == "date_stamp")
              .select("document_id", "start", found_from=pl.lit("header"),
                      parts=pl.col("text").str.extract_groups(HEADER))
              .unnest("parts").rename({"1": "year", "2": "month", "3": "day"}))
    present = {"en", *passages["language"].unique()}
    months = read_months(tuple(locale for locale in DATE_LOCALES if locale in present))
    text = pl.col("text").str.to_lowercase()
    line = stamps.filter(pl.col("reason") == "dateline")
    forms = {
        r"\b(?P<day>\d{1,2})[. ]+(?P<month>\p{L}{3,12})\.?,?\s+(?P<year>\d{4})\b": True,
        r"\b(?P<month>\p{L}{3,12}) (?P<day>\d{1,2}), (?P<year>\d{4})\b": True,
        r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})\b": False,
        r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b": False,
    }
    found = [header]
    for form, named in forms.items():
        rows = (line.select("document_id", "start", found_from=pl.lit("dateline"),
                            parts=text.str.extract_groups(form)).unnest("parts"))
        if named:
            rows = rows.with_columns(month=pl.col("month").replace_strict(months, default=None).cast(pl.String))
        found.append(rows.select("document_id", "start", "found_from", "year", "month", "day"))
    day = pl.concat([rows.select("document_id", "start", "found_from", "year", "month", "day") for rows in found])
    iso = pl.format("{}-{}-{}", "year", pl.col("month").str.zfill(2), pl.col("day").str.zfill(2))
    return (day.with_columns(found=iso.str.to_date("%Y-%m-%d", strict=False)).drop_nulls("found")
            .sort(pl.col("found_from") == "dateline", "document_id", "start")
            .unique("document_id", keep="first", maintain_order=True)
            .select("document_id", "found", "found_from"))
