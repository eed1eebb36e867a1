import io
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from sfsync.exceptions import LeaseTaken, Stopped, Unavailable
from sfsync.management import base
from sfsync.management.base import DONE, NEEDS_A_PERSON, SfsyncCommand, UsageError


def command(outcome=DONE, **attributes):
    """Return a command that returns, raises or does `outcome`."""

    def run(self, **options):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome(self) if callable(outcome) else outcome

    made = type("Command", (SfsyncCommand,), {"run": run, "requires_system_checks": [], **attributes})
    return made(stdout=io.StringIO(), stderr=io.StringIO(), no_color=True)


def test_done_is_success():
    assert call_command(command(DONE)) is None


@pytest.mark.parametrize(("outcome", "code"), [(NEEDS_A_PERSON, 3), (Stopped("SIGTERM"), 143)])
def test_exit_codes(outcome, code):
    with pytest.raises(SystemExit) as caught:
        call_command(command(outcome))
    assert caught.value.code == code


def test_an_error_is_one_line_and_code_1():
    with pytest.raises(CommandError) as caught:
        call_command(command(Unavailable("No answer.\nTry again later.")))
    assert str(caught.value) == "No answer. Try again later."
    assert caught.value.returncode == 1


def test_wrong_usage_is_code_2():
    with pytest.raises(CommandError) as caught:
        call_command(command(UsageError("no such thing")))
    assert caught.value.returncode == 2


def test_a_taken_lease_is_success_and_says_who_has_it():
    made = command(LeaseTaken("ContactMapping is being pulled by host:1", owner="host:1"))
    call_command(made)
    assert "host:1" in made.stderr.getvalue()


def test_the_text_of_a_database_error_is_not_shown():
    with pytest.raises(CommandError, match="OperationalError") as caught:
        call_command(command(OperationalError("Key (email)=(marked@value.example) already exists")))
    assert "marked" not in str(caught.value)
    assert caught.value.returncode == 1


def test_sigterm_stops_a_command_at_once():
    with pytest.raises(SystemExit) as caught:
        call_command(command(lambda self: os.kill(os.getpid(), signal.SIGTERM) or signal.pause()))
    assert caught.value.code == 143


def test_sigterm_lets_a_batch_end():
    def work(self):
        os.kill(os.getpid(), signal.SIGTERM)
        self.stdout.write("the batch ends")
        if self.stopping:
            raise Stopped("SIGTERM arrived.")
        return DONE

    made = command(work, finishes_batches=True)
    with pytest.raises(SystemExit) as caught:
        call_command(made)
    assert caught.value.code == 143
    assert made.stdout.getvalue() == "the batch ends\n"


def test_a_second_sigterm_does_not_wait():
    def work(self):
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the command went on")

    with pytest.raises(SystemExit) as caught:
        call_command(command(work, finishes_batches=True))
    assert caught.value.code == 143


def test_the_handler_of_sigterm_is_put_back():
    before = signal.getsignal(signal.SIGTERM)
    call_command(command(lambda self: DONE))
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_table_lines_up():
    made = command(
        lambda self: (
            self.table([["Account", 3, True], ["X", None, False]], ["name", "number", "flag"]) or DONE
        )
    )
    call_command(made)
    assert made.stdout.getvalue().splitlines() == [
        "name     number  flag",
        "Account  3       yes",
        "X",
    ]


def test_a_table_without_rows_has_headings():
    made = command(lambda self: self.table([], ["name"]) or DONE)
    call_command(made)
    assert made.stdout.getvalue() == "name\n"


def test_text_of_the_org_does_not_move_the_cursor():
    assert base.cell("A\x1b[2J\r\nB\u202e") == "A [2J  B "


def test_a_line_is_json():
    data = {"amount": Decimal("12.30"), "at": datetime(2026, 11, 23, tzinfo=UTC), "day": date(2026, 1, 1)}
    made = command(lambda self: self.line(data) or DONE)
    call_command(made)
    assert json.loads(made.stdout.getvalue()) == {
        "amount": "12.30",
        "at": "2026-11-23T00:00:00Z",
        "day": "2026-01-01",
    }


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_for_terminals(monkeypatch, terminal):
    screen = io.StringIO()
    screen.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", screen)

    def work(self):
        with self.progress("ContactMapping", total=200) as bar:
            bar.update(100)
        return DONE

    call_command(command(work))
    assert ("ContactMapping" in screen.getvalue()) is terminal


def run_command(*arguments, domain="http://127.0.0.1:9", **options):
    manage = Path(__file__).parents[2] / "example_project" / "manage.py"
    environment = os.environ | {"SF_AUTH_DOMAIN": domain}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, str(manage), "sf_describe", *arguments],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        **options,
    )


def test_exit_codes_reach_the_shell():
    refused = run_command("Contact", stdout=subprocess.PIPE)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("CommandError: No answer of Salesforce")
    assert len(refused.stderr.splitlines()) == 1
    assert run_command("--nothing").returncode == 2
    assert run_command("--org", "nowhere").returncode == 2


def test_a_closed_pipe_is_no_traceback(simulated_org):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        ended = run_command("--json", stdout=pipe, domain=simulated_org.url)
    assert ended.returncode == 1
    assert ended.stderr == "CommandError: Nobody read the rest of the output.\n"
