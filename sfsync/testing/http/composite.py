"""Composite: up to 25 subrequests in one call, later ones with references to the answers of earlier ones.

Source: "Composite" and "Composite Subrequest Result" (REST API Developer Guide).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from ..errors import OrgError
from ..wording import worded
from .answer import Answer
from .call import Call, parser_error
from .disturbance import disturb_subrequest
from .references import resolve

MAX_SUBREQUESTS = 25
MAX_HEAVY = 5
STRICT_REFERENCES_SINCE = 52
_REFERENCE_ID = re.compile(r"[A-Za-z0-9]\w*", re.ASCII)


@dataclass(frozen=True)
class Subrequest:
    reference_id: str
    method: str
    url: str
    headers: Mapping[str, Any]
    body: Any


class _RollBack(Exception):
    """Undo a composite in which a subrequest failed."""


def resources(call: Call) -> Answer:
    return Answer(200, {"sobjects": f"/services/data/v{call.version}/composite/sobjects"})


def composite(call: Call) -> Answer:
    """Answer every subrequest in order; the composite itself succeeds even if all of them fail.

    With allOrNone the first failure undoes the others, which then say PROCESSING_HALTED.
    """
    document = call.json_object()
    subrequests = _subrequests(document, strict=float(call.version) >= STRICT_REFERENCES_SINCE)
    try:
        _check_limits(subrequests)
    except OrgError as error:
        return Answer(200, {"compositeResponse": [_result(Answer.of_error(error), None)]})
    all_or_none = document.get("allOrNone") is True
    results: list[dict[str, Any]] = []
    try:
        if all_or_none:
            with call.org.transaction():
                _run(call, subrequests, results, halt=True)
        else:
            _run(call, subrequests, results, halt=False)
    except _RollBack:
        results = _halted(subrequests, results)
    return Answer(200, {"compositeResponse": results})


def _run(call: Call, subrequests: list[Subrequest], results: list[dict[str, Any]], *, halt: bool) -> None:
    answered: dict[str, Any] = {}
    for subrequest in subrequests:
        answer = _answer(call, subrequest, answered)
        results.append(_result(answer, subrequest.reference_id))
        if answer.status < 400:
            answered[subrequest.reference_id] = answer.body
        elif halt:
            raise _RollBack


def _answer(call: Call, subrequest: Subrequest, answered: Mapping[str, Any]) -> Answer:
    from .routes import call_route, find_route  # the routes list this module

    try:
        path, _, query = resolve(subrequest.url, answered).partition("?")
        route, arguments = find_route(path)
        if route.alone or route.public:
            raise OrgError(400, "INVALID_INPUT", f"{path} is not allowed in a composite subrequest")
        call.subrequests.append(route.kind)
        headers = resolve(dict(subrequest.headers), answered)
        inner = Call(
            site=call.site,
            method=subrequest.method,
            path=path,
            parameters=_parameters(query),
            headers={name.lower(): str(value) for name, value in headers.items()},
            document=resolve(subrequest.body, answered),
            session=call.session,
            is_subrequest=True,
        )
        return disturb_subrequest(inner, route.kind, lambda call: call_route(route, arguments, call))
    except OrgError as error:
        return Answer.of_error(worded(error, call.org.settings.texts))


def _parameters(query: str) -> dict[str, str]:
    """Return the parameters of a subrequest, whose URL may hold SOQL as it is, blanks and plus signs too."""
    if " " in query:
        pairs = (pair.partition("=") for pair in query.split("&"))
        return {unquote_plus(name): value for name, _, value in pairs}
    return dict(parse_qsl(query, keep_blank_values=True))


def _result(answer: Answer, reference_id: str | None) -> dict[str, Any]:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference_id,
    }


def _halted(subrequests: list[Subrequest], results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the results of a composite undone by the last of `results`."""
    message = "The transaction was rolled back since another operation in the same transaction failed."
    error = OrgError(400, "PROCESSING_HALTED", message, code_first=True)
    failed = len(results) - 1
    return [
        results[failed] if at == failed else _result(Answer.of_error(error), subrequest.reference_id)
        for at, subrequest in enumerate(subrequests)
    ]


def _check_limits(subrequests: list[Subrequest]) -> None:
    from .routes import find_route

    if len(subrequests) > MAX_SUBREQUESTS:
        message = _too_many(MAX_SUBREQUESTS, "operations")
        raise OrgError(400, "LIMIT_EXCEEDED", message, code_first=True)
    heavy = 0
    for subrequest in subrequests:
        try:
            route, _ = find_route(subrequest.url.partition("?")[0])
        except OrgError:
            continue  # its own result will say so
        heavy += route.heavy
    if heavy > MAX_HEAVY:
        message = _too_many(MAX_HEAVY, "sObject Collections or query operations")
        raise OrgError(400, "LIMIT_EXCEEDED", message, code_first=True)


def _too_many(most: int, what: str) -> str:
    return f"The request can\u2019t contain more than {most} {what}."


def _subrequests(document: dict[str, Any], *, strict: bool) -> list[Subrequest]:
    items = document.get("compositeRequest")
    if not isinstance(items, list) or not items:
        raise parser_error("compositeRequest must be an array of subrequests")
    subrequests = [_subrequest(item, strict=strict) for item in items]
    names = [subrequest.reference_id for subrequest in subrequests]
    if len(set(names)) < len(names):
        raise OrgError(400, "INVALID_INPUT", "Each referenceId may be used only once", code_first=True)
    return subrequests


def _subrequest(item: Any, *, strict: bool) -> Subrequest:
    if not isinstance(item, dict):
        raise parser_error("A subrequest must be an object")
    name, method, url = (item.get(key) for key in ("referenceId", "method", "url"))
    headers = item.get("httpHeaders") or {}
    if not (
        isinstance(name, str)
        and isinstance(method, str)
        and isinstance(url, str)
        and isinstance(headers, dict)
    ):
        raise parser_error(
            "A subrequest needs method, url and referenceId, and httpHeaders must be an object"
        )
    if strict and not _REFERENCE_ID.fullmatch(name):
        message = (
            f"Provided referenceId ('{name}') must start with a letter or a number, and it can contain only "
            "letters, numbers and underscores ('_')."
        )
        raise OrgError(400, "INVALID_INPUT", message, code_first=True)
    return Subrequest(name, method.upper(), url, headers, item.get("body"))
