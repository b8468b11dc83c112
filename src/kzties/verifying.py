"""Verify: rebuild the last commit in a fresh clone, with no cache, and compare every output with what was committed.

What was committed is `dvc.lock` as git has it; the numbers are compared one by one with those of this checkout.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml

from kzties import paths
from kzties.errors import UserError


def verify(keep: bool = False) -> int:
    """Clone, rebuild, compare and print the table; return 0 if all is equal, else 1."""
    commit = _git("rev-parse", "--short", "HEAD")
    if _git("status", "--porcelain", "--", "data/raw", "codebook", "src", "notebooks", "params.yaml", "reports"):
        print(f"Note: there are uncommitted changes; what is verified is commit {commit}.", file=sys.stderr)
    scratch = Path(tempfile.mkdtemp(prefix="kzties-verify-"))
    clone = scratch / "clone"
    try:
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(paths.ROOT), str(clone)], check=True)
        committed = read_lock(clone / "dvc.lock")
        print(f"Rebuilding commit {commit} in a fresh clone, caches off, with this environment …", flush=True)
        environment = os.environ | {"PYTHONPATH": str(clone / "src")}
        done = subprocess.run([sys.executable, "-m", "kzties.cli", "brief", "--force"], cwd=clone, env=environment,
                              stdout=subprocess.DEVNULL)
        if done.returncode:
            print("verify: the rebuild failed (see above).", file=sys.stderr)
            return 1
        rows = compare_files(committed, read_lock(clone / "dvc.lock"))
        if paths.NUMBERS.is_file():
            rows += compare_numbers(json.loads(paths.NUMBERS.read_text("utf-8")),
                                    json.loads((clone / "reports" / "numbers.json").read_text("utf-8")))
        return report(rows, commit)
    finally:
        if keep:
            print(f"The clone is kept: {clone}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)


def _git(*arguments: str) -> str:
    """Return what git says in the project's root; without git there is nothing to verify."""
    try:
        return subprocess.run(["git", *arguments], cwd=paths.ROOT, check=True, capture_output=True, text=True).stdout.strip()
    except (subprocess.CalledProcessError, FileNotFoundError):
        raise UserError("`kzties verify` needs git and a clone of the repository with at least one commit.") from None


def read_lock(path: Path) -> dict[str, str]:
    """Return the hash of every input and output that a `dvc.lock` records, by path."""
    stages = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
    return {entry["path"]: entry["md5"] for stage in stages.values() for entry in (*stage.get("deps", ()), *stage["outs"])}


def compare_files(published: Mapping[str, str], recomputed: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return a row a file or folder: path, hash published, hash recomputed; a missing one is `missing`.

    >>> compare_files({"a": "1"}, {"a": "1", "b": "2"})
    [('a', '1', '1'), ('b', 'missing', '2')]
    """
    return [(path, published.get(path, "missing"), recomputed.get(path, "missing"))
            for path in sorted({*published, *recomputed})]


def compare_numbers(published: Mapping, recomputed: Mapping) -> list[tuple[str, str, str]]:
    """Return a row a number or sentence of the brief: key, text published, text recomputed."""
    text = lambda numbers, key: str(numbers[key]["text"]) if key in numbers else "missing"  # noqa: E731
    return [(f"number {key}", text(published, key), text(recomputed, key)) for key in sorted({*published, *recomputed})]


def report(rows: list[tuple[str, str, str]], commit: str) -> int:
    """Print the comparison, differences in full, and one last line; return the exit code."""
    different = [row for row in rows if row[1] != row[2]]
    width = max((len(name) for name, *_ in rows), default=0)
    for name, published, recomputed in rows:
        if not name.startswith("number "):
            print(f"{name:<{width}}  {published[:12]:<12}  {recomputed[:12]:<12}  "
                  f"{'equal' if published == recomputed else 'DIFFERENT'}")
    for name, published, recomputed in different:
        if name.startswith("number "):
            print(f"{name}: published {published!r}, recomputed {recomputed!r}: DIFFERENT")
    numbers = sum(name.startswith("number ") for name, *_ in rows)
    print(f"verify: commit {commit}: {len(rows) - numbers} files and folders, {numbers} numbers and sentences; "
          + (f"{len(different)} DIFFERENT." if different else "all equal."))
    return 1 if different else 0
