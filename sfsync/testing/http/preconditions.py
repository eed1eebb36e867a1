"""Conditional requests: 304 and 412 by time, and by ETag for Account ("Conditional Request Headers")."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from .. import record_refusals
from ..storage import dumps
from .call import Call

ETAG_OBJECTS = ("Account",)


def header_time(call: Call, name: str) -> datetime | None:
    """Return a header's time; None for a missing one and, as HTTP has it, for one that is no date."""
    try:
        moment = parsedate_to_datetime(call.headers.get(name, ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def etag_of(record: Mapping[str, Any]) -> str:
    """Return the ETag of a full record."""
    digest = hashlib.sha256(dumps(record).encode("utf-8", "replace")).digest()
    return f'"{base64.b64encode(digest).decode()}--gzip"'


def is_current(call: Call, modified: datetime, etag: str | None = None) -> bool:
    """Say whether the client's copy is still good, which a GET answers with 304.

    Raises OrgError: 412 PRECONDITION_FAILED when the record is not the one that the client insists on.
    """
    modified = modified.replace(microsecond=0)
    check_unmodified(call, modified)
    check_match(call, etag)
    seen = call.headers.get("if-none-match")
    if seen is not None and etag is not None:
        return _matches(seen, etag)
    since = header_time(call, "if-modified-since")
    return since is not None and modified <= since


def check_unmodified(call: Call, modified: datetime) -> None:
    since = header_time(call, "if-unmodified-since")
    if since is not None and modified > since:
        raise record_refusals.precondition_failed()


def check_match(call: Call, etag: str | None) -> None:
    wanted = call.headers.get("if-match")
    if wanted is not None and etag is not None and not _matches(wanted, etag):
        raise record_refusals.precondition_failed()


def _matches(header: str, etag: str) -> bool:
    known = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in known or etag in known
