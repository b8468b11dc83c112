"""Compare the program's coding with hand coding: Krippendorff's alpha with its interval, precision, recall and F1.

For the raw texts the unit is the passage; for roles and quantities, which the codebook gives once a document, it is the
document. For the trial texts (`trialling`) it is the text as a whole.
Alpha follows Krippendorff, Content Analysis (4th ed., 2019), chapter 12, from the coincidence matrix of two coders;
the interval is the percentile interval of a bootstrap that draws units with replacement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy
import polars as pl

from kzties import paths
from kzties.codebook import read_yaml
from kzties.errors import SourceError
from kzties.tables import ACTIONS, AGREEMENT

GOLD_SCHEMA = {
    "document_id": pl.String, "start": pl.Int64, "end": pl.Int64, "variable": pl.String, "code": pl.String,
    "role": pl.String, "value": pl.Float64, "of": pl.Float64, "bound": pl.String, "per": pl.String,
    "period": pl.String, "cue": pl.String,
}
SHEET_SCHEMA = {name: dtype for name, dtype in GOLD_SCHEMA.items() if name not in ("start", "end", "cue")}
SPAN = ["document_id", "start", "end"]
RAW_TEXTS = "raw_texts"
VARIABLES = {"partner": False, "counterpart": True, "theme": False, "action": False, "quantity": True}
"""What is compared in the raw texts, and whether the codebook gives it once a document."""


@dataclass(frozen=True)
class Gold:
    """Hand codings: the adjudicated one, the two blind ones it was made from, and who coded under which codebook."""

    adjudicated: pl.DataFrame
    first: pl.DataFrame
    second: pl.DataFrame
    about: Mapping


def read_gold(folder: Path = paths.GOLD) -> Gold:
    """Read `gold.csv`, `coder_a.csv`, `coder_b.csv` and `about.yaml`; a misfit is a `SourceError` naming the file."""
    sheets = (read_sheet(folder / f"{name}.csv", GOLD_SCHEMA) for name in ("gold", "coder_a", "coder_b"))
    return Gold(*sheets, read_yaml(folder / "about.yaml"))


def read_sheet(path: Path, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Read one coding; a misfit is a `SourceError` naming the file and its columns."""
    try:
        return pl.read_csv(path, schema=schema, null_values=[""], glob=False)
    except (pl.exceptions.PolarsError, FileNotFoundError) as error:
        raise SourceError(f"{path} cannot be read: {error}. Its columns are {', '.join(schema)}.") from None


def compare(gold: Gold, passages: pl.DataFrame, codes: pl.DataFrame, quantities: pl.DataFrame,
            params: Mapping) -> pl.DataFrame:
    """Return the table `agreement` of program and adjudicated hand coding of the raw texts, by variable, code and language.

    Only passages that the hand coding covers and that still stand at the same characters are compared. Takes the
    tables `passages`, `codes`, `quantities` and the parameters of stage `agreement`.
    """
    units = (gold.adjudicated.select(SPAN).unique()
             .join(passages.filter("kept").select(*SPAN, "passage", "language"), on=SPAN).sort(SPAN))
    program = code_sheet(passages, codes, quantities)
    rows = []
    for variable, by_document in VARIABLES.items():
        pairs = pair_codes(variable, by_document, units, gold.adjudicated, program)
        hands = pair_codes(variable, by_document, units, gold.first, gold.second)
        rows += _rows(RAW_TEXTS, variable, units, pairs, hands, _codes(pairs), params)
    return _tabulate(rows, gold.about)


def compare_texts(split: str, texts: pl.DataFrame, codings: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
                  program: pl.DataFrame, about: Mapping, params: Mapping) -> pl.DataFrame:
    """Return the table `agreement` for one split of the trial texts, the text as a whole being the unit.

    Takes the texts (`document_id`, `split`, `language`), their codings (adjudicated, first, second coder), the program's
    (`trialling.sheet_texts`) and the parameters of stage `agreement`.
    """
    whole = {"start": pl.lit(0, pl.Int64), "end": pl.lit(1, pl.Int64)}
    units = texts.filter(pl.col("split") == split).select("document_id", "language", **whole).sort("document_id")
    hand, first, second, other = (sheet.with_columns(**whole) for sheet in (*codings, program))
    rows = []
    for variable in ("relevance", *VARIABLES):
        pairs = pair_codes(variable, True, units, hand, other)
        hands = pair_codes(variable, True, units, first, second)
        rows += _rows(split, variable, units, pairs, hands, _codes(pairs) if variable == "theme" else [], params)
    return _tabulate(rows, about)


