"""The repository itself: what is documented exists and the other way round; locks, notebooks and raw texts hold."""

import ast
import csv
import hashlib
import re
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

import nbformat
import papermill
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-lab.lock", "requirements-setup.lock")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted((ROOT / "src" / "kzties").glob("*.py"))


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def normal(name: str) -> str:
    """Return a package's name as registries compare it.

    >>> normal("pypandoc_binary")
    'pypandoc-binary'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> dict[str, str]:
    """Return the version of each package in a lock; a package with two versions would fail the build elsewhere."""
    found = re.findall(r"^([\w.-]+)==([\w.+!]+)", read(lock), flags=re.MULTILINE)
    assert len(found) == len(dict(found)), f"{lock} gives a package in two versions"
    return {normal(name): version for name, version in found}


def declared(*extras: str) -> set[str]:
    """Return the direct dependencies that pyproject.toml names, with those of the extras."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return {normal(re.match(r"[\w.-]+", line)[0]) for line in wanted}


def parameters_of(notebook: Path) -> dict[str, object]:
    """Return a notebook's parameters with their defaults, as papermill sees them."""
    return {name: ast.literal_eval(about["default"]) for name, about in papermill.inspect_notebook(notebook).items()}


# The locks

@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_version_and_hashes_and_no_address(lock):
    entries = re.split(r"^(?=\w)", re.sub(r"^\s*#.*\n", "", read(lock), flags=re.MULTILINE), flags=re.MULTILINE)
    bare = [entry.split()[0] for entry in entries if entry.strip()
            and not re.match(r"[\w.-]+==[\w.+!]+( ; [^\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+$", entry)]
    assert not bare
    assert "://" not in read(lock) and "--index" not in read(lock) and "--find-links" not in read(lock)


def test_what_makes_every_stage_slow_is_not_in_the_environment_that_runs_them():
    assert not {"rfc3987-syntax", "jupyterlab", "jupyter-server"} & set(locked("requirements.lock"))
    assert "jupyterlab" in locked("requirements-lab.lock")


def test_the_lab_environment_has_the_same_versions():
    lab = locked("requirements-lab.lock")
    assert {name: lab.get(name) for name in locked("requirements.lock")} == locked("requirements.lock")


def test_every_direct_dependency_is_locked():
    assert declared("test") <= set(locked("requirements.lock"))
    assert declared("test", "lab") <= set(locked("requirements-lab.lock"))


def test_conda_gets_the_locked_versions():
    conda = yaml.safe_load(read("environment.yml"))
    lines = [line for line in conda["dependencies"] if isinstance(line, str)]
    lines += [line for part in conda["dependencies"] if isinstance(part, dict) for line in part["pip"]]
    pinned = dict(re.match(r"([\w.-]+)==?([\w.]+)$", line).groups() for line in lines
                  if re.match(r"[\w.-]+==?[\w.]+$", line) and not line.startswith("python="))
    pinned = {normal(name): version for name, version in pinned.items()}
    assert set(pinned) == declared("test", "lab")
    assert pinned == {name: locked("requirements-lab.lock")[name] for name in pinned}
    assert any(line.startswith("quarto") for line in lines)


def test_every_direct_dependency_is_explained():
    explained = {normal(name) for name in re.findall(r"^\| `([\w-]+)` \|", read("docs/dependencies.md"), re.MULTILINE)}
    assert explained == declared("test", "lab") | set(locked("requirements-setup.lock"))


def test_every_package_that_the_code_imports_is_a_direct_dependency():
    imported = {alias.name.split(".")[0] for module in MODULES for node in ast.walk(ast.parse(module.read_bytes()))
                if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module.split(".")[0] for module in MODULES for node in ast.walk(ast.parse(module.read_bytes()))
                 if isinstance(node, ast.ImportFrom) and node.module}
    providers = packages_distributions()
    missing = {name: providers.get(name, "nothing that is installed") for name in imported
               - set(sys.stdlib_module_names) - {"kzties"}
               if not {normal(provider) for provider in providers.get(name, [])} & declared()}
    assert not missing


# The code

@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_module_is_at_most_300_lines(module):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_code_keeps_the_house_style():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--quiet", "--no-cache", "--output-format=concise",
                           "src", "tests", "tools", "benchmarks"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# The stages and their notebooks

