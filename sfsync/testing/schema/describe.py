"""The bodies of describeGlobal, describe and basic information."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .base import FieldSpec, Schema, SObjectSpec
from .derive import field_properties, object_properties

MAX_BATCH_SIZE = 200
MASTER_RECORD_TYPE = "012000000000000AAA"


def global_body(specs: Iterable[SObjectSpec], version: str) -> dict[str, Any]:
    return {
        "encoding": "UTF-8",
        "maxBatchSize": MAX_BATCH_SIZE,
        "sobjects": [object_properties(spec, version) for spec in specs],
    }


def describe_body(
    schema: Schema,
    spec: SObjectSpec,
    fields: Iterable[FieldSpec],
    version: str,
    base_url: str | None,
    record_types: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return the describe of an object with the fields given; keys by name, as on the wire."""
    shared = object_properties(spec, version)
    body = {
        "actionOverrides": [],
        "childRelationships": [_child(child, lookup) for child, lookup in schema.children(spec.name)],
        "compactLayoutable": spec.layoutable,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [field_properties(field) for field in fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": _record_types(shared["urls"]["sobject"], spec, record_types),
        "searchLayoutable": spec.layoutable and spec.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": _scopes(spec),
        **shared,
    }
    body["urls"] = {**shared["urls"], **_pages(spec, base_url)}
    return dict(sorted(body.items()))


def basic_info_body(spec: SObjectSpec, recent: list[dict[str, Any]], version: str) -> dict[str, Any]:
    return {"objectDescribe": object_properties(spec, version), "recentItems": recent}


def _child(child: SObjectSpec, lookup: FieldSpec) -> dict[str, Any]:
    return {
        "cascadeDelete": lookup.on_parent_delete == "cascade",
        "childSObject": child.name,
        "deprecatedAndHidden": False,
        "field": lookup.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": lookup.child_relationship,
        "restrictedDelete": lookup.on_parent_delete == "restrict",
    }


def _record_types(
    sobject_url: str, spec: SObjectSpec, rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the record types and, last, the master; the first active one is the default, or the master."""
    master = {"IsActive": 1, "DeveloperName": "Master", "Name": "Master", "Id": MASTER_RECORD_TYPE}
    types = [*rows, master]
    default = next(row["Id"] for row in types if row["IsActive"])
    return [
        {
            "active": bool(row["IsActive"]),
            "available": bool(row["IsActive"]),
            "defaultRecordTypeMapping": row["Id"] == default,
            "developerName": row["DeveloperName"],
            "master": row is master,
            "name": row["Name"],
            "recordTypeId": row["Id"],
            "urls": {"layout": f"{sobject_url}/describe/layouts/{row['Id']}"} if spec.layoutable else {},
        }
        for row in types
    ]


def _scopes(spec: SObjectSpec) -> list[dict[str, str]]:
    everything = {"label": f"All {spec.label_plural.lower()}", "name": "everything"}
    if "OwnerId" not in spec.fields:
        return [everything]
    return [everything, {"label": f"My {spec.label_plural.lower()}", "name": "mine"}]


def _pages(spec: SObjectSpec, base_url: str | None) -> dict[str, str]:
    """Return the addresses of the object's pages, for an org that knows its own address."""
    if base_url is None or not spec.layoutable:
        return {}
    return {
        "uiDetailTemplate": f"{base_url}/{{ID}}",
        "uiEditTemplate": f"{base_url}/{{ID}}/e",
        "uiNewRecord": f"{base_url}/{spec.key_prefix}/e",
    }
