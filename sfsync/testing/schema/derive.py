"""The properties of describe, derived by rule from the compact tables.

Sources: SOAP guide, DescribeSObjectResult (what each property means); Object Reference, "Field Types"; and
describes of live orgs, which the rules reproduce field by field.
"""

from __future__ import annotations

from typing import Any

from .base import FieldSpec, SObjectSpec

SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "address": "urn:address",
    "location": "urn:location",
    "base64": "xsd:base64Binary",
    "anyType": "xsd:anyType",
}
BYTES_PER_CHARACTER = 3
NOT_GROUPABLE = frozenset({"double", "currency", "percent", "datetime", "address", "location"})
NOT_AGGREGATABLE = frozenset({"boolean", "address", "location"})
EVERY_LAYOUT_URL = (
    "compactLayouts", "rowTemplate", "approvalLayouts", "listviews", "describe", "quickActions", "layouts",
    "sobject",
)  # fmt: skip
BARE_URLS = ("rowTemplate", "describe", "sobject")
URL_TAILS = {
    "compactLayouts": "/describe/compactLayouts",
    "rowTemplate": "/{ID}",
    "approvalLayouts": "/describe/approvalLayouts",
    "caseArticleSuggestions": "/suggestedArticles",
    "caseRowArticleSuggestions": "/{ID}/suggestedArticles",
    "eventSeriesUpdates": "/{ID}/fromThisEventOnwards",
    "listviews": "/listviews",
    "namedLayouts": "/describe/namedLayouts/{LayoutName}",
    "passwordUtilities": "/{ID}/password",
    "describe": "/describe",
    "quickActions": "/quickActions",
    "layouts": "/describe/layouts",
    "sobject": "",
}


def field_properties(field: FieldSpec) -> dict[str, Any]:
    """Return the 57 properties of a field, in the order of the wire (by name)."""
    properties = {**_FIXED, **_of_spec(field), **_of_type(field), **field.describe}
    return dict(sorted(properties.items()))


# What no field of this org has.
_FIXED: dict[str, Any] = {
    "aiPredictionField": False,
    "calculatedFormula": None,
    "controllerName": None,
    "defaultValueFormula": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "writeRequiresMasterRead": False,
}


def _of_spec(field: FieldSpec) -> dict[str, Any]:
    """Return the properties that the table states."""
    return {
        "autoNumber": field.auto_number is not None,
        "calculated": field.calculated,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound,
        "createable": field.createable,
        "custom": field.custom,
        "defaultedOnCreate": field.defaulted_on_create,
        "digits": field.digits,
        "externalId": field.external_id,
        "filterable": field.filterable,
        "idLookup": field.id_lookup,
        "label": field.label,
        "length": field.length,
        "name": field.name,
        "nameField": field.name_field,
        "nillable": field.nillable,
        "picklistValues": [_picklist_entry(entry) for entry in field.picklist_values],
        "precision": field.precision,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
    }


def _of_type(field: FieldSpec) -> dict[str, Any]:
    """Return the properties that follow from the type and the others."""
    long_text = field.type == "textarea" and not field.filterable
    polymorphic = len(field.reference_to) > 1
    return {
        "aggregatable": field.type not in NOT_AGGREGATABLE and not long_text,
        "byteLength": _byte_length(field),
        "cascadeDelete": field.custom and field.on_parent_delete == "cascade",
        "defaultValue": _default_value(field),
        "extraTypeInfo": "plaintextarea" if field.type == "textarea" else None,
        "groupable": field.type not in NOT_GROUPABLE and not long_text,
        "namePointing": polymorphic,
        "permissionable": _permissionable(field),
        "polymorphicForeignKey": polymorphic,
        "queryByDistance": field.type in ("address", "location"),
        "restrictedDelete": field.custom and field.on_parent_delete == "restrict",
        "searchPrefilterable": _search_prefilterable(field),
        "soapType": SOAP_TYPES.get(field.type, "xsd:string"),
    }


def _default_value(field: FieldSpec) -> Any:
    if field.type == "boolean":
        return bool(field.default)
    if not field.defaulted_on_create:
        return None
    return next((entry.value for entry in field.picklist_values if entry.default), None)


def _byte_length(field: FieldSpec) -> int:
    return field.length if field.type in ("id", "reference") else field.length * BYTES_PER_CHARACTER


def _permissionable(field: FieldSpec) -> bool:
    """Say whether field-level security applies: not to system, required and name fields."""
    if field.type in ("address", "location"):
        return True
    optional = field.nillable or field.type == "boolean"
    return field.createable and optional and field.compound != "Name"


def _search_prefilterable(field: FieldSpec) -> bool:
    return bool(field.reference_to) and "User" not in field.reference_to and field.name != "MasterRecordId"


def _picklist_entry(entry: Any) -> dict[str, Any]:
    return {
        "active": entry.active,
        "defaultValue": entry.default,
        "label": entry.label or entry.value,
        "validFor": None,
        "value": entry.value,
    }


def object_properties(spec: SObjectSpec, version: str) -> dict[str, Any]:
    """Return the properties that describeGlobal, describe and basic information share, in wire order."""
    properties = {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": spec.createable,
        "custom": spec.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": spec.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": True,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": spec.key_prefix,
        "label": spec.label,
        "labelPlural": spec.label_plural,
        "layoutable": spec.layoutable,
        "mergeable": False,
        "mruEnabled": True,
        "name": spec.name,
        "queryable": spec.queryable,
        "replicateable": spec.replicateable,
        "retrieveable": spec.retrieveable,
        "searchable": spec.searchable,
        "triggerable": True,
        "undeletable": spec.undeletable,
        "updateable": spec.updateable,
    }
    urls = spec.urls or (EVERY_LAYOUT_URL if spec.layoutable else BARE_URLS)
    base = f"/services/data/v{version}/sobjects/{spec.name}"
    return {**properties, **spec.describe, "urls": {name: base + URL_TAILS[name] for name in urls}}
