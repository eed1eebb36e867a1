"""The rows of EntityDefinition and FieldDefinition: the schema as data, for those who query it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from .ids import make_id
from .schema.base import FieldSpec, Schema, SObjectSpec
from .storage import Storage
from .storage.tables import quote

OBJECTS, FIELDS = "EntityDefinition", "FieldDefinition"
KINDS = {"string": "Text", "int": "Number", "double": "Number", "boolean": "Checkbox", "reference": "Lookup"}
Row = dict[str, Any]


def define(storage: Storage, schema: Schema) -> None:
    """Write the rows anew, inside the open transaction; an org without these objects has none."""
    entities, particles = schema.find(OBJECTS), schema.find(FIELDS)
    if entities is None or particles is None:
        return
    for sql, params in _statements(tuple(schema), str(entities.key_prefix), str(particles.key_prefix)):
        storage.write(sql, params)


@lru_cache(maxsize=4)  # every org of a process begins with the same objects
def _statements(specs: tuple[SObjectSpec, ...], entity: str, particle: str) -> list[tuple[str, list[Any]]]:
    statements: list[tuple[str, list[Any]]] = [
        (f"DELETE FROM {quote(table)}", []) for table in (OBJECTS, FIELDS)
    ]
    numbers = itertools.count(1)
    for number, spec in enumerate(sorted(specs, key=lambda one: one.name), 1):
        known = {"EntityDefinitionId": make_id(entity, number)}
        rows = [_field(spec, field) | known for field in spec.fields.values()]
        statements.append(_insert(OBJECTS, [_entity(spec) | {"Id": known["EntityDefinitionId"]}]))
        statements.append(_insert(FIELDS, [row | {"Id": make_id(particle, next(numbers))} for row in rows]))
    return statements


def _insert(table: str, rows: Sequence[Row]) -> tuple[str, list[Any]]:
    columns = ", ".join(map(quote, rows[0]))
    marks = f"({', '.join('?' * len(rows[0]))})"
    values = [value for row in rows for value in row.values()]
    return f"INSERT INTO {quote(table)} ({columns}) VALUES {', '.join([marks] * len(rows))}", values


def _entity(spec: SObjectSpec) -> Row:
    flags = {
        "IsCustomizable": True,
        "IsQueryable": spec.queryable,
        "IsRetrieveable": spec.retrieveable,
        "IsReplicateable": spec.replicateable,
        "IsSearchable": spec.searchable,
        "IsTriggerable": spec.describe.get("triggerable", True),
        "IsApexTriggerable": spec.describe.get("triggerable", True),
        "IsLayoutable": spec.layoutable,
    }
    return {
        "DurableId": spec.name,
        "QualifiedApiName": spec.name,
        "DeveloperName": spec.name.removesuffix("__c"),
        "MasterLabel": spec.label,
        "Label": spec.label,
        "PluralLabel": spec.label_plural,
        "KeyPrefix": spec.key_prefix,
        **{name: int(bool(value)) for name, value in flags.items()},
    }


def _field(spec: SObjectSpec, field: FieldSpec) -> Row:
    flags = {
        "IsCalculated": field.calculated,
        "IsIndexed": field.id_lookup or field.external_id or field.type == "reference",
        "IsNillable": field.nillable,
        "IsApiFilterable": field.filterable,
        "IsApiSortable": field.sortable,
    }
    return {
        "DurableId": f"{spec.name}.{field.name}",
        "QualifiedApiName": field.name,
        "DeveloperName": field.name.removesuffix("__c"),
        "MasterLabel": field.label,
        "Label": field.label,
        "DataType": _data_type(field),
        "Length": field.length,
        "Precision": field.precision,
        "Scale": field.scale,
        "RelationshipName": field.relationship_name,
        **{name: int(bool(value)) for name, value in flags.items()},
    }


def _data_type(field: FieldSpec) -> str:
    """Return the type as the setup pages write it, such as `Text(80)` or `Lookup(Account)`."""
    name = KINDS.get(field.type, field.type.capitalize())
    sizes: Iterable[Any] = ()
    if field.type == "reference":
        sizes = field.reference_to
    elif field.is_scaled:
        sizes = (field.precision - field.scale, field.scale)
    elif field.type == "string":
        sizes = (field.length,)
    detail = ", ".join(map(str, sizes))
    return f"{name}({detail})"[:90] if detail else name
