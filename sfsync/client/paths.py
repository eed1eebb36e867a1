"""Paths of resources: built from checked names, and named in messages without record values."""

from __future__ import annotations

import re
from urllib.parse import unquote

from ..exceptions import InvalidType

# Object Reference, "API Field Properties" and "Custom Objects": letters, digits and underscores.
API_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}", re.ASCII)
UNSAFE = re.compile(r"[\\#\s\x00-\x1f\x7f]")
VERSION_PATH = re.compile(r"^/?services/data/v\d+\.\d+/")


def api_name(sobject: str) -> str:
    """Return the name of an sObject if it can be one; raise InvalidType before it gets into a path."""
    if isinstance(sobject, str) and API_NAME.fullmatch(sobject):
        return sobject
    raise InvalidType(
        'That cannot be the API name of an sObject: it is made of letters, digits and _, as in "Invoice__c".',
        code="INVALID_TYPE",
    )


def inside(path: str) -> str:
    """Return a path under /services/ as it is; raise ValueError for one that leads out of its place.

    HTTP libraries resolve `..` on their way, and unquote dots before they do.
    """
    plain = path.partition("?")[0]
    if UNSAFE.search(plain) or not {"..", "."}.isdisjoint(map(unquote, plain.split("/"))):
        raise ValueError(
            "A part of this path is no part of a resource: it holds '..', a backslash, '#' or a space."
        )
    return path


def label(path: str) -> str:
    """Name a resource in messages and logs: no query string, no version, no value of an external id."""
    plain = VERSION_PATH.sub("", path.partition("?")[0]).strip("/")
    return "/".join(plain.split("/")[:3]) or "services/data"