def test_dvc_sends_no_statistics_and_stages_nothing():
    config = ConfigParser()
    config.read(ROOT / ".dvc" / "config")
    assert [config["core"][name].strip() for name in ("analytics", "autostage", "check_update")] == ["false"] * 3


def test_no_line_ending_is_ever_converted():
    assert "* -text" in read(".gitattributes").splitlines()


def test_every_stage_says_what_it_does():
    stages = yaml.safe_load(read("dvc.yaml"))["stages"]
    assert list(stages) == ["passages", "codes", "ties", "agreement", "charts", "brief"]
    assert [name for name, stage in stages.items() if not str(stage.get("desc", "")).strip().endswith(".")] == []


def test_every_output_of_a_stage_is_kept_out_of_git():
    stages = yaml.safe_load(read("dvc.yaml"))["stages"].values()
    outs = [next(iter(out)) if isinstance(out, dict) else out for stage in stages for out in stage.get("outs", [])]
    ignored = subprocess.run(["git", "check-ignore", "--no-index", *outs], cwd=ROOT, capture_output=True, text=True)
    if ignored.returncode == 128:
        pytest.skip("not a git repository: an unpacked archive")
    assert sorted(outs) == sorted(ignored.stdout.split())


def test_every_stage_has_its_notebook():
    names = [notebook.name for notebook in NOTEBOOKS]
    assert names == ["01_passages.ipynb", "02_codes.ipynb", "03_ties.ipynb", "04_agreement.ipynb", "05_charts.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_as_source_alone(path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [cell.id for cell in code if cell.outputs or cell.execution_count is not None], "outputs are stripped"
    assert not [cell.id for cell in code if not cell.source.strip()], "an empty code cell is never run"
    assert not {"papermill", "execution"} & set(notebook.metadata), "a trace of a run"
    assert not [cell.id for cell in notebook.cells if {"papermill", "execution"} & set(cell.metadata)], "likewise"
    ids = [cell.get("id", "") for cell in notebook.cells]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", name) for name in ids)
    assert not [name for name in ids if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4})*.*", name)], "an id is a word"
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in code) <= 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_the_parameters_of_its_stage(path):
    stage = path.stem.split("_", 1)[1]
    assert parameters_of(path) == yaml.safe_load(read("params.yaml")).get(stage, {})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stage_hands_every_parameter_to_its_notebook(path):
    stage = path.stem.split("_", 1)[1]
    command = yaml.safe_load(read("dvc.yaml"))["stages"][stage]["cmd"]
    handed = dict(re.findall(r"-p\s+(\w+)\s+\$\{([\w.]+)\}", command))
    assert handed == {name: f"{stage}.{name}" for name in parameters_of(path)}


# The commands and the documents

def targets() -> set[str]:
    phony = re.search(r"^\.PHONY: (.*)$", read("Makefile"), flags=re.MULTILINE)[1]
    return set(phony.split())


def test_make_alone_prints_every_command():
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {line.split()[1] for line in done.stdout.splitlines()} == targets()


def test_the_readme_names_every_command():
    readme = read("README.md")
    assert not {target for target in targets() if not re.search(rf"`make {target}\b", readme)}


def test_continuous_integration_runs_the_readme_s_test_command():
    assert read(".ci/run").rstrip().endswith("make test") and "make test" in read("README.md")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_the_version_is_the_same_everywhere():
    version = re.search(r'__version__ = "([\d.]+)"', read("src/kzties/__init__.py"))[1]
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == version
    assert f"## [{version}] - {citation['date-released']}" in read("CHANGELOG.md")


# The raw texts

def test_every_raw_text_has_its_row_and_every_row_its_text():
    with (ROOT / "data" / "raw" / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = sorted(path.name for path in (ROOT / "data" / "raw").glob("*.txt"))
    assert sorted(row["file"] for row in rows) == texts
    for row in rows:
        if row.get("sha256"):
            assert hashlib.sha256((ROOT / "data" / "raw" / row["file"]).read_bytes()).hexdigest() == row["sha256"]


def test_the_data_dictionary_is_that_of_the_code():
    from kzties.tables import describe_tables

    assert read("docs/tables.md") == describe_tables()
