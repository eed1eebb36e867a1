"""Factories of records: a test names what it is about, the rest is filled in."""

from __future__ import annotations

import itertools
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfsync.testing.schema import FieldSpec

    from .org import SalesforceOrg


class RecordFactory:
    """Make records of one sObject in the org of a test.

    `defaults` are values of every record; a callable gets the number of the record, from 1. Whatever the
    object requires besides is made up, parents included::

        contacts = RecordFactory(salesforce_org, "Contact", Email=lambda n: f"{n}@example.com")
        contacts.create(LastName="Lovelace")
    """

    def __init__(self, org: SalesforceOrg, sobject: str, **defaults: Any) -> None:
        self._org = org
        self._spec = org.org.schema.get(sobject)
        self._defaults = defaults
        self._numbers = itertools.count(1)

    def values(self, **values: Any) -> dict[str, Any]:
        """Return the values of the next record without creating it; parents that it needs are created."""
        number = next(self._numbers)
        given = {**self._defaults, **values}
        made = {name: value(number) if callable(value) else value for name, value in given.items()}
        named = {name.lower() for name in made}
        for field in self._spec.required_fields:
            if field.name.lower() not in named:
                made[field.name] = self._make_up(field, number)
        if (also := _ALSO.get(self._spec.name)) is not None:
            also(self._org, made)
        return made

    def create(self, **values: Any) -> str:
        """Create a record and return its id."""
        return self._org.create(self._spec.name, **self.values(**values))

    def create_batch(self, count: int, **values: Any) -> list[str]:
        """Create several records in one transaction and return their ids."""
        with self._org.org.transaction():
            return [self.create(**values) for _ in range(count)]

    def _make_up(self, field: FieldSpec, number: int) -> Any:
        if (known := _KNOWN.get(field.reference_to)) is not None:
            return known(self._org)
        if field.reference_to:
            return RecordFactory(self._org, field.reference_to[0]).create()
        if field.picklist_values:
            return next(entry.value for entry in field.picklist_values if entry.active)
        if field.name == "SobjectType":  # text to the describe, and the name of an object
            return "Account"
        return _MADE_UP.get(field.type, _text)(self._org, field, number)


def _standard_price_book(org: SalesforceOrg) -> str:
    return min(org.ids("Pricebook2"))  # the org is born with it


def _profile(org: SalesforceOrg) -> Any:
    """Return the profile of the user who writes: nobody makes profiles by the API."""
    return org.read("User", org.org.settings.user_id, "ProfileId")["ProfileId"]


# What a lookup names that is there already.
_KNOWN: dict[tuple[str, ...], Callable[[SalesforceOrg], Any]] = {
    ("Pricebook2",): _standard_price_book,
    ("Profile",): _profile,
}


def _standard_price(org: SalesforceOrg, values: dict[str, Any]) -> None:
    """Make the standard price without which a product has no other (Object Reference, "PricebookEntry")."""
    given = {name.lower(): value for name, value in values.items()}
    book, product = _standard_price_book(org), given["product2id"]
    entries = (
        org.read("PricebookEntry", one, "Pricebook2Id", "Product2Id") for one in org.ids("PricebookEntry")
    )
    known = any((one["Pricebook2Id"], one["Product2Id"]) == (book, product) for one in entries)
    if given["pricebook2id"] != book and not known:
        RecordFactory(org, "PricebookEntry").create(Product2Id=product)


def _member(org: SalesforceOrg, values: dict[str, Any]) -> None:
    """Make the contact of a member who is nobody yet (Object Reference, "CampaignMember")."""
    if not {"leadid", "contactid"} & {name.lower() for name in values}:
        values["ContactId"] = RecordFactory(org, "Contact").create()


# What an object requires that its describe does not tell.
_ALSO: dict[str, Callable[[SalesforceOrg, dict[str, Any]], None]] = {
    "CampaignMember": _member,
    "PricebookEntry": _standard_price,
}


def _text(org: SalesforceOrg, field: FieldSpec, number: int) -> str:
    tail = f" {number}"
    return field.label[: field.length - len(tail)] + tail


def _number(org: SalesforceOrg, field: FieldSpec, number: int) -> int:
    return 1


_MADE_UP: dict[str, Callable[[SalesforceOrg, FieldSpec, int], Any]] = {
    "base64": lambda org, field, number: b64encode(_text(org, field, number).encode()).decode(),
    "date": lambda org, field, number: org.org.clock.now().date().isoformat(),
    "datetime": lambda org, field, number: org.org.clock.now().isoformat(),
    "email": lambda org, field, number: f"record-{number}@example.com",
    "url": lambda org, field, number: f"https://record-{number}.example",
    "int": _number,
    "double": _number,
    "currency": _number,
    "percent": _number,
}
