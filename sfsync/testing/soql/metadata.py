"""The columns of an answer as `query?columns=true` describes them, without running the query.

The resource is not documented; its keys and their order are those that tools for developers read from live
orgs (columnMetadata, entityName, groupBy, idSelected, keyPrefix).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..schema.base import FieldSpec
from .compile import compile_query
from .grouping import compile_grouped, is_grouped
from .query import resolve
from .selection import Children, Selection

if TYPE_CHECKING:
    from ..org import Org

_APEX_TYPES = {
    "id": "Id",
    "reference": "Id",
    "boolean": "Boolean",
    "int": "Integer",
    "double": "Double",
    "currency": "Double",
    "percent": "Double",
    "date": "Date",
    "datetime": "Datetime",
    "time": "Time",
    "address": "Address",
    "location": "Location",
    "base64": "Blob",
}


def describe_columns(org: Org, text: str, user: str) -> dict[str, Any]:
    """Return what the columns of a query's records are; raises OrgError as running the query does."""
    query, scope = resolve(org, text, user)
    if is_grouped(query):
        columns = [
            _column(one.name, one.field, one.name, one.aggregate)
            for one in compile_grouped(query, scope).outputs
        ]
    else:
        selection = compile_query(query, scope).selection
        columns = [] if selection is None else _columns(selection)
    return {
        "columnMetadata": columns,
        "entityName": scope.root.spec.name,
        "groupBy": query.group is not None,
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": scope.root.spec.key_prefix,
    }


def _columns(selection: Selection) -> list[dict[str, Any]]:
    return [_item(name, item) for name, item in selection.items.items()]


def _item(name: str, item: FieldSpec | Selection | Children) -> dict[str, Any]:
    if isinstance(item, FieldSpec):
        return _column(name, item, item.name)
    inner = item.compiled.selection if isinstance(item, Children) else item
    nested = _columns(inner) if inner is not None else []
    return _column(name, None, name, isinstance(item, Children)) | {"joinColumns": nested}


def _column(name: str, field: FieldSpec | None, display: str, aggregate: bool = False) -> dict[str, Any]:
    apex_type = _APEX_TYPES.get(field.type, "String") if field else "complexvaluetype"
    return {
        "aggregate": aggregate,
        "apexType": apex_type,
        "booleanType": apex_type == "Boolean",
        "columnName": name,
        "custom": bool(field and field.custom),
        "displayName": display,
        "foreignKeyName": None,
        "insertable": bool(field and field.createable and not aggregate),
        "joinColumns": [],
        "numberType": apex_type in ("Integer", "Double"),
        "textType": apex_type == "String",
        "updatable": bool(field and field.updateable and not aggregate),
    }
