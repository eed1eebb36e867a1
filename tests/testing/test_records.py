from datetime import timedelta
from typing import Any

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org

DEAL = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-08-15"}


def refused(action: Any, *args: Any, **kwargs: Any) -> OrgError:
    with pytest.raises(OrgError) as caught:
        action(*args, **kwargs)
    return caught.value


def values(org: Org, sobject: str, record_id: str, *names: str) -> list[Any]:
    record = org.read(sobject, record_id, names, org.settings.user_id)
    return [record[name] for name in names]


def test_create_fills_in_defaults_and_stamps(org: Org, user: str) -> None:
    contact = org.create("contact", {"lastname": " Barr ", "FirstName": "Tim"}, user)
    names = ("Name", "LastName", "OwnerId", "DoNotCall", "CreatedById", "CreatedDate", "SystemModstamp")
    stamp = "2026-11-23T12:00:30.000+0000"
    assert values(org, "Contact", contact, *names) == ["Tim Barr", "Barr", user, False, user, stamp, stamp]
    assert contact.startswith("003") and len(contact) == 18


def test_attributes_are_no_field(org: Org, user: str) -> None:
    account = org.create("Account", {"attributes": {"type": "Account"}, "Name": "A"}, user)
    assert values(org, "Account", account, "Name") == ["A"]


