"""The table of Case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import FieldSpec, sobject
from .columns import (
    READ_ONLY,
    UNCONTROLLED,
    auto_number,
    boolean,
    email,
    external_id,
    is_deleted,
    last_seen,
    long_text,
    lookup,
    master_record,
    moment,
    owner,
    phone,
    picklist,
    record_id,
    stamps,
    text,
    textarea,
)

CLOSED = frozenset({"Closed"})
REASONS = "Installation|Equipment Complexity|Performance|Breakdown|Equipment Design|Feedback|Other"


def derive(values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Close a case with its status, and note when."""
    closed = values["Status"] in CLOSED
    date = values["ClosedDate"] or values["LastModifiedDate"] if closed else None
    return {"IsClosed": int(closed), "ClosedDate": date}


def _contact_phone(name: str, label: str, source: str) -> FieldSpec:
    return phone(name, label, **_show_contact(source))


def _show_contact(source: str) -> dict[str, Any]:
    """Return what makes a field show a field of the case's contact."""
    return {
        "reads": (f"Contact.{source}",),
        "formula": lambda row: row.parent("Contact")[source],
        **READ_ONLY,
    }


FIELDS = (  # in the order of its describe
    record_id("Case ID"),
    is_deleted(),
    master_record("Case"),
    auto_number(
        "CaseNumber", "Case Number", "{00000000}", name_field=True, id_lookup=True,
        describe={"groupable": False},
    ),
    lookup("ContactId", "Contact ID", "Contact", child_relationship="Cases", on_parent_delete="restrict"),
    lookup("AccountId", "Account ID", "Account", child_relationship="Cases", on_parent_delete="restrict"),
    lookup("ParentId", "Parent Case ID", "Case", child_relationship="Cases"),
    text("SuppliedName", "Name", 80),
    email("SuppliedEmail", "Email Address"),
    text("SuppliedPhone", "Phone", 40),
    text("SuppliedCompany", "Company", 80),
    picklist("Type", "Case Type", "Mechanical|Electrical|Electronic|Structural|Other", 40),
    picklist("Status", "Status", "*New|Working|Escalated|Closed", 40, defaulted_on_create=True, **UNCONTROLLED),
    picklist("Reason", "Case Reason", REASONS, 40),
    picklist("Origin", "Case Origin", "Phone|Email|Web", 40),
    text("Subject", "Subject", 255),
    picklist("Priority", "Priority", "High|*Medium|Low", 40, defaulted_on_create=True),
    long_text("Description", "Description"),
    boolean("IsClosed", "Closed", **READ_ONLY),
    moment("ClosedDate", "Closed Date", describe={"permissionable": True}, **READ_ONLY),
    boolean("IsEscalated", "Escalated"),
    owner("Owner ID", "Group"),
    *stamps(),
    _contact_phone("ContactPhone", "Contact Phone", "Phone"),
    _contact_phone("ContactMobile", "Contact Mobile", "MobilePhone"),
    email("ContactEmail", "Contact Email", **_show_contact("Email")),
    _contact_phone("ContactFax", "Contact Fax", "Fax"),
    textarea(
        "Comments", "Internal Comments", 4000, filterable=False,
        describe={"aggregatable": True, "byteLength": 4000, "permissionable": False},
    ),
    *last_seen(),
    external_id("Django_Id__c", "Django Id", 36),
)  # fmt: skip
CASE = sobject(
    name="Case",
    label="Case",
    label_plural="Cases",
    key_prefix="500",
    fields=FIELDS,
    derive=derive,
    urls=(
        "compactLayouts", "rowTemplate", "approvalLayouts", "caseArticleSuggestions",
        "caseRowArticleSuggestions", "listviews", "describe", "quickActions", "layouts", "sobject",
    ),
)  # fmt: skip
