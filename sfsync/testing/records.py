"""The rules of writing records: create, update, delete.

Every write is one transaction (or a part of one that is open), is stamped with the clock's whole second, and
leaves a row in the history. Order of the checks: object, field names, field access, values, references,
required fields, the object's own rule, unique values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from . import errors, ids, record_refusals
from .clock import Clock
from .computed import Row
from .normalise import normalise
from .permissions import Permissions
from .record_types import RecordTypes
from .recycling import Recycling
from .references import References
from .schema.base import FieldSpec, Schema, SObjectSpec
from .settings import OrgSettings
from .storage import Storage, encode, parse_moment
from .storage.tables import quote
from .uniqueness import require_unique
from .writing import Writer


@dataclasses.dataclass
class Records:
    """Write records of one org. Values are given as JSON has them, ids at 15 or 18 characters."""

    storage: Storage
    schema: Schema
    clock: Clock
    settings: OrgSettings
    permissions: Permissions
    references: References
    writer: Writer
    recycling: Recycling
    record_types: RecordTypes
    _defaults: dict[SObjectSpec, dict[str, Any]] = dataclasses.field(
        default_factory=dict, init=False, repr=False
    )

    def create(self, spec: SObjectSpec, values: Mapping[str, Any], user: str) -> str:
        """Store a new record and return its id."""
        self.permissions.require_create(user, spec)
        with self.storage.unit():
            sent = self._incoming(spec, values, user, creating=True)
            record = self.new(spec, user) | {name: value for name, value in sent.items() if value is not None}
            _require(spec, record, spec.required_fields)
            self._check(spec, record, {})
            self.insert(spec, record, sent)
        return str(record["Id"])

    def update(
        self,
        spec: SObjectSpec,
        record_id: str,
        values: Mapping[str, Any],
        user: str,
        unmodified_since: datetime | None = None,
    ) -> None:
        """Change the fields named; null clears one. Refuse where the record changed after a given time."""
        self.permissions.require_update(user, spec)
        with self.storage.unit():
            before = self._alive(spec, record_id)
            self.permissions.require_edit(user, spec, before)
            _require_unmodified(before, unmodified_since)
            sent = self._incoming(spec, values, user, creating=False, record_id=before["Id"])
            _require(spec, sent, [spec.fields[name] for name in sent if not spec.fields[name].nillable])
            self._change(spec, before, sent, user)

    def delete(self, spec: SObjectSpec, record_id: str, user: str) -> None:
        """Move a record to the recycle bin, with the children that belong to it."""
        self.permissions.require_delete(user, spec)
        with self.storage.transaction():
            record = self._alive(spec, record_id)
            self.permissions.require_edit(user, spec, record)
            self.recycling.delete(spec, record, user)

    def new(self, spec: SObjectSpec, user: str) -> dict[str, Any]:
        """Return the stored values of a record that nobody has given any: defaults, stamps and an id."""
        if spec not in self._defaults:
            self._defaults[spec] = {field.name: _default(field) for field in spec.stored_fields}
        record = dict(self._defaults[spec])
        record["Id"] = ids.make_id(
            spec.key_prefix or "000", self.storage.next_number(spec.key_prefix or "000")
        )
        record |= self.writer.stamps(spec, user, "CreatedDate", "CreatedById")
        record |= self.writer.computed.numbers(spec)
        if "RecordTypeId" in record:
            record["RecordTypeId"] = self.record_types.default(spec)
        if "OwnerId" in record:
            record["OwnerId"] = user
        return record

    def insert(self, spec: SObjectSpec, record: dict[str, Any], sent: Mapping[str, Any]) -> None:
        """Complete a record with what follows from its values, and store it."""
        if spec.derive:
            record |= spec.derive(record, {}, sent)
        require_unique(self.storage, spec, record, record)
        self.writer.insert(spec, record)
        if spec.name == "RecordType":
            self.record_types.introduce(record["SobjectType"])

    def _incoming(
        self,
        spec: SObjectSpec,
        values: Mapping[str, Any],
        user: str,
        *,
        creating: bool,
        record_id: str | None = None,
    ) -> dict[str, Any]:
        """Return the values of a request by canonical name, in stored form, checked one by one."""
        named = list(self._named(spec, values))
        written = [field for field, _ in named]
        self.permissions.require_writeable(user, spec, written, creating=creating)
        sent = {field.name: read() for field, read in named}
        for field, _ in named:
            if field.type == "reference" and sent[field.name] is not None:
                target = self.references.check(field, sent[field.name])
                if field.name == "RecordTypeId":
                    self.record_types.require(spec, sent[field.name])
                if target is not None:
                    self.permissions.require_target(user, spec, field, target, sent[field.name])
                if record_id is not None and spec.name in field.reference_to:
                    self._require_no_circle(spec, field, record_id, sent[field.name])
        return sent

    def _named(
        self, spec: SObjectSpec, values: Mapping[str, Any]
    ) -> Iterator[tuple[FieldSpec, Callable[[], Any]]]:
        """Yield each field that is written, with the function that reads its value."""
        for name, value in values.items():
            if name.lower() == "attributes":
                continue
            if name.lower() == "id":
                raise errors.id_in_body()
            field = spec.find(name)
            if field is not None:
                yield field, partial(normalise, field, value, self.settings)
                continue
            lookup = spec.find_relationship(name)
            if lookup is None:
                raise errors.no_such_column(name, spec.name)
            yield lookup, partial(self.references.resolve, lookup, value)

    def _change(self, spec: SObjectSpec, before: dict[str, Any], sent: dict[str, Any], user: str) -> None:
        after = before | sent | self.writer.stamps(spec, user)
        self._check(spec, after, before)
        if spec.derive:
            after |= spec.derive(after, before, sent)
        changed = {name: value for name, value in after.items() if value != before[name]}
        require_unique(self.storage, spec, after, changed)
        self.writer.store(spec, before, changed)

    def _check(self, spec: SObjectSpec, after: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Let the object's own rule see a write; raise OrgError where it refuses it."""
        if spec.check:
            spec.check(*(Row(self.schema, self.storage, spec, stored) for stored in (after, before)))

    def _alive(self, spec: SObjectSpec, record_id: str) -> dict[str, Any]:
        """Return the stored values of a live record; refuse any other id."""
        if not ids.is_id(record_id) or record_id[:3] != spec.key_prefix:
            raise errors.malformed_id(spec.fields["Id"].label, "Id", str(record_id))
        sql = f'SELECT * FROM {quote(spec.name)} WHERE "Id" = ?'
        row = next(self.storage.read(sql, (ids.to_18(record_id),)), None)
        if row is None:
            raise errors.unknown_record()
        if row["IsDeleted"]:
            raise errors.entity_is_deleted()
        return dict(row)

    def _require_no_circle(self, spec: SObjectSpec, lookup: FieldSpec, record_id: str, parent: str) -> None:
        sql = f'SELECT {quote(lookup.name)} FROM {quote(spec.name)} WHERE "Id" = ?'
        ancestor: str | None = parent
        while ancestor is not None:
            if ancestor == record_id:
                raise record_refusals.circular_reference(lookup.label)
            ancestor = next((row[0] for row in self.storage.read(sql, (ancestor,))), None)


def _default(field: FieldSpec) -> Any:
    if field.default is not None:
        return encode(field, field.default)
    return next((entry.value for entry in field.picklist_values if entry.default), None)


def _require(spec: SObjectSpec, record: Mapping[str, Any], fields: Iterable[FieldSpec]) -> None:
    missing = [field.name for field in fields if record[field.name] is None]
    if missing:
        raise errors.required_missing(missing)


def _require_unmodified(record: Mapping[str, Any], since: datetime | None) -> None:
    """Compare with LastModifiedDate, which is what Last-Modified of a GET says; both in whole seconds."""
    modified = record.get("LastModifiedDate")
    if since is not None and modified is not None and parse_moment(modified) > since:
        raise record_refusals.precondition_failed()