@pytest.mark.parametrize(
    ("sobject", "given", "code", "fields"),
    [
        ("Account", {}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ("Account", {"Name": "  "}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ("Opportunity", {}, "REQUIRED_FIELD_MISSING", ["Name", "StageName", "CloseDate"]),
        ("Account", {"Name": "A", "Nope": 1}, "INVALID_FIELD", None),
        ("Account", {"Name": "A", "Parent": None, "Nope__r": {"X": 1}}, "INVALID_FIELD", None),
        ("Account", {"Name": "A", "id": "001dM00003jU9GxQAK"}, "INVALID_FIELD", None),
        (
            "Contact",
            {"LastName": "B", "Name": "N", "CreatedDate": None},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["Name", "CreatedDate"],
        ),
        (
            "Account",
            {"Name": "A", "BillingAddress": {}},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["BillingAddress"],
        ),
        ("Organization", {"Name": "Second"}, "INVALID_TYPE_FOR_OPERATION", []),
    ],
)
def test_refused_creates(
    org: Org, user: str, sobject: str, given: dict[str, Any], code: str, fields: list[str] | None
) -> None:
    error = refused(org.create, sobject, given, user)
    assert (error.status, error.code, error.fields) == (400, code, fields)


def test_an_unknown_object_is_no_resource(org: Org, user: str) -> None:
    assert refused(org.create, "Nope", {}, user).status == 404


def test_update_changes_what_is_named_and_clears_with_null(org: Org, clock: Clock, user: str) -> None:
    account = org.create("Account", {"Name": "A", "Phone": "1", "Industry": "Energy"}, user)
    clock.advance(5)
    org.update("Account", account, {"phone": None, "Site": "HQ"}, user)
    names = ("Phone", "Industry", "Site", "CreatedDate", "LastModifiedDate")
    created, modified = "2026-11-23T12:00:30.000+0000", "2026-11-23T12:00:35.000+0000"
    assert values(org, "Account", account, *names) == [None, "Energy", "HQ", created, modified]


def test_update_of_equal_values_still_stamps(org: Org, clock: Clock, user: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    clock.advance(1)
    org.update("Account", account, {"Name": "A"}, user)
    assert values(org, "Account", account, "SystemModstamp") == ["2026-11-23T12:00:31.000+0000"]


def test_update_cannot_clear_a_required_field(org: Org, user: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    error = refused(org.update, "Account", account, {"Name": ""}, user)
    assert (error.code, error.fields) == ("REQUIRED_FIELD_MISSING", ["Name"])


def test_update_finds_no_other_ids(org: Org, user: str) -> None:
    contact = org.create("Contact", {"LastName": "B"}, user)
    unknown = refused(org.update, "Account", "001dM00003jU9GxQAK", {}, user)
    assert (unknown.status, unknown.code) == (404, "INVALID_CROSS_REFERENCE_KEY")
    assert refused(org.update, "Account", contact, {}, user).code == "MALFORMED_ID"
    assert refused(org.update, "Account", "x", {}, user).code == "MALFORMED_ID"


def test_conditional_update(org: Org, clock: Clock, user: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    seen = clock.now().replace(microsecond=0)
    clock.advance(2)
    org.update("Account", account[:15], {"Site": "1"}, user, unmodified_since=seen)
    error = refused(org.update, "Account", account, {"Site": "2"}, user, unmodified_since=seen)
    assert (error.status, error.code) == (412, "PRECONDITION_FAILED")
    assert values(org, "Account", account, "Site") == ["1"]
    org.update("Account", account, {"Site": "3"}, user, unmodified_since=seen + timedelta(seconds=2))


def test_unique_values(org: Org, user: str) -> None:
    first = org.create("Account", {"Name": "A", "Django_Id__c": "key-a"}, user)
    error = refused(org.create, "Account", {"Name": "B", "Django_Id__c": " KEY-A "}, user)
    assert (error.status, error.code, error.fields) == (400, "DUPLICATE_VALUE", [])
    expected = f"duplicate value found: Django_Id__c duplicates value on record with id: {first[:15]}"
    assert error.message == expected
    second = org.create("Account", {"Name": "B", "Django_Id__c": "key-b"}, user)
    assert refused(org.update, "Account", second, {"Django_Id__c": "key-a"}, user).code == "DUPLICATE_VALUE"
    org.update("Account", first, {"Django_Id__c": "KEY-A"}, user)
    org.delete("Account", first, user)
    org.update("Account", second, {"Django_Id__c": "key-a"}, user)


def test_a_refused_write_leaves_nothing(org: Org, user: str) -> None:
    account = org.create("Account", {"Name": "A", "Django_Id__c": "a"}, user)
    other = org.create("Account", {"Name": "B"}, user)
    refused(org.update, "Account", other, {"Site": "x", "Django_Id__c": "a"}, user)
    refused(org.create, "Account", {"Name": "C", "Django_Id__c": "a"}, user)
    assert values(org, "Account", other, "Site") == [None]
    assert [row[0] for row in org.storage.read('SELECT "Id" FROM "Account" ORDER BY "Id"')] == [
        account,
        other,
    ]


def test_delete_and_what_comes_after(org: Org, clock: Clock, user: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    clock.advance(60)
    org.delete("Account", account[:15], user)
    again = refused(org.delete, "Account", account, user)
    assert (again.status, again.code, again.message, again.fields) == (
        404,
        "ENTITY_IS_DELETED",
        "entity is deleted",
        [],
    )
    assert refused(org.update, "Account", account, {}, user).code == "ENTITY_IS_DELETED"
    assert refused(org.read, "Account", account, None, user).code == "NOT_FOUND"
    [row] = org.storage.read('SELECT "IsDeleted", "SystemModstamp" FROM "Account"')
    assert tuple(row) == (1, "2026-11-23T12:01:30.000+0000")


def test_delete_takes_contacts_and_opportunities_along(org: Org, user: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    child = org.create("Account", {"Name": "Child", "ParentId": account}, user)
    contact = org.create("Contact", {"LastName": "C", "AccountId": account}, user)
    other = org.create("Contact", {"LastName": "D", "ReportsToId": contact}, user)
    deal = org.create("Opportunity", {**DEAL, "AccountId": account, "ContactId": other}, user)
    org.delete("Account", account, user)
    for sobject, record_id in (("Contact", contact), ("Opportunity", deal)):
        assert refused(org.delete, sobject, record_id, user).code == "ENTITY_IS_DELETED"
    assert values(org, "Account", child, "ParentId") == [None]
    assert values(org, "Contact", other, "ReportsToId") == [None]


def test_users_cannot_be_deleted(org: Org, user: str) -> None:
    assert refused(org.delete, "User", user, user).code == "INVALID_TYPE_FOR_OPERATION"


def test_a_record_cannot_be_its_own_ancestor(org: Org, user: str) -> None:
    top = org.create("Account", {"Name": "Top"}, user)
    middle = org.create("Account", {"Name": "Middle", "ParentId": top}, user)
    bottom = org.create("Account", {"Name": "Bottom", "ParentId": middle}, user)
    assert refused(org.update, "Account", top, {"ParentId": bottom}, user).code == "CIRCULAR_DEPENDENCY"
    assert refused(org.update, "Account", top, {"ParentId": top}, user).code == "CIRCULAR_DEPENDENCY"
    org.update("Account", bottom, {"ParentId": top}, user)


def test_history_keeps_the_commit_apart_from_the_stamp(org: Org, clock: Clock, user: str) -> None:
    with org.transaction():
        account = org.create("Account", {"Name": "A"}, user)
        clock.advance(600)
    org.update("Account", account, {"Site": "x"}, user)
    org.delete("Account", account, user)
    rows = org.storage.read(
        'SELECT "operation", "stamp", "committed" FROM "_history" WHERE "record_id" = ? ORDER BY "sequence"',
        (account,),
    )
    early, late = "2026-11-23T12:00:30.000+0000", "2026-11-23T12:10:30.000+0000"
    assert [tuple(row) for row in rows] == [
        ("create", early, late),
        ("update", late, late),
        ("delete", late, late),
    ]
