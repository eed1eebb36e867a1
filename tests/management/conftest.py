"""Commands as the shell runs them, in this process: exit code, standard output and standard error."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.management import load_command_class

from tests.engine.conftest import crm as crm

Shell = Callable[..., "Ended"]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    errors: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command by its command line, with everything manage.py does around it."""

    def run(name: str, *arguments: str) -> Ended:
        command = load_command_class("sfsync", name)
        capsys.readouterr()
        out, errors = io.StringIO(), io.StringIO()
        command.stdout, command.stderr = type(command.stdout)(out), type(command.stderr)(errors)
        try:
            command.run_from_argv(["manage.py", name, *arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        else:
            code = 0
        parser = capsys.readouterr()  # argparse writes by itself
        return Ended(code, out.getvalue() + parser.out, errors.getvalue() + parser.err)

    return run
