"""Objects and fields out of describe JSON: what an org answered, or a short form of it written by hand.

Every property of describe may be left out except names and types. Beyond describe, a field may say
`childRelationshipName` (the list on its parent) and `displayFormat` (of an auto number, such as `INV-{0000}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from .base import FieldSpec, PicklistValue, SObjectSpec, sobject
from .columns import READ_ONLY, is_deleted, owner, record_id, stamps, text
from .derive import field_properties, object_properties

TYPES = frozenset(
    (
        "id", "reference", "string", "phone", "url", "email", "combobox", "picklist", "multipicklist",
        "textarea", "encryptedstring", "boolean", "int", "double", "currency", "percent", "date", "datetime",
        "time", "address", "location", "base64", "anyType",
    )
)  # fmt: skip
SCALED = {"double": (18, 2), "currency": (18, 2), "percent": (5, 2)}
LENGTHS = {"string": 255, "phone": 40, "url": 255, "email": 80, "picklist": 255, "textarea": 255}
FIRST_CUSTOM_PREFIX = 0xA00
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}", re.ASCII)
OBJECT_FLAGS = (
    "createable", "updateable", "deletable", "queryable", "replicateable", "retrieveable", "undeletable",
    "searchable", "layoutable",
)  # fmt: skip
FIELD_FLAGS = {
    "nillable": "nillable",
    "createable": "createable",
    "updateable": "updateable",
    "defaultedOnCreate": "defaulted_on_create",
    "unique": "unique",
    "externalId": "external_id",
    "caseSensitive": "case_sensitive",
    "idLookup": "id_lookup",
    "nameField": "name_field",
    "filterable": "filterable",
    "sortable": "sortable",
    "restrictedPicklist": "restricted",
    "calculated": "calculated",
}


class SchemaError(ValueError):
    """Refuse JSON that describes no object, and say what is wrong with it."""


def spec_from_describe(described: Mapping[str, Any], taken: Iterable[str | None] = ()) -> SObjectSpec:
    """Return the object that a describe speaks of; `taken` are key prefixes in use.

    System fields that it leaves out are added: Id, IsDeleted, Name, OwnerId and the stamps. Raise SchemaError
    for what describes no object.
    """
    if not isinstance(described, Mapping):
        raise SchemaError("An object is described by a JSON object with name and fields.")
    name = _name(described.get("name"), "object")
    fields = [field_from_describe(item) for item in _list(described.get("fields", []), f"fields of {name}")]
    label = str(described.get("label") or name.removesuffix("__c").replace("_", " "))
    spec = sobject(
        name=name,
        label=label,
        label_plural=str(described.get("labelPlural") or f"{label}s"),
        key_prefix=_key_prefix(name, described, taken),
        fields=_completed(fields),
        **{flag: bool(described[flag]) for flag in OBJECT_FLAGS if flag in described},
    )
    derived = object_properties(spec, "0.0")
    more = {key: described[key] for key in derived if key in described and derived[key] != described[key]}
    more.pop("urls", None)
    return replace(spec, describe=more)


def field_from_describe(described: Mapping[str, Any]) -> FieldSpec:
    """Return the field that an entry of describe's `fields` speaks of; raise SchemaError for none."""
    if not isinstance(described, Mapping):
        raise SchemaError("A field is described by a JSON object with name and type.")
    name, kind = _name(described.get("name"), "field"), described.get("type")
    if kind not in TYPES:
        raise SchemaError(f"The type of field {name} is none of {', '.join(sorted(TYPES))}.")
    field = FieldSpec(
        name=name, type=kind, label=str(described.get("label") or name), **_sizes(kind, described)
    )
    flags = {ours: bool(described[key]) for key, ours in FIELD_FLAGS.items() if key in described}
    field = replace(field, **{**_usual(kind), **flags, **_relations(described), **_values(kind, described)})
    return replace(field, describe=_remainder(field, described))


def widened(spec: SObjectSpec, other: SObjectSpec) -> SObjectSpec:
    """Return an object with the fields of another it does not have yet; its rules stay."""
    added = {name: field for name, field in other.fields.items() if spec.find(name) is None}
    return replace(spec, fields=MappingProxyType({**spec.fields, **added}))


