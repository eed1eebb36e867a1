import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.inspection import counts, stored
from sfsync.testing.org import Org
from sfsync.testing.schema.base import FieldSpec
from sfsync.testing.seed import seed
from sfsync.testing.snapshots import SnapshotError, Snapshots

# Each number picks what to do, and with which record.
HISTORIES = st.lists(
    st.tuples(st.sampled_from(["create", "child", "update", "delete"]), st.integers(0, 9)), max_size=12
)


def dump(org: Org) -> list[str]:
    """Return everything in the data, as SQL."""
    copy: sqlite3.Connection = org.storage.copy()
    try:
        return list(copy.iterdump())
    finally:
        copy.close()


def play(org: Org, history: list[tuple[str, int]]) -> None:
    """Do what a history says; what cannot be done is left."""
    user = org.settings.user_id
    for operation, number in history:
        org.clock.advance(7)
        alive = [row["Id"] for row in stored(org, "Account") if not row["IsDeleted"]]
        chosen = alive[number % len(alive)] if alive else None
        if operation == "create" or chosen is None:
            org.create("Account", {"Name": f"Account {number}"}, user)
        elif operation == "child":
            org.create("Contact", {"LastName": "C", "AccountId": chosen}, user)
        elif operation == "update":
            org.update("Account", chosen, {"Name": f"changed {number}"}, user)
        else:
            org.delete("Account", chosen, user)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=HISTORIES, after=HISTORIES, on_disk=st.booleans())
def test_a_snapshot_restored_equals_what_it_was(tmp_path_factory, before, after, on_disk):
    path = tmp_path_factory.mktemp("org") / "org.sqlite3" if on_disk else ":memory:"
    org = Org(path, clock=Clock())
    snapshots = Snapshots(org)
    play(org, before)
    snapshot, was = snapshots.take(), dump(org)
    for _ in range(2):
        play(org, after)
        snapshots.restore(snapshot)
        assert dump(org) == was
    play(org, before)
    snapshots.close()
    org.close()


def test_a_snapshot_holds_objects_fields_and_access(org, user):
    snapshots = Snapshots(org)
    empty = snapshots.take()
    org.schema.add_fields("Account", [FieldSpec(name="Code__c", type="string", label="Code", length=20)])
    org.storage.ensure(org.schema.get("Account"))
    org.create("Account", {"Name": "A", "Code__c": "x"}, user)
    filled = snapshots.take()
    snapshots.restore(empty)
    with pytest.raises(OrgError, match="INVALID_FIELD"):
        org.create("Account", {"Name": "A", "Code__c": "x"}, user)
    snapshots.restore(filled.number)
    assert [row["Code__c"] for row in stored(org, "Account")] == ["x"]
    assert snapshots.numbers() == [empty.number, filled.number]
    snapshots.close()


def test_a_restored_org_forgets_open_transactions_and_goes_on(org, user):
    snapshots = Snapshots(org)
    snapshot = snapshots.take()
    org.transactions.open()
    snapshots.restore(snapshot)
    assert org.transactions.oldest() is None
    first = org.create("Account", {"Name": "A"}, user)
    snapshots.restore(snapshot)
    assert org.create("Account", {"Name": "A"}, user) == first
    snapshots.close()


def test_a_reset_brings_the_seed_back(org, user):
    seed(org, accounts=3, contacts=2, opportunities=1)
    snapshots, was = Snapshots(org), counts(org)
    play(org, [("create", 1), ("delete", 0), ("child", 1)])
    org.schema.add_fields("Account", [FieldSpec(name="Code__c", type="string", label="Code", length=20)])
    snapshots.reset()
    assert counts(org) == was
    assert org.schema.get("Account").find("Code__c") is None


def test_a_snapshot_that_is_gone_cannot_be_restored(org):
    snapshots = Snapshots(org)
    snapshot = snapshots.take()
    snapshots.drop(snapshot)
    with pytest.raises(SnapshotError, match="There is no snapshot 1"):
        snapshots.restore(snapshot)


def test_nothing_is_copied_in_the_middle_of_a_transaction(org):
    snapshots = Snapshots(org)
    with org.transaction(), pytest.raises(RuntimeError, match="inside a transaction"):
        snapshots.take()
