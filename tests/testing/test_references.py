from dataclasses import replace
from typing import Any

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings


@pytest.fixture
def account(org: Org, user: str) -> str:
    return org.create("Account", {"Name": "A", "Django_Id__c": "key"}, user)


def create_contact(org: Org, **values: Any) -> str:
    return org.create("Contact", {"LastName": "B", **values}, org.settings.user_id)


def refused(org: Org, **values: Any) -> OrgError:
    with pytest.raises(OrgError) as caught:
        create_contact(org, **values)
    return caught.value


def account_of(org: Org, contact: str) -> str | None:
    found: str | None = org.read("Contact", contact, ["AccountId"], org.settings.user_id)["AccountId"]
    return found


def test_a_parent_by_id(org: Org, account: str) -> None:
    assert account_of(org, create_contact(org, AccountId=account[:15])) == account


def test_a_parent_by_external_id(org: Org, account: str) -> None:
    assert account_of(org, create_contact(org, Account={"Django_Id__c": "KEY"})) == account
    typed = {"attributes": {"type": "Account"}, "django_id__c": "key"}
    assert account_of(org, create_contact(org, account=typed)) == account


def test_a_parent_by_its_own_id(org: Org, account: str) -> None:
    assert account_of(org, create_contact(org, Account={"Id": account})) == account


def test_null_clears_by_relationship(org: Org, account: str, user: str) -> None:
    contact = create_contact(org, AccountId=account)
    org.update("Contact", contact, {"Account": None}, user)
    assert account_of(org, contact) is None


@pytest.mark.parametrize(
    ("account_id", "code", "message"),
    [
        ("001dM00003jU9GxQAK", "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
        ("003dM00003jU9Gx", "MALFORMED_ID", "Account ID: id value of incorrect type: 003dM00003jU9Gx"),
        ("zzzdM00003jU9Gx", "MALFORMED_ID", "Account ID: id value of incorrect type"),
        ("nonsense", "MALFORMED_ID", "Account ID: id value of incorrect type: nonsense"),
    ],
)
def test_ids_that_are_no_account(org: Org, account_id: str, code: str, message: str) -> None:
    error = refused(org, AccountId=account_id)
    assert (error.status, error.code) == (400, code)
    assert error.message.startswith(message)


def test_ids_of_objects_that_this_org_does_not_have_pass(org: Org, user: str) -> None:
    profile = "00edM00000Qj7rCQAR"
    values = {
        "Username": "b@simulated-org.example",
        "LastName": "B",
        "Email": "b@simulated-org.example",
        "Alias": "b",
        "TimeZoneSidKey": "GMT",
        "LocaleSidKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "LanguageLocaleKey": "en_US",
        "ProfileId": profile,
    }
    created = org.create("User", values, user)
    record = org.read("User", created, ["ProfileId", "Name", "IsActive", "CommunityNickname"], user)
    assert (record["ProfileId"], record["Name"], record["IsActive"]) == (profile, "B", True)
    assert record["CommunityNickname"].startswith("User")


@pytest.mark.parametrize("code", ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"])
def test_a_deleted_parent(clock: Clock, code: Any) -> None:
    org = Org(clock=clock, settings=replace(OrgSettings(), deleted_parent=code))
    account = org.create("Account", {"Name": "A", "Django_Id__c": "key"}, org.settings.user_id)
    org.delete("Account", account, org.settings.user_id)
    assert (refused(org, AccountId=account).status, refused(org, AccountId=account).code) == (400, code)
    missing = refused(org, Account={"Django_Id__c": "key"})
    org.close()
    text = "Foreign key external ID: key not found for field Django_Id__c in entity Account"
    assert (missing.code, missing.message) == ("INVALID_FIELD", text)


def test_several_parents_with_one_value(org: Org) -> None:
    for _ in range(2):
        create_contact(org, Email="same@mail.example")
    assert refused(org, ReportsTo={"Email": "same@mail.example"}).code == "DUPLICATE_EXTERNAL_ID"


@pytest.mark.parametrize(
    ("parent", "code"),
    [
        ("text", "JSON_PARSER_ERROR"),
        ({}, "INVALID_FIELD"),
        ({"Nope__c": 1}, "INVALID_FIELD"),
        ({"Name": "A"}, "NOT_FOUND"),
        ({"attributes": {"type": "Contact"}, "Django_Id__c": "key"}, "INVALID_TYPE"),
    ],
)
def test_parents_that_name_nothing(org: Org, parent: Any, code: str) -> None:
    assert refused(org, Account=parent).code == code


def test_find_by_external_id(org: Org, account: str, user: str) -> None:
    assert org.find_by_external_id("account", "django_id__c", "KEY", user) == [account]
    assert org.find_by_external_id("Account", "Django_Id__c", "other", user) == []
    assert org.find_by_external_id("Account", "Id", account[:15], user) == [account]
    with pytest.raises(OrgError) as caught:
        org.find_by_external_id("Account", "Namez", "x", user)
    text = "Provided external ID field does not exist or is not accessible: Namez"
    assert (caught.value.status, caught.value.message) == (404, text)
