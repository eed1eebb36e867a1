"""What tests in other processes look at and put back, under `/__org__/`: no part of Salesforce.

Everything is JSON, and nobody has to sign in. What is refused answers 400 with the reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from ..errors import OrgError, not_found
from ..ids import is_id
from ..inspection import counts, history, stored
from ..snapshots import SnapshotError
from .answer import Answer, no_content
from .call import Call


def requests(call: Call) -> Answer:
    """Return the log of answered requests, oldest first, and how many there were of each kind."""
    logged = list(call.site.requests)
    kinds = Counter(record.kind for record in logged)
    kinds.update(kind for record in logged for kind in record.subrequests)
    records = [asdict(record) for record in logged]
    return Answer(200, {"requests": records, "counts": dict(kinds), "apiCalls": call.site.api_calls})


def forget_requests(call: Call) -> Answer:
    call.site.reset_requests()
    return no_content()


def record_counts(call: Call) -> Answer:
    return Answer(200, counts(call.org))


def records(call: Call, sobject: str) -> Answer:
    return Answer(200, {"records": stored(call.org, sobject)})


def record(call: Call, sobject: str, record_id: str) -> Answer:
    """Return one row, null where it is gone for good, and its history."""
    if not is_id(record_id):
        raise not_found()
    found: list[dict[str, Any]] = stored(call.org, sobject, record_id)
    body = {"record": found[0] if found else None, "history": history(call.org, record_id)}
    return Answer(200, body)


def snapshots(call: Call) -> Answer:
    return Answer(200, {"snapshots": call.site.snapshots.numbers()})


def take_snapshot(call: Call) -> Answer:
    return Answer(201, {"id": call.site.snapshots.take().number})


def restore(call: Call, number: str) -> Answer:
    try:
        call.site.snapshots.restore(number_of(number))
    except SnapshotError as error:
        raise refusal(error) from None
    return no_content()


def drop_snapshot(call: Call, number: str) -> Answer:
    try:
        call.site.snapshots.drop(number_of(number))
    except SnapshotError as error:
        raise refusal(error) from None
    return no_content()


def reset(call: Call) -> Answer:
    call.site.reset()
    return no_content()


def end_sessions(call: Call) -> Answer:
    """End all sessions, as an administrator can; their cursors die with them."""
    call.site.sessions.end_all()
    return no_content()


def refusal(error: Exception) -> OrgError:
    return OrgError(400, "INVALID_INPUT", str(error))


def number_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise OrgError(400, "INVALID_INPUT", f"{text} is no number")
    return int(text)
