"""Who may do what: the place where every rule asks.

The schema says what is possible at all, and the access of a user what of it this user may do. What a user may
not see does not exist for them: objects, fields and records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from . import errors, record_refusals
from .access import ADMINISTRATOR, Access, AccessTable
from .schema.base import FieldSpec, Schema, SObjectSpec
from .settings import OrgSettings
from .storage import Storage
from .storage.tables import quote

# What every user reads, whoever owns it (Salesforce Help, "Organization-Wide Sharing Defaults").
PUBLIC_OBJECTS = frozenset({"User", "Organization", "RecordType", "BusinessHours"})


class Permissions:
    """Answer for one org. Methods that begin with `require` raise OrgError instead of answering."""

    def __init__(self, schema: Schema, storage: Storage, settings: OrgSettings) -> None:
        self._schema = schema
        self._storage = storage
        self._settings = settings
        self.table = AccessTable(storage, schema)

    def access(self, user: str) -> Access:
        return self.table.get(user)

    def is_active(self, user: str) -> bool:
        if self._schema.find("User") is None:
            return True
        rows = self._storage.read('SELECT "IsActive" FROM "User" WHERE "Id" = ?', (user,))
        return any(row[0] for row in rows)

    def require_api(self, user: str) -> None:
        """Refuse a call over a session whose user may not make it, or is no user any more."""
        access = self.access(user)
        if not self.is_active(user) or (access.frozen and self._settings.freezing_ends_sessions):
            raise errors.session_expired()
        if not access.api_enabled:
            raise errors.api_disabled()

    def visible_objects(self, user: str) -> list[SObjectSpec]:
        """Return the objects this user sees, by name."""
        access = self.access(user)
        return sorted((spec for spec in self._schema if access.allows(spec.name, "r")), key=_name)

    def is_visible(self, user: str, spec: SObjectSpec) -> bool:
        return self.access(user).allows(spec.name, "r")

    def visible_fields(self, user: str, spec: SObjectSpec) -> list[FieldSpec]:
        """Return the fields this user sees, in describe order."""
        return list(_visible_fields(self.access(user), spec))

    def described(self, user: str, spec: SObjectSpec) -> SObjectSpec:
        """Return an object as its describe shows it to this user."""
        access = self.access(user)
        if access is ADMINISTRATOR:
            return spec
        letters = {"createable": "c", "updateable": "u", "deletable": "d", "undeletable": "d"}
        allowed: dict[str, Any] = {
            name: getattr(spec, name) and access.allows(spec.name, letter) for name, letter in letters.items()
        }
        seen = {field.name: _described(access, spec, field) for field in _visible_fields(access, spec)}
        return replace(spec, fields=seen, **allowed)

    def require_create(self, user: str, spec: SObjectSpec) -> None:
        self._require(user, spec, "create", possible=spec.createable)

    def require_update(self, user: str, spec: SObjectSpec) -> None:
        self._require(user, spec, "update", possible=spec.updateable)

    def require_upsert(self, user: str, key: FieldSpec) -> None:
        """Refuse to upsert by an external id that is not unique without View All Data ("upsert()", SOAP guide).

        What somebody does not see would be created again. The text is from a real org, the HTTP status is not
        sourced.
        """
        if key.external_id and key.custom and not key.unique and not self.access(user).view_all:
            message = "Upsert requires view all data on a non-unique custom index"
            raise errors.OrgError(403, "INSUFFICIENT_ACCESS", message)

    def require_delete(self, user: str, spec: SObjectSpec) -> None:
        self._require(user, spec, "delete", possible=spec.deletable)

    def require_replication(self, user: str, spec: SObjectSpec) -> None:
        """Refuse getUpdated and getDeleted for an object without them (code and text not sourced)."""
        if not spec.replicateable or spec.modstamp_field is None:
            raise record_refusals.unsupported_operation(spec.name, "replicate")

    def require_writeable(
        self, user: str, spec: SObjectSpec, fields: Iterable[FieldSpec], *, creating: bool
    ) -> None:
        """Refuse a write that names read-only or hidden fields; the error lists them all."""
        access = self.access(user)
        refused = [
            field
            for field in fields
            if not (field.createable if creating else field.updateable) or _level(access, spec, field) != "rw"
        ]
        hidden = [field for field in refused if not _level(access, spec, field)]
        if hidden and self._settings.hidden_field_in_write == "INVALID_FIELD":
            raise errors.no_such_column(hidden[0].name, spec.name)
        if refused:
            raise errors.not_writeable([field.name for field in refused])

    def record_filter(self, user: str, spec: SObjectSpec, alias: str = "", *, editing: bool = False) -> str:
        """Return the condition in SQL that leaves the records this user may see, or edit.

        `alias` is that of the object's table in the statement. The condition has no parameters, so that it
        can stand anywhere in it.
        """
        access = self.access(user)
        if _has_all(access, spec, editing=editing):
            return "1"
        prefix = f"{alias}." if alias else f"{quote(spec.name)}."
        if "OwnerId" in spec.fields:
            return _owned_or_shared(user, prefix, editing=editing)
        master = next((field for field in spec.fields.values() if field.on_parent_delete == "cascade"), None)
        if master is None:
            return "1"
        return self._through_master(user, prefix, master, editing=editing)

    def may(self, user: str, spec: SObjectSpec, record_id: str, *, editing: bool = False) -> bool:
        """Say whether a user may see, or edit, one record."""
        condition = self.record_filter(user, spec, editing=editing)
        if condition == "1":
            return True
        sql = f'SELECT 1 FROM {quote(spec.name)} WHERE "Id" = ? AND {condition}'
        return next(self._storage.read(sql, (record_id,)), None) is not None

    def require_edit(self, user: str, spec: SObjectSpec, record: Mapping[str, Any]) -> None:
        """Refuse to change a record that the user may not see, or may only read."""
        if not self.may(user, spec, record["Id"]):
            raise errors.no_access(record["Id"])
        if not self.may(user, spec, record["Id"], editing=True):
            raise errors.read_only(record["Id"])

    def require_target(
        self, user: str, spec: SObjectSpec, lookup: FieldSpec, target: SObjectSpec, record_id: str
    ) -> None:
        """Refuse to point at a record that the user does not see, and to give one to an inactive user."""
        if not self.may(user, target, record_id):
            raise errors.no_access(record_id)
        if lookup.name == "OwnerId" and target.name == "User" and not self.is_active(record_id):
            raise errors.inactive_owner(record_id, spec.label)

    def _require(
        self,
        user: str,
        spec: SObjectSpec,
        operation: Literal["create", "update", "delete"],
        *,
        possible: bool,
    ) -> None:
        if not possible:
            raise record_refusals.unsupported_operation(spec.name, operation)
        if not self.access(user).allows(spec.name, operation[0]):
            raise record_refusals.operation_not_permitted(spec.name, operation)

    def _through_master(self, user: str, prefix: str, master: FieldSpec, *, editing: bool) -> str:
        """Return the condition of records whose parent decides ("Controlled by Parent")."""
        cases = []
        for name in master.reference_to:
            parent = self._schema.find(name)
            if parent is not None and "OwnerId" in parent.fields:
                condition = self.record_filter(user, parent, editing=editing)
                cases.append(f'SELECT "Id" FROM {quote(parent.name)} WHERE {condition}')
        return f"{prefix}{quote(master.name)} IN ({' UNION ALL '.join(cases)})" if cases else "1"


def _owned_or_shared(user: str, prefix: str, *, editing: bool) -> str:
    name = "'" + user.replace("'", "''") + "'"
    level = " AND \"level\" = 'edit'" if editing else ""
    shared = f'SELECT "record_id" FROM "_share" WHERE "user" = {name}{level}'
    return f'({prefix}"OwnerId" = {name} OR {prefix}"Id" IN ({shared}))'


def _has_all(access: Access, spec: SObjectSpec, *, editing: bool) -> bool:
    if editing:
        return access.view_all and access.modify_all
    return access.view_all or spec.name in PUBLIC_OBJECTS


def _name(spec: SObjectSpec) -> str:
    return spec.name


def _visible_fields(access: Access, spec: SObjectSpec) -> tuple[FieldSpec, ...]:
    if not access.fields:
        return tuple(spec.fields.values())
    return tuple(field for field in spec.fields.values() if _level(access, spec, field))


def _level(access: Access, spec: SObjectSpec, field: FieldSpec) -> str:
    """Return the access to a field; an address and its parts have the least of all of theirs."""
    if not access.fields:
        return "rw"
    address = field.name if field.type == "address" else field.compound
    if address is None or spec.fields[address].type != "address":
        return access.field_level(spec.name, field.name)
    parts = (part.name for part in spec.parts_of(address))
    return min((access.field_level(spec.name, name) for name in (address, *parts)), key=len)


def _described(access: Access, spec: SObjectSpec, field: FieldSpec) -> FieldSpec:
    if _level(access, spec, field) == "rw":
        return field
    return replace(field, createable=False, updateable=False)