def _rows(material: str, variable: str, units: pl.DataFrame, pairs: pl.DataFrame, hands: pl.DataFrame, codes: list[str],
          params: Mapping) -> list[dict]:
    """Return the rows of one variable: all codes together by language, and each code in all languages."""
    languages = ["all", *sorted(units["language"].unique())]
    return [{"material": material} | _row(variable, code, language, pairs, hands, params) for language in languages
            for code in ("all", *(codes if language == "all" else ()))]


def _tabulate(rows: list[dict], about: Mapping) -> pl.DataFrame:
    """Return rows as the table `agreement`, with the version of the codebook that the hand coding was made under."""
    schema = {name: dtype for name, dtype in AGREEMENT.schema.items() if name != "codebook_version"}
    table = pl.DataFrame(rows, schema=schema) if rows else AGREEMENT.empty()
    version = str(about.get("codebook_version", "not known"))
    return table.with_columns(codebook_version=pl.lit(version)).select(*AGREEMENT.columns).sort(AGREEMENT.key)


def code_sheet(passages: pl.DataFrame, codes: pl.DataFrame, quantities: pl.DataFrame) -> pl.DataFrame:
    """Return the program's coding in the shape of the hand codings, without the columns that are not compared."""
    spans = passages.select(*SPAN, "passage")
    coded = codes.join(spans, on=["document_id", "passage"]).select(
        *SPAN, "variable", "code", "role", value=pl.lit(None, pl.Float64))
    measured = quantities.drop("start", "end").join(spans, on=["document_id", "passage"]).select(
        *SPAN, variable=pl.lit("quantity"), code="unit", role="role", value="value")
    return pl.concat([coded, measured])


def pair_codes(variable: str, by_document: bool, units: pl.DataFrame, hand: pl.DataFrame,
               other: pl.DataFrame) -> pl.DataFrame:
    """Return one row a unit and code: `unit`, `language`, `code`, `hand` and `other` (given or not; steps for actions).

    Every code that either side uses is crossed with every unit, so that agreement on its absence counts too.
    """
    unit = pl.col("document_id") if by_document else pl.format("{}/{}", "document_id", "start")
    code = (pl.format("{} {}", pl.col("value").cast(pl.Float64), "code") if variable == "quantity" else pl.col("code"))
    wanted = pl.col("variable") == ("partner" if variable == "counterpart" else variable)
    if variable == "counterpart":
        wanted &= pl.col("role") == "counterpart"

    def given(sheet: pl.DataFrame, name: str) -> pl.DataFrame:
        return (sheet.filter(wanted).join(units.select(SPAN), on=SPAN, how="semi")
                .select(unit=unit, code=code).unique().with_columns(pl.lit(1).alias(name)))

    all_units = (units.sort(SPAN).select(unit=unit, language="language").unique("unit", keep="first", maintain_order=True))
    if variable == "action":
        step = {code: rank for rank, code in enumerate(ACTIONS, 1)}
        rank = pl.col("code").replace_strict(step, default=0, return_dtype=pl.Int64)
        return (all_units.join(given(hand, "hand").select("unit", hand=rank), on="unit", how="left")
                .join(given(other, "other").select("unit", other=rank), on="unit", how="left")
                .with_columns(pl.col("hand", "other").fill_null(0), code=pl.lit("all")))
    used = pl.concat([given(hand, "side").select("code"), given(other, "side").select("code")]).unique()
    return (all_units.join(used, how="cross")
            .join(given(hand, "hand"), on=["unit", "code"], how="left")
            .join(given(other, "other"), on=["unit", "code"], how="left")
            .with_columns(pl.col("hand", "other").fill_null(0)).sort("unit", "code"))


def _codes(pairs: pl.DataFrame) -> list[str]:
    """Return the codes to report one by one: none for actions (one scale) and quantities (hardly any occurs twice)."""
    codes = [] if pairs.is_empty() else sorted(pairs["code"].unique())
    return [code for code in codes if code != "all" and " " not in code]


