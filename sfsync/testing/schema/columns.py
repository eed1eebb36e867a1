"""The vocabulary of the tables: one function per kind of field, one per group of fields every object has."""

from __future__ import annotations

from typing import Any

from .base import FieldSpec, PicklistValue

READ_ONLY: dict[str, Any] = {"createable": False, "updateable": False}
# Field-level security does not apply to it, although its other properties would have it so.
UNCONTROLLED: dict[str, Any] = {"describe": {"permissionable": False}}
WHAT = ("Account", "Campaign", "Case", "Opportunity", "Product2")
GEOCODE_ACCURACIES = (
    "Address|NearAddress=Near Address|Block|Street|ExtendedZip=Extended Zip|Zip|Neighborhood|City|County"
    "|State|Unknown"
)


def text(name: str, label: str, length: int, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="string", label=label, length=length, **more)


def phone(name: str, label: str, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="phone", label=label, length=40, **more)


def email(name: str, label: str, length: int = 80, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="email", label=label, length=length, **more)


def url(name: str, label: str, length: int = 255, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="url", label=label, length=length, **more)


def textarea(name: str, label: str, length: int = 255, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="textarea", label=label, length=length, **more)


def long_text(name: str, label: str, length: int = 32_000, **more: Any) -> FieldSpec:
    """Make a long text area, which can be neither filtered nor sorted (Object Reference, "Field Types")."""
    return textarea(name, label, length, filterable=False, sortable=False, **more)


def picklist(name: str, label: str, values: str, length: int = 255, **more: Any) -> FieldSpec:
    """Make a picklist from `value|value|*default value|value=Label`."""
    entries = tuple(_picklist_value(entry) for entry in values.split("|") if entry)
    return FieldSpec(name=name, type="picklist", label=label, length=length, picklist_values=entries, **more)


def _picklist_value(entry: str) -> PicklistValue:
    value, _, label = entry.removeprefix("*").partition("=")
    return PicklistValue(value=value, label=label or value, default=entry.startswith("*"))


def boolean(name: str, label: str, default: bool = False, **more: Any) -> FieldSpec:
    return FieldSpec(
        name=name,
        type="boolean",
        label=label,
        default=default,
        nillable=False,
        defaulted_on_create=True,
        **more,
    )


def integer(name: str, label: str, digits: int = 8, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="int", label=label, digits=digits, **more)


def number(name: str, label: str, precision: int, scale: int, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="double", label=label, precision=precision, scale=scale, **more)


def currency(name: str, label: str, scale: int = 0, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="currency", label=label, precision=18, scale=scale, **more)


def percent(name: str, label: str, precision: int, scale: int = 0, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="percent", label=label, precision=precision, scale=scale, **more)


def date(name: str, label: str, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="date", label=label, **more)


def moment(name: str, label: str, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type="datetime", label=label, **more)


def lookup(name: str, label: str, *targets: str, **more: Any) -> FieldSpec:
    """Make a reference; the relationship is called as the field without Id, unless told otherwise."""
    more.setdefault("relationship_name", name.removesuffix("Id"))
    return FieldSpec(name=name, type="reference", label=label, length=18, reference_to=targets, **more)


def record_id(label: str) -> FieldSpec:
    return FieldSpec(
        name="Id", type="id", label=label, length=18, nillable=False, id_lookup=True,
        defaulted_on_create=True, **READ_ONLY,
    )  # fmt: skip


def is_deleted() -> FieldSpec:
    return boolean("IsDeleted", "Deleted", **READ_ONLY)


def master_record(sobject: str) -> FieldSpec:
    return lookup("MasterRecordId", "Master Record ID", sobject, **READ_ONLY)


def owner(label: str = "Owner ID", *others: str) -> FieldSpec:
    return lookup("OwnerId", label, *others, "User", nillable=False, defaulted_on_create=True)


def what(**more: Any) -> FieldSpec:
    """Make the polymorphic lookup of an activity to what it is about."""
    return lookup("WhatId", "Related To ID", *WHAT, on_parent_delete="cascade", **more)


