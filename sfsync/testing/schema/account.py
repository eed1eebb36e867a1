"""The table of Account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import sobject
from .columns import (
    READ_ONLY,
    address,
    clean_status,
    currency,
    external_id,
    integer,
    is_deleted,
    last_activity,
    last_seen,
    long_text,
    lookup,
    master_record,
    owner,
    phone,
    photo_url,
    picklist,
    record_id,
    stamps,
    text,
    url,
)

TYPES = (
    "Prospect|Customer - Direct|Customer - Channel|Channel Partner / Reseller|Installation Partner"
    "|Technology Partner|Other"
)
INDUSTRIES = (
    "Agriculture|Apparel|Banking|Biotechnology|Chemicals|Communications|Construction|Consulting|Education"
    "|Electronics|Energy|Engineering|Entertainment|Environmental|Finance|Food & Beverage|Government"
    "|Healthcare|Hospitality|Insurance|Machinery|Manufacturing|Media|Not For Profit|Recreation|Retail"
    "|Shipping|Technology|Telecommunications|Transportation|Utilities|Other"
)
SOURCES = "Web|Phone Inquiry|Partner Referral|Purchased List|Other"


def derive(values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    return {"PhotoUrl": f"/services/images/photo/{values['Id']}"}


FIELDS = (  # in the order of its describe
    record_id("Account ID"),
    is_deleted(),
    master_record("Account"),
    text(
        "Name", "Account Name", 255, nillable=False, name_field=True,
        describe={"compoundFieldName": "Name", "extraTypeInfo": "switchablepersonname"},
    ),
    picklist("Type", "Account Type", TYPES),
    lookup("ParentId", "Parent Account ID", "Account", child_relationship="ChildAccounts"),
    *address("Billing"),
    *address("Shipping"),
    phone("Phone", "Account Phone"),
    phone("Fax", "Account Fax"),
    text("AccountNumber", "Account Number", 40),
    url("Website", "Website"),
    photo_url(),
    text("Sic", "SIC Code", 20),
    picklist("Industry", "Industry", INDUSTRIES),
    currency("AnnualRevenue", "Annual Revenue"),
    integer("NumberOfEmployees", "Employees"),
    picklist("Ownership", "Ownership", "Public|Private|Subsidiary|Other"),
    text("TickerSymbol", "Ticker Symbol", 20),
    long_text("Description", "Account Description"),
    picklist("Rating", "Account Rating", "Hot|Warm|Cold"),
    text("Site", "Account Site", 80),
    owner(),
    *stamps(),
    last_activity(),
    *last_seen(),
    text("Jigsaw", "Data.com Key", 20),
    text("JigsawCompanyId", "Jigsaw Company ID", 20, relationship_name="JigsawCompany", **READ_ONLY),
    clean_status(),
    picklist("AccountSource", "Account Source", SOURCES),
    text("DunsNumber", "D-U-N-S Number", 9),
    text("Tradestyle", "Tradestyle", 255),
    text("NaicsCode", "NAICS Code", 8),
    text("NaicsDesc", "NAICS Description", 120),
    text("YearStarted", "Year Started", 4),
    text("SicDesc", "SIC Description", 80),
    external_id("Django_Id__c", "Django Id", 36),
)  # fmt: skip
ACCOUNT = sobject(
    name="Account",
    label="Account",
    label_plural="Accounts",
    key_prefix="001",
    fields=FIELDS,
    derive=derive,
    describe={"mergeable": True},
)
