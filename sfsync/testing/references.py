"""References between records: ids checked against the tables, parents named by an external id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import errors, ids, record_refusals
from .normalise import normalise, unreadable
from .schema.base import FieldSpec, Schema, SObjectSpec
from .settings import OrgSettings
from .storage import Storage
from .storage.tables import quote


class References:
    def __init__(self, storage: Storage, schema: Schema, settings: OrgSettings) -> None:
        self._storage = storage
        self._schema = schema
        self._settings = settings

    def check(self, field: FieldSpec, record_id: str) -> SObjectSpec | None:
        """Refuse the id of another object, of no record, or of a deleted record; return the object it is of.

        An object that this org's schema does not have cannot be looked into; its ids pass, with None.
        """
        target = self._schema.find_by_prefix(record_id[:3])
        if target is None:
            if all(name in self._schema.objects for name in field.reference_to):
                raise errors.malformed_id(field.label, field.name, record_id)
            return None
        if target.name not in field.reference_to:
            raise errors.malformed_id(field.label, field.name, record_id)
        deleted = self.deleted_state(target, record_id)
        if deleted is None:
            raise errors.unknown_reference()
        if deleted:
            raise self._deleted_parent()
        return target

    def deleted_state(self, spec: SObjectSpec, record_id: str) -> bool | None:
        """Return whether a record is deleted, or None where there is none."""
        sql = f'SELECT "IsDeleted" FROM {quote(spec.name)} WHERE "Id" = ?'
        return next((bool(row[0]) for row in self._storage.read(sql, (record_id,))), None)

    def resolve(self, lookup: FieldSpec, named: Any) -> str | None:
        """Return the id of the parent that `{"Ext__c": "value"}` names; null clears the lookup."""
        if named is None:
            return None
        given = {key: value for key, value in self._object(named).items() if key.lower() != "attributes"}
        target = self._schema.get(self._target(lookup, named), errors.invalid_type)
        if len(given) != 1:
            raise errors.no_such_column(lookup.relationship_name or lookup.name, target.name)
        [(name, value)] = given.items()
        field = target.field(name)
        found = self.find(target, field, value)
        if not found:
            raise errors.foreign_key_not_found(str(value), field.name, target.name)
        if len(found) > 1:
            raise record_refusals.foreign_key_ambiguous(str(value), field.name, target.name)
        return found[0]

    def find(self, spec: SObjectSpec, field: FieldSpec, value: Any) -> list[str]:
        """Return the ids of the live records with this value in an external id or idLookup field.

        Case counts only for fields that are case-sensitive (SOAP guide, "upsert()").
        """
        if not (field.id_lookup or field.external_id):
            raise errors.external_id_not_found(field.name)
        if field.type == "id":
            return self._by_id(spec, value)
        stored = normalise(field, value, self._settings)
        if stored is None:
            return []
        collation = "" if field.case_sensitive or not field.is_text else " COLLATE NOCASE"
        sql = (
            f'SELECT "Id" FROM {quote(spec.name)} '
            f'WHERE {quote(field.name)} = ?{collation} AND "IsDeleted" = 0 ORDER BY "Id"'
        )
        return [row[0] for row in self._storage.read(sql, (stored,))]

    def _by_id(self, spec: SObjectSpec, value: Any) -> list[str]:
        if not ids.is_id(value):
            raise errors.malformed_id(spec.fields["Id"].label, "Id", str(value))
        record_id = ids.to_18(value)
        return [record_id] if self.deleted_state(spec, record_id) is False else []

    def _object(self, named: Any) -> Mapping[str, Any]:
        if not isinstance(named, Mapping):
            raise unreadable("reference", named)
        return named

    def _target(self, lookup: FieldSpec, named: Mapping[str, Any]) -> str:
        """Return the object that the nested record names, or the lookup's only one."""
        attributes = named.get("attributes")
        given = attributes.get("type") if isinstance(attributes, Mapping) else None
        if given is None and len(lookup.reference_to) > 1:
            raise errors.missing_attributes()
        target = lookup.reference_to[0] if given is None else str(given)
        if target.lower() not in (name.lower() for name in lookup.reference_to):
            raise errors.invalid_type(target)
        return target

    def _deleted_parent(self) -> errors.OrgError:
        if self._settings.deleted_parent == "ENTITY_IS_DELETED":
            return errors.entity_is_deleted(400)
        return errors.unknown_reference()