def who(**more: Any) -> FieldSpec:
    return lookup("WhoId", "Name ID", "Contact", "Lead", on_parent_delete="cascade", **more)


def auto_number(name: str, label: str, display: str, length: int = 30, **more: Any) -> FieldSpec:
    """Make a number that every new record gets, in a format such as `INV-{0000}` (Object Reference)."""
    return text(
        name, label, length, auto_number=display, nillable=False, defaulted_on_create=True,
        **READ_ONLY, **more,
    )  # fmt: skip


def stamps() -> tuple[FieldSpec, ...]:
    """Return who and when (Object Reference, "System Fields")."""
    system: dict[str, Any] = {"nillable": False, "defaulted_on_create": True, **READ_ONLY}
    return (
        moment("CreatedDate", "Created Date", **system),
        lookup("CreatedById", "Created By ID", "User", **system),
        moment("LastModifiedDate", "Last Modified Date", **system),
        lookup("LastModifiedById", "Last Modified By ID", "User", **system),
        moment("SystemModstamp", "System Modstamp", **system),
    )


def last_activity() -> FieldSpec:
    return date("LastActivityDate", "Last Activity", **READ_ONLY)


def last_seen() -> tuple[FieldSpec, ...]:
    return (
        moment("LastViewedDate", "Last Viewed Date", **READ_ONLY),
        moment("LastReferencedDate", "Last Referenced Date", **READ_ONLY),
    )


def photo_url() -> FieldSpec:
    return url("PhotoUrl", "Photo URL", **READ_ONLY, describe={"extraTypeInfo": "imageurl"})


def clean_status() -> FieldSpec:
    values = (
        "Matched=In Sync|Different|Acknowledged=Reviewed|NotFound=Not Found|Inactive|Pending=Not Compared"
        "|SelectMatch=Select Match|Skipped"
    )
    return picklist("CleanStatus", "Clean Status", values, 40, restricted=True)


def address(kind: str) -> tuple[FieldSpec, ...]:
    """Return an address field after its parts, the way describe lists them."""
    label = f"{kind} " if kind else ""
    compound = f"{kind}Address"
    return (
        textarea(f"{kind}Street", f"{label}Street", compound=compound),
        text(f"{kind}City", f"{label}City", 40, compound=compound),
        text(f"{kind}State", f"{label}State/Province", 80, compound=compound),
        text(f"{kind}PostalCode", f"{label}Zip/Postal Code", 20, compound=compound),
        text(f"{kind}Country", f"{label}Country", 80, compound=compound),
        number(f"{kind}Latitude", f"{label}Latitude", 18, 15, compound=compound),
        number(f"{kind}Longitude", f"{label}Longitude", 18, 15, compound=compound),
        picklist(
            f"{kind}GeocodeAccuracy", f"{label}Geocode Accuracy", GEOCODE_ACCURACIES, 40,
            restricted=True, compound=compound,
        ),
        FieldSpec(name=compound, type="address", label=f"{label}Address", sortable=False, **READ_ONLY),
    )  # fmt: skip


def external_id(name: str, label: str, length: int) -> FieldSpec:
    """Make a custom text field that is an external id, unique without regard to case."""
    return text(name, label, length, external_id=True, unique=True, id_lookup=True)


def person_name(salutations: str = "Mr.|Ms.|Mrs.|Dr.|Prof.") -> tuple[FieldSpec, ...]:
    """Return last and first name, salutation and the name computed of them (read-only)."""
    part: dict[str, Any] = {"compound": "Name", "describe": {"extraTypeInfo": "personname"}}
    return (
        text("LastName", "Last Name", 80, nillable=False, **part),
        text("FirstName", "First Name", 40, **part),
        picklist("Salutation", "Salutation", salutations, 40, **part),
        full_name(),
    )


def full_name() -> FieldSpec:
    return text(
        "Name", "Full Name", 121, name_field=True, nillable=False, **READ_ONLY,
        describe={"extraTypeInfo": "personname"},
    )  # fmt: skip
