"""Detect the language of each passage, offline and the same on every machine.

`py3langid` decides; where a passage is too short to tell, the language of its document does, if the script allows.
Kazakh in Latin letters, which no model knows, is told by its letters.
"""

import functools

import polars as pl

CANDIDATES = ("en", "ru", "bg", "kk", "de", "fr", "it", "tr", "pl", "uk", "uz", "es", "sr", "ky", "az", "zh", "ar")
LONG_ENOUGH = 60
"""Letters from which on a passage's own language is believed against its document's."""

_KAZAKH_CYRILLIC = r"[әғқңөұүһі].*[әғқңөұүһ]|[әғқңұһ]"
_KAZAKH_LATIN = r"\bqazaq|[ǵńúý]|\b\w*q\w*ı|ı\w*q\w*|\bjáne\b|\bjäne\b|\bmen\b.*q"


@functools.cache
def load_identifier():
    """Load the model that comes with py3langid, once, restricted to `CANDIDATES`."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in CANDIDATES if code in set(identifier.labels)])
    return identifier


def detect_languages(passages: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Return `passages` with the column `language` (ISO 639-1, `und` where there are no letters to tell by).

    What sources.csv declares for a document counts as the language of its short passages.
    """
    text = pl.col("text").str.to_lowercase()
    letters = text.str.count_matches(r"\p{L}")
    cyrillic = text.str.count_matches(r"\p{Cyrillic}") * 2 > letters
    latin = text.str.count_matches(r"\p{Latin}") * 2 > letters
    identify = load_identifier().classify
    own = pl.col("text").map_elements(lambda words: identify(words)[0], return_dtype=pl.String)
    looked = passages.with_columns(letters=letters, cyrillic=cyrillic, latin=latin).with_columns(
        own=pl.when(pl.col("letters") == 0).then(pl.lit("und"))
        .when(latin & text.str.contains(_KAZAKH_LATIN) & text.str.contains("q") & ~text.str.contains("[əʻ‘ʼ]"))
        .then(pl.lit("kk"))
        .otherwise(pl.when(pl.col("kept")).then(own)))
    weight = looked.filter("kept", pl.col("letters") > 0).group_by("document_id", "own").agg(pl.col("letters").sum())
    main = (weight.sort("document_id", "letters", "own", descending=[False, True, False])
            .unique("document_id", keep="first", maintain_order=True).select("document_id", main="own"))
    declared = documents.select("document_id", declared="language")
    looked = (looked.join(main, on="document_id", how="left", maintain_order="left")
              .join(declared, on="document_id", how="left", maintain_order="left")
              .with_columns(main=pl.coalesce("declared", "main")))
    script_fits = pl.when(pl.col("main").is_in(["ru", "bg", "uk", "sr", "ky"])).then("cyrillic").when(
        pl.col("main").is_in(["zh", "ar"])).then(False).when(pl.col("main") == "kk").then(
        pl.col("cyrillic") | pl.col("latin")).otherwise("latin")
    own_is_sure = (pl.col("letters") >= LONG_ENOUGH) | text.str.contains(_KAZAKH_CYRILLIC)
    return looked.with_columns(
        language=pl.when(pl.col("letters") == 0).then(pl.lit("und"))
        .when(~own_is_sure & script_fits).then("main")
        .otherwise(pl.coalesce("own", "main", pl.lit("und")))
    ).drop("letters", "cyrillic", "latin", "own", "main", "declared")
