"""The command line: thin words over the modules. Exit code 0 done, 1 a check failed, 2 the user's mistake."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from kzties import __version__, paths
from kzties.errors import UserError

STAGES = ("passages", "codes", "ties", "agreement", "charts", "brief")
PLEASE = {"passages": "reading and segmenting the raw texts", "codes": "coding passages, finding quantities",
          "ties": "linking items to events and ties", "agreement": "comparing with hand coding",
          "charts": "drawing charts, telling findings", "brief": "rendering the brief"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    for stream in (sys.stdout, sys.stderr):  # a file's name may hold what no encoding can print
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = build_parser().parse_args(arguments)
    try:
        return options.run(options)
    except UserError as error:
        print(f"kzties: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"kzties: {error.strerror or error}: {error.filename or 'a file could not be written'}. "
              "What was built before is untouched.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("kzties: stopped; what was built before is untouched.", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; every help text ends with an example."""
    parser = argparse.ArgumentParser(prog="kzties", description="Kazakhstan's foreign economic ties, from raw news texts "
                                     "to a brief whose every number can be traced.")
    parser.add_argument("--version", action="version", version=f"kzties {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run, help_text: str, example: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text, description=help_text, epilog=f"Example: {example}")
        command.set_defaults(run=run)
        return command

    brief = add("brief", run_brief, "Check everything, then rebuild what changed, from raw texts to the brief.",
                "kzties brief")
    brief.add_argument("--force", action="store_true", help="rebuild every stage and use no cache")
    add("check", run_check, "List everything that is wrong with texts, sources, codebook, corrections and parameters.",
        "kzties check")
    code = add("code", run_code, "Code any folder of texts: passages, codes, quantities, items, events, ties as Parquet and CSV.",
               "kzties code ~/texts --out ~/coded")
    code.add_argument("folder", type=Path, metavar="DIR", help="folder of texts; a sources.csv in it is used")
    code.add_argument("--out", type=Path, required=True, metavar="DIR2", help="folder to write the tables to")
    evidence = add("evidence", run_evidence, "Show the passages behind a number, a tie, an event or a chart mark.",
                   "kzties evidence SRB/transport")
    evidence.add_argument("key", nargs="?", metavar="KEY", help="for instance events, partner.SRB, SRB/trade or an event")
    evidence.add_argument("--list", action="store_true", help="name every key")
    render = add("render", run_render, "Render reports/brief.qmd from finished tables and figures.", "kzties render")
    render.add_argument("--engine", default="auto", help="auto, quarto or embedded (default: auto)")
    render.add_argument("--paper", default="a4", help="a4 or us-letter (default: a4)")
    verify = add("verify", run_verify, "Rebuild the last commit in a fresh clone and compare every output with this one's.",
                 "kzties verify")
    verify.add_argument("--keep", action="store_true", help="keep the clone and say where it is")
    return parser


def run_check(options: argparse.Namespace) -> int:
    """Print every problem; exit code 2 if there is one."""
    from kzties.checking import check_project

    problems = check_project()
    for problem in problems:
        print(f"- {problem}", file=sys.stderr)
    if problems:
        print(f"kzties check: {len(problems)} problem{'s' * (len(problems) > 1)}. Nothing was built.", file=sys.stderr)
        return 2
    print("kzties check: texts, sources, codebook, corrections and parameters are in order.")
    return 0


def run_brief(options: argparse.Namespace) -> int:
    """Check, run the stages that changed under DVC, and say where the brief is and how long each stage took."""
    from kzties.checking import check_again

    if problems := check_again():
        print("\n".join(f"- {problem}" for problem in problems), file=sys.stderr)
        print("kzties: nothing was built. Mend the above and run `make brief` again.", file=sys.stderr)
        return 2
    from kzties.publishing import note_commit

    note_commit()
    started = time.perf_counter()
    code, took = _run_dvc(["repro", *(["--force", "--no-run-cache"] if options.force else [])])
    if code:
        print("kzties: a stage failed (see above); what was built before is untouched.", file=sys.stderr)
        return 1
    for stage, seconds in took.items():
        print(f"  {stage:<10} {seconds:5.1f} s  {PLEASE[stage]}")
    told = f"built in {time.perf_counter() - started:.1f} s" if took else "nothing changed"
    print(f"The brief ({told}):\n  {paths.REPORTS / 'brief.html'}\n  {paths.REPORTS / 'brief.pdf'}")
    _warn_of_skipped()
    return 0


def _run_dvc(arguments: list[str]) -> tuple[int, dict[str, float]]:
    """Run DVC in the project's root; return its exit code and the seconds that each stage took.

    DVC's own words are kept back and shown only if it fails.
    """
    with tempfile.TemporaryDirectory(prefix="kzties-") as scratch:
        # a person's own IPython profile must not change what the notebooks do
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}", "DVC_NO_ANALYTICS": "1",
            "IPYTHONDIR": scratch, "JUPYTER_PLATFORM_DIRS": "1", "PYTHONUNBUFFERED": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        # compiled files are kept beside the sources, or each of six processes would compile the package anew
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        process = subprocess.Popen([sys.executable, "-m", "dvc", *arguments], cwd=paths.ROOT, env=environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
        lines, took, stage, since = [], {}, None, 0.0
        for line in process.stdout:
            lines.append(line)
            running = next((name for name in STAGES if line.startswith(f"Running stage '{name}'")), None)
            if running or line.startswith(("Updating lock file", "Generating lock file")):
                if stage:
                    took[stage] = time.perf_counter() - since
                stage, since = running, time.perf_counter()
                if running and sys.stdout.isatty():
                    print(f"{PLEASE[running]} …", flush=True)
        code = process.wait()
        if stage:  # DVC says nothing at its end where the lock file has not changed
            took.setdefault(stage, time.perf_counter() - since)
    if code:
        print("".join(lines), file=sys.stderr)
    return code, took


def _warn_of_skipped() -> None:
    """Name the texts that could not be read, at the very end, where they are seen."""
    if not json.loads(paths.NUMBERS.read_text(encoding="utf-8"))["texts.skipped"]["value"]:
        return
    from kzties.staging import list_skipped
    from kzties.tables import read_table

    if skipped := list_skipped(read_table("documents")):
        print(f"Warning: {len(skipped)} text{'s were' if len(skipped) > 1 else ' was'} skipped:", file=sys.stderr)
        print("\n".join(f"- {line}" for line in skipped), file=sys.stderr)


def run_code(options: argparse.Namespace) -> int:
    """Code a folder and write the seven tables, Parquet and CSV, to another."""
    from kzties.parameters import read_params
    from kzties.staging import code_folder, has_texts, list_skipped
    from kzties.tables import write_csv, write_table

    if not has_texts(options.folder):
        raise UserError(f"{options.folder} holds no texts. Name a folder of text files.")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{options.out} cannot be a folder ({error.strerror}). Name a folder to write the tables to.") from None
    if options.out.resolve() == options.folder.resolve():
        raise UserError(f"{options.out} holds the texts themselves. Name another folder to write the tables to.")
    tables = code_folder(options.folder, read_params())
    for name, table in tables.items():
        write_table(name, table, options.out)
        write_csv(name, table, options.out)
        print(f"{options.out / name}.parquet  {len(table):,} rows")
    for line in list_skipped(tables["documents"]):
        print(f"Warning: skipped {line}", file=sys.stderr)
    return 0


def run_evidence(options: argparse.Namespace) -> int:
    """Print the passages behind a key, cues highlighted."""
    from kzties.evidence import find_evidence, quote_evidence, show_quote
    from kzties.tables import read_table

    try:
        tables = {name: read_table(name) for name in ("documents", "passages", "codes", "ties")}
        numbers = json.loads(paths.NUMBERS.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"{error}") from None
    if options.list or not options.key:
        print("\n".join(sorted({*numbers, *tables["ties"]["event_id"], *tables["ties"]["partner"],
                                *(f"{one}/{other}" for one, other in tables["ties"].select("partner", "theme").iter_rows())})))
        return 0
    ids = find_evidence(options.key, tables, numbers)
    if options.key in numbers:
        print(f"{options.key}: {numbers[options.key]['text']}\n")
    for quote in quote_evidence(ids, tables["passages"], tables["documents"]):
        print(show_quote(quote, sys.stdout.isatty()), end="\n\n")
    return 0


def run_render(options: argparse.Namespace) -> int:
    """Render the brief and say which engine did it."""
    from kzties.publishing import name_renderer, render_brief

    rendering = render_brief(options.engine, options.paper)
    print(f"{rendering.html}\n{rendering.pdf}\nset with {name_renderer(rendering.engine, rendering.versions)}")
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Verify the last commit; exit code 1 if anything differs."""
    from kzties.verifying import verify

    return verify(keep=options.keep)


if __name__ == "__main__":
    sys.exit(main())
