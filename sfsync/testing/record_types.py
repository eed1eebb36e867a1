"""Record types: the rows of RecordType, which give an object a RecordTypeId once there is one for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from . import errors
from .definitions import define
from .schema.base import Schema, SObjectSpec
from .schema.columns import lookup
from .storage import Storage

FIELD = "RecordTypeId"


@dataclass
class RecordTypes:
    storage: Storage
    schema: Schema

    def of(self, spec: SObjectSpec) -> list[Mapping[str, Any]]:
        """Return the record types of an object, oldest first; the first active one is the default."""
        if FIELD not in spec.fields or self.schema.find("RecordType") is None:
            return []
        sql = 'SELECT * FROM "RecordType" WHERE "SobjectType" = ? COLLATE NOCASE ORDER BY "Id"'
        return [dict(row) for row in self.storage.read(sql, (spec.name,))]

    def default(self, spec: SObjectSpec) -> str | None:
        """Return the record type of a new record that names none."""
        return next((row["Id"] for row in self.of(spec) if row["IsActive"]), None)

    def require(self, spec: SObjectSpec, record_type_id: str) -> None:
        """Refuse a record type of another object, or one that is not active."""
        if not any(row["Id"] == record_type_id and row["IsActive"] for row in self.of(spec)):
            raise errors.record_type_not_valid(record_type_id)

    def introduce(self, sobject: str) -> None:
        """Give an object the field, for a record type that it is to have; raise INVALID_TYPE for no object."""
        spec = self.schema.get(sobject, errors.invalid_type)
        if FIELD in spec.fields:
            return
        field = lookup(FIELD, "Record Type ID", "RecordType", defaulted_on_create=True)
        wider = replace(spec, fields=MappingProxyType({**spec.fields, FIELD: field}))
        self.schema.add(wider)
        self.storage.ensure(wider)
        define(self.storage, self.schema)

    def introduce_all(self) -> None:
        """Give the field to every object that has a record type in the data."""
        if self.schema.find("RecordType") is None:
            return
        for (sobject,) in self.storage.read('SELECT DISTINCT "SobjectType" FROM "RecordType"'):
            if self.schema.find(sobject) is not None:
                self.introduce(sobject)
