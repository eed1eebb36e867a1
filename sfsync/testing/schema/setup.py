"""The tables of what is set up rather than recorded: record types, business hours, objects and fields."""

from __future__ import annotations

from typing import Any

from .base import FieldSpec, sobject
from .columns import READ_ONLY, boolean, lookup, picklist, record_id, stamps, text
from .user import TIME_ZONES

QUIET: dict[str, Any] = {"feedEnabled": False, "triggerable": False}
RECORD_TYPE_FIELDS = (  # no describe of a live org is at hand; after the Object Reference
    record_id("Record Type ID"),
    text("Name", "Name", 80, nillable=False, name_field=True),
    text("DeveloperName", "Record Type Name", 80, nillable=False),
    text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
    text("Description", "Description", 255),
    text("SobjectType", "Sobject Type Name", 40, nillable=False, updateable=False),
    boolean("IsActive", "Active", default=True),
    *stamps(),
)
RECORD_TYPE = sobject(
    name="RecordType",
    label="Record Type",
    label_plural="Record Types",
    key_prefix="012",
    fields=RECORD_TYPE_FIELDS,
    deletable=False,
    undeletable=False,
    layoutable=False,
    describe=QUIET,
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def _hours() -> list[FieldSpec]:
    return [
        FieldSpec(name=f"{day}{end}Time", type="time", label=f"{day} {end}")
        for day in DAYS
        for end in ("Start", "End")
    ]


HOURS_FIELDS = (  # no describe of a live org is at hand; after the Object Reference
    record_id("Business Hours ID"),
    text("Name", "Business Hours Name", 80, nillable=False, name_field=True, id_lookup=True),
    boolean("IsActive", "Active"),
    boolean("IsDefault", "Default Business Hours"),
    *_hours(),
    picklist("TimeZoneSidKey", "Time Zone", TIME_ZONES, 40, restricted=True, nillable=False),
    *stamps(),
)
BUSINESS_HOURS = sobject(
    name="BusinessHours",
    label="Business Hours",
    label_plural="Business Hours",
    key_prefix="01m",
    fields=HOURS_FIELDS,
    deletable=False,
    undeletable=False,
    urls=("compactLayouts", "rowTemplate", "describe", "layouts", "sobject"),
    describe=QUIET,
)


def _flag(name: str) -> FieldSpec:
    return boolean(name, name, **READ_ONLY)


def _word(name: str, length: int = 255, **more: Any) -> FieldSpec:
    return text(name, name, length, **READ_ONLY, **more)


CATALOGUE: dict[str, Any] = {
    "createable": False,
    "updateable": False,
    "deletable": False,
    "undeletable": False,
    "replicateable": False,
    "retrieveable": False,
    "layoutable": False,
    "describe": {"feedEnabled": False, "mruEnabled": False, "triggerable": False},
}
ENTITY_FIELDS = (  # a part of what the Object Reference lists
    record_id("Entity Definition ID"),
    _word("DurableId", name_field=True),
    _word("QualifiedApiName", 70),
    _word("DeveloperName", 80),
    _word("MasterLabel", 80),
    _word("Label", 80),
    _word("PluralLabel", 80),
    _word("KeyPrefix", 3),
    _word("NamespacePrefix", 15),
    _word("PublisherId", 120),
    _flag("IsCustomizable"),
    _flag("IsCustomSetting"),
    _flag("IsQueryable"),
    _flag("IsRetrieveable"),
    _flag("IsReplicateable"),
    _flag("IsSearchable"),
    _flag("IsTriggerable"),
    _flag("IsApexTriggerable"),
    _flag("IsLayoutable"),
)
ENTITY_DEFINITION = sobject(
    name="EntityDefinition",
    label="Entity Definition",
    label_plural="Entity Definitions",
    key_prefix="4ie",
    fields=ENTITY_FIELDS,
    **CATALOGUE,
)
DEFINITION_FIELDS = (  # a part of what the Object Reference lists
    record_id("Field Definition ID"),
    _word("DurableId", name_field=True),
    _word("QualifiedApiName", 70),
    lookup(
        "EntityDefinitionId", "Entity Definition ID", "EntityDefinition", child_relationship="Fields",
        **READ_ONLY,
    ),
    _word("DeveloperName", 80),
    _word("MasterLabel", 80),
    _word("Label", 80),
    _word("DataType", 90),
    FieldSpec(name="Length", type="int", label="Length", digits=9, **READ_ONLY),
    FieldSpec(name="Precision", type="int", label="Precision", digits=9, **READ_ONLY),
    FieldSpec(name="Scale", type="int", label="Scale", digits=9, **READ_ONLY),
    _word("RelationshipName", 80),
    _word("NamespacePrefix", 15),
    _flag("IsCalculated"),
    _flag("IsIndexed"),
    _flag("IsNillable"),
    _flag("IsApiFilterable"),
    _flag("IsApiSortable"),
)  # fmt: skip
FIELD_DEFINITION = sobject(
    name="FieldDefinition",
    label="Field Definition",
    label_plural="Field Definitions",
    key_prefix="4fe",
    fields=DEFINITION_FIELDS,
    **CATALOGUE,
)
