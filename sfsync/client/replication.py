"""What changed in a window of time: getUpdated and getDeleted of many sObjects in one call.

REST guide, "sObject Get Updated" and "sObject Get Deleted"; SOAP guide, "Polling for Changes": seconds of
both ends are dropped, and both ends belong to the window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from ..exceptions import ConversionError, NotFound, SalesforceError
from ..values import format_datetime, id18, parse_datetime
from . import composite
from .answers import malformed
from .composite import SubRequest
from .connection import Connection
from .errors import concerns_org
from .paths import api_name

T = TypeVar("T")


@dataclass(frozen=True)
class Window:
    """A stretch of the org's time for one sObject; both ends aware, the start first."""

    sobject: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if not all(isinstance(each, datetime) and each.tzinfo for each in (self.start, self.end)):
            raise ValueError("The ends of a window must be aware datetimes, such as datetime.now(UTC).")
        if self.start >= self.end:
            raise ValueError("A window must start before it ends.")

    def params(self) -> dict[str, str]:
        return {"start": format_datetime(self.start), "end": format_datetime(self.end)}


class Updates(NamedTuple):
    """An answer of getUpdated: 18-character ids, and the time up to which they are complete."""

    ids: list[str]
    covered: datetime


class Deletes(NamedTuple):
    """An answer of getDeleted: ids with times, the time up to which and from which on they are complete."""

    records: list[tuple[str, datetime]]
    covered: datetime
    earliest_available: datetime


@dataclass(frozen=True)
class PollResult:
    """What a window held. Times are aware; `..._covered` is None where that half failed.

    `error` is the error of getUpdated, else that of getDeleted, else None.
    """

    sobject: str
    updated: list[str] = field(default_factory=list)
    deleted: list[tuple[str, datetime]] = field(default_factory=list)
    updated_covered: datetime | None = None
    deleted_covered: datetime | None = None
    earliest_available: datetime | None = None
    error: SalesforceError | None = None


class Question(NamedTuple):
    """One half of a window: `side` is "updated" or "deleted"."""

    window: Window
    side: str

    @property
    def path(self) -> str:
        return f"sobjects/{api_name(self.window.sobject)}/{self.side}/?{urlencode(self.window.params())}"


class Replication:
    """Poll one org. Remembers if the org refuses these resources inside of a composite call."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._refused = False

    def poll(self, windows: Sequence[Window]) -> list[PollResult]:
        """Ask for the updated and deleted records of every window, 25 questions to a call.

        The error of one window is in its result; one that concerns the org as a whole is raised.
        """
        questions = [Question(window, side) for window in windows for side in ("updated", "deleted")]
        bodies: list[Any] = []
        for chunk in composite.chunks(questions, composite.LIMIT):
            bodies += self._alone(chunk) if self._refused else self._together(chunk)
        pairs = zip(windows, bodies[::2], bodies[1::2], strict=True)
        return [_result(window, updated, deleted) for window, updated, deleted in pairs]

    def ask(self, question: Question) -> Any:
        """Return the body for one half of a window, by a call of its own. Raises SalesforceError."""
        return self._connection.call("GET", question.path).body

    def _together(self, questions: Sequence[Question]) -> list[Any]:
        """Return bodies or errors; what the composite call does not take is asked alone."""
        requests = [SubRequest("GET", question.path) for question in questions]
        try:
            responses = composite.send(self._connection, requests)
        except SalesforceError as error:
            if not _is_refusal(error):
                raise
            return self._alone(questions)
        return [
            self._alone([question])[0] if _is_refusal(response.error) else response.error or response.body
            for question, response in zip(questions, responses, strict=True)
        ]

    def _alone(self, questions: Sequence[Question]) -> list[Any]:
        """Return bodies or errors by single calls, and use only these from the first success on."""
        answers: list[Any] = []
        for question in questions:
            try:
                answers.append(self.ask(question))
                self._refused = True
            except SalesforceError as error:
                if concerns_org(error):
                    raise
                answers.append(error)
        return answers


def read_updated(body: Any) -> Updates:
    """Read a body of getUpdated. Raise MalformedResponse if it is none."""
    return _read("updated", lambda: Updates([id18(id_) for id_ in body["ids"]], _covered(body)))


def read_deleted(body: Any) -> Deletes:
    """Read a body of getDeleted. Raise MalformedResponse if it is none."""

    def deleted() -> Deletes:
        records = [(id18(item["id"]), parse_datetime(item["deletedDate"])) for item in body["deletedRecords"]]
        return Deletes(records, _covered(body), parse_datetime(body["earliestDateAvailable"]))

    return _read("deleted", deleted)


def _read(side: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyError, TypeError, AttributeError, ConversionError):
        failure = malformed(f"sobjects/../{side}", "a body that lacks ids or dates")
    raise failure


def _result(window: Window, updated: Any, deleted: Any) -> PollResult:
    parts: dict[str, Any] = {}
    if isinstance(deleted, SalesforceError):
        parts["error"] = deleted
    else:
        records, covered, earliest = read_deleted(deleted)
        parts.update(deleted=records, deleted_covered=covered, earliest_available=earliest)
    if isinstance(updated, SalesforceError):
        parts["error"] = updated
    else:
        ids, covered = read_updated(updated)
        parts.update(updated=ids, updated_covered=covered)
    return PollResult(window.sobject, **parts)


def _covered(body: Any) -> datetime:
    return parse_datetime(body["latestDateCovered"])


def _is_refusal(error: SalesforceError | None) -> bool:
    """Tell a resource that a composite call does not take from an error with a meaning of its own."""
    return type(error) in (SalesforceError, NotFound)
