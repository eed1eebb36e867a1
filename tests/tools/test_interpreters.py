"""Finding the interpreters for tox."""

import sys

import pytest

from tools import interpreters

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def fake(folder, name, answer):
    """Write an interpreter that answers what it is told to."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with an empty PATH and an empty pyenv."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def test_an_interpreter_off_the_path_is_found_in_pyenv(machine):
    path = machine / "pyenv/versions/3.13.0/bin/python3.13"
    fake(path.parent, path.name, f"echo 3.13 {path}")
    assert interpreters.find("3.13") == path


def test_a_shim_that_refuses_is_passed_over(machine):
    fake(machine / "bin", "python3.13", "echo 'command not found' >&2; exit 127")
    path = machine / "pyenv/versions/3.13.0/bin/python3.13"
    fake(path.parent, path.name, f"echo 3.13 {path}")
    assert interpreters.find("3.13") == path


def test_the_newest_patch_release_comes_first(machine):
    for patch in (9, 12):
        path = machine / f"pyenv/versions/3.13.{patch}/bin/python3.13"
        fake(path.parent, path.name, f"echo 3.13 {path}")
    assert "3.13.12" in str(interpreters.find("3.13"))


def test_another_version_under_the_name_is_not_taken(machine):
    fake(machine / "bin", "python3.13", "echo 3.12 /usr/bin/python3.12")
    assert interpreters.find("3.13") is None


def test_the_running_interpreter_is_what_it_says_it_is():
    assert interpreters.executable(interpreters.Path(sys.executable), HERE) is not None


def test_every_missing_version_is_named(machine, capsys):
    assert interpreters.main(["3.11", "3.13"]) == 1
    assert "Python 3.11 and Python 3.13 not found" in capsys.readouterr().err
