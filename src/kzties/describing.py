"""Say of each quantity what it is per, what period it is about and what it measures: the words beside it tell.

Where they do not, the field stays empty: nothing is guessed from other sentences.
"""

from collections.abc import Mapping

import polars as pl

from kzties.numbering import CONTEXT, find_pieces
from kzties.phrasing import YEAR
from kzties.units_grammar import Grammar, name_surfaces


def add_rates(quantities: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add `per`: `tonnes of oil per year` after the unit, `annual capacity of` before the number."""
    rules, rest, left = grammar.rules, pl.col("rest"), pl.col("left")
    between = pl.col("per_between").str.replace(r"^ [\p{L}']+", "")  # the first word may be `of`
    rows = quantities.with_columns(
        rest.str.extract_groups(rules["per"]).struct.rename_fields(["per_between", "per_after"]).struct.unnest(),
        per_left=left.str.extract(rules["per_before"], 1)).with_columns(
        per_after=pl.when(~between.str.contains(rules["has_not_between"]) & ~rest.str.contains(rules["not_per"]))
        .then("per_after"))
    rows = name_surfaces(rows, "per_after", "rate_after", grammar, "per")
    rows = name_surfaces(rows, "per_left", "rate_before", grammar, "per_before")
    return rows.with_columns(per=pl.when(~pl.col("unit").is_in(["%", "x", "pp"])).then(
        pl.coalesce("rate", "rate_after", "rate_before")))


def find_periods(sentences: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Return one row a period named in a sentence: `period` as ISO 8601 writes it, with `2025-Q1` and `2025-H1` added.

    Months and years from one to another are `2025-01/2025-06`. What a number is only compared with is no period.
    """
    rules, text, start, end = grammar.rules, pl.col("text"), pl.col("start"), pl.col("end")
    rows = find_pieces(sentences.filter(text.str.contains(YEAR)), rules["period"])
    rows = rows.with_columns(
        pl.col("piece").str.extract_groups(rules["part"]).struct.unnest(),
        start=start + (~pl.col("piece").str.contains(r"^[\p{L}\p{N}]")).cast(pl.Int64),
        end=end - (~pl.col("piece").str.contains(r"[\p{L}\p{N}]$")).cast(pl.Int64),
        years=pl.col("piece").str.extract_all(YEAR)).with_columns(
        ahead=text.str.slice(0, start).str.tail(CONTEXT), behind=text.str.slice(end, CONTEXT))
    single = pl.col("last").is_null() & (pl.col("years").list.len() < 2)
    rows = rows.filter(~(pl.col("ahead").str.contains(rules["base"]) & single),
                       ~pl.col("behind").str.contains(rules["base_after"]),
                       ~pl.col("ahead").str.contains(rules["name_year"]))
    rows = name_surfaces(rows, "first", "first_part", grammar, "parts")
    rows = name_surfaces(rows, "last", "last_part", grammar, "parts")
    year, other = pl.col("years").list.first(), pl.col("years").list.last()
    first, last = pl.col("first_part"), pl.col("last_part")
    months = first.str.strip_prefix("first")
    return rows.select(
        "sentence", period_start="start", period_end="end",
        of_share=pl.col("ahead").str.contains(rules["base_of_share"]),
        period=pl.when(first.str.starts_with("first")).then(year + "-01/" + year + months)
        .when(last.is_not_null()).then(year + first + "/" + year + last)
        .when(first.is_not_null()).then(year + first)
        .when(year != other).then(year + "/" + other).otherwise(year))


def add_periods(quantities: pl.DataFrame, sentences: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add `period`: the one named right after the quantity, else the nearest before it in the sentence, else after."""
    rows = quantities.with_row_index("quantity")
    periods = find_periods(sentences.join(rows, on="sentence", how="semi"), grammar)
    pairs = rows.join(periods, on="sentence", how="inner")
    start, end, period_start, period_end = (pl.col(name) for name in ("start", "end", "period_start", "period_end"))
    inside = pairs.filter(period_start < end, period_end > start)  # `2000` of `2000 km` is no year
    pairs = pairs.join(inside.select("sentence", "period_start"), on=["sentence", "period_start"], how="anti")
    before = period_end <= start
    between = pl.col("text").str.slice(end, (period_start - end).clip(0))
    rank = pl.when(before).then(1).when(between.str.contains(grammar.rules["near"])).then(0).otherwise(2)
    distance = pl.when(before).then(start - period_end).otherwise(period_start - end)
    compared = pl.col("of_share") & (pl.col("unit") == "%") & pl.col("role").ne_missing("to")
    chosen = (pairs.filter(~compared).with_columns(rank=rank, distance=distance)
              .sort("quantity", "rank", "distance", "period").group_by("quantity", maintain_order=True).first()
              .select("quantity", "period"))
    return rows.join(chosen, on="quantity", how="left", maintain_order="left")


def add_subjects(quantities: pl.DataFrame, grammar: Grammar) -> pl.DataFrame:
    """Add `what`: the counted noun with its adjectives, else the words after the unit, else those before the verb."""
    rules = grammar.rules
    noun = (pl.col("between").fill_null("") + " " + pl.col("noun")).str.strip_chars()
    counted = pl.when(pl.col("counted") & ~pl.col("unit").is_in(["unit", "piece", "item"])).then(noun)
    rows = quantities.with_columns(counted_what=counted)
    open_ = pl.col("counted_what").is_null()
    rest = pl.when(open_).then(pl.col("rest").str.replace(rules["per_at_once"], " "))
    after = rest.str.extract(rules["what_after"], 1)
    direct = rest.str.extract(rules["what_direct"], 1) if "direct_what" in grammar.has else pl.lit(None, pl.String)
    until_verb = [_tidy((" " + words + " ").str.replace(rules["what_stop"], ""), rules) for words in (after, direct)]
    rows = rows.with_columns(told=pl.coalesce("counted_what", *until_verb))
    left = pl.when(pl.col("told").is_null()).then("left")
    lead = left.str.replace_all(rules["period"], " ").str.replace_all(" {2,}", " ")
    lead = lead.str.replace(rules["around"], " ").str.replace(rules["what_verbs"], " ")
    rows = rows.with_columns(lead=lead)
    lead = pl.when(~pl.col("lead").str.contains(rules["what_crowded"])).then("lead")
    before = pl.coalesce(lead.str.extract(rules["what_before"], 1).str.replace(rules["what_lead"], ""),
                         left.str.extract(rules["what_listed"], 1))
    return rows.with_columns(what=pl.coalesce("told", _tidy(before, rules), noun))


def _tidy(words: pl.Expr, rules: Mapping[str, str]) -> pl.Expr:
    """Strip small words from both ends; null where nothing else is left."""
    words = words.str.strip_chars(" '-").str.replace(rules["what_ends"], "")
    words = words.str.replace(rules["what_starts"], "").str.strip_chars(" '-")
    return pl.when((words != "") & ~words.str.contains(rules["what_none"])).then(words)
