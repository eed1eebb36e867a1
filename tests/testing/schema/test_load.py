from typing import Any

import pytest

from sfsync.testing.org import Org
from sfsync.testing.schema.derive import field_properties
from sfsync.testing.schema.load import SchemaError, field_from_describe, spec_from_describe

from .recordings import DESCRIBES, recorded

INVOICE = {
    "name": "Invoice__c",
    "label": "Invoice",
    "fields": [
        {
            "name": "Name",
            "type": "string",
            "autoNumber": True,
            "displayFormat": "INV-{0000}",
            "nameField": True,
        },
        {"name": "Total__c", "type": "currency", "precision": 16, "scale": 2},
        {"name": "Paid__c", "type": "boolean"},
        {
            "name": "State__c",
            "type": "picklist",
            "picklistValues": ["Open", {"value": "Sent", "defaultValue": True}],
        },
        {
            "name": "Account__c",
            "type": "reference",
            "referenceTo": ["Account"],
            "cascadeDelete": True,
            "childRelationshipName": "Invoices__r",
        },
        {
            "name": "Number__c",
            "type": "string",
            "length": 20,
            "unique": True,
            "externalId": True,
            "idLookup": True,
        },
    ],
}


def test_an_object_of_a_few_lines_works(org: Org, user: str) -> None:
    assert org.objects.load(INVOICE) == ["Invoice__c"]
    account = org.create("Account", {"Name": "A"}, user)
    values = {"Total__c": "12.345", "Account__c": account, "Number__c": "n1"}
    invoice = org.create("invoice__c", values, user)
    assert invoice.startswith("a00")
    record = org.read("Invoice__c", invoice, None, user)
    assert (record["Name"], record["Total__c"], record["Paid__c"]) == ("INV-0001", 12.34, False)
    assert record["State__c"] == "Sent"
    assert "OwnerId" not in record  # the master decides who owns a detail
    assert org.find_by_external_id("Invoice__c", "Number__c", "N1", user) == [invoice]
    org.delete("Account", account, user)
    [row] = org.storage.read('SELECT "IsDeleted" FROM "Invoice__c"')
    assert row[0] == 1


def test_its_describe(org: Org, user: str) -> None:
    org.objects.load([INVOICE, {"name": "Plain__c"}])
    body = org.describe("Invoice__c", user)
    assert (body["custom"], body["keyPrefix"], body["labelPlural"]) == (True, "a00", "Invoices")
    fields = {field["name"]: field for field in body["fields"]}
    assert fields["Name"]["autoNumber"] and not fields["Name"]["createable"]
    assert fields["Account__c"]["relationshipName"] == "Account__r"
    assert fields["Account__c"]["cascadeDelete"]
    child = {"childSObject": "Invoice__c", "field": "Account__c", "relationshipName": "Invoices__r"}
    assert any(
        child.items() <= entry.items() for entry in org.describe("Account", user)["childRelationships"]
    )
    assert org.describe("Plain__c", user)["keyPrefix"] == "a01"
    assert "OwnerId" in {field["name"] for field in org.describe("Plain__c", user)["fields"]}


def test_fields_for_an_object_there_is(org: Org, user: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    field = {"name": "Tier__c", "type": "string", "length": 20}
    org.objects.load({"name": "Account", "fields": [field, {"name": "Name", "type": "boolean"}]})
    org.update("Account", account, {"Tier__c": "gold"}, user)
    record = org.read("Account", account, ["Tier__c", "Name"], user)
    assert (record["Tier__c"], record["Name"]) == ("gold", "A")


def test_one_more_field(org: Org, user: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    org.add_field("Account", field_from_describe({"name": "Vip__c", "type": "boolean", "defaultValue": True}))
    assert org.read("Account", account, ["Vip__c"], user)["Vip__c"] is True


@pytest.mark.parametrize("sobject", sorted(DESCRIBES))
def test_the_describe_of_a_live_org_comes_out_as_it_went_in(sobject: str) -> None:
    described = recorded(DESCRIBES[sobject])
    spec = spec_from_describe(described)
    assert list(spec.fields) == [field["name"] for field in described["fields"]]
    for live in described["fields"]:
        derived = field_properties(spec.fields[live["name"]])
        assert {**derived, "picklistValues": None} == {**derived, **live, "picklistValues": None}
        values = [entry["value"] for entry in derived["picklistValues"]]
        assert values == [entry["value"] for entry in live["picklistValues"]]


def test_an_org_of_another_orgs_describe(org: Org, user: str) -> None:
    described = {**recorded(DESCRIBES["Event"]), "name": "Appointment__c", "keyPrefix": "a0Z"}
    org.objects.load(described)
    made = org.create("Appointment__c", {"Subject": "Lunch"}, user)
    assert org.read("Appointment__c", made, ["ShowAs"], user)["ShowAs"] == "Busy"


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [[]],
        {"fields": []},
        {"name": 'x"; DROP'},
        {"name": "X__c", "fields": {}},
        {"name": "X__c", "fields": ["Name"]},
        {"name": "X__c", "fields": [{"name": "A__c"}]},
        {"name": "X__c", "fields": [{"name": "A__c", "type": "text"}]},
        {"name": "X__c", "fields": [{"name": "A__c", "type": "picklist", "picklistValues": [1]}]},
        {"name": "X__c", "fields": [{"name": "A__c", "type": "reference", "referenceTo": "Account"}]},
    ],
)
def test_what_is_no_describe(org: Org, wrong: Any) -> None:
    with pytest.raises(SchemaError):
        org.objects.load([{"name": "Fine__c"}, wrong])
    assert org.schema.find("Fine__c") is None