def _completed(fields: Iterable[FieldSpec]) -> list[FieldSpec]:
    given = {field.name: field for field in fields}
    if "Id" in given:  # a whole describe
        return list(given.values())
    named = any(field.name_field for field in given.values())
    name = (
        ()
        if named
        else (text("Name", "Name", 80, name_field=True, id_lookup=True, defaulted_on_create=True),)
    )
    detail = any(field.on_parent_delete == "cascade" for field in given.values())
    usual = (record_id("Record ID"), *(() if detail else (owner(),)), is_deleted(), *name, *stamps())
    missing = [field for field in usual if field.name not in given]
    return [*missing, *given.values()]


def _sizes(kind: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """Return length, precision, scale and digits, as given or as new fields of the type have them."""
    precision, scale = SCALED.get(kind, (0, 0))
    usual = {"length": LENGTHS.get(kind, 18 if kind in ("id", "reference") else 0), "digits": 0}
    usual |= {"precision": precision, "scale": scale}
    return {key: int(described.get(key) or 0) if key in described else size for key, size in usual.items()}


def _usual(kind: str) -> dict[str, Any]:
    if kind == "boolean":
        return {"nillable": False, "defaulted_on_create": True, "default": False}
    if kind == "id":
        return {"nillable": False, "id_lookup": True, "defaulted_on_create": True, **READ_ONLY}
    return READ_ONLY if kind in ("address", "location") else {}


def _relations(described: Mapping[str, Any]) -> dict[str, Any]:
    targets = described.get("referenceTo") or []
    name = described.get("relationshipName")
    if targets and "relationshipName" not in described:
        own = described["name"]
        name = own.removesuffix("__c") + "__r" if own.endswith("__c") else own.removesuffix("Id")
    rule: Literal["cascade", "restrict", "clear"] = "cascade" if described.get("cascadeDelete") else "clear"
    return {
        "reference_to": tuple(_name(target, "object") for target in _list(targets, "referenceTo")),
        "relationship_name": name,
        "child_relationship": described.get("childRelationshipName"),
        "on_parent_delete": "restrict" if described.get("restrictedDelete") else rule,
        "compound": described.get("compoundFieldName"),
    }


def _values(kind: str, described: Mapping[str, Any]) -> dict[str, Any]:
    entries = _list(described.get("picklistValues") or [], "picklistValues")
    values: dict[str, Any] = {"picklist_values": tuple(_picklist_value(entry) for entry in entries)}
    if described.get("autoNumber"):
        values["auto_number"] = str(described.get("displayFormat") or "{00000000}")
        values |= {"nillable": False, "defaulted_on_create": True, **READ_ONLY}
    default = described.get("defaultValue")
    if default is not None and kind not in ("picklist", "multipicklist", "combobox"):
        values["default"] = default
    return values


def _picklist_value(entry: Any) -> PicklistValue:
    if isinstance(entry, str):
        return PicklistValue(value=entry, label=entry)
    if not isinstance(entry, Mapping) or not isinstance(entry.get("value"), str):
        raise SchemaError("A picklist value is a text, or a JSON object with value.")
    return PicklistValue(
        value=entry["value"],
        label=str(entry.get("label") or entry["value"]),
        active=bool(entry.get("active", True)),
        default=bool(entry.get("defaultValue", False)),
    )


def _remainder(field: FieldSpec, described: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of a describe that no rule would make of the field."""
    derived = field_properties(field)
    left = {key: described[key] for key in derived if key in described and derived[key] != described[key]}
    for stated in ("name", "label", "relationshipName", "picklistValues", "referenceTo"):
        left.pop(stated, None)
    return left


def _key_prefix(name: str, described: Mapping[str, Any], taken: Iterable[str | None]) -> str:
    """Return the key prefix given, or the next free one of custom objects: a00, a01, ..."""
    given = described.get("keyPrefix")
    if given:
        return str(given)
    used = set(taken)
    return next(
        prefix for number in range(FIRST_CUSTOM_PREFIX, 0xB00) if (prefix := f"{number:03x}") not in used
    )


def _name(given: Any, what: str) -> str:
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise SchemaError(
            f"The name of an {what} begins with a letter and goes on with letters, digits and _."
        )
    return given


def _list(given: Any, what: str) -> list[Any]:
    if not isinstance(given, list):
        raise SchemaError(f"The {what} must be an array.")
    return given
