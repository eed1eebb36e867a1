"""sObject Get Updated and Get Deleted."""

from __future__ import annotations

from datetime import datetime

from ..errors import OrgError
from .answer import Answer
from .call import Call


def updated(call: Call, sobject: str) -> Answer:
    start, end = _window(call)
    return Answer(200, call.org.updated(sobject, start, end, call.user))


def deleted(call: Call, sobject: str) -> Answer:
    start, end = _window(call)
    return Answer(200, call.org.deleted(sobject, start, end, call.user))


def _window(call: Call) -> tuple[datetime, datetime]:
    if call.is_subrequest and not call.org.settings.composite_replication:
        message = "updated and deleted are not allowed in a composite subrequest"
        raise OrgError(400, "INVALID_INPUT", message)
    return _moment(call, "start"), _moment(call, "end")


def _moment(call: Call, name: str) -> datetime:
    """Return a parameter's time: ISO 8601 with an offset or Z ("Valid Date and DateTime Formats").

    A plus sign that was not percent-encoded has become a blank, which is no date.
    """
    text = call.parameters.get(name)
    if text is None:
        raise OrgError(400, "MISSING_ARGUMENT", f"Required parameter is missing: {name}")
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or "T" not in text or not 1700 <= moment.year <= 4000:
            raise ValueError("not in a documented format or range")
    except ValueError:
        message = f"{name} is not a valid date and time with an offset: {text}"
        raise OrgError(400, "INVALID_INPUT", message) from None
    return moment
