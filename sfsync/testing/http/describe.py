"""Versions, resources and the describe calls."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from .answer import Answer, not_modified
from .call import Call
from .identity import identity_url
from .preconditions import http_date, is_current
from .versions import list_versions


def versions(call: Call) -> Answer:
    return Answer(200, list_versions())


def resources(call: Call) -> Answer:
    """Return resource name -> path; `identity` alone is an absolute URL."""
    base = f"/services/data/v{call.version}"
    names = ["composite", "limits", "query", "queryAll", "recent", "search", "sobjects"]
    if float(call.version) >= 36:
        names.append("parameterizedSearch")
    paths = {name: f"{base}/{name}" for name in names} | {"identity": identity_url(call, call.user)}
    return Answer(200, dict(sorted(paths.items())))


def describe_global(call: Call) -> Answer:
    return _described(call, "", call.org.describe_global(call.user, call.version))


def describe(call: Call, sobject: str) -> Answer:
    body = call.org.describe(sobject, call.user, call.version)
    return _described(call, body["name"], body)


def basic_info(call: Call, sobject: str) -> Answer:
    return Answer(200, call.org.basic_info(sobject, call.user, call.version))


def _described(call: Call, name: str, body: dict[str, Any]) -> Answer:
    """Answer a describe, or 304 when it is what this user got before."""
    changed = call.site.freshness.changed((call.user, call.version, name), body)
    stamp = http_date(changed)
    headers = {"ETag": f'"{crc32(stamp.encode()):08x}"', "Last-Modified": stamp}
    return not_modified(headers) if is_current(call, changed) else Answer(200, body, headers)
