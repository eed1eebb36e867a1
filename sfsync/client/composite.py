"""Composite calls: up to 25 requests in one API call.

REST guide, "Composite" and "Send Multiple Requests Using Composite": 25 subrequests, of which five may be
sObject Collections or queries; the answer is 200 even if every subrequest failed. How more requests become
several calls, says `packing`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeVar

from ..exceptions import ConversionError, SalesforceError
from . import errors
from .answers import malformed
from .connection import Connection
from .paths import label
from .references import MARK, given_name, has_strays, referred_to

LIMIT = 25
COLLECTIONS_LIMIT = 5
BASE = r"(/services/data/v\d+\.\d+/)?"
HEAVY = re.compile(BASE + r"(composite/sobjects|query|queryAll)(?![\w-])", re.ASCII | re.IGNORECASE)
# "Get Records Using sObject Collections" with a request body: a POST that only reads.
RETRIEVE = re.compile(BASE + r"composite/sobjects/\w+/?", re.ASCII)

T = TypeVar("T")


@dataclass(frozen=True)
class SubRequest:
    """One request of a composite call; `path` as `Connection.path` takes it."""

    method: str
    path: str
    body: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""  # letters, digits and _; r0, r1, ... by position if empty, which nothing can refer to

    @property
    def is_heavy(self) -> bool:
        """Whether it is one of the sObject Collections or queries, of which a call takes five."""
        return HEAVY.match(self.path) is not None

    @property
    def reads(self) -> bool:
        """Whether it changes nothing in the org."""
        retrieves = self.method == "POST" and RETRIEVE.fullmatch(self.path) is not None
        return retrieves or self.method == "GET"

    @property
    def texts(self) -> Any:
        """All in which Salesforce looks for references."""
        return self.path, self.body, self.headers

    def entry(self, url: str, reference: str) -> dict[str, Any]:
        entry: dict[str, Any] = {"method": self.method, "url": url, "referenceId": reference}
        if self.headers:
            entry["httpHeaders"] = dict(self.headers)
        if self.body is not None:
            entry["body"] = self.body
        return entry


@dataclass(frozen=True)
class SubResponse:
    """The answer to one request of a composite call, with the reference of that request."""

    status: int
    body: Any = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    resource: str
    reference: str = ""
    failure: SalesforceError | None = field(default=None, repr=False)  # why the org gave no answer, if so

    @property
    def error(self) -> SalesforceError | None:
        """The exception this answer stands for, or None."""
        if self.failure is not None:
            return self.failure
        return None if self.status < 400 else errors.from_body(self.status, self.body, self.resource)


def send(
    connection: Connection,
    subrequests: Sequence[SubRequest],
    *,
    all_or_none: bool = False,
    collate: bool = False,
) -> list[SubResponse]:
    """Send up to 25 requests in one call; return their answers in the order of the requests.

    `collate` lets the org change the order of requests that do not depend on each other. A call whose
    requests all read is repeated after a passing error, as any other that reads. A request whose texts look
    like references and are none travels in a call of its own, and parts the others: see `references`. What ends a
    later one of these calls is the error of its requests and of all after them, as the earlier ones may have
    written. Raises MalformedResponse if the answers do not belong to the requests one to one.
    """
    if len(subrequests) > LIMIT:
        raise ValueError(f"a composite call takes {LIMIT} requests, not {len(subrequests)}")
    if not subrequests:
        return []
    named = {request.reference or given_name(number): request for number, request in enumerate(subrequests)}
    if len(named) < len(subrequests):
        raise ValueError("every request of a composite call needs a reference of its own")
    strays = {name for name, request in named.items() if has_strays(named, request.texts)}
    if strays and (all_or_none or any(referred_to(named, named[name].texts) for name in strays)):
        raise _inseparable()
    answers: list[SubResponse] = []
    for group in _groups(named, strays):
        try:
            if group.keys() & strays:
                answers += [_alone(connection, name, request) for name, request in group.items()]
            else:
                answers += _together(connection, group, all_or_none, collate)
        except SalesforceError as error:
            if not answers:
                raise
            failure = error.with_traceback(None)  # the frames below hold records
            missing = list(named.items())[len(answers) :]
            return answers + [_unanswered(name, request, failure) for name, request in missing]
    return answers


def _groups(named: Mapping[str, SubRequest], strays: Collection[str]) -> Iterator[dict[str, SubRequest]]:
    """Part the requests into calls, in order: each stray by itself, and those between two of them together."""
    apart = {name: place for place, name in enumerate(named) if name in strays}
    for _, group in groupby(named.items(), lambda item: apart.get(item[0])):
        yield dict(group)


def _together(
    connection: Connection, named: Mapping[str, SubRequest], all_or_none: bool, collate: bool
) -> list[SubResponse]:
    body = {
        "allOrNone": all_or_none,
        "collateSubrequests": collate,
        "compositeRequest": [
            request.entry(connection.path(request.path), name) for name, request in named.items()
        ],
    }
    read = all(request.reads for request in named.values())
    return _match(named, connection.call("POST", "composite", body=body, read=read).body)


def _alone(connection: Connection, name: str, request: SubRequest) -> SubResponse:
    """Send one request as an ordinary call, and word its answer as that of a composite call."""
    resource = label(request.path)
    try:
        answer = connection.call(
            request.method, request.path, body=request.body, headers=request.headers, read=request.reads
        )
    except SalesforceError as error:
        if errors.concerns_org(error):
            raise
        body = [{"errorCode": error.code, "message": error.org_message, "fields": list(error.fields)}]
        return SubResponse(error.status or 400, body, {}, resource, name)
    return SubResponse(answer.status, answer.body, answer.headers, resource, name)


def _unanswered(name: str, request: SubRequest, error: SalesforceError) -> SubResponse:
    """Word an error that ended a call for one of its requests."""
    status = max(error.status or 0, 400)
    return SubResponse(status, None, {}, label(request.path), name, error)


def _inseparable() -> ConversionError:
    return ConversionError(
        f'A text holds "{MARK}", which Salesforce takes for a reference inside of a composite call, and its request '
        "cannot be parted from the others. Send it by itself, or change the text.",
        code="LOOKS_LIKE_REFERENCE",
    )


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _match(named: Mapping[str, SubRequest], body: Any) -> list[SubResponse]:
    items = body.get("compositeResponse") if isinstance(body, dict) else None
    _raise_refusal(items)
    if not isinstance(items, list) or not all(map(_is_answer, items)):
        raise malformed("composite", "something that is no list of answers")
    found = {item["referenceId"]: item for item in items}
    if len(items) != len(named) or found.keys() != named.keys():
        raise malformed("composite", f"{len(items)} answers that do not belong to {len(named)} requests")
    return [_response(found[name], name, request) for name, request in named.items()]


def _response(item: dict[str, Any], name: str, request: SubRequest) -> SubResponse:
    headers = item.get("httpHeaders")
    safe = headers if isinstance(headers, dict) else {}
    return SubResponse(item["httpStatusCode"], item.get("body"), safe, label(request.path), name)


def _raise_refusal(items: Any) -> None:
    """Raise the error of a composite call that was refused as a whole, for a limit it breaks, say."""
    match items:
        case [{"httpStatusCode": int(status), "referenceId": None, "body": body}] if status >= 400:
            raise errors.from_body(status, body, "composite")


def _is_answer(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("httpStatusCode"), int)
        and isinstance(item.get("referenceId"), str)
    )
