from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.identity import STANDARD_PRICE_BOOK
from sfsync.testing.org import Org
from sfsync.testing.schema import RollUp, columns
from sfsync.testing.settings import OrgSettings


def read(org: Org, sobject: str, record_id: str, *names: str) -> list[Any]:
    record = org.read(sobject, record_id, names, org.settings.user_id)
    return [record[name] for name in names]


def test_auto_numbers_count_up(org: Org, user: str) -> None:
    cases = [org.create("Case", {"Subject": str(number)}, user) for number in range(3)]
    numbers = [read(org, "Case", case, "CaseNumber")[0] for case in cases]
    assert numbers == ["00000001", "00000002", "00000003"]


def test_a_formula_follows_its_parent(org: Org, clock: Clock, user: str) -> None:
    contact = org.create("Contact", {"LastName": "C", "Phone": "1"}, user)
    case = org.create("Case", {"ContactId": contact}, user)
    stamp = read(org, "Case", case, "SystemModstamp")
    clock.advance(60)
    org.update("Contact", contact, {"Phone": "2"}, user)
    assert read(org, "Case", case, "ContactPhone", "SystemModstamp") == ["2", *stamp]
    org.update("Case", case, {"ContactId": None}, user)
    assert read(org, "Case", case, "ContactPhone") == [None]


def test_computed_values_may_touch_the_stamps(clock: Clock) -> None:
    org = Org(clock=clock, settings=OrgSettings(computing_stamps=True))
    user = org.settings.user_id
    contact = org.create("Contact", {"LastName": "C"}, user)
    case = org.create("Case", {"ContactId": contact}, user)
    clock.advance(60)
    org.update("Contact", contact, {"Phone": "2"}, user)
    assert read(org, "Case", case, "SystemModstamp") == ["2026-11-23T12:01:30.000+0000"]
    org.close()


def test_a_campaign_counts(org: Org, user: str) -> None:
    campaign, other = (org.create("Campaign", {"Name": name}, user) for name in "CO")
    lead = org.create("Lead", {"LastName": "L", "Company": "Co"}, user)
    contact = org.create("Contact", {"LastName": "C"}, user)
    org.create("CampaignMember", {"CampaignId": campaign, "LeadId": lead}, user)
    org.create("CampaignMember", {"CampaignId": campaign, "ContactId": contact, "Status": "Responded"}, user)
    names = ("NumberOfLeads", "NumberOfContacts", "NumberOfResponses")
    assert read(org, "Campaign", campaign, *names) == [1, 1, 1]
    org.delete("Lead", lead, user)
    assert read(org, "Campaign", campaign, *names) == [0, 1, 1]
    org.undelete("Lead", lead, user)
    assert read(org, "Campaign", campaign, *names) == [1, 1, 1]
    deal = {"Name": "D", "StageName": "Closed Won", "CloseDate": "2026-12-01", "Amount": "7"}
    won = org.create("Opportunity", {**deal, "CampaignId": campaign}, user)
    sums = ("NumberOfWonOpportunities", "AmountWonOpportunities")
    assert read(org, "Campaign", campaign, *sums) == [1, 7.0]
    org.update("Opportunity", won, {"CampaignId": other}, user)
    assert read(org, "Campaign", campaign, *sums) == [0, 0.0]
    assert read(org, "Campaign", other, *sums) == [1, 7.0]


@pytest.fixture
def line(org: Org, user: str) -> dict[str, str]:
    deal = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-12-01", "Amount": "7"}
    book = org.create("Pricebook2", {"Name": "B"}, user)
    product = org.create("Product2", {"Name": "P", "ProductCode": "p"}, user)
    entry = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": "12.5"}
    org.create("PricebookEntry", {**entry, "Pricebook2Id": STANDARD_PRICE_BOOK}, user)
    made = {
        "Product2": product,
        "PricebookEntry": org.create("PricebookEntry", entry, user),
        "Opportunity": org.create("Opportunity", deal, user),
    }
    values = {"OpportunityId": made["Opportunity"], "PricebookEntryId": made["PricebookEntry"], "Quantity": 3}
    return {**made, "OpportunityLineItem": org.create("OpportunityLineItem", values, user)}


def test_lines_make_the_amount(org: Org, user: str, line: dict[str, str]) -> None:
    deal = line["Opportunity"]
    names = ("Amount", "ExpectedRevenue", "TotalOpportunityQuantity", "HasOpportunityLineItem")
    assert read(org, "Opportunity", deal, *names) == [37.5, 3.75, 3.0, True]
    org.update("Opportunity", deal, {"Amount": 1}, user)
    assert read(org, "Opportunity", deal, "Amount") == [37.5]
    org.update("OpportunityLineItem", line["OpportunityLineItem"], {"Discount": 50, "UnitPrice": 10}, user)
    assert read(org, "Opportunity", deal, "Amount") == [15.0]
    org.delete("OpportunityLineItem", line["OpportunityLineItem"], user)
    assert read(org, "Opportunity", deal, "Amount", "HasOpportunityLineItem") == [15.0, False]


def test_a_name_goes_down_two_levels(org: Org, user: str, line: dict[str, str]) -> None:
    org.update("Product2", line["Product2"], {"Name": "New"}, user)
    assert read(org, "PricebookEntry", line["PricebookEntry"], "Name") == ["New"]
    assert read(org, "OpportunityLineItem", line["OpportunityLineItem"], "Name") == ["D New"]


def test_an_activity_knows_its_account(org: Org, user: str) -> None:
    first, second = (org.create("Account", {"Name": name}, user) for name in "AB")
    contact = org.create("Contact", {"LastName": "C", "AccountId": first}, user)
    task = org.create("Task", {"WhoId": contact}, user)
    event = org.create("Event", {"WhatId": second, "WhoId": contact}, user)
    assert read(org, "Task", task, "AccountId", "WhoCount") == [first, 1]
    assert read(org, "Event", event, "AccountId") == [second]
    org.update("Contact", contact, {"AccountId": second}, user)
    assert read(org, "Task", task, "AccountId") == [second]


def test_fields_of_users(org: Org, user: str) -> None:
    account = org.schema.get("Account")
    total = RollUp(
        child="Opportunity",
        lookup="AccountId",
        compute=lambda rows: max((row["Amount"] or Decimal() for row in rows), default=None),
    )
    fields = (
        columns.currency("Largest__c", "Largest", 2, roll_up=total, **columns.READ_ONLY),
        columns.text("Shout__c", "Shout", 255, formula=lambda row: row["Name"].upper(), **columns.READ_ONLY),
    )
    org.add_object(replace(account, fields={**account.fields, **{field.name: field for field in fields}}))
    made = org.create("Account", {"Name": "abc"}, user)
    assert read(org, "Account", made, "Largest__c", "Shout__c") == [None, "ABC"]
    deal = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-12-01", "AccountId": made}
    for amount in ("1.25", "9.75"):
        org.create("Opportunity", {**deal, "Amount": amount}, user)
    assert read(org, "Account", made, "Largest__c") == [9.75]


def test_computed_values_come_with_an_open_transaction(org: Org, user: str) -> None:
    campaign = org.create("Campaign", {"Name": "C"}, user)
    lead = org.create("Lead", {"LastName": "L", "Company": "Co"}, user)
    opened = org.transactions.open()
    values = {"CampaignId": campaign, "LeadId": lead}
    org.transactions.write(opened, [{"operation": "create", "sobject": "CampaignMember", "values": values}])
    assert read(org, "Campaign", campaign, "NumberOfLeads") == [0]
    org.transactions.commit(opened)
    assert read(org, "Campaign", campaign, "NumberOfLeads") == [1]
