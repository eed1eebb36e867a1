"""Factories fill in what an object requires."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sfsync.test import RecordFactory, SalesforceOrg


@pytest.fixture
def org() -> Iterator[SalesforceOrg]:
    with SalesforceOrg() as org:
        yield org


def test_every_object_can_be_made(org: SalesforceOrg) -> None:
    for spec in list(org.org.schema):
        if spec.createable and spec.name in ("Account", "Contact", "Opportunity", "Lead", "Case", "Campaign"):
            assert RecordFactory(org, spec.name).create() in org.ids(spec.name)


def test_parents_are_made_too(org: SalesforceOrg) -> None:
    made = RecordFactory(org, "OpportunityContactRole").create()
    parents = org.read("OpportunityContactRole", made, "OpportunityId", "ContactId")
    assert parents["OpportunityId"] in org.ids("Opportunity")
    assert parents["ContactId"] in org.ids("Contact")


def test_values_of_the_call_win_over_defaults_and_defaults_over_what_is_made_up(org: SalesforceOrg) -> None:
    contacts = RecordFactory(org, "contact", LastName=lambda n: f"Contact {n}", Title="CEO")
    ids = [*contacts.create_batch(2), contacts.create(title=None, lastname="Lovelace")]
    found = [org.read("Contact", sf_id, "LastName", "Title") for sf_id in ids]
    assert [(record["LastName"], record["Title"]) for record in found] == [
        ("Contact 1", "CEO"),
        ("Contact 2", "CEO"),
        ("Lovelace", None),
    ]
