"""Apex REST, under /services/apexrest/ ("Exposing Apex Classes as REST Web Services", Apex guide)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..apex import ApexRequest
from ..errors import OrgError
from ..storage import ExactNumber
from .answer import Answer, method_not_allowed
from .call import Call

_ROOT = "/services/apexrest/"


def answer(call: Call, resource: str) -> Answer:
    """Let the function of a path answer; NOT_FOUND where the org has no such class."""
    found = call.site.apex.find(call.path.removeprefix(_ROOT))
    if found is None:
        raise OrgError(404, "NOT_FOUND", "Could not find a match for URL", code_first=True)
    values, handlers = found
    handler = handlers.get("GET" if call.method == "HEAD" else call.method)
    if handler is None:
        raise method_not_allowed(call.method, list(handlers))
    body = call.data() if call.content.strip() else None
    answered = handler(ApexRequest(call.method, resource, values, call.parameters, body, call.user))
    status, body = answered if isinstance(answered, tuple) else (200, answered)
    return Answer(status, _sendable(body))


def _sendable(value: Any) -> Any:
    """Return what a function answered with, its Decimals as numbers with all their digits."""
    if isinstance(value, dict):
        return {name: _sendable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_sendable(part) for part in value]
    return ExactNumber(f"{value}") if isinstance(value, Decimal) else value
