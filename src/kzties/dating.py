"""Find the day of publication in a text: in a date line or dateline that it prints, or in an injected header.

Month names of all languages come from CLDR (`babel`); a day that no calendar knows is no date.
"""

import functools

import polars as pl

DATE_LOCALES = ("en", "ru", "bg", "kk", "de", "fr", "it", "tr", "pl", "uk", "uz", "es")
HEADER = r"\bdate (?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"
FORMS = (
    r"\b(?P<day>\d{1,2})(?:-|st|nd|rd|th)?[. \u{a0}-]+(?:de )?(?P<month>\p{L}{3,12})\.?,?[ \u{a0}]+(?:de )?(?P<year>\d{4})\b",
    r"\b(?P<month>\p{L}{3,12})\.? (?P<day>\d{1,2}), (?P<year>\d{4})\b",
    r"\b(?P<year>\d{4}) (?:жылғы|жылдың|jylǵy|jylğy) (?P<day>\d{1,2}) (?P<month>\p{L}{3,12})\b",
    r"\b(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d{2})\b",
    r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b",
)
YEARLESS = r"\b(?P<day>\d{1,2})[ .-]+(?P<month>\p{L}{3,12})\b"
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
    """Return `document_id`, `found` (Date), `found_from` (header / dateline) and `conflict` for documents that state a day.

    Only set-aside stretches with reason `date_stamp` or `dateline` are looked at: a day in the news text is not the
    day of publication. The day that the page itself prints is believed before the injected header, which may be the day
    of download; where they differ, `conflict` says so in a sentence. A dateline without a year takes the year that
    brings it nearest to the header.
    """
    stamps = (passages.filter(pl.col("reason").is_in(["date_stamp", "dateline"]), pl.col("text").str.contains(r"\d"))
              .select("document_id", "start", "reason", text=pl.col("text").str.to_lowercase()))
    months = read_months()
    header = _read_days(stamps.filter(pl.col("reason") == "date_stamp"), HEADER, months)
    header = _first(header).rename({"day": "header"})
    lines = stamps.filter(pl.col("reason") == "dateline")
    printed = _first(pl.concat([_read_days(lines, form, months) for form in FORMS])).rename({"day": "printed"})
    yearless = (_read_days(lines.join(header, on="document_id").with_columns(pl.col("header").dt.year().alias("year")),
                           YEARLESS, months).join(header, on="document_id"))
    away = lambda years: (pl.col("day").dt.offset_by(f"{years}y") - pl.col("header")).dt.total_days().abs()  # noqa: E731
    nearest = (pl.when(away(-1) < away(0)).then(pl.col("day").dt.offset_by("-1y"))
               .when(away(1) < away(0)).then(pl.col("day").dt.offset_by("1y")).otherwise("day"))
    yearless = _first(yearless.with_columns(day=nearest).select("document_id", "start", "day")).rename({"day": "dated"})
    days = (header.join(printed, on="document_id", how="full", coalesce=True)
            .join(yearless, on="document_id", how="left").with_columns(printed=pl.coalesce("printed", "dated")))
    return days.select(
        "document_id", found=pl.coalesce("printed", "header"),
        found_from=pl.when(pl.col("printed").is_null() | (pl.col("printed") == pl.col("header")).fill_null(False))
        .then(pl.lit("header")).otherwise(pl.lit("dateline")),
        conflict=pl.when(pl.col("printed") != pl.col("header")).then(pl.format(
            "The page prints {}; the injected date {} is not used.", "printed", "header"))).sort("document_id")


def _read_days(stamps: pl.DataFrame, form: str, months: dict[str, int]) -> pl.DataFrame:
    """Return `document_id`, `start`, `day` of the stamps that a form fits; a stamp may bring its `year` along."""
    parts = stamps.with_columns(parts=pl.col("text").str.extract_groups(form)).unnest("parts", separator="_")
    year = pl.col("parts_year") if "?P<year>" in form else pl.col("year").cast(pl.String)
    year = pl.when(year.str.len_chars() == 2).then("20" + year).otherwise(year)
    month = pl.col("parts_month")
    number = month.str.strip_chars(".").replace_strict(months, default=None, return_dtype=pl.Int64)
    month = pl.coalesce(pl.when(month.str.contains(r"^\d+$")).then(month), number.cast(pl.String)).str.zfill(2)
    iso = pl.format("{}-{}-{}", year, month, pl.col("parts_day").str.zfill(2))
    return parts.select("document_id", "start", day=iso.str.to_date("%Y-%m-%d", strict=False)).drop_nulls("day")


def _first(days: pl.DataFrame) -> pl.DataFrame:
    """Return the first day of each document."""
    return (days.sort("document_id", "start", "day").unique("document_id", keep="first", maintain_order=True)
            .select("document_id", "day"))
