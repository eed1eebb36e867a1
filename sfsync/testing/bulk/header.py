"""The header row of an upload: each name becomes a field, or a parent that is named by a field of its own.

Source: "Prepare CSV Files" and "Relationship Fields in a Header Row" of the Bulk API 2.0 Developer Guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..schema.base import FieldSpec, SObjectSpec
from .jobs import JobFailed

if TYPE_CHECKING:
    from ..org import Org

NULL = "#N/A"
_BOOLEANS = {"1": "true", "0": "false"}  # the other lexical forms of xsd:boolean


@dataclass(frozen=True)
class Column:
    """One column: `key` is the name in the record, `parent` the object that `field` belongs to, if another."""

    key: str
    field: FieldSpec
    parent: str | None = None

    def value(self, text: str) -> Any:
        """Return the value of a create or update that a text which is not empty stands for."""
        if text == NULL:
            return None
        if self.parent is not None:
            return {"attributes": {"type": self.parent}, self.field.name: text}
        if self.field.type == "boolean":
            return _BOOLEANS.get(text, text)
        return text


def resolve_header(org: Org, spec: SObjectSpec, header: Sequence[str], user: str) -> list[Column]:
    """Return the columns of a header; raise JobFailed for a name that is unknown, or there twice."""
    columns: list[Column] = []
    for name in header:
        column = _column(org, spec, name, user)
        if column is None:
            raise JobFailed(f"InvalidBatch : Field name not found : {name}")
        if any(column.key == other.key for other in columns):
            raise JobFailed(f"InvalidBatch : Duplicate field name : {name}")
        columns.append(column)
    return columns


def _column(org: Org, spec: SObjectSpec, name: str, user: str) -> Column | None:
    prefix, _, path = name.rpartition(":")
    relationship, _, last = path.rpartition(".")
    if not relationship:
        field = None if prefix else _visible(org, spec, last, user)
        return None if field is None else Column(field.name, field)
    lookup = spec.find_relationship(relationship)
    if lookup is None or _visible(org, spec, lookup.name, user) is None:
        return None
    target = org.schema.find(_target(lookup, prefix))
    field = None if target is None else _visible(org, target, last, user)
    if target is None or field is None or not (field.external_id or field.id_lookup):
        return None
    return Column(str(lookup.relationship_name), field, target.name)


def _target(lookup: FieldSpec, prefix: str) -> str:
    """Return the object a relationship column names; a polymorphic one has to say which."""
    if not prefix:
        return lookup.reference_to[0] if len(lookup.reference_to) == 1 else ""
    return next((name for name in lookup.reference_to if name.lower() == prefix.lower()), "")


def _visible(org: Org, spec: SObjectSpec, name: str, user: str) -> FieldSpec | None:
    field = spec.find(name)
    return field if field in org.permissions.visible_fields(user, spec) else None
