"""What the org says about its sObjects: REST guide, "Describe Global" and "sObject Describe"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..exceptions import SalesforceError
from . import composite
from .answers import malformed
from .composite import SubRequest
from .connection import Connection
from .errors import concerns_org
from .paths import api_name

Description = dict[str, Any]
Descriptions = dict[str, Description | SalesforceError]


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
