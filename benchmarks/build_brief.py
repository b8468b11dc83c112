"""How long the brief takes to build, against the same notebooks run naively in an environment that also holds JupyterLab.

    .venv/bin/python benchmarks/build_brief.py [--runs 3] [--lab .venv-lab/bin/python]

The naive peer runs one papermill process a notebook, then renders, without DVC. Prints seconds and ratios, medians of
all runs; nothing is asserted. Works in a clone in a temporary folder; `make lab` makes the peer's environment.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEW_TEXT = "Kazakhstan and Poland signed a memorandum on trade in grain worth 25 million euros.\n"


def build_environment(clone: Path, python: Path) -> dict[str, str]:
    """Return the environment in which `python` runs the clone's own package."""
    return os.environ | {"PYTHONPATH": str(clone / "src"), "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
                         "JUPYTER_PLATFORM_DIRS": "1"}


def take_time(command: list[str], clone: Path, python: Path) -> float:
    """Run a command in the clone; return its seconds, or stop with what it said if it fails."""
    since = time.perf_counter()
    done = subprocess.run(command, cwd=clone, env=build_environment(clone, python), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - since


def forget(clone: Path) -> None:
    """Remove everything that was built, and what DVC remembers."""
    for path in ("data/processed", "reports/figures", "reports/fragments", "reports/runs", ".dvc/cache", ".dvc/tmp"):
        shutil.rmtree(clone / path, ignore_errors=True)
    for name in ("brief.html", "brief.pdf", "numbers.json", "_variables.yml", "sources.bib"):
        (clone / "reports" / name).unlink(missing_ok=True)


def build_naively(clone: Path, python: Path) -> float:
    """Run every notebook in a papermill process of its own, then render; return the seconds."""
    (clone / "reports" / "runs").mkdir(parents=True, exist_ok=True)
    seconds = sum(take_time([str(python), "-m", "papermill", "--no-progress-bar", str(notebook.relative_to(clone)),
                             f"reports/runs/{notebook.name}"], clone, python)
                  for notebook in sorted((clone / "notebooks").glob("*.ipynb")))
    return seconds + take_time([str(python), "-m", "kzties.cli", "render"], clone, python)


def main() -> None:
    """Take all times and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lab", type=Path, default=ROOT / ".venv-lab" / "bin" / "python")
    options = parser.parse_args()
    python = Path(sys.executable)
    times: dict[str, list[float]] = {"full": [], "nothing changed": [], "one text added": [], "naive peer": []}
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        brief = [str(python), "-m", "kzties.cli", "brief"]
        for run in range(options.runs):
            forget(clone)
            times["full"].append(take_time(brief, clone, python))
            times["nothing changed"].append(take_time(brief, clone, python))
            (clone / "data" / "raw" / f"new{run}.txt").write_text(NEW_TEXT * (run + 1), encoding="utf-8")
            with (clone / "data" / "raw" / "sources.csv").open("a", encoding="utf-8") as table:
                table.write(f"new{run}.txt,,2026-03-0{run + 1},en,,,not known,,\n")
            times["one text added"].append(take_time(brief, clone, python))
            if options.lab.exists():
                forget(clone)
                times["naive peer"].append(build_naively(clone, options.lab.absolute()))
    full = statistics.median(times["full"])
    for name, seconds in times.items():
        if seconds:
            median = statistics.median(seconds)
            print(f"{name:<16} {median:6.2f} s   {median / full:5.2f} × full   ({min(seconds):.2f} to {max(seconds):.2f})")
        else:
            print(f"{name:<16} not run: no environment at {options.lab}; `make lab` makes one")


if __name__ == "__main__":
    main()
