"""The tables of Campaign, which counts its members and opportunities, and of CampaignMember."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..errors import OrgError, required_missing
from .account import SOURCES
from .base import FieldSpec, RollUp, sobject
from .columns import (
    READ_ONLY,
    boolean,
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
    number,
    owner,
    percent,
    phone,
    picklist,
    record_id,
    stamps,
    text,
    textarea,
)

CONTROLLED: dict[str, Any] = {"describe": {"permissionable": True}, **READ_ONLY}
Test = Callable[[Any], Any]
TYPES = (
    "*Conference|Webinar|Trade Show|Public Relations|Partners|Referral Program|Advertisement|Banner Ads"
    "|Direct Mail|Email|Telemarketing|Other"
)
STATUSES = "*Planned|In Progress|Completed|Aborted"
MEMBER_STATUSES = "*Sent|Responded"


def _count(name: str, label: str, child: str, test: Test) -> FieldSpec:
    def compute(rows: Sequence[Any]) -> int:
        return sum(1 for row in rows if test(row))

    roll_up = RollUp(child=child, lookup="CampaignId", compute=compute)
    return integer(name, label, 9, default=0, nillable=False, roll_up=roll_up, **CONTROLLED)


def _amount(name: str, label: str, test: Test) -> FieldSpec:
    def compute(rows: Sequence[Any]) -> Decimal:
        return sum((row["Amount"] or Decimal() for row in rows if test(row)), Decimal())

    roll_up = RollUp(child="Opportunity", lookup="CampaignId", compute=compute)
    return currency(name, label, default=0, nillable=False, roll_up=roll_up, **CONTROLLED)


def _any(row: Any) -> bool:
    return True


def _won(row: Any) -> Any:
    return row["IsWon"]


CAMPAIGN_FIELDS = (  # in the order of its describe
    record_id("Campaign ID"),
    is_deleted(),
    text("Name", "Name", 80, nillable=False, name_field=True, id_lookup=True),
    lookup("ParentId", "Parent Campaign ID", "Campaign", child_relationship="ChildCampaigns"),
    picklist("Type", "Type", TYPES, 40, defaulted_on_create=True),
    picklist("Status", "Status", STATUSES, 40, defaulted_on_create=True),
    date("StartDate", "Start Date"),
    date("EndDate", "End Date"),
    currency("ExpectedRevenue", "Expected Revenue in Campaign"),
    currency("BudgetedCost", "Budgeted Cost in Campaign"),
    currency("ActualCost", "Actual Cost in Campaign"),
    percent("ExpectedResponse", "Expected Response (%)", 10, 2),
    number("NumberSent", "Num Sent in Campaign", 18, 0),
    boolean("IsActive", "Active"),
    long_text("Description", "Description"),
    _count("NumberOfLeads", "Leads in Campaign", "CampaignMember", lambda row: row["LeadId"]),
    _count(
        "NumberOfConvertedLeads", "Converted Leads in Campaign", "CampaignMember",
        lambda row: row["LeadId"] and row.parent("Lead")["IsConverted"],
    ),
    _count("NumberOfContacts", "Contacts in Campaign", "CampaignMember", lambda row: row["ContactId"]),
    _count("NumberOfResponses", "Responses in Campaign", "CampaignMember", lambda row: row["HasResponded"]),
    _count("NumberOfOpportunities", "Opportunities in Campaign", "Opportunity", _any),
    _count("NumberOfWonOpportunities", "Won Opportunities in Campaign", "Opportunity", _won),
    _amount("AmountAllOpportunities", "Value Opportunities in Campaign", _any),
    _amount("AmountWonOpportunities", "Value Won Opportunities in Campaign", _won),
    owner(),
    *stamps(),
    last_activity(),
    *last_seen(),
    external_id("Django_Id__c", "Django Id", 36),
)  # fmt: skip
CAMPAIGN = sobject(
    name="Campaign",
    label="Campaign",
    label_plural="Campaigns",
    key_prefix="701",
    fields=CAMPAIGN_FIELDS,
    describe={"feedEnabled": False},
)


def _check_member(member: Any, before: Any) -> None:
    """Refuse a member who is nobody, or is one already (Object Reference, "CampaignMember").

    The text for the latter is from traffic of real orgs; code and text for the former are not sourced.
    """
    if before["Id"]:
        return
    person = next((name for name in ("ContactId", "LeadId") if member[name]), None)
    if person is None:
        raise required_missing(["LeadId", "ContactId"])
    if any(True for _ in member.siblings(person, "CampaignId")):
        raise OrgError(400, "DUPLICATE_VALUE", "Already a campaign member.", [])


def _derive_member(
    values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Leave out the lead where a contact is named as well (Object Reference, "CampaignMember")."""
    return {"LeadId": None} if values["ContactId"] else {}


