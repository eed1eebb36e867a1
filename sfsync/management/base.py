"""What the sf_* commands share: exit codes, stopping, and printing."""

from __future__ import annotations

import json
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError

from sfsync.exceptions import LeaseTaken, SfsyncError, Stopped

DONE = 0
NOT_FINISHED = 1
WRONG_USAGE = 2
NEEDS_A_PERSON = 3
TERMINATED = 128 + signal.SIGTERM

TIMER = hasattr(signal, "setitimer")  # Windows has none: there only a second SIGTERM stops at once
STOPPING = [signal.SIGTERM, signal.SIGALRM] if TIMER else [signal.SIGTERM]


class UsageError(CommandError):
    """The command line asks for something that does not exist: exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=WRONG_USAGE)


class Progress(Protocol):
    """What a progress bar and its stand-in have in common."""

    def update(self, number: int, /) -> object: ...


class NoProgress:
    """Stand in for a progress bar where there is no terminal."""

    def update(self, number: int, /) -> None:
        return None


class SfsyncCommand(BaseCommand):
    """Run `run()` and turn its outcome into an exit code.

    0: nothing is left for a person, also when another run holds the lease. 1: did not finish; one line on
    stderr says what to do. 2: wrong usage. 3: ran, and something is left for a person (`run()` returned
    NEEDS_A_PERSON). 143: SIGTERM.

    At SIGTERM a command that `finishes_batches` finds `stopping` set, and is to raise Stopped at the next
    good moment. When that does not come within `seconds_to_stop` (the org may be silent for a minute, and
    service managers kill after 10 s at the earliest), at a second SIGTERM, and in any other command, it is
    raised at once.
    """

    finishes_batches = False
    seconds_to_stop = 8.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stopping = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object a line.")

    def run(self, **options: Any) -> int:
        """Do the work; return DONE or NEEDS_A_PERSON."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = False
        with self._sigterm():
            try:
                code = self.run(**options)
                self.stdout.flush()  # a reader that has gone is noticed here, and not by the interpreter at its end
            except LeaseTaken as error:
                self.stderr.write(one_line(f"Skipped: {error}"))
                code = DONE
            except Stopped:
                code = TERMINATED
            except SfsyncError as error:
                raise CommandError(one_line(str(error)), returncode=NOT_FINISHED) from error
            except BrokenPipeError as error:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the last flush
                raise CommandError("Nobody read the rest of the output.", returncode=NOT_FINISHED) from error
            except DatabaseError as error:  # its text can hold record values
                raise CommandError(
                    f"The database failed ({type(error).__name__}). See that it runs and that manage.py migrate "
                    "has been run, then try again.",
                    returncode=NOT_FINISHED,
                ) from error
        if code != DONE:
            raise SystemExit(code)

    def line(self, data: dict[str, Any]) -> None:
        """Print one object on a line of its own."""
        self.stdout.write(json.dumps(data, cls=DjangoJSONEncoder))

    def table(self, rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> None:
        """Print a table with a line of headings; True is "yes", False and None are blank."""
        cells = [list(columns), *([cell(value) for value in row] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for number, row in enumerate(cells):
            text = "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip()
            self.stdout.write(self.style.MIGRATE_HEADING(text) if number == 0 else text)

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Progress]:
        """Show a bar on a terminal if tqdm is installed; otherwise show nothing."""
        tqdm = _tqdm() if sys.stderr.isatty() else None
        if tqdm is None:
            yield NoProgress()
            return
        with tqdm(total=total, desc=label, unit=" records", leave=False) as bar:
            yield bar

    @contextmanager
    def _sigterm(self) -> Iterator[None]:
        try:
            before = {number: signal.signal(number, self._stop) for number in STOPPING}
        except ValueError:  # only the main thread receives signals
            yield
            return
        try:
            yield
        finally:
            if TIMER:
                signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        at_once = self.stopping or not self.finishes_batches
        self.stopping = True
        if at_once:
            raise Stopped("SIGTERM arrived.")
        if TIMER:
            signal.setitimer(signal.ITIMER_REAL, self.seconds_to_stop)


def one_line(text: str) -> str:
    """Return a text that fits into one line of a log."""
    return " ".join(printable(text).split())


def cell(value: Any) -> str:
    """Return what a table shows for a value."""
    if value is None or value is False:
        return ""
    return "yes" if value is True else printable(str(value))


def printable(text: str) -> str:
    """Replace what would move the cursor of a terminal: labels come from the org."""
    return "".join(char if char.isprintable() else " " for char in text)


def _tqdm() -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm
