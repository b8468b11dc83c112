"""Read and check `params.yaml`: every parameter is known by name, type and range before any stage starts."""

from collections.abc import Mapping
from pathlib import Path

from kzties import paths
from kzties.codebook import read_yaml
from kzties.errors import CodebookError, ParameterError, nearest
from kzties.reading import is_encoding
from kzties.tables import ACTIONS, THEMES

SEED, WHOLE, SHARE, MEGABYTES, YES_OR_NO = ("a whole number from 0 on", "a whole number from 1 to 100000", "a number from 0 to 1",
                                            "a number above 0", "true or false")
DAYS = "a whole number from 0 to 36500"

KNOWN: Mapping[str, Mapping[str, str | tuple[str, ...]]] = {
    "passages": {"largest_megabytes": MEGABYTES, "legacy_encoding": "an encoding", "headline_characters": WHOLE,
                 "digest_headlines": WHOLE, "digest_headline_words": WHOLE, "duplicate_words": WHOLE},
    "codes": {"inherit_partner": YES_OR_NO},
    "ties": {"days_apart": DAYS, "statement_words": WHOLE, "shared_figures": WHOLE,
             "smallest_count": WHOLE, "same_tie_days": DAYS, "same_tie_themes": WHOLE},
    "agreement": {"resamples": WHOLE, "seed": SEED, "confidence": SHARE, "tentative_below": SHARE,
                  "review_code": (*THEMES, *ACTIONS)},
    "charts": {"partners_shown": WHOLE, "quantities_shown": WHOLE, "outlets_shown": WHOLE},
    "render": {"engine": ("auto", "quarto", "embedded"), "paper": ("a4", "us-letter")},
}
"""What each parameter must be: a description, or the allowed words."""


def read_params(path: Path = paths.PARAMS) -> dict[str, dict]:
    """Return the parameters by stage; an unknown, missing or impossible one is a `ParameterError` naming the key."""
    try:
        content = read_yaml(path)
    except CodebookError as error:
        raise ParameterError(str(error)) from None
    for stage, values in content.items():
        if stage not in KNOWN:
            raise ParameterError(f"{path.name}: unknown stage '{stage}'. {nearest(str(stage), KNOWN)}")
        if not isinstance(values, dict):
            raise ParameterError(f"{path.name}: '{stage}' must hold parameters: {', '.join(KNOWN[stage])}.")
        for name, value in values.items():
            if name not in KNOWN[stage]:
                raise ParameterError(f"{path.name}: unknown parameter '{stage}.{name}'. "
                                     f"{nearest(str(name), KNOWN[stage])}")
            check_value(f"{stage}.{name}", KNOWN[stage][name], value, path.name)
    for stage, names in KNOWN.items():
        if missing := sorted(set(names) - set(content.get(stage) or {})):
            raise ParameterError(f"{path.name}: parameter '{stage}.{missing[0]}' is missing. Add it.")
    return content


def check_value(key: str, wanted: str | tuple[str, ...], value: object, file: str) -> None:
    """Raise a `ParameterError` if the value is not what the parameter must be."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        SEED: number and isinstance(value, int) and value >= 0,
        DAYS: number and isinstance(value, int) and 0 <= value <= 36500,
        WHOLE: number and isinstance(value, int) and 1 <= value <= 100_000,
        SHARE: number and 0 <= value <= 1,
        MEGABYTES: number and value > 0,
        YES_OR_NO: isinstance(value, bool),
        "an encoding": isinstance(value, str) and is_encoding(value),
    }
    if isinstance(wanted, tuple):
        if value not in wanted:
            raise ParameterError(f"{file}: '{key}' is {value!r}. {nearest(str(value), wanted)}")
    elif not fits[wanted]:
        raise ParameterError(f"{file}: '{key}' is {value!r}, but must be {wanted}.")
