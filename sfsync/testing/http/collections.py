"""sObject Collections: up to 200 records in one call, each with a result of its own, in request order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, TypeVar

from .. import errors, ids, record_refusals
from ..errors import OrgError
from ..wording import worded
from .answer import Answer
from .call import Call, parser_error
from .rows import find_by_field, values_of

# "Create/Update/Delete Multiple Records", "Get Records with a Request Body".
MAX_RECORDS = 200
MAX_IDS = 2_000
MAX_CHUNKS = 10
MAX_SAME_ID = 12
# "sObjects That Cannot Be Used Together in DML Operations" (Apex Developer Guide).
SETUP_OBJECTS = frozenset(
    ("User", "UserRole", "Group", "GroupMember", "PermissionSet", "PermissionSetAssignment", "QueueSobject")
)

_NO_ATTRIBUTES = (
    "Nested object for polymorphic foreign key must have an attributes field before any other fields."
)

Record = dict[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Outcome:
    """What became of one record. `created` is told by upserts only."""

    record_id: str | None = None
    errors: tuple[OrgError, ...] = ()
    created: bool | None = None

    def body(self) -> dict[str, Any]:
        """Return the result; a record that failed by itself has no id, one that was rolled back keeps it."""
        body: dict[str, Any] = {} if self.record_id is None else {"id": self.record_id}
        body["success"] = not self.errors
        body["errors"] = [item for error in self.errors for item in error.items()]
        return body if self.created is None else {**body, "created": self.created}


class _Kinds:
    """What a collection began with, setup objects or others: the two do not mix."""

    def __init__(self) -> None:
        self._first: str | None = None

    def admit(self, sobject: str) -> str:
        self._first = self._first or sobject
        if (sobject in SETUP_OBJECTS) != (self._first in SETUP_OBJECTS):
            raise errors.mixed_operation(sobject, self._first)
        return sobject


class _RollBack(Exception):
    """Undo a collection in which a record failed."""


def create(call: Call) -> Answer:
    kinds = _Kinds()

    def create_one(record: Record) -> Outcome:
        sobject = kinds.admit(_type_of(call, record))
        return Outcome(call.org.create(sobject, values_of(record), call.user))

    outcomes = _run(call, _records(call), create_one)
    # Records that were rolled back do not exist, so there is no id to tell.
    return _answer(
        outcome if not outcome.errors else replace(outcome, record_id=None) for outcome in outcomes
    )


def update(call: Call) -> Answer:
    seen: Counter[str] = Counter()
    kinds = _Kinds()

    def update_one(record: Record) -> Outcome:
        sobject, record_id = kinds.admit(_type_of(call, record)), _id_of(record)
        seen[record_id[:15]] += 1
        if seen[record_id[:15]] > MAX_SAME_ID:
            message = f"Maximum number of duplicate updates in one batch ({MAX_SAME_ID} allowed)"
            raise OrgError(400, "DUPLICATE_VALUE", message, [])
        values = {name: value for name, value in values_of(record).items() if name.lower() != "id"}
        call.org.update(sobject, record_id, values, call.user)
        return Outcome(_long(record_id))

    return _answer(_run(call, _records(call), update_one))


def delete(call: Call) -> Answer:
    """Delete the records of `ids`, which may be of several types."""
    wanted = _listed(call, "ids")
    _check_count(len(wanted), MAX_RECORDS)

    def delete_one(record_id: str) -> Outcome:
        if not ids.is_id(record_id):
            raise OrgError(400, "MALFORMED_ID", f"malformed id {record_id}", [])
        spec = call.org.schema.find_by_prefix(record_id[:3])
        if spec is None:
            raise errors.unknown_record()
        call.org.delete(spec.name, record_id, call.user)
        return Outcome(_long(record_id))

    all_or_none = call.parameters.get("allOrNone", "").lower() == "true"
    return _answer(_run(call, wanted, delete_one, all_or_none=all_or_none))


def upsert(call: Call, sobject: str, field: str) -> Answer:
    """Update or create by external id; a value that comes twice fails in every record that carries it."""
    spec = call.org.visible(sobject, call.user)
    found_key = spec.find(field)
    if found_key is None or not (found_key.id_lookup or found_key.external_id):
        raise errors.external_id_not_found(field)
    call.org.permissions.require_upsert(call.user, found_key)
    key = found_key.name
    records = _records(call)
    uses = Counter(str(_value_of(record, key)).lower() for record in records)

    def upsert_one(record: Record) -> Outcome:
        if _type_of(call, record) != spec.name:
            raise OrgError(400, "INVALID_TYPE", f"Records must be of type {spec.name}", [])
        value = _value_of(record, key)
        if value is None and key == "Id":
            fresh = {name: kept for name, kept in values_of(record).items() if name.lower() != "id"}
            return Outcome(call.org.create(spec.name, fresh, call.user), created=True)
        if value is None:
            raise OrgError(400, "MISSING_ARGUMENT", f"{key} not specified", [])
        if uses[str(value).lower()] > 1:
            raise OrgError(400, "DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [key])
        values = values_of(record)
        found = find_by_field(call, spec.name, key, value)
        if len(found) > 1:
            raise record_refusals.foreign_key_ambiguous(str(value), key, spec.name)
        if not found and key != "Id":
            return Outcome(call.org.create(spec.name, values, call.user), created=True)
        keyless = {name: kept for name, kept in values.items() if name.lower() not in ("id", key.lower())}
        call.org.update(spec.name, found[0] if found else value, keyless, call.user)
        return Outcome(found[0], created=False)

    outcomes = _run(call, records, upsert_one)
    return _answer(replace(outcome, created=False) if outcome.errors else outcome for outcome in outcomes)


def retrieve(call: Call, sobject: str) -> Answer:
    """Return the records of one type in the order of their ids, null for one that is not there."""
    if call.method == "POST":
        document = call.json_object()
        wanted, fields = _texts(document, "ids"), _texts(document, "fields")
    else:
        wanted, fields = _listed(call, "ids"), _listed(call, "fields")
    _check_count(len(wanted), MAX_IDS)
    name = call.org.visible(sobject, call.user).name
    return Answer(200, call.org.retrieve(name, wanted, fields, call.user, version=call.version))


def _run(
    call: Call,
    items: Sequence[Item],
    operate: Callable[[Item], Outcome],
    all_or_none: bool | None = None,
) -> list[Outcome]:
    """Work through the items; with allOrNone a failure undoes them all, after each has had its say."""
    if all_or_none is None:
        all_or_none = _all_or_none(call)
    outcomes: list[Outcome] = []
    texts = call.org.settings.texts
    try:
        with call.org.transaction():
            outcomes.extend(_attempt(operate, item, texts) for item in items)
            if all_or_none and any(outcome.errors for outcome in outcomes):
                raise _RollBack
    except _RollBack:
        return [
            outcome if outcome.errors else replace(outcome, errors=(_rolled_back(),)) for outcome in outcomes
        ]
    return outcomes


def _attempt(operate: Callable[[Item], Outcome], item: Item, texts: Mapping[str, str]) -> Outcome:
    try:
        return operate(item)
    except OrgError as error:
        return Outcome(errors=(worded(error, texts),))


def _rolled_back() -> OrgError:
    message = (
        "Record rolled back because not all records were valid and the request was using AllOrNone header"
    )
    return OrgError(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", message, [])


def _answer(outcomes: Any) -> Answer:
    return Answer(200, [outcome.body() for outcome in outcomes])


def _all_or_none(call: Call) -> bool:
    value = call.json_object().get("allOrNone")
    if value not in (None, True, False):
        raise parser_error("allOrNone must be true or false")
    return bool(value)


def _records(call: Call) -> list[Record]:
    records = call.json_object().get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise parser_error("records must be an array of objects")
    _check_count(len(records), MAX_RECORDS)
    types = (str(record.get("attributes", "")).lower() for record in records)
    if sum(1 for _ in groupby(types)) > MAX_CHUNKS:
        message = (
            f"Cannot have more than {MAX_CHUNKS} chunks in a single operation. Please rearrange the data to "
            "reduce chunking."
        )
        raise OrgError(400, "LIMIT_EXCEEDED", message)
    return records


def _check_count(count: int, most: int) -> None:
    if count > most:
        message = f"record limit reached. cannot submit more than {most} records in this operation"
        raise OrgError(400, "EXCEEDED_ID_LIMIT", message)


def _type_of(call: Call, record: Record) -> str:
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(name, str):
        raise parser_error(
            "Nested object for polymorphic foreign key must have an attributes field before any other fields."
        )
    return call.org.visible(name, call.user, errors.invalid_type).name


def _value_of(record: Record, field: str) -> Any:
    return next((value for name, value in record.items() if name.lower() == field.lower()), None)


def _id_of(record: Record) -> str:
    record_id = _value_of(record, "Id")
    if not isinstance(record_id, str) or not record_id:
        raise OrgError(400, "MISSING_ARGUMENT", "Id not specified in an update call", [])
    return record_id


def _long(record_id: str) -> str:
    return ids.to_18(record_id)


def _texts(document: dict[str, Any], name: str) -> list[str]:
    values = document.get(name)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise parser_error(f"{name} must be an array of strings")
    return values


def _listed(call: Call, name: str) -> list[str]:
    values = [value.strip() for value in call.parameters.get(name, "").split(",") if value.strip()]
    if not values:
        raise OrgError(400, "MISSING_ARGUMENT", f"Required parameter is missing: {name}")
    return values
