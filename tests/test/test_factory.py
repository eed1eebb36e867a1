"""Factories fill in what an object requires."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sfsync.test import RecordFactory, SalesforceOrg


@pytest.fixture
def org() -> Iterator[SalesforceOrg]:
    with SalesforceOrg() as org:
        yield org


# Organization and the two of definitions are the org's own.
OBJECTS = [
    "Account", "Attachment", "Campaign", "CampaignMember", "Case", "Contact", "ContentVersion", "Event", "Lead",
    "Opportunity", "OpportunityContactRole", "OpportunityLineItem", "Pricebook2", "PricebookEntry", "Product2",
    "RecordType", "Task", "User",
]  # fmt: skip


def test_every_object_can_be_made(org: SalesforceOrg) -> None:
    createable = [spec.name for spec in org.org.schema if spec.createable]
    assert set(OBJECTS) <= set(createable)
    for name in createable:
        assert RecordFactory(org, name).create() in org.ids(name)


def test_parents_are_made_too(org: SalesforceOrg) -> None:
    made = RecordFactory(org, "OpportunityContactRole").create()
    parents = org.read("OpportunityContactRole", made, "OpportunityId", "ContactId")
    assert parents["OpportunityId"] in org.ids("Opportunity")
    assert parents["ContactId"] in org.ids("Contact")


def test_rules_that_no_describe_tells_are_kept(org: SalesforceOrg) -> None:
    prices = RecordFactory(org, "PricebookEntry")
    [standard] = org.ids("Pricebook2")
    assert org.read("PricebookEntry", prices.create(), "Pricebook2Id")["Pricebook2Id"] == standard
    book = RecordFactory(org, "Pricebook2").create()
    made = org.read("PricebookEntry", prices.create(pricebook2id=book), "Pricebook2Id", "Product2Id")
    assert made["Pricebook2Id"] == book
    another = RecordFactory(org, "Pricebook2").create()
    prices.create(Pricebook2Id=another, Product2Id=made["Product2Id"])
    assert len(org.ids("PricebookEntry")) == 4
    assert org.ids("OpportunityLineItem") == []
    RecordFactory(org, "OpportunityLineItem").create()

    members = RecordFactory(org, "CampaignMember")
    assert org.read("CampaignMember", members.create(), "Type")["Type"] == "Contact"
    lead = RecordFactory(org, "Lead").create()
    assert org.read("CampaignMember", members.create(leadid=lead), "Type")["Type"] == "Lead"


def test_values_of_the_call_win_over_defaults_and_defaults_over_what_is_made_up(org: SalesforceOrg) -> None:
    contacts = RecordFactory(org, "contact", LastName=lambda n: f"Contact {n}", Title="CEO")
    ids = [*contacts.create_batch(2), contacts.create(title=None, lastname="Lovelace")]
    found = [org.read("Contact", sf_id, "LastName", "Title") for sf_id in ids]
    assert [(record["LastName"], record["Title"]) for record in found] == [
        ("Contact 1", "CEO"),
        ("Contact 2", "CEO"),
        ("Lovelace", None),
    ]
