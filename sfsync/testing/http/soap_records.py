"""The SOAP calls that REST has no counterpart for: `undelete()`, `merge()`, `emptyRecycleBin()`; and `delete()`.

Source: SOAP API Developer Guide, the pages of these calls. Every record has a result of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

from .. import errors, ids
from ..errors import OrgError
from .answer import Answer
from .call import Call
from .soap_message import SoapRequest, elements, fault, local_name, result

# "EXCEEDED_ID_LIMIT" of each page: so many records, and so many merges, in one call.
MAX_RECORDS = 200
MAX_MERGES = 10


def undelete(call: Call, request: SoapRequest) -> Answer:
    return _each(call, request, call.org.undelete)


def delete(call: Call, request: SoapRequest) -> Answer:
    return _each(call, request, call.org.delete)


def empty_recycle_bin(call: Call, request: SoapRequest) -> Answer:
    return _each(call, request, call.org.purge)


def merge(call: Call, request: SoapRequest) -> Answer:
    """Merge the losers of each request into its master, which takes the values that stand beside its id."""
    wanted = [element for element in request.element if local_name(element) == "request"]
    if len(wanted) > MAX_MERGES:
        return _too_many(MAX_MERGES)
    return result("merge", *(_merge_one(call, element) for element in wanted))


def _each(call: Call, request: SoapRequest, operate: Callable[[str, str, str], None]) -> Answer:
    """Do one thing to each record of `ids` or `ID`."""
    wanted = request.texts("ids") or request.texts("ID")
    if len(wanted) > MAX_RECORDS:
        return _too_many(MAX_RECORDS)
    return result(request.operation, *(_one(call, record_id, operate) for record_id in wanted))


def _one(call: Call, record_id: str, operate: Callable[[str, str, str], None]) -> str:
    try:
        if not ids.is_id(record_id):
            raise OrgError(400, "MALFORMED_ID", f"bad id {record_id}", [])
        spec = call.org.schema.find_by_prefix(record_id[:3])
        if spec is None:
            raise errors.unknown_record()
        operate(spec.name, record_id, call.user)
    except OrgError as error:
        return _failed(error)
    return elements({"id": ids.to_18(record_id), "success": "true"})


def _merge_one(call: Call, element: ElementTree.Element) -> str:
    master = next((child for child in element if local_name(child) == "masterRecord"), None)
    losers = [(child.text or "").strip() for child in element if local_name(child) == "recordToMergeIds"]
    sobject, master_id, values = _record(master)
    try:
        if not ids.is_id(master_id) or not all(map(ids.is_id, losers)):
            raise errors.malformed_id("Id", "Id", master_id)
        related = _related(call, sobject, losers)
        call.org.merge(sobject, master_id, losers, call.user, values)
    except OrgError as error:
        return _failed(error)
    merged = "".join(elements({"mergedRecordIds": ids.to_18(loser)}) for loser in losers)
    updated = "".join(elements({"updatedRelatedIds": record_id}) for record_id in related)
    return elements({"id": ids.to_18(master_id)}) + merged + elements({"success": "true"}) + updated


def _record(element: ElementTree.Element | None) -> tuple[str, str, dict[str, Any]]:
    """Return type, id and values of an sObject; `fieldsToNull` names those that become null."""
    sobject, record_id = "", ""
    values: dict[str, Any] = {}
    for child in element if element is not None else ():
        name, text = local_name(child), (child.text or "").strip()
        if name == "type":
            sobject = text
        elif name == "Id":
            record_id = text
        elif name == "fieldsToNull":
            values[text] = None
        else:
            values[name] = text
    return sobject, record_id, values


def _related(call: Call, sobject: str, losers: Sequence[str]) -> list[str]:
    """Return the ids of the records that point at the losers, which point at the master afterwards."""
    spec = call.org.visible(sobject, call.user, errors.invalid_type)
    return [record_id for loser in losers for record_id in call.org.related(spec.name, loser, call.user)]


def _failed(error: OrgError) -> str:
    entries = [
        "".join(elements({"fields": name}) for name in item["fields"])
        + elements({"message": item["message"], "statusCode": item["statusCode"]})
        for item in error.items()
    ]
    return "".join(f"<errors>{entry}</errors>" for entry in entries) + elements(
        {"id": None, "success": "false"}
    )


def _too_many(most: int) -> Answer:
    message = f"record limit reached. cannot submit more than {most} records in this operation"
    return fault("EXCEEDED_ID_LIMIT", message)
