"""Check everything a person may have written by hand, before any stage starts: all that is wrong, at once."""

from collections.abc import Callable
from pathlib import Path

from kzties import paths
from kzties.errors import UserError


def check_project(root: Path = paths.ROOT) -> list[str]:
    """Return every problem of raw texts, sources, codebook, corrections and parameters, one sentence each.

    An empty list means that `make brief` can start.
    """
    from kzties.cleaning import read_furniture
    from kzties.codebook import read_codebook
    from kzties.coding import read_roles
    from kzties.correcting import read_corrections
    from kzties.units_grammar import read_units
    from kzties.parameters import read_params
    from kzties.reading import read_sources

    codebook = root / "codebook"
    problems: list[str] = []
    sources = _try(problems, lambda: read_sources(root / "data" / "raw"))
    problems += sources.problems if sources else ()
    params = _try(problems, lambda: read_params(root / "params.yaml"))
    for read in (read_furniture, read_codebook, read_roles, read_units):
        _try(problems, lambda read=read: read(codebook))
    corrections = _try(problems, lambda: read_corrections(codebook))
    if corrections and params and not problems:  # whether they match shows only in the texts
        from kzties.staging import make_passages

        _try(problems, lambda: make_passages(root / "data" / "raw", params["passages"], codebook))
    return problems


def _try(problems: list[str], read: Callable[[], object]):
    """Return what `read` returns; on the user's mistake note its message instead."""
    try:
        return read()
    except UserError as error:
        problems.append(str(error))
        return None
