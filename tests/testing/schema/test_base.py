from dataclasses import replace

import pytest

from sfsync.testing import errors
from sfsync.testing.schema import SObjectSpec, columns, standard_schema


@pytest.fixture
def contact() -> SObjectSpec:
    return standard_schema().get("Contact")


def test_fields_in_any_case(contact: SObjectSpec) -> None:
    assert contact.field("lastNAME") is contact.fields["LastName"]
    assert contact.find("Nope") is None
    with pytest.raises(errors.OrgError) as caught:
        contact.field("Nope")
    text = "No such column 'Nope' on sobject of type Contact"
    assert (caught.value.code, caught.value.message) == ("INVALID_FIELD", text)


def test_relationships_in_any_case(contact: SObjectSpec) -> None:
    assert contact.find_relationship("account") is contact.fields["AccountId"]
    assert contact.find_relationship("JigsawContact") is None  # a name without a lookup
    assert contact.find_relationship("Nope") is None


def test_what_a_create_needs(contact: SObjectSpec) -> None:
    assert [field.name for field in contact.required_fields] == ["LastName"]
    needed = [field.name for field in standard_schema().get("Opportunity").required_fields]
    assert needed == ["Name", "StageName", "CloseDate"]


def test_parts_of_a_compound_field(contact: SObjectSpec) -> None:
    parts = [field.name for field in contact.parts_of("MailingAddress")]
    assert parts[0] == "MailingStreet" and len(parts) == 8
    assert not contact.fields["MailingAddress"].stored
    assert contact.parts_of("LastName") == ()


def test_objects_in_any_case() -> None:
    schema = standard_schema()
    assert schema.get("ACCOUNT") is schema.objects["Account"]
    assert schema.find_by_prefix("006") is schema.get("Opportunity")
    assert schema.find_by_prefix("zzz") is None


def test_an_unknown_object_is_what_the_caller_says() -> None:
    with pytest.raises(errors.OrgError) as caught:
        standard_schema().get("Nope")
    assert (caught.value.status, caught.value.code) == (404, "NOT_FOUND")
    with pytest.raises(errors.OrgError) as caught:
        standard_schema().get("Nope", errors.invalid_type)
    assert (caught.value.status, caught.value.code) == (400, "INVALID_TYPE")


def test_children() -> None:
    found = [(child.name, lookup.name) for child, lookup in standard_schema().children("Account")]
    assert found[:2] == [("Account", "ParentId"), ("Attachment", "ParentId")]
    assert {("Contact", "AccountId"), ("Opportunity", "AccountId"), ("Task", "WhatId")} < set(found)
    assert not {("Task", "AccountId"), ("Account", "MasterRecordId")} & set(found)


def test_an_object_may_be_replaced_and_widened() -> None:
    schema = standard_schema()
    assert schema.get("account")
    schema.add(replace(schema.get("Account"), label="Firm"))
    schema.add_fields("account", [columns.text("Tier__c", "Tier", 20)])
    assert schema.get("account").label == "Firm"
    assert schema.get("Account").field("tier__c").custom
    assert list(schema.get("Account").fields)[-1] == "Tier__c"
    assert [spec.name for spec in schema].count("Account") == 1


def test_picklist_values_in_any_case() -> None:
    rating = columns.picklist("Rating", "Rating", "Hot|*Warm=Lukewarm")
    assert rating.picklist_value("hOT") == "Hot"
    assert rating.picklist_value("Lukewarm") is None
    assert [(entry.label, entry.default) for entry in rating.picklist_values] == [
        ("Hot", False),
        ("Lukewarm", True),
    ]
