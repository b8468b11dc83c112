"""Check everything a person may have written by hand, before any stage starts: all that is wrong, at once."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl

from kzties import paths
from kzties.errors import UserError


def check_project(root: Path = paths.ROOT) -> list[str]:
    """Return every problem of raw texts, sources, codebook, corrections and parameters, one sentence each.

    An empty list means that `make brief` can start.
    """
    from kzties.agreeing import read_gold
    from kzties.casting import read_roles
    from kzties.cleaning import read_furniture
    from kzties.codebook import read_codebook
    from kzties.correcting import read_corrections
    from kzties.units_grammar import read_units
    from kzties.parameters import read_params
    from kzties.reading import read_sources
    from kzties.trialling import read_trial

    codebook = root / "codebook"
    problems: list[str] = []
    sources = _try(problems, lambda: read_sources(root / "data" / "raw"))
    problems += sources.problems if sources else ()
    params = _try(problems, lambda: read_params(root / "params.yaml"))
    for read in (read_furniture, read_units):
        _try(problems, lambda read=read: read(codebook))
    if compiled := _try(problems, lambda: read_codebook(codebook)):
        _try(problems, lambda: read_roles(compiled.words, codebook))
    _try(problems, lambda: read_gold(root / "data" / "gold"))
    _try(problems, lambda: read_trial(root / "data" / "gold" / "trial"))
    corrections = _try(problems, lambda: read_corrections(codebook))
    if corrections and params and not problems:  # whether they match shows only in the texts
        from kzties.staging import make_passages

        _try(problems, lambda: make_passages(root / "data" / "raw", params["passages"], codebook))
    return problems


def check_again(root: Path = paths.ROOT) -> list[str]:
    """Return the problems as `check_project` does, but at once where nothing has changed since all was in order.

    What was in order last time is remembered by its hash, in DVC's folder of temporary files.
    """
    mark, seen = root / ".dvc" / "tmp" / "checked", hash_inputs(root)
    if mark.is_file() and mark.read_text() == seen:
        return []
    problems = check_project(root)
    if not problems:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(seen)
    return problems


def hash_inputs(root: Path) -> str:
    """Return one SHA-256 of all that the check looks at: codebook, parameters, sources, names of texts, the code itself."""
    digest = hashlib.sha256()
    raw = root / "data" / "raw"
    texts = sorted(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in raw.iterdir()
                   if path.is_file()) if raw.is_dir() else ["missing"]
    digest.update("\n".join(texts).encode(errors="surrogateescape"))
    gold = (path for path in (root / "data" / "gold").rglob("*") if path.is_file())
    for path in (*sorted((root / "codebook").rglob("*.yaml")), root / "params.yaml", root / "data" / "raw" / "sources.csv",
                 *sorted(gold), *sorted(Path(__file__).parent.glob("*.py"))):
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


def _try(problems: list[str], read: Callable[[], object]):
    """Return what `read` returns; on the user's mistake note its message instead.

    Readers name most mistakes themselves; a list where names are wanted, or the like, is told by where it was met.
    """
    try:
        return read()
    except UserError as error:
        problems.append(str(error))
    except (AttributeError, TypeError, KeyError, ValueError, pl.exceptions.PolarsError) as error:
        names = [name for name in read.__code__.co_names if name.startswith("read_")] or [
            default.__name__ for default in read.__defaults__ or ()]
        what = names[0].removeprefix("read_") if names else "an input"
        problems.append(f"The files of '{what}' do not have the shape that is wanted ({type(error).__name__}: {error}). "
                        "Compare them with the header of the file, or with the repository's.")
    return None
