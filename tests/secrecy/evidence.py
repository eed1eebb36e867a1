"""Everything that people and programs can see of a run: logs, output, errors with their tracebacks, tables."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from sfsync import conf
from sfsync.exceptions import SfsyncError
from sfsync.orgs import connections
from tests.secrecy import columns
from tests.secrecy.marks import VALUES, found

HERE = str(Path(__file__).parent)
# The log of SQL holds values by the choice of whoever turns it on; the simulated org is not sfsync.
LEFT_OUT = ("django.db.backends", "sfsync.testing", "werkzeug", "cheroot")
PROTECTED = "org_message"  # the marked attribute that holds the org's own words


class Records(logging.Handler):
    """Keep what is logged, as text."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(LEFT_OUT):
            self.texts.append(f"{record.name}: {logging.Formatter().format(record)} {vars(record)}")


class Evidence:
    """Collects what is seen, and looks for marks in it after each scene.

    `made` are the errors of sfsync that were made, also those that nobody outside has seen; `met` and
    `codes` say of which kinds they were.
    """

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self.secrets = secrets
        self.made: list[SfsyncError] = []
        self.met: set[type[SfsyncError]] = set()
        self.codes: set[str] = set()
        self.leaks: dict[str, str] = {}
        self._records = Records()
        self._texts: list[tuple[str, str]] = []
        self._caught: list[BaseException] = []

    @contextmanager
    def listening(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Hear all loggers, and see every error of sfsync as it is made."""

        def new(kind: type[SfsyncError], *args: Any, **options: Any) -> SfsyncError:
            error = Exception.__new__(kind, *args, **options)
            self.made.append(error)
            return error

        root, levels = logging.getLogger(), {}
        for name in ("", "sfsync", "urllib3", "django", "requests"):
            levels[name] = logging.getLogger(name).level
            logging.getLogger(name).setLevel(logging.DEBUG)
        root.addHandler(self._records)
        monkeypatch.setattr(SfsyncError, "__new__", new, raising=False)
        try:
            yield
        finally:
            monkeypatch.undo()
            root.removeHandler(self._records)
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)

    def command(self, name: str, *arguments: str) -> int:
        """Run a command and keep what it prints and raises; return its exit code."""
        out, errors = StringIO(), StringIO()
        code = 0
        try:
            call_command(name, *arguments, stdout=out, stderr=errors)
        except CommandError as error:
            self._caught.append(error)
            code = error.returncode
        except SystemExit as stop:
            code = int(stop.code or 0)
        self._texts += [(f"stdout of {name}", out.getvalue()), (f"stderr of {name}", errors.getvalue())]
        return code

    def attempt(self, work: Callable[[], Any]) -> Any:
        """Do something that may fail, and keep the error; return the result, or None."""
        try:
            return work()
        except (SfsyncError, ValueError, TypeError) as error:
            self._caught.append(error)
        return None

    def show(self, what: str, *things: Any) -> None:
        """Keep how things look to whoever prints them."""
        self._texts += [(what, f"{thing!r} {thing}") for thing in things]

    def look(self, scene: str) -> None:
        """Search all that the scene has left behind."""
        self._show_objects()
        for text in self._records.texts:
            self._search(scene, "a log", text)
        for where, text in self._texts:
            self._search(scene, where, text)
        for error in self._errors():
            self._search_error(scene, error)
        for place, allowed, content in columns.cells():
            self._search(scene, place, content, values=not allowed)
        self.met |= {type(each) for each in self.made}
        self.codes |= {getattr(each, "code", "") for each in self.made}
        self._records.texts.clear()
        for kept in (self._texts, self._caught, self.made):
            kept.clear()

    def _errors(self) -> Iterable[BaseException]:
        """Return every error and what led to it; of those that a retry repeats, one."""
        every = (each for caught in (*self.made, *self._caught) for each in chain(caught))
        return {(repr(each), _places(each)): each for each in every}.values()

    def _show_objects(self) -> None:
        for model in apps.get_app_config("sfsync").get_models():
            for row in model._default_manager.all():
                self._texts.append((f"repr of {model.__name__}", f"{row!r} {row}"))
        for name in self.attempt(conf.orgs) or ():
            self.show("the settings", self.attempt(partial(conf.org, name)))
        for client in list(connections._clients.values()):
            self.show("the client", client, client._auth, client._tokens, client._transport, client.spending)
            self.show("the session", client._session, client._session.headers)
            for part in (client, client._auth, client._tokens, client._transport, client.spending):
                self.show(f"what {type(part).__name__} consists of", vars(part))

    def _search_error(self, scene: str, error: BaseException) -> None:
        where = f"an error ({type(error).__name__})"
        shown = {name: value for name, value in vars(error).items() if name != PROTECTED}
        trace = error.__traceback__
        self._search(scene, where, f"{error} {error!r} {error.args} {shown}")
        self._search(
            scene, f"{where}, traceback", "".join(traceback.format_exception(type(error), error, trace))
        )
        summary = traceback.TracebackException(type(error), error, trace, capture_locals=True)
        for frame in summary.stack:
            if not frame.filename.startswith(HERE):
                text = str(frame.locals)
                self._search(scene, f"{where}, variables of {frame.name}", text, values=False)

    def _search(self, scene: str, where: str, text: str, *, values: bool = True) -> None:
        marks = found(self.secrets + (VALUES if values else ()), text)
        if marks:
            self.leaks.setdefault(f"{where}: {sorted(set(marks))}", f"{scene}: {excerpt(text, marks[0])}")


def _places(error: BaseException) -> tuple[tuple[str, int], ...]:
    frames = traceback.walk_tb(error.__traceback__)
    return tuple((frame.f_code.co_filename, line) for frame, line in frames)


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it, whether it is shown or not."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__]


def excerpt(text: str, mark: str) -> str:
    at = text.lower().index(mark.lower())
    return " ".join(text[max(0, at - 150) : at + 100].split())
