"""What the org's data is made of and what is left of deleted records, for other processes, under `/__org__/`."""

from __future__ import annotations

from datetime import datetime

from ..schema.load import SchemaError
from ..storage import format_moment
from .answer import Answer
from .call import Call, parser_error
from .inspection import refusal


def objects(call: Call) -> Answer:
    return Answer(200, {"objects": sorted(call.org.schema.objects)})


def add_objects(call: Call) -> Answer:
    """Add objects, and fields to those there are: describe JSON, one object or an array of them."""
    try:
        return Answer(201, {"objects": call.org.objects.load(call.json())})
    except SchemaError as error:
        raise refusal(error) from None


def empty_recycle_bin(call: Call) -> Answer:
    return Answer(200, {"purged": call.org.recycling.purge_all()})


def delete_log(call: Call) -> Answer:
    return Answer(200, {"earliestDateAvailable": format_moment(call.org.delete_log.start)})


def purge_delete_log(call: Call) -> Answer:
    """Forget the deletes before a moment: `{"before": "2026-01-01T00:00:00Z"}`."""
    document = call.json()
    before = document.get("before") if isinstance(document, dict) else None
    try:
        moment = datetime.fromisoformat(before) if isinstance(before, str) else None
    except ValueError as error:
        raise refusal(error) from None
    if moment is None or moment.tzinfo is None:
        raise parser_error("before is a time with an offset")
    call.org.delete_log.purge(moment)
    return delete_log(call)
