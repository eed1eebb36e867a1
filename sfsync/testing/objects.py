"""The objects of an org as users change them: further objects and fields, also out of describe JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from .definitions import define
from .schema.base import FieldSpec, Schema, SObjectSpec
from .schema.load import spec_from_describe, widened
from .storage import Storage
from .writing import Writer


@dataclass
class Objects:
    storage: Storage
    schema: Schema
    writer: Writer

    def add(self, spec: SObjectSpec) -> None:
        """Add an object or replace one by a wider one, make its table, and compute what its records lack."""
        self.schema.add(spec)
        self.storage.ensure(spec)
        with self.storage.transaction():
            self.writer.refresh(spec)
            define(self.storage, self.schema)

    def add_field(self, sobject: str, field: FieldSpec) -> None:
        """Give an object a further field, or another one in the place of one it has."""
        spec = self.schema.get(sobject)
        self.add(replace(spec, fields=MappingProxyType({**spec.fields, field.name: field})))

    def load(self, described: Any) -> list[str]:
        """Add objects, and fields to those there are, from one describe or an array; return their names.

        Raise SchemaError (a ValueError) for what is no describe; then nothing is added.
        """
        specs: list[SObjectSpec] = []
        for item in described if isinstance(described, list) else [described]:
            spec = spec_from_describe(item, [known.key_prefix for known in (*self.schema, *specs)])
            known = self.schema.find(spec.name)
            specs.append(widened(known, spec) if known else spec)
        for spec in specs:
            self.add(spec)
        return [spec.name for spec in specs]
