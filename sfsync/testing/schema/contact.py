"""The table of Contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .account import SOURCES
from .base import sobject
from .columns import (
    READ_ONLY,
    address,
    boolean,
    clean_status,
    date,
    email,
    external_id,
    is_deleted,
    last_activity,
    last_seen,
    long_text,
    lookup,
    master_record,
    moment,
    owner,
    person_name,
    phone,
    photo_url,
    picklist,
    record_id,
    stamps,
    text,
)


def derive(values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Compose the name of first and last name; a bounced e-mail is one with a date."""
    return {
        "Name": " ".join(filter(None, (values["FirstName"], values["LastName"]))),
        "IsEmailBounced": int(values["EmailBouncedDate"] is not None),
        "PhotoUrl": f"/services/images/photo/{values['Id']}",
    }


HIDDEN: dict[str, Any] = {"describe": {"permissionable": False}}
FIELDS = (  # in the order of its describe
    record_id("Contact ID"),
    is_deleted(),
    master_record("Contact"),
    lookup("AccountId", "Account ID", "Account", child_relationship="Contacts", on_parent_delete="cascade"),
    *person_name(),
    *address("Other"),
    *address("Mailing"),
    phone("Phone", "Business Phone"),
    phone("Fax", "Business Fax"),
    phone("MobilePhone", "Mobile Phone"),
    phone("HomePhone", "Home Phone"),
    phone("OtherPhone", "Other Phone"),
    phone("AssistantPhone", "Asst. Phone"),
    lookup("ReportsToId", "Reports To ID", "Contact"),
    email("Email", "Email", id_lookup=True),
    text("Title", "Title", 128),
    text("Department", "Department", 80),
    text("AssistantName", "Assistant's Name", 40),
    picklist("LeadSource", "Lead Source", SOURCES),
    date("Birthdate", "Birthdate"),
    long_text("Description", "Contact Description"),
    boolean("HasOptedOutOfEmail", "Email Opt Out"),
    boolean("HasOptedOutOfFax", "Fax Opt Out"),
    boolean("DoNotCall", "Do Not Call"),
    owner(),
    *stamps(),
    last_activity(),
    moment("LastCURequestDate", "Last Stay-in-Touch Request Date", **READ_ONLY),
    moment("LastCUUpdateDate", "Last Stay-in-Touch Save Date", **READ_ONLY),
    *last_seen(),
    text("EmailBouncedReason", "Email Bounced Reason", 255, **HIDDEN),
    moment("EmailBouncedDate", "Email Bounced Date", **HIDDEN),
    boolean("IsEmailBounced", "Is Email Bounced", **READ_ONLY),
    photo_url(),
    text("Jigsaw", "Data.com Key", 20),
    text("JigsawContactId", "Jigsaw Contact ID", 20, relationship_name="JigsawContact", **READ_ONLY),
    clean_status(),
    external_id("Django_Id__c", "Django Id", 36),
)
CONTACT = sobject(
    name="Contact",
    label="Contact",
    label_plural="Contacts",
    key_prefix="003",
    fields=FIELDS,
    derive=derive,
    describe={"mergeable": True},
)
