"""Compare both sides record by record, with none of the code that made them equal.

The org is read by plain queries, the local rows come from `manage.py dumpdata`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

Record = Mapping[str, Any]


def text(value: Any) -> Any:
    """Return a text; the org has no empty texts, it says null."""
    return value or None


def number(value: Any) -> Any:
    """Return a number exactly: dumpdata writes Decimals as text."""
    return None if value is None else Decimal(str(value))


def as_is(value: Any) -> Any:
    """Return what both sides write alike: dates, booleans."""
    return value


# sObject -> {local field: (Salesforce field, how to read a value of either side)}
FIELDS: dict[str, dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "Account": {
        "name": ("Name", text),
        "industry": ("Industry", text),
        "annual_revenue": ("AnnualRevenue", number),
        "employees": ("NumberOfEmployees", number),
        "website": ("Website", text),
        "phone": ("Phone", text),
        "billing_city": ("BillingCity", text),
        "parent": ("ParentId", text),
    },
    "Contact": {
        "first_name": ("FirstName", text),
        "last_name": ("LastName", text),
        "email": ("Email", text),
        "phone": ("Phone", text),
        "title": ("Title", text),
        "birthdate": ("Birthdate", as_is),
        "do_not_call": ("DoNotCall", as_is),
        "mailing_city": ("MailingCity", text),
        "account": ("AccountId", text),
    },
    "Opportunity": {
        "name": ("Name", text),
        "account": ("AccountId", text),
        "stage": ("StageName", text),
        "amount": ("Amount", number),
        "close_date": ("CloseDate", as_is),
        "probability": ("Probability", number),
        "is_won": ("IsWon", as_is),
    },
}
REFERENCES = ("account", "parent")


def soql(sobject: str) -> str:
    """Return the query that reads every compared field of an sObject."""
    columns = ["Id", *(salesforce for salesforce, _ in FIELDS[sobject].values())]
    return f"SELECT {', '.join(columns)} FROM {sobject}"


def local_records(dump: Iterable[Record]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of `dumpdata crm` by sObject, with Salesforce ids in place of local keys."""
    rows = list(dump)
    accounts = {row["pk"]: row["fields"]["sf_id"] for row in rows if row["model"] == "crm.account"}
    records: dict[str, list[dict[str, Any]]] = {sobject: [] for sobject in FIELDS}
    for row in rows:
        sobject = row["model"].removeprefix("crm.").capitalize()
        references = {name: accounts.get(row["fields"].get(name)) for name in REFERENCES}
        records[sobject].append({**row["fields"], **references, "pk": row["pk"]})
    return records


def differences(
    sobject: str, here: Iterable[Record], there: Iterable[Record], kept: Collection[str] = ()
) -> Iterator[str]:
    """Yield a line per difference between the local rows and the org's records of one sObject.

    `kept` holds the ids of records that were deleted here and stay in the org by the mapping's policy:
    they must be there and must not be here.
    """
    org = {record["Id"]: record for record in there}
    linked: dict[str, Record] = {}
    for row in here:
        if row["sf_id"] is None:
            yield f"{sobject}: the row with key {row['pk']} has no Salesforce id"
        elif row["sf_id"] in linked:
            yield f"{sobject} {row['sf_id']}: more than one row here"
        else:
            linked[row["sf_id"]] = row
    yield from (f"{sobject} {record}: only here" for record in linked if record not in org)
    for record in org:
        if record in linked and record not in kept:
            yield from unequal_fields(sobject, linked[record], org[record])
        elif record not in linked and record not in kept:
            yield f"{sobject} {record}: only in Salesforce"
    yield from (f"{sobject} {record}: deleted here, and back again" for record in kept if record in linked)
    yield from (f"{sobject} {record}: was to stay in Salesforce" for record in kept if record not in org)


def unequal_fields(sobject: str, here: Record, there: Record) -> Iterator[str]:
    """Yield a line per field that differs between a row and its record."""
    for local, (salesforce, read) in FIELDS[sobject].items():
        mine, theirs = read(here[local]), read(there[salesforce])
        if mine != theirs:
            yield f"{sobject} {there['Id']}: {local} is {mine!r} here, {salesforce} is {theirs!r} there"
