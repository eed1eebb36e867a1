"""Page layouts, derived from the schema: one layout for an object, with every field the user sees.

Source of the shapes: SOAP guide, DescribeLayoutResult; REST guide, "Get Layouts and Descriptions for a Specified
Object" and "Get Compact Layouts Using sObject CompactLayouts". Nobody has designed anything in this org, so
there are no buttons, no actions and no compact layout but the system's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

from ..ids import make_id
from .base import FieldSpec, SObjectSpec
from .derive import field_properties

COLUMNS = 2
Child = tuple[SObjectSpec, FieldSpec]


def layouts_body(
    spec: SObjectSpec, children: Iterable[Child], record_types: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the layouts of an object, null where it has several record types: each then has its own address.

    `record_types` are the recordTypeInfos of its describe, the master included.
    """
    several = len(record_types) > 2
    return {
        "layouts": None if several else [layout_body(spec, children)],
        "recordTypeMappings": [{**info, "layoutId": layout_id(spec)} for info in record_types],
        "recordTypeSelectorRequired": [several],
    }


def layout_body(spec: SObjectSpec, children: Iterable[Child]) -> dict[str, Any]:
    """Return one layout. Compound fields stand in the detail view, their parts in the edit view."""
    parts = {part.name for part in spec.fields.values() if part.compound in spec.fields}
    shown = [field for field in spec.fields.values() if field.type != "id" and field.name not in parts]
    edited = [field for field in spec.fields.values() if field.createable or field.updateable]
    return {
        "buttonLayoutSection": {"detailButtons": []},
        "detailLayoutSections": [_section(spec, shown)],
        "editLayoutSections": [_section(spec, edited)],
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": layout_id(spec),
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": [_related(child, lookup) for child, lookup in children],
        "saveOptions": [],
    }


def layout_id(spec: SObjectSpec) -> str:
    """Return the id of an object's layout, the same in every org."""
    return make_id("00h", crc32(spec.name.encode()))


def compact_layouts_body(spec: SObjectSpec, record_types: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return that no compact layouts are defined: their ids are null."""
    mappings = [{"compactLayoutId": None, "recordTypeId": info["recordTypeId"]} for info in record_types]
    return {
        "compactLayouts": [],
        "defaultCompactLayoutId": None,
        "recordTypeCompactLayoutMappings": mappings,
    }


def _section(spec: SObjectSpec, fields: Sequence[FieldSpec]) -> dict[str, Any]:
    items = [_item(field, at) for at, field in enumerate(fields, start=1)]
    rows = [items[at : at + COLUMNS] for at in range(0, len(items), COLUMNS)]
    return {
        "collapsed": False,
        "columns": COLUMNS,
        "heading": f"{spec.label} Information",
        "layoutRows": [{"layoutItems": row, "numItems": len(row)} for row in rows],
        "layoutSectionId": None,
        "parentLayoutId": layout_id(spec),
        "rows": len(rows),
        "tabOrder": "LeftToRight",
        "useCollapsibleSection": False,
        "useHeading": False,
    }


def _item(field: FieldSpec, at: int) -> dict[str, Any]:
    component = {
        "details": field_properties(field),
        "displayLines": 1,
        "tabOrder": at,
        "type": "Field",
        "value": field.name,
    }
    return {
        "editableForNew": field.createable,
        "editableForUpdate": field.updateable,
        "label": field.label,
        "layoutComponents": [component],
        "placeholder": False,
        "required": field.required,
    }


def _related(child: SObjectSpec, lookup: FieldSpec) -> dict[str, Any]:
    columns = [
        {"field": f"{child.name}.{field.name}", "format": None, "label": field.label, "name": field.name}
        for field in (child.name_field,)
        if field is not None
    ]
    return {
        "accessLevelRequiredForCreate": None,
        "buttons": [],
        "columns": columns,
        "custom": child.custom,
        "field": lookup.name,
        "label": child.label_plural,
        "limitRows": 5,
        "name": lookup.child_relationship,
        "sobject": child.name,
        "sort": [],
    }
