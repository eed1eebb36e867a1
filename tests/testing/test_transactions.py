from datetime import UTC, datetime, timedelta

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.inspection import history, stored
from sfsync.testing.schema.base import FieldSpec
from sfsync.testing.transactions import TransactionError

START = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def create(name: str, sobject: str = "Account", **values: object) -> dict[str, object]:
    return {"operation": "create", "sobject": sobject, "values": {"Name": name, **values}}


def updated(org, user) -> tuple[list[str], str]:
    body = org.updated("Account", START, org.clock.now(), user)
    return body["ids"], body["latestDateCovered"][11:19]


def test_rows_appear_with_the_commit_and_keep_the_stamp_of_the_write(org, clock, user):
    transaction = org.transactions.open()
    clock.advance(10)
    (record_id,) = org.transactions.write(transaction, [create("later")])
    clock.advance(480)
    assert updated(org, user) == ([], "12:00:30")
    with pytest.raises(OrgError, match="NOT_FOUND"):
        org.read("Account", record_id, None, user)
    assert org.transactions.commit(transaction) == [record_id]
    assert updated(org, user) == ([record_id], "12:08:00")
    record = org.read("Account", record_id, ["SystemModstamp", "CreatedDate"], user)
    assert record["SystemModstamp"] == record["CreatedDate"] == "2026-11-23T12:00:40.000+0000"
    (entry,) = history(org, record_id)
    assert (entry["stamp"][11:19], entry["committed"][11:19]) == ("12:00:40", "12:08:40")


def test_the_oldest_of_several_holds_back(org, clock, user):
    first = org.transactions.open()
    clock.advance(120)
    second = org.transactions.open()
    clock.advance(120)
    assert updated(org, user)[1] == "12:00:30"
    org.transactions.commit(first)
    assert updated(org, user)[1] == "12:02:30"
    org.transactions.roll_back(second)
    assert updated(org, user)[1] == "12:04:00"
    assert list(org.transactions) == []


def test_what_a_transaction_wrote_it_can_write_again(org, user):
    transaction = org.transactions.open()
    (parent,) = org.transactions.write(transaction, [create("parent")])
    update = {"operation": "update", "sobject": "Account", "id": parent, "values": {"Site": "x"}}
    (child, _) = org.transactions.write(transaction, [create("child", ParentId=parent), update])
    org.transactions.commit(transaction)
    assert org.read("Account", child, ["ParentId"], user)["ParentId"] == parent
    assert [entry["operation"] for entry in history(org, parent)] == ["create", "update"]


def test_others_cannot_write_what_a_transaction_has_touched(org, user):
    record_id = org.create("Account", {"Name": "A"}, user)
    transaction = org.transactions.open()
    update = {"operation": "update", "sobject": "Account", "id": record_id, "values": {"Name": "B"}}
    org.transactions.write(transaction, [update])
    for write in (
        lambda: org.update("Account", record_id[:15], {"Name": "C"}, user),
        lambda: org.delete("Account", record_id, user),
    ):
        with pytest.raises(OrgError, match="UNABLE_TO_LOCK_ROW"):
            write()
    assert org.read("Account", record_id, ["Name"], user)["Name"] == "A"
    org.transactions.commit(transaction)
    org.update("Account", record_id, {"Site": "x"}, user)
    assert org.read("Account", record_id, ["Name"], user)["Name"] == "B"


def test_a_delete_takes_children_along_when_it_is_committed(org, user):
    parent = org.create("Account", {"Name": "A"}, user)
    child = org.create("Contact", {"LastName": "C", "AccountId": parent}, user)
    transaction = org.transactions.open()
    org.transactions.write(transaction, [{"operation": "delete", "sobject": "Account", "id": parent}])
    assert not stored(org, "Contact", child)[0]["IsDeleted"]
    org.transactions.commit(transaction)
    assert stored(org, "Contact", child)[0]["IsDeleted"]
    deleted = org.deleted("Account", START, org.clock.now() + timedelta(minutes=5), user)
    assert [entry["id"] for entry in deleted["deletedRecords"]] == [parent]


def test_a_refused_write_leaves_the_transaction_as_it_was(org):
    transaction = org.transactions.open()
    with pytest.raises(OrgError, match="INVALID_FIELD"):
        org.transactions.write(transaction, [create("A"), create("B", Nam="x")])
    assert org.transactions.commit(transaction) == []
    assert stored(org, "Account") == []


@pytest.mark.parametrize(
    "write",
    [
        {"operation": "burn", "sobject": "Account"},
        {"operation": "create"},
        {"operation": "update", "sobject": "Account", "values": {}},
        {"operation": "touch", "sobject": "EntityDefinition"},
    ],
)
def test_what_is_no_write_is_refused(org, write):
    with pytest.raises((TransactionError, OrgError)):
        org.transactions.write_at_once([write])


def test_a_transaction_that_is_over_is_over(org):
    transaction = org.transactions.open()
    org.transactions.commit(transaction)
    with pytest.raises(TransactionError, match="no open transaction"):
        org.transactions.commit(transaction.number)


def test_touched_records_have_new_stamps_and_the_same_values(org, clock, user):
    ids = [org.create("Account", {"Name": str(number)}, user) for number in range(3)]
    clock.advance(60)
    assert org.transactions.write_at_once([{"operation": "touch", "sobject": "Account"}]) == ids
    assert {one["SystemModstamp"] for one in stored(org, "Account")} == {"2026-11-23T12:01:30.000+0000"}
    assert {one["LastModifiedDate"] for one in stored(org, "Account")} == {"2026-11-23T12:00:30.000+0000"}
    touch = {"operation": "touch", "sobject": "Account", "id": ids[0]}
    assert org.transactions.write_at_once([touch]) == ids[:1]


def test_ids_of_a_rolled_back_transaction_are_not_given_out_again(org, user):
    transaction = org.transactions.open()
    (record_id,) = org.transactions.write(transaction, [create("never")])
    org.transactions.roll_back(transaction)
    assert org.create("Account", {"Name": "A"}, user) != record_id


def test_a_unique_value_that_somebody_else_took_meanwhile_stops_the_commit(org, user):
    key = FieldSpec(name="Key__c", type="string", label="Key", length=10, external_id=True, unique=True)
    org.add_field("Account", key)
    transaction = org.transactions.open()
    org.transactions.write(transaction, [create("late", Key__c="1")])
    org.create("Account", {"Name": "quick", "Key__c": "1"}, user)
    with pytest.raises(OrgError, match="DUPLICATE_VALUE"):
        org.transactions.commit(transaction)
    assert [row["Name"] for row in stored(org, "Account")] == ["quick"]
    assert list(org.transactions) == [transaction]
