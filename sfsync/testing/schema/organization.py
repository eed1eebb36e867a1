"""The table of Organization, which has one row: the org itself."""

from __future__ import annotations

from typing import Any

from .base import sobject
from .columns import (
    READ_ONLY,
    address,
    boolean,
    email,
    integer,
    moment,
    phone,
    picklist,
    record_id,
    stamps,
    text,
    url,
)
from .user import LANGUAGES, LOCALES, TIME_ZONES

ACCESS = "None=Private|Read=Public Read Only|Edit=Public Read/Write|ControlledByParent=Controlled By Parent"
LEAD_ACCESS = f"{ACCESS}|ReadEditTransfer=Public Read/Write/Transfer"
CALENDAR_ACCESS = (
    "HideDetails=Hide Details|HideDetailsInsert=Hide Details and Add Events|ShowDetails|AllowEdits"
)
EDITIONS = (
    "Team Edition|Professional Edition|Enterprise Edition|Developer Edition|Personal Edition"
    "|Unlimited Edition|Contact Manager Edition|Base Edition"
)


def _access(name: str, label: str, default: str, values: str = ACCESS) -> Any:
    return picklist(name, label, values, 40, restricted=True, default=default, **READ_ONLY)


FIELDS = (  # in the order of its describe
    record_id("Organization ID"),
    text("Name", "Name", 80, nillable=False, name_field=True, createable=False),
    text("Division", "Division", 80, createable=False),
    *address(""),
    phone("Phone", "Phone", createable=False),
    phone("Fax", "Fax", createable=False),
    text("PrimaryContact", "Primary Contact", 80, createable=False),
    picklist("DefaultLocaleSidKey", "Locale", LOCALES, 40, restricted=True, createable=False),
    picklist("TimeZoneSidKey", "Time Zone", TIME_ZONES, 40, restricted=True, createable=False),
    picklist("LanguageLocaleKey", "Language", LANGUAGES, 40, restricted=True, createable=False),
    boolean("ReceivesInfoEmails", "Info Emails", default=True, createable=False),
    boolean("ReceivesAdminInfoEmails", "Info Emails Admin", default=True, createable=False),
    integer("FiscalYearStartMonth", "Fiscal Year Starts In", default=1, **READ_ONLY),
    boolean("UsesStartDateAsFiscalYearName", "Fiscal Year Name by Start", **READ_ONLY),
    _access("DefaultAccountAccess", "Default Account Access", "Edit"),
    _access("DefaultContactAccess", "Default Contact Access", "ControlledByParent"),
    _access("DefaultOpportunityAccess", "Default Opportunity Access", "Edit"),
    _access("DefaultLeadAccess", "Default Lead Access", "ReadEditTransfer", LEAD_ACCESS),
    _access("DefaultCaseAccess", "Default Case Access", "ReadEditTransfer", LEAD_ACCESS),
    _access("DefaultCalendarAccess", "Default Calendar Access", "HideDetailsInsert", CALENDAR_ACCESS),
    url("DelegatedAuthenticationServiceUrl", "Delegated Authentication Service URL", 1333, **READ_ONLY),
    stamps()[-1],
    email("ComplianceBccEmail", "Compliance BCC Email", **READ_ONLY),
    text("UiSkin", "UI Skin", 40, default="Theme3", createable=False),
    text("SignupCountryIsoCode", "Signup Country", 2, **READ_ONLY),
    moment("TrialExpirationDate", "Trial Expiration Date", **READ_ONLY),
    picklist(
        "OrganizationType", "Edition", EDITIONS, 40, default="Developer Edition", restricted=True,
        **READ_ONLY,
    ),
    text("NamespacePrefix", "Namespace Prefix", 15, **READ_ONLY),
    text("InstanceName", "Instance Name", 5, default="SIM1", **READ_ONLY),
    boolean("IsSandbox", "Is Sandbox", **READ_ONLY),
    text("WebToCaseDefaultOrigin", "Web to Cases Default Origin", 40, default="Web", **READ_ONLY),
    integer("MonthlyPageViewsUsed", "Monthly Page Views Used", 9, default=0, **READ_ONLY),
    integer("MonthlyPageViewsEntitlement", "Monthly Page Views Allowed", 9, default=0, **READ_ONLY),
    boolean("IsReadOnly", "Is Read Only", **READ_ONLY),
    *stamps()[:-1],
)  # fmt: skip
ORGANIZATION = sobject(
    name="Organization",
    label="Organization",
    label_plural="Organizations",
    key_prefix="00D",
    fields=FIELDS,
    createable=False,
    deletable=False,
    undeletable=False,
    searchable=False,
    layoutable=False,
    describe={"feedEnabled": False, "mruEnabled": False, "triggerable": False},
)