def _person(row: Any) -> Any:
    return row.parent("Lead") if row["LeadId"] else row.parent("Contact")


def _first_responded(row: Any) -> Any:
    if not row["HasResponded"]:
        return row["FirstRespondedDate"]
    return row["FirstRespondedDate"] or row["LastModifiedDate"][:10]


def _shown(*fields: str) -> dict[str, Any]:
    """Return what makes a field of a member show the same field of its lead or contact."""
    reads = tuple(f"{parent}.{name}" for parent in ("Lead", "Contact") for name in fields)
    return {"formula": lambda row: _person(row)[fields[0]], "reads": reads, **READ_ONLY}


MEMBER_FIELDS = (  # no describe of a live org is at hand; after the Object Reference
    record_id("Campaign Member ID"),
    is_deleted(),
    lookup(
        "CampaignId", "Campaign ID", "Campaign", nillable=False, updateable=False,
        child_relationship="CampaignMembers", on_parent_delete="cascade",
    ),
    lookup(
        "LeadId", "Lead ID", "Lead", updateable=False, child_relationship="CampaignMembers",
        on_parent_delete="cascade",
    ),
    lookup(
        "ContactId", "Contact ID", "Contact", updateable=False, child_relationship="CampaignMembers",
        on_parent_delete="cascade",
    ),
    picklist("Status", "Status", MEMBER_STATUSES, 40, defaulted_on_create=True),
    boolean("HasResponded", "Responded", formula=lambda row: row["Status"] == "Responded", **READ_ONLY),
    *stamps(),
    date(
        "FirstRespondedDate", "First Responded Date",
        formula=_first_responded,
        **READ_ONLY,
    ),
    picklist("Salutation", "Salutation", "Mr.|Ms.|Mrs.|Dr.|Prof.", 40, **_shown("Salutation")),
    text("Name", "Name", 255, name_field=True, **_shown("Name")),
    text("FirstName", "First Name", 40, **_shown("FirstName")),
    text("LastName", "Last Name", 80, **_shown("LastName")),
    text("Title", "Title", 128, **_shown("Title")),
    phone("Phone", "Phone", **_shown("Phone")),
    email("Email", "Email", **_shown("Email")),
    textarea("Description", "Description", 32_000, filterable=False, sortable=False, **_shown("Description")),
    picklist("LeadSource", "Lead Source", SOURCES, 40, **_shown("LeadSource")),
    text(
        "CompanyOrAccount", "Company (Account)", 255, reads=("Lead.Company", "Contact.AccountId"),
        formula=lambda row: row.parent("Lead")["Company"] or row.parent("Contact").parent("Account")["Name"],
        **READ_ONLY,
    ),
    picklist(
        "Type", "Type", "Lead|Contact", 40, formula=lambda row: "Lead" if row["LeadId"] else "Contact",
        **READ_ONLY,
    ),
    lookup(
        "LeadOrContactId", "Related Record ID", "Contact", "Lead",
        formula=lambda row: row["LeadId"] or row["ContactId"], **READ_ONLY,
    ),
)  # fmt: skip
CAMPAIGN_MEMBER = sobject(
    name="CampaignMember",
    label="Campaign Member",
    label_plural="Campaign Members",
    key_prefix="00v",
    fields=MEMBER_FIELDS,
    derive=_derive_member,
    check=_check_member,
    searchable=False,
    undeletable=False,
    urls=("compactLayouts", "rowTemplate", "describe", "layouts", "sobject"),
    describe={"feedEnabled": False, "mruEnabled": False},
)
