"""Paths of resources: built from checked names, and named in messages without record values."""

from __future__ import annotations

import re

from ..exceptions import InvalidType

# Object Reference, "API Field Properties" and "Custom Objects": letters, digits and underscores.
API_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}", re.ASCII)
VERSION_PATH = re.compile(r"^/?services/data/v\d+\.\d+/")


def api_name(sobject: str) -> str:
    """Return the name of an sObject if it can be one; raise InvalidType before it gets into a path."""
    if API_NAME.fullmatch(sobject):
        return sobject
    raise InvalidType(
        'That cannot be the API name of an sObject: it is made of letters, digits and _, as in "Invoice__c".',
        code="INVALID_TYPE",
    )


def label(path: str) -> str:
    """Name a resource in messages and logs: no query string, no version, no value of an external id."""
    plain = VERSION_PATH.sub("", path.partition("?")[0]).strip("/")
    return "/".join(plain.split("/")[:3]) or "services/data"
