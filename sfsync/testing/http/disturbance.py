"""Faults at work on one request: before it is done, while rows are written, and on its answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import OrgError
from ..faults import ConnectionDropped, Fault, Target
from ..faults.actions import (
    Action,
    BlankRows,
    Delay,
    Drop,
    Edit,
    ExpireToken,
    FailRows,
    Redirect,
    Reorder,
    Shorten,
    Status,
    Write,
)
from ..faults.pages import page
from ..storage import dumps
from .answer import Answer

if TYPE_CHECKING:
    from .call import Call
    from .site import Site

Handle = Callable[["Call"], Answer]


class Disturbance:
    """What goes wrong with one request, in the order the faults were added."""

    def __init__(self, site: Site, faults: Sequence[tuple[Fault, random.Random]] = ()) -> None:
        self._site = site
        self.actions = [(fault.action, chance) for fault, chance in faults]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(action.name for action, _ in self.actions)

    def handle(self, call: Call, handle: Handle) -> Answer:
        """Answer a call with everything that goes wrong on the way.

        Raise ConnectionDropped where the client gets no answer.
        """
        for action, _ in self.actions:
            if (refusal := self._before(action, call)) is not None:
                return refusal
        with self._rows(call):
            answer = handle(call)
        return self.spoil(call, answer)

    def spoil(self, call: Call, answer: Answer) -> Answer:
        """Return the answer as the client shall see it, of a request that is done."""
        for action, chance in self.actions:
            answer = self._after(action, chance, call, answer)
        return answer

    def _before(self, action: Action, call: Call) -> Answer | None:
        self._happen(action, "before", call)
        match action:
            case Status(when="before"):
                return status_answer(action)
            case Redirect():
                asked = call.path + (f"?{call.query}" if call.query else "")
                return Answer(action.status, headers={"Location": action.location.replace("{path}", asked)})
            case ExpireToken():
                self._site.sessions.end(call.headers.get("authorization", "").partition(" ")[2].strip())
        return None

    def _happen(self, action: Action, now: str, call: Call) -> None:
        """Do what can be done before a request as well as after it."""
        if getattr(action, "when", None) != now:
            return
        match action:
            case Delay():
                self._site.faults.wait(action.seconds)
            case Write():
                _write(call, action)
            case Drop():
                raise ConnectionDropped

    @contextmanager
    def _rows(self, call: Call) -> Iterator[None]:
        with ExitStack() as stack:
            for action, chance in self.actions:
                if isinstance(action, FailRows):
                    stack.enter_context(call.org.row_failures.refusing(action, chance))
            yield

    def _after(self, action: Action, chance: random.Random, call: Call, answer: Answer) -> Answer:
        self._happen(action, "after", call)
        match action:
            case Status(when="after"):
                return status_answer(action)
            case Edit():
                return _edited(answer, action)
            case Shorten(by=by):
                return _with_items(answer, action.member, lambda items: items[: max(0, len(items) - by)])
            case Reorder():
                return _with_items(answer, action.member, lambda items: _shuffled(items, chance))
            case BlankRows(share=share):
                return _with_items(
                    answer,
                    action.member,
                    lambda items: [None if chance.random() < share else item for item in items],
                )
        return answer


def _write(call: Call, action: Write) -> None:
    """Write as somebody else; a write that is refused is a mistake of the test, not of the client."""
    try:
        call.org.transactions.write_at_once(action.writes)
    except OrgError as error:
        raise RuntimeError(f"a write of a fault was refused: {error.code}: {error.message}") from error


def disturb_subrequest(call: Call, kind: str, handle: Handle) -> Answer:
    """Answer a subrequest of a composite, with the faults that match it."""
    site = call.site
    if not len(site.faults):
        return handle(call)
    query = "&".join(f"{name}={value}" for name, value in call.parameters.items())
    body = "" if call.document is None else dumps(call.document)
    target = Target(call.method, call.path, kind, query, body, is_subrequest=True)
    return Disturbance(site, site.faults.matching(target)).handle(call, handle)


def status_answer(action: Status) -> Answer:
    """Return the answer of a status fault: an error of Salesforce, a body as given, or a page of the edge."""
    headers = {name: str(value) for name, value in action.headers.items()}
    if action.retry_after is not None:
        headers["Retry-After"] = str(action.retry_after)
    if action.code is not None:
        message = action.message or action.code
        return Answer(action.status, [{"message": message, "errorCode": action.code}], headers)
    body = page(action.status) if action.body is None else action.body
    if isinstance(body, str):
        return Answer(action.status, body, headers, "text/html;charset=UTF-8")
    return Answer(action.status, body, headers)


def _edited(answer: Answer, action: Edit) -> Answer:
    body = answer.body
    if action.body != {} and answer.media_type.startswith("application/json"):
        body = merge_patch(answer.body, action.body)
    headers: dict[str, Any] = {**answer.headers, **action.headers}
    kept = {name: str(value) for name, value in headers.items() if value is not None}
    return replace(answer, body=body, headers=kept)


def merge_patch(document: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396): objects are merged, null takes away, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def _with_items(answer: Answer, member: str | None, change: Callable[[list[Any]], list[Any]]) -> Answer:
    """Change a JSON array of the answer; an answer without it, such as an error, stays as it is."""
    if answer.status >= 300:
        return answer
    if member is None:
        return replace(answer, body=change(answer.body)) if isinstance(answer.body, list) else answer
    if not isinstance(answer.body, dict) or not isinstance(answer.body.get(member), list):
        return answer
    return replace(answer, body={**answer.body, member: change(answer.body[member])})


def _shuffled(items: list[Any], chance: random.Random) -> list[Any]:
    """Return the items in another order, if there is one."""
    shuffled = list(items)
    while len(items) > 1 and shuffled == items and any(item != items[0] for item in items):
        chance.shuffle(shuffled)
    return shuffled