def _row(variable: str, code: str, language: str, pairs: pl.DataFrame, hands: pl.DataFrame, params: Mapping) -> dict:
    """Return one row of the agreement table."""
    def chosen(table: pl.DataFrame) -> pl.DataFrame:
        by_code = pl.lit(True) if code == "all" else pl.col("code") == code
        return table.filter(by_code, pl.lit(language == "all") | (pl.col("language") == language))

    compared = chosen(pairs)
    hand, other = compared["hand"].to_numpy(), compared["other"].to_numpy()
    ordinal = variable == "action"
    alpha, low, high = alpha_interval(hand, other, len(ACTIONS) + 1 if ordinal else 2, ordinal, params)
    between = chosen(hands)
    coders = alpha_of(count_pairs(between["hand"].to_numpy(), between["other"].to_numpy(),
                                  len(ACTIONS) + 1 if ordinal else 2), ordinal)
    if variable == "quantity":  # there is no set of quantities that might have been given: alpha has no meaning
        alpha = low = high = coders = None
    both = int(((hand > 0) & (other > 0) & (hand == other)).sum())
    precision = both / given if (given := int((other > 0).sum())) else None
    recall = both / positives if (positives := int((hand > 0).sum())) else None
    total = (precision or 0) + (recall or 0)
    f1 = 2 * precision * recall / total if precision is not None and recall is not None and total else (
        0.0 if positives or given else None)
    measure = f1 if variable == "quantity" else alpha
    figures = {"alpha": alpha, "low": low, "high": high, "precision": precision, "recall": recall, "f1": f1,
               "coders_alpha": coders}
    return {"variable": variable, "code": code, "language": language, "n": compared["unit"].n_unique(),
            "positives": positives, "tentative": measure is None or measure < params["tentative_below"],
            **{name: None if figure is None else round(float(figure), 4) for name, figure in figures.items()}}


def count_pairs(first: numpy.ndarray, second: numpy.ndarray, values: int) -> numpy.ndarray:
    """Return how many units have each pair of values: a square matrix, one row a value of the first coder.

    >>> count_pairs(numpy.array([0, 1, 1]), numpy.array([0, 1, 0]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    return numpy.bincount(first * values + second, minlength=values * values).reshape(values, values)


def alpha_of(pairs: numpy.ndarray, ordinal: bool = False) -> float | None:
    """Return Krippendorff's alpha of two coders from their pair counts; None where no value varies.

    >>> alpha_of(count_pairs(numpy.array([0, 1, 0, 0, 0, 0, 0, 0, 1, 0]), numpy.array([1, 1, 1, 0, 0, 1, 0, 0, 0, 0]), 2))
    0.0952...
    """
    alpha = _alphas(pairs[None, ...], ordinal)[0]
    return None if numpy.isnan(alpha) else float(alpha)


def _alphas(pairs: numpy.ndarray, ordinal: bool) -> numpy.ndarray:
    """Return alpha of each pair-count matrix of a stack (the definition, over many resamples at once)."""
    coincidences = pairs + pairs.transpose(0, 2, 1)
    totals = coincidences.sum(axis=2)
    everything = totals.sum(axis=1)
    if ordinal:  # squared number of ranks between two values, ties counted half
        below = totals.cumsum(axis=1) - totals / 2
        distance = (below[:, :, None] - below[:, None, :]) ** 2.0
    else:
        distance = 1.0 - numpy.eye(pairs.shape[1])[None, ...]
    observed = (coincidences * distance).sum(axis=(1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * distance).sum(axis=(1, 2)) / numpy.maximum(everything - 1, 1)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where(expected > 0, 1 - observed / expected, numpy.nan)


def alpha_interval(first: numpy.ndarray, second: numpy.ndarray, values: int, ordinal: bool,
                   params: Mapping) -> tuple[float | None, float | None, float | None]:
    """Return alpha and the ends of its bootstrap interval: units drawn with replacement, percentiles of alpha.

    A resample in which nothing varies has no alpha and is left out.
    """
    pairs = count_pairs(first, second, values)
    alpha = alpha_of(pairs, ordinal)
    if alpha is None:
        return None, None, None
    draws = numpy.random.default_rng(params["seed"]).multinomial(
        pairs.sum(), pairs.ravel() / pairs.sum(), size=params["resamples"]).reshape(-1, values, values)
    alphas = _alphas(draws, ordinal)
    tail = (1 - params["confidence"]) / 2
    low, high = numpy.nanquantile(alphas, [tail, 1 - tail])
    return alpha, float(low), float(high)
