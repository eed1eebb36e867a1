"""sObject Rows: one record by its id or by an external id."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from .. import errors, ids, record_refusals
from ..errors import OrgError
from ..schema.base import FieldSpec
from .answer import Answer, no_content, not_modified
from .call import Call
from .preconditions import (
    ETAG_OBJECTS,
    check_match,
    check_unmodified,
    etag_of,
    header_time,
    http_date,
    is_current,
)


def create(call: Call, sobject: str) -> Answer:
    return _created(call, sobject, call.org.create(sobject, values_of(call.record()), call.user))


def read(call: Call, sobject: str, record_id: str) -> Answer:
    modified = call.org.last_modified(sobject, record_id, call.user)
    etag = _etag(call, sobject, record_id)
    headers = {"Last-Modified": http_date(modified)} | ({"ETag": etag} if etag else {})
    if is_current(call, modified, etag):
        return not_modified(headers)
    record = call.org.read(sobject, record_id, _asked_fields(call), call.user, version=call.version)
    return Answer(200, record, headers)


def update(call: Call, sobject: str, record_id: str) -> Answer:
    unmodified_since = _write_condition(call)
    check_match(call, _etag(call, sobject, record_id) if "if-match" in call.headers else None)
    values = values_of(call.record())
    call.org.update(sobject, record_id, values, call.user, unmodified_since=unmodified_since)
    return no_content()


def delete(call: Call, sobject: str, record_id: str) -> Answer:
    if call.org.settings.conditional_delete:
        check_unmodified(call, call.org.last_modified(sobject, record_id, call.user))
        check_match(call, _etag(call, sobject, record_id))
    call.org.delete(sobject, record_id, call.user)
    return no_content()


def read_by_field(call: Call, sobject: str, field: str, value: str) -> Answer:
    """Return the record with this external id; after an id it is the bytes of a field, as in `.../ID/Body`."""
    spec = call.org.visible(sobject, call.user)
    blob = spec.find(value)
    if blob is not None and blob.type == "base64" and ids.is_id(field):
        stream = [call.org.reader.blob(spec, field, blob, call.user)]
        return Answer(200, media_type="application/octetstream", stream=stream)
    found = _in_path(call, sobject, field, value)
    if len(found) > 1:
        return _choices(call, sobject, found)
    return read(call, sobject, found[0]) if found else Answer.of_error(errors.not_found())


def delete_by_field(call: Call, sobject: str, field: str, value: str) -> Answer:
    found = _in_path(call, sobject, field, value)
    if len(found) > 1:
        return _choices(call, sobject, found)
    return delete(call, sobject, found[0]) if found else Answer.of_error(errors.not_found())


def upsert(call: Call, sobject: str, field: str, value: str) -> Answer:
    """Update the record with this external id, or create it ("Insert or Update (Upsert) a Record").

    Before version 46 an update had no body.
    """
    with _one_at_a_time(call):
        return _upsert(call, sobject, field, value)


def _one_at_a_time(call: Call) -> AbstractContextManager[None]:
    """Keep other writers out from the search for a record to its creation, where the settings say so."""
    racing = call.org.settings.racing_upsert == "DUPLICATE_VALUE"
    return nullcontext() if racing else call.org.transaction()


def _upsert(call: Call, sobject: str, field: str, value: str) -> Answer:
    found = _in_path(call, sobject, field, value)
    key = call.org.visible(sobject, call.user).field(field)
    call.org.permissions.require_upsert(call.user, key)
    values = _without_key(call, values_of(call.record()), key)
    if len(found) > 1:
        return _choices(call, sobject, found)
    if not found:
        if call.parameters.get("updateOnly", "").lower() == "true" or field.lower() == "id":
            raise errors.not_found()
        return _created(
            call, sobject, call.org.create(sobject, {**values, key.name: value}, call.user), created=True
        )
    call.org.update(sobject, found[0], values, call.user)
    if float(call.version) < 46:
        return no_content()
    body = {"id": found[0], "success": True, "errors": [], "created": False}
    return Answer(200, body, {"Location": _location(call, sobject, found[0])})


def find_by_field(call: Call, sobject: str, field: str, value: Any) -> list[str]:
    """Return the ids of the records that carry this value in the Id or an external id field."""
    spec = call.org.visible(sobject, call.user)
    if field.lower() != "id":
        return call.org.find_by_external_id(spec.name, field, value, call.user)
    if not ids.is_id(value):
        raise errors.malformed_id(f"{spec.label} ID", "Id", str(value))
    [record] = call.org.retrieve(spec.name, [value], ["Id"], call.user, version=call.version or "66.0")
    return [record["Id"]] if record else []


def _in_path(call: Call, sobject: str, field: str, value: str) -> list[str]:
    """Return the ids of the records that a path names by a field; some endings are taken for files'.

    "Upsert Records Using sObject Rows by External ID" names one of them.
    """
    if value.lower().endswith(".inc"):
        raise errors.not_found()
    if ids.is_id(field) and call.org.visible(sobject, call.user).find(field) is None:
        # "sObject Relationships", "sObject User Password": what belongs to a record stands behind its id.
        message = f"{value} of a single record is not supported by this simulated org yet"
        raise OrgError(404, "NOT_FOUND", message, code_first=True)
    return find_by_field(call, sobject, field, value)


def values_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return the field values of a record as it was sent, which may name its own type and URL."""
    return {name: value for name, value in record.items() if name != "attributes"}


def _without_key(call: Call, values: dict[str, Any], key: FieldSpec) -> dict[str, Any]:
    """Return the values without that of the key, which stands in the path; it may be no part of the body."""
    rest = {name: value for name, value in values.items() if name.lower() != key.name.lower()}
    if len(rest) < len(values) and key.type != "id" and call.org.settings.key_in_upsert == "refuse":
        raise record_refusals.key_in_body(key.name)
    return values if key.type == "id" else rest


def _asked_fields(call: Call) -> list[str] | None:
    asked = call.parameters.get("fields")
    return None if asked is None else [name.strip() for name in asked.split(",") if name.strip()]


def _etag(call: Call, sobject: str, record_id: str) -> str | None:
    spec = call.org.visible(sobject, call.user)
    if spec.name not in ETAG_OBJECTS:
        return None
    fields = [name for name in spec.fields if name not in ("LastViewedDate", "LastReferencedDate")]
    [record] = call.org.retrieve(spec.name, [record_id], fields, call.user, version=call.version)
    return None if record is None else etag_of(record)


def _write_condition(call: Call) -> datetime | None:
    """Return the If-Unmodified-Since of a write; whether a composite honours it is not documented."""
    since = header_time(call, "if-unmodified-since")
    if since is not None and call.is_subrequest and not call.org.settings.composite_conditional_patch:
        message = "If-Unmodified-Since is not allowed in a composite subrequest"
        raise OrgError(400, "INVALID_HTTP_HEADER", message)
    return since


def _created(call: Call, sobject: str, record_id: str, **extra: bool) -> Answer:
    body = {"id": record_id, "success": True, "errors": [], **extra}
    return Answer(201, body, {"Location": _location(call, sobject, record_id)})


def _choices(call: Call, sobject: str, found: list[str]) -> Answer:
    return Answer(300, [_location(call, sobject, record_id) for record_id in found])


def _location(call: Call, sobject: str, record_id: str) -> str:
    return call.record_url(call.org.visible(sobject, call.user).name, record_id)
