from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sfsync.testing.access import Access, access_of
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings


def refused(action: Callable[..., Any], *args: Any, **kwargs: Any) -> OrgError:
    with pytest.raises(OrgError) as caught:
        action(*args, **kwargs)
    return caught.value


@pytest.fixture
def other(org: Org, user: str) -> str:
    """A second user, an administrator until a test says otherwise."""
    return org.add_user("other@simulated-org.example", user=user)


def limit(org: Org, user: str, **options: Any) -> None:
    org.permissions.table.set(user, Access(**options))


def test_a_hidden_field_is_gone_from_reads_and_describes(org: Org, user: str, other: str) -> None:
    account = org.create("Account", {"Name": "A", "Phone": "1"}, user)
    limit(org, other, fields={"account.phone": ""})
    assert "Phone" not in org.read("Account", account, None, other)
    assert "Phone" not in [field["name"] for field in org.describe("Account", other)["fields"]]
    assert "Phone" in [field["name"] for field in org.describe("Account", user)["fields"]]
    error = refused(org.read, "Account", account, ["Phone"], other)
    assert (error.code, error.message) == (
        "INVALID_FIELD",
        "No such column 'Phone' on sobject of type Account",
    )


@pytest.mark.parametrize("level", ["r", ""])
def test_a_field_that_is_not_writeable_refuses_the_write(org: Org, user: str, other: str, level: str) -> None:
    limit(org, other, fields={"Account.Phone": level})
    error = refused(org.create, "Account", {"Name": "A", "Phone": "1", "CreatedDate": None}, other)
    assert (error.code, error.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["Phone", "CreatedDate"])
    account = org.create("Account", {"Name": "A"}, other)
    assert refused(org.update, "Account", account, {"Phone": "1"}, other).fields == ["Phone"]


def test_a_read_only_field_says_so_in_describe(org: Org, other: str) -> None:
    limit(org, other, fields={"Account.Phone": "r"})
    [phone] = [field for field in org.describe("Account", other)["fields"] if field["name"] == "Phone"]
    assert (phone["createable"], phone["updateable"], phone["nillable"]) == (False, False, True)


def test_hidden_fields_in_writes_can_be_unknown_columns() -> None:
    org = Org(settings=OrgSettings(hidden_field_in_write="INVALID_FIELD"))
    other = org.add_user("other@simulated-org.example")
    limit(org, other, fields={"Account.Phone": ""})
    assert refused(org.create, "Account", {"Name": "A", "Phone": "1"}, other).code == "INVALID_FIELD"
    org.close()


