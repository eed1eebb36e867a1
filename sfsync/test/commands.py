"""sf_pull and sf_push as a test runs them."""

from __future__ import annotations

from io import StringIO

from django.core.management import CommandError, call_command


def pull(*arguments: str, exit_code: int = 0) -> str:
    """Run sf_pull and return what it printed; raise AssertionError for another exit code."""
    return _run("sf_pull", arguments, exit_code)


def push(*arguments: str, exit_code: int = 0) -> str:
    """Run sf_push and return what it printed; raise AssertionError for another exit code."""
    return _run("sf_push", arguments, exit_code)


def _run(name: str, arguments: tuple[str, ...], exit_code: int) -> str:
    printed, code = StringIO(), 0
    try:
        call_command(name, *arguments, stdout=printed, stderr=printed)
    except CommandError as error:
        code = error.returncode
        printed.write(str(error))
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    if code != exit_code:
        raise AssertionError(f"{name} ended with {code}, not {exit_code}:\n{printed.getvalue()}")
    return printed.getvalue()
