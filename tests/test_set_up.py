"""How the environment is set up: whole or not at all, and from the lock alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import set_up

LOCK = "six==1 \\\n    --hash=sha256:aa\n    # via z\nzipp==2 ; sys_platform == 'x' \\\n    --hash=sha256:bb\n"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """An empty project in a folder with a difficult name, where nothing is installed for real."""
    folder = tmp_path / "Краткая сводка's $HOME"
    (folder / "src").mkdir(parents=True)
    (folder / "lock").write_text(LOCK, encoding="utf-8")
    monkeypatch.setattr(set_up, "ROOT", folder)
    monkeypatch.setattr(set_up, "compile_imported", lambda python: None)
    monkeypatch.setattr(set_up, "install_with_uv", lambda *_: None)
    return folder


def make(project: Path) -> None:
    set_up.set_up(project / "env", project / "lock", project / "env" / ".ready")


def test_an_interrupted_set_up_is_not_taken_for_ready(project, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    make(project)
    monkeypatch.setattr(set_up, "install_with_uv", stop)
    with pytest.raises(KeyboardInterrupt):
        make(project)
    assert not (project / "env" / ".ready").exists()


def test_pip_takes_over_where_uv_does_not_get_through(project, monkeypatch, capsys):
    def fail(*_):
        raise set_up.SetUpError("no route to the registry")

    taken_over = []
    monkeypatch.setattr(set_up, "install_with_uv", fail)
    monkeypatch.setattr(set_up, "install_with_pip", lambda *_: taken_over.append("pip"))
    make(project)
    assert taken_over == ["pip"] and (project / "env" / ".ready").exists()
    assert "no route to the registry" in capsys.readouterr().err


def test_the_package_is_found_in_a_folder_of_any_name_even_after_moving_it(project):
    package = project / "src" / "kzties"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "cli.py").write_text("import sys; print('said', *sys.argv[1:])", encoding="utf-8")
    make(project)
    moved = project.rename(project.with_name("moved elsewhere"))
    command = moved / "env" / set_up.SCRIPTS / ("kzties.cmd" if os.name == "nt" else "kzties")
    done = subprocess.run([command, "two words"], capture_output=True, text=True, cwd=moved.parent, encoding="utf-8")
    assert done.stdout.strip() == "said two words", done.stderr


def test_what_pip_is_told_about_the_registry_is_told_to_uv(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    assert set_up.uv_environment()["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    assert set_up.uv_environment()["UV_DEFAULT_INDEX"] == "https://own.example/simple"


def test_one_package_can_be_cut_out_of_a_lock():
    assert set_up.lock_entry(LOCK, "zipp").splitlines() == ["zipp==2 ; sys_platform == 'x' \\", "    --hash=sha256:bb"]
    assert set_up.lock_entry(LOCK, "si") == ""


def test_an_old_python_is_told_what_is_needed(project, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    with pytest.raises(set_up.SetUpError, match=r"Python 3\.11 or newer is needed"):
        make(project)
