"""The tables of products, price books and what is sold: Product2, Pricebook2, PricebookEntry, OpportunityLineItem."""

from __future__ import annotations

from typing import Any

from ..errors import OrgError
from .base import sobject
from .columns import (
    READ_ONLY,
    boolean,
    currency,
    date,
    external_id,
    integer,
    is_deleted,
    last_seen,
    lookup,
    number,
    percent,
    picklist,
    record_id,
    stamps,
    text,
    textarea,
    url,
)

LAYOUT_URLS = ("compactLayouts", "rowTemplate", "describe", "layouts", "sobject")
PRODUCT_FIELDS = (  # no describe of a live org is at hand for these four; after the Object Reference
    record_id("Product ID"),
    text("Name", "Product Name", 255, nillable=False, name_field=True, id_lookup=True),
    text("ProductCode", "Product Code", 255),
    textarea("Description", "Product Description", 4000),
    boolean("IsActive", "Active"),
    *stamps(),
    picklist("Family", "Product Family", "None"),
    url("DisplayUrl", "Display URL", 1000),
    picklist("QuantityUnitOfMeasure", "Quantity Unit Of Measure", "Each"),
    is_deleted(),
    boolean("IsArchived", "Archived", **READ_ONLY),
    *last_seen(),
    text("StockKeepingUnit", "Product SKU", 180),
    external_id("Django_Id__c", "Django Id", 36),
)
PRODUCT = sobject(
    name="Product2",
    label="Product",
    label_plural="Products",
    key_prefix="01t",
    fields=PRODUCT_FIELDS,
    urls=(
        "compactLayouts", "rowTemplate", "approvalLayouts", "describe", "quickActions", "layouts", "sobject",
    ),
    describe={"feedEnabled": False},
)  # fmt: skip

PRICEBOOK_FIELDS = (
    record_id("Price Book ID"),
    is_deleted(),
    text("Name", "Price Book Name", 255, nillable=False, name_field=True, id_lookup=True),
    *last_seen(),
    *stamps(),
    boolean("IsActive", "Active"),
    boolean("IsArchived", "Archived", **READ_ONLY),
    text("Description", "Description", 255),
    boolean("IsStandard", "Is Standard Price Book", **READ_ONLY),
)
PRICEBOOK = sobject(
    name="Pricebook2",
    label="Price Book",
    label_plural="Price Books",
    key_prefix="01s",
    fields=PRICEBOOK_FIELDS,
    urls=LAYOUT_URLS,
    describe={"feedEnabled": False},
)

ENTRY_FIELDS = (
    record_id("Price Book Entry ID"),
    text(
        "Name", "Product Name", 255, name_field=True, reads=("Product2.Name",),
        formula=lambda row: row.parent("Product2")["Name"], **READ_ONLY,
    ),
    lookup(
        "Pricebook2Id", "Price Book ID", "Pricebook2", nillable=False, updateable=False,
        child_relationship="PricebookEntries", on_parent_delete="cascade",
    ),
    lookup(
        "Product2Id", "Product ID", "Product2", nillable=False, updateable=False,
        child_relationship="PricebookEntries", on_parent_delete="cascade",
    ),
    currency("UnitPrice", "List Price", 2, nillable=False),
    boolean("IsActive", "Active"),
    boolean("UseStandardPrice", "Use Standard Price"),
    *stamps(),
    text(
        "ProductCode", "Product Code", 255, reads=("Product2.ProductCode",),
        formula=lambda row: row.parent("Product2")["ProductCode"], **READ_ONLY,
    ),
    is_deleted(),
    boolean("IsArchived", "Archived", **READ_ONLY),
)  # fmt: skip


def _check_entry(entry: Any, before: Any) -> None:
    """Refuse a product's second price in a price book, and its first one outside the standard price book.

    Object Reference, "PricebookEntry"; codes and texts from traffic of real orgs, whose older ones have
    FIELD_INTEGRITY_EXCEPTION for the former.
    """
    if before["Id"]:
        return
    others = list(entry.siblings("Product2Id"))
    if any(other["Pricebook2Id"] == entry["Pricebook2Id"] for other in others):
        raise OrgError(400, "DUPLICATE_VALUE", "This price definition already exists in this price book", [])
    if not any(one.parent("Pricebook2")["IsStandard"] for one in (entry, *others)):
        message = "Before creating a custom price, create a standard price."
        raise OrgError(400, "STANDARD_PRICE_NOT_DEFINED", message, [])


PRICEBOOK_ENTRY = sobject(
    name="PricebookEntry",
    label="Price Book Entry",
    label_plural="Price Book Entries",
    key_prefix="01u",
    fields=ENTRY_FIELDS,
    check=_check_entry,
    searchable=False,
    undeletable=False,
    urls=LAYOUT_URLS,
    describe={"feedEnabled": False, "triggerable": False},
)


def _unit_price(row: Any) -> Any:
    """Take the list price where no price is given, and the unit price of a total."""
    return row["UnitPrice"] if row["UnitPrice"] is not None else row.parent("PricebookEntry")["UnitPrice"]


def _total(row: Any) -> Any:
    if row["UnitPrice"] is None or row["Quantity"] is None:
        return None
    return row["UnitPrice"] * row["Quantity"] * (100 - (row["Discount"] or 0)) / 100


def _through_entry(name: str) -> dict[str, Any]:
    return {"formula": lambda row: row.parent("PricebookEntry")[name], "reads": (f"PricebookEntry.{name}",)}


def _line_name(row: Any) -> str:
    return f"{row.parent('Opportunity')['Name']} {row.parent('PricebookEntry')['Name']}"


LINE_FIELDS = (
    record_id("Line Item ID"),
    lookup(
        "OpportunityId", "Opportunity ID", "Opportunity", nillable=False, updateable=False,
        child_relationship="OpportunityLineItems", on_parent_delete="cascade",
    ),
    integer("SortOrder", "Sort Order", 9),
    lookup(
        "PricebookEntryId", "Price Book Entry ID", "PricebookEntry", nillable=False, updateable=False,
        child_relationship="OpportunityLineItems", on_parent_delete="restrict",
    ),
    lookup("Product2Id", "Product ID", "Product2", **_through_entry("Product2Id"), **READ_ONLY),
    text("ProductCode", "Product Code", 255, **_through_entry("ProductCode"), **READ_ONLY),
    text(
        "Name", "Opportunity Product Name", 376, name_field=True, formula=_line_name,
        reads=("Opportunity.Name", "PricebookEntry.Name"), **READ_ONLY,
    ),
    number("Quantity", "Quantity", 12, 2, nillable=False),
    percent("Discount", "Discount", 5, 2),
    currency("UnitPrice", "Sales Price", 2, formula=_unit_price),
    currency("TotalPrice", "Total Price", 2, formula=_total, **READ_ONLY),
    currency("ListPrice", "List Price", 2, **_through_entry("UnitPrice"), **READ_ONLY),
    date("ServiceDate", "Date"),
    text("Description", "Line Description", 255),
    *stamps(),
    is_deleted(),
)  # fmt: skip
LINE_ITEM = sobject(
    name="OpportunityLineItem",
    label="Opportunity Product",
    label_plural="Opportunity Product",
    key_prefix="00k",
    fields=LINE_FIELDS,
    searchable=False,
    undeletable=False,
    urls=LAYOUT_URLS,
    describe={"feedEnabled": False},
)
