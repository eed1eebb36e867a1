"""Type commands as a person would, and show what came back."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


class CommandFailed(Exception):
    """A command of the road ended with an exit code other than 0."""


class Terminal:
    """Runs manage.py in an environment of its own; `write` takes one line of what is shown."""

    def __init__(self, write: Callable[[str], object], environment: dict[str, str]) -> None:
        self.write = write
        self.environment = environment

    def heading(self, text: str) -> None:
        """Show what comes next."""
        self.write(f"\n== {text}")

    def manage(self, *arguments: str) -> str:
        """Type `python manage.py ...`, show its output and return it; CommandFailed unless it exits 0."""
        self.write(f"\n$ python manage.py {' '.join(arguments)}")
        done = self.run(arguments, stderr=subprocess.STDOUT)
        self.show_output(done)
        return self.checked(done, arguments)

    def json_lines(self, *arguments: str) -> list[dict[str, Any]]:
        """Type a command that prints one JSON object a line, and return the objects."""
        return [json.loads(line) for line in self.manage(*arguments).splitlines() if line.startswith("{")]

    def shell(self, code: str) -> None:
        """Type Python into `manage.py shell`, and show the code and what it printed."""
        code = textwrap.dedent(code).strip()
        self.write("\n$ python manage.py shell")
        self.write(textwrap.indent(code, "  >>> ", lambda line: True))
        done = self.run(["shell", "--verbosity", "0", "--command", code], stderr=subprocess.STDOUT)
        self.show_output(done)
        self.checked(done, ["shell"])

    def quietly(self, *arguments: str) -> str:
        """Run a command without showing it, and return its output."""
        done = self.run(arguments, stderr=None)
        return self.checked(done, arguments)

    def show_output(self, done: subprocess.CompletedProcess[str]) -> None:
        """Show what a command printed, if it printed anything."""
        if done.stdout.strip():
            self.write(textwrap.indent(done.stdout.rstrip(), "  "))

    def run(self, arguments: Any, *, stderr: int | None) -> subprocess.CompletedProcess[str]:
        """Run manage.py in a process of its own."""
        return subprocess.run(
            [sys.executable, str(MANAGE), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            check=False,
        )

    def checked(self, done: subprocess.CompletedProcess[str], arguments: Any) -> str:
        """Return the output of a command that exited 0; raise CommandFailed for another."""
        if done.returncode != 0:
            raise CommandFailed(f"manage.py {arguments[0]} ended with exit code {done.returncode}.")
        return done.stdout
