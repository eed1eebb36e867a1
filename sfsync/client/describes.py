"""What the org says about its sObjects: REST guide, "Describe Global" and "sObject Describe".

Whoever keeps a describe asks with its stamp, the Last-Modified header that came with it, whether it still holds
("Conditional Request Headers": If-Modified-Since, answered by 304). Inside of a composite call the header goes
with the subrequest. Stamps count in seconds, and belong to the user who was signed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..exceptions import SalesforceError
from . import composite
from .answers import malformed
from .composite import SubRequest, SubResponse
from .connection import Connection
from .errors import concerns_org
from .paths import api_name

Description = dict[str, Any]
Descriptions = dict[str, Description | SalesforceError]


@dataclass(frozen=True)
class Described:
    """One sObject, and the `stamp` to ask with the next time; `description` is None where nothing changed."""

    stamp: str
    description: Description | None = field(default=None, repr=False)


def describe_global(connection: Connection) -> Description:
    """Return the list of all sObjects the user can see, under "sobjects"."""
    return _checked(connection.call("GET", "sobjects/").body, "sobjects", "sobjects")


def describe(connection: Connection, sobject: str) -> Description:
    """Return what one sObject is like, its fields under "fields"."""
    resource = _resource(sobject)
    return _checked(connection.call("GET", resource).body, "fields", resource)


def describe_many(connection: Connection, sobjects: Iterable[str]) -> Descriptions:
    """Describe sObjects, 25 to a call; one that cannot be described has its error as value."""
    names = list(dict.fromkeys(sobjects))
    found: Descriptions = {}
    for chunk in composite.chunks(names, composite.LIMIT):
        found |= _one(connection, chunk[0]) if len(chunk) == 1 else _together(connection, chunk)
    return found


def describe_changed(
    connection: Connection, stamps: Mapping[str, str]
) -> dict[str, Described | SalesforceError]:
    """Describe those of some sObjects that have changed since their stamps, 25 to a call.

    `stamps` has the stamp of what is kept for each sObject, "" for what is not. One that cannot be described has
    its error as value.
    """
    found: dict[str, Described | SalesforceError] = {}
    for names in composite.chunks(list(stamps), composite.LIMIT):
        requests = [SubRequest("GET", _resource(name), headers=_since(stamps[name])) for name in names]
        for name, answer in zip(names, composite.send(connection, requests), strict=True):
            found[name] = answer.error or _described(answer, stamps[name])
    return found


def _since(stamp: str) -> dict[str, str]:
    return {"If-Modified-Since": stamp} if stamp else {}


def _described(answer: SubResponse, stamp: str) -> Described:
    """Read one answer; without a stamp there is nothing to keep, so 304 is no answer to that."""
    if answer.status == 304 and stamp:
        return Described(stamp)
    description = _checked(answer.body, "fields", answer.resource)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    stamp = headers.get("last-modified", "")
    return Described(stamp if isinstance(stamp, str) else "", description)


def _one(connection: Connection, sobject: str) -> Descriptions:
    try:
        return {sobject: describe(connection, sobject)}
    except SalesforceError as error:
        if concerns_org(error):
            raise
        return {sobject: error}


def _together(connection: Connection, names: Iterable[str]) -> Descriptions:
    requests = [SubRequest("GET", _resource(name)) for name in names]
    return {
        name: response.error or _checked(response.body, "fields", response.resource)
        for name, response in zip(names, composite.send(connection, requests), strict=True)
    }


def _resource(sobject: str) -> str:
    return f"sobjects/{api_name(sobject)}/describe"


def _checked(body: Any, key: str, resource: str) -> Description:
    items = body.get(key) if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) and "name" in item for item in items):
        raise malformed(resource, f"no list of {key}")
    description: Description = body
    return description
