"""The table of Lead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import OrgError
from .account import INDUSTRIES, SOURCES
from .base import sobject
from .columns import (
    READ_ONLY,
    UNCONTROLLED,
    address,
    boolean,
    clean_status,
    currency,
    date,
    email,
    external_id,
    integer,
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
    url,
)

STATUSES = "*Open - Not Contacted|Working - Contacted|Closed - Converted|Closed - Not Converted"


def derive(values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Compose the name of first and last name."""
    return {
        "Name": " ".join(filter(None, (values["FirstName"], values["LastName"]))),
        "PhotoUrl": f"/services/images/photo/{values['Id']}",
    }


def check(lead: Any, before: Any) -> None:
    """Refuse to change a lead that is converted (SOAP guide, StatusCode CANNOT_UPDATE_CONVERTED_LEAD)."""
    if before["IsConverted"]:
        raise OrgError(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])


BOUNCED: dict[str, Any] = {"createable": False, **UNCONTROLLED}
FIELDS = (  # in the order of its describe
    record_id("Lead ID"),
    is_deleted(),
    master_record("Lead"),
    *person_name("Mr.|Ms.|Mrs.|Dr.|Prof.|Mx."),
    text("Title", "Title", 128),
    text("Company", "Company", 255, nillable=False),
    *address(""),
    phone("Phone", "Phone"),
    phone("MobilePhone", "Mobile Phone"),
    phone("Fax", "Fax"),
    email("Email", "Email", id_lookup=True),
    url("Website", "Website"),
    photo_url(),
    long_text("Description", "Description"),
    picklist("LeadSource", "Lead Source", SOURCES),
    picklist("Status", "Status", STATUSES, nillable=False, defaulted_on_create=True),
    picklist("Industry", "Industry", INDUSTRIES),
    picklist("Rating", "Rating", "Hot|Warm|Cold"),
    currency("AnnualRevenue", "Annual Revenue"),
    integer("NumberOfEmployees", "Employees"),
    owner("Owner ID", "Group"),
    boolean("IsConverted", "Converted", updateable=False, **UNCONTROLLED),
    date("ConvertedDate", "Converted Date", **READ_ONLY),
    lookup("ConvertedAccountId", "Converted Account ID", "Account", **READ_ONLY),
    lookup("ConvertedContactId", "Converted Contact ID", "Contact", **READ_ONLY),
    lookup("ConvertedOpportunityId", "Converted Opportunity ID", "Opportunity", **READ_ONLY),
    boolean("IsUnreadByOwner", "Unread By Owner", **UNCONTROLLED),
    *stamps(),
    last_activity(),
    *last_seen(),
    text("Jigsaw", "Data.com Key", 20),
    text("JigsawContactId", "Jigsaw Contact ID", 20, relationship_name="JigsawContact", **READ_ONLY),
    clean_status(),
    text("CompanyDunsNumber", "Company D-U-N-S Number", 9),
    text("EmailBouncedReason", "Email Bounced Reason", 255, **BOUNCED),
    moment("EmailBouncedDate", "Email Bounced Date", **BOUNCED),
    external_id("Django_Id__c", "Django Id", 36),
)
LEAD = sobject(
    name="Lead",
    label="Lead",
    label_plural="Leads",
    key_prefix="00Q",
    fields=FIELDS,
    derive=derive,
    check=check,
    describe={"mergeable": True},
)
