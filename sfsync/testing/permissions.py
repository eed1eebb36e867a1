"""Who may do what: the place where every rule asks.

The running user of this org is an administrator, so the answers follow from the schema alone: what the
describe of an object or a field allows is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import errors
from .schema.base import FieldSpec, Schema, SObjectSpec


class Permissions:
    """Answer for one org. Methods that begin with `require` raise OrgError instead of answering."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def visible_objects(self, user: str) -> list[SObjectSpec]:
        """Return the objects this user sees, by name."""
        return sorted(self._schema, key=lambda spec: spec.name)

    def visible_fields(self, user: str, spec: SObjectSpec) -> list[FieldSpec]:
        """Return the fields this user sees, in describe order."""
        return list(spec.fields.values())

    def require_create(self, user: str, spec: SObjectSpec) -> None:
        if not spec.createable:
            raise errors.unsupported_operation(spec.name, "create")

    def require_update(self, user: str, spec: SObjectSpec) -> None:
        if not spec.updateable:
            raise errors.unsupported_operation(spec.name, "update")

    def require_delete(self, user: str, spec: SObjectSpec) -> None:
        if not spec.deletable:
            raise errors.unsupported_operation(spec.name, "delete")

    def require_replication(self, user: str, spec: SObjectSpec) -> None:
        """Refuse getUpdated and getDeleted for an object without them (code and text not sourced)."""
        if not spec.replicateable or spec.modstamp_field is None:
            raise errors.unsupported_operation(spec.name, "replicate")

    def require_writeable(self, user: str, fields: Iterable[FieldSpec], *, creating: bool) -> None:
        """Refuse a write that names read-only fields; the error lists them all."""
        refused = [field.name for field in fields if not (field.createable if creating else field.updateable)]
        if refused:
            raise errors.not_writeable(refused)