def test_a_hidden_object_does_not_exist(org: Org, user: str, other: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    limit(org, other, objects={"Account": ""})
    assert "Account" not in [item["name"] for item in org.describe_global(other)["sobjects"]]
    for action in (org.describe, org.basic_info):
        assert refused(action, "Account", other).code == "NOT_FOUND"
    assert refused(org.read, "Account", account, None, other).code == "NOT_FOUND"
    assert refused(org.create, "Account", {"Name": "B"}, other).code == "NOT_FOUND"


@pytest.mark.parametrize(("operation", "letter"), [("create", "c"), ("update", "u"), ("delete", "d")])
def test_operations_on_an_object(org: Org, user: str, other: str, operation: str, letter: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    limit(org, other, objects={"account": "crud".replace(letter, "")})
    calls: dict[str, Callable[[], object]] = {
        "create": lambda: org.create("Account", {"Name": "B"}, other),
        "update": lambda: org.update("Account", account, {"Name": "B"}, other),
        "delete": lambda: org.delete("Account", account, other),
    }
    done = {"create": "inserted", "update": "updated", "delete": "deleted"}[operation]
    error = refused(calls.pop(operation))
    assert error.code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert done in error.message
    described = org.describe("Account", other)
    names = {"create": "createable", "update": "updateable", "delete": "deletable"}
    assert {name for name, key in names.items() if not described[key]} == {operation}
    for call in calls.values():
        call()


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_what_the_schema_rules_out_nobody_may(org: Org, user: str, operation: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    name = {"create": "createable", "update": "updateable", "delete": "deletable"}[operation]
    properties: dict[str, Any] = {name: False}
    org.schema.add(replace(org.schema.get("Account"), **properties))
    calls: dict[str, Callable[[], object]] = {
        "create": lambda: org.create("Account", {"Name": "B"}, user),
        "update": lambda: org.update("Account", account, {"Name": "B"}, user),
        "delete": lambda: org.delete("Account", account, user),
    }
    error = refused(calls[operation])
    assert error.code == "INVALID_TYPE_FOR_OPERATION"
    assert operation in error.message


def test_fields_that_only_a_create_may_set(org: Org, user: str) -> None:
    contact = org.create("Contact", {"LastName": "B"}, user)
    values = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-01-01", "ContactId": contact}
    deal = org.create("Opportunity", values, user)
    error = refused(org.update, "Opportunity", deal, {"ContactId": None}, user)
    assert (error.code, error.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["ContactId"])


def test_without_view_all_a_user_has_what_is_theirs_or_shared(org: Org, user: str, other: str) -> None:
    hidden, shared = (org.create("Account", {"Name": name}, user) for name in "AB")
    limit(org, other, view_all=False)
    own = org.create("Account", {"Name": "C"}, other)
    org.permissions.table.share(other, [shared[:15]])
    records = org.retrieve("Account", [hidden, shared, own], ["Id"], other)
    assert [record and record["Id"] for record in records] == [None, shared, own]
    assert refused(org.read, "Account", hidden, None, other).code == "NOT_FOUND"
    start, end = org.clock.now() - timedelta(hours=1), org.clock.now() + timedelta(minutes=2)
    assert org.updated("Account", start, end, other)["ids"] == [shared, own]
    assert org.updated("Account", start, end, user)["ids"] == [hidden, shared, own]
    org.permissions.table.unshare(other, [shared])
    assert org.updated("Account", start, end, other)["ids"] == [own]


def test_deletes_of_others_records_are_not_told(org: Org, user: str, other: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    limit(org, other, view_all=False)
    org.delete("Account", account, user)
    start, end = org.clock.now() - timedelta(hours=1), org.clock.now() + timedelta(minutes=2)
    assert org.deleted("Account", start, end, other)["deletedRecords"] == []
    assert len(org.deleted("Account", start, end, user)["deletedRecords"]) == 1


def test_a_record_shared_for_reading_cannot_be_changed(org: Org, user: str, other: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    limit(org, other, view_all=False)
    error = refused(org.update, "Account", account, {"Name": "B"}, other)
    assert error.code == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    org.permissions.table.share(other, [account])
    for action in (
        lambda: org.update("Account", account, {}, other),
        lambda: org.delete("Account", account, other),
    ):
        assert refused(action).code == "INSUFFICIENT_ACCESS_OR_READONLY"
    org.permissions.table.share(other, [account], "edit")
    org.update("Account", account, {"Name": "B"}, other)
    assert org.read("Account", account, ["Name"], user)["Name"] == "B"


def test_without_modify_all_others_records_are_read_only(org: Org, user: str, other: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    limit(org, other, modify_all=False)
    assert org.read("Account", account, ["Name"], other)["Name"] == "A"
    assert refused(org.delete, "Account", account, other).code == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_a_reference_to_a_record_that_is_not_seen(org: Org, user: str, other: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    limit(org, other, view_all=False)
    error = refused(org.create, "Contact", {"LastName": "B", "AccountId": account}, other)
    assert error.message == f"insufficient access rights on cross-reference id: {account[:15]}"


def test_external_ids_find_what_is_seen(org: Org, user: str, other: str) -> None:
    org.create("Account", {"Name": "A", "Django_Id__c": "1"}, user)
    limit(org, other, view_all=False)
    assert org.find_by_external_id("Account", "Django_Id__c", "1", other) == []
    limit(org, other, fields={"Account.Django_Id__c": ""})
    assert refused(org.find_by_external_id, "Account", "Django_Id__c", "1", other).code == "NOT_FOUND"


def test_sessions_of_users_who_may_not_call(org: Org, user: str, other: str) -> None:
    org.permissions.require_api(other)
    limit(org, other, api_enabled=False)
    error = refused(org.permissions.require_api, other)
    assert (error.status, error.code) == (403, "API_CURRENTLY_DISABLED")
    limit(org, other, frozen=True)
    assert refused(org.permissions.require_api, other).status == 401
    limit(org, other)
    org.update("User", other, {"IsActive": False}, user)
    assert refused(org.permissions.require_api, other).status == 401


def test_access_is_kept_with_the_records(tmp_path: Any) -> None:
    org = Org(tmp_path / "org.sqlite3")
    other = org.add_user("other@simulated-org.example")
    org.permissions.table.set(other, Access(fields={"Account.Phone": "r"}, password="secret"))
    org.close()
    again = Org(tmp_path / "org.sqlite3")
    assert again.permissions.access(other) == Access(fields={"Account.Phone": "r"}, password="secret")
    again.close()


@pytest.mark.parametrize("options", [{"objects": {"Account": "x"}}, {"fields": {"Account.Phone": "w"}}])
def test_letters_that_mean_nothing(org: Org, other: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is"):
        limit(org, other, **options)


def test_an_inactive_user_owns_nothing_new(org: Org, user: str, other: str) -> None:
    account = org.create("Account", {"Name": "A", "OwnerId": other}, user)
    org.update("User", other, {"IsActive": False}, user)
    for action in (
        lambda: org.create("Account", {"Name": "B", "OwnerId": other}, user),
        lambda: org.update("Account", account, {"OwnerId": other}, user),
    ):
        error = refused(action)
        assert (error.code, error.fields) == ("INACTIVE_OWNER_OR_USER", ["OwnerId"])
    org.update("Account", account, {"Name": "C"}, user)


@pytest.mark.parametrize(
    "document",
    [{"objects": ["Account"]}, {"fields": {"Account.Phone": 1}}, {"frozen": "yes"}, {"password": 1}],
)
def test_access_of_the_wrong_types(document: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        access_of(document)


def test_options_that_there_are_not() -> None:
    with pytest.raises(ValueError, match="no such option of access: admin"):
        access_of({"admin": True})


@pytest.mark.parametrize("name", ["BillingCity", "BillingAddress"])
def test_an_address_is_hidden_as_a_whole(org: Org, user: str, other: str, name: str) -> None:
    account = org.create("Account", {"Name": "A", "BillingCity": "Reno", "ShippingCity": "Reno"}, user)
    limit(org, other, fields={f"Account.{name}": ""})
    record = org.read("Account", account, None, other)
    assert not [key for key in record if key.startswith("Billing")]
    assert record["ShippingAddress"]["city"] == "Reno"
    assert refused(org.update, "Account", account, {"BillingStreet": "x"}, other).fields == ["BillingStreet"]
