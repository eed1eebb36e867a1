"""Undelete, merge, purge. Causes F26 and F28."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.schema import columns, sobject
from sfsync.testing.settings import OrgSettings

LATER = "2026-11-23T12:10:30.000+0000"


def refused(action: Any, *args: Any, **kwargs: Any) -> OrgError:
    with pytest.raises(OrgError) as caught:
        action(*args, **kwargs)
    return caught.value


def stored(org: Org, sobject: str, record_id: str, *names: str) -> list[Any]:
    columns = ", ".join(f'"{name}"' for name in names)
    [row] = org.storage.read(f'SELECT {columns} FROM "{sobject}" WHERE "Id" = ?', (record_id,))
    return list(row)


@pytest.fixture
def family(org: Org, user: str) -> dict[str, str]:
    """An account with a contact, an opportunity whose contact that is, and a child account."""
    top = org.create("Account", {"Name": "Top"}, user)
    contact = org.create("Contact", {"LastName": "C", "AccountId": top}, user)
    deal = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-12-01", "AccountId": top}
    return {
        "Account": top,
        "Contact": contact,
        "Opportunity": org.create("Opportunity", {**deal, "ContactId": contact}, user),
        "child": org.create("Account", {"Name": "Child", "ParentId": top}, user),
    }


def test_undelete_brings_back_what_went_along(
    org: Org, clock: Clock, user: str, family: dict[str, str]
) -> None:
    org.delete("Account", family["Account"], user)
    clock.advance(600)
    org.undelete("Account", family["Account"][:15], user)
    for name in ("Account", "Contact", "Opportunity"):
        names = ("IsDeleted", "SystemModstamp", "LastModifiedDate")
        assert stored(org, name, family[name], *names) == [0, LATER, LATER]
    assert stored(org, "Opportunity", family["Opportunity"], "ContactId") == [family["Contact"]]
    assert stored(org, "Account", family["child"], "ParentId") == [family["Account"]]
    assert list(org.storage.read('SELECT * FROM "_bin"')) == []


def test_undelete_brings_back_no_child_that_was_deleted_before(
    org: Org, user: str, family: dict[str, str]
) -> None:
    org.delete("Contact", family["Contact"], user)
    org.delete("Account", family["Account"], user)
    org.undelete("Account", family["Account"], user)
    assert stored(org, "Contact", family["Contact"], "IsDeleted") == [1]
    assert stored(org, "Opportunity", family["Opportunity"], "IsDeleted", "ContactId") == [0, None]


def test_undelete_leaves_lookups_that_have_another_value(org: Org, user: str, family: dict[str, str]) -> None:
    other = org.create("Account", {"Name": "Other"}, user)
    org.delete("Account", family["Account"], user)
    org.update("Account", family["child"], {"ParentId": other}, user)
    org.undelete("Account", family["Account"], user)
    assert stored(org, "Account", family["child"], "ParentId") == [other]


def test_refused_undeletes(org: Org, user: str, family: dict[str, str]) -> None:
    assert refused(org.undelete, "Account", family["Account"], user).code == "UNDELETE_FAILED"
    assert refused(org.undelete, "Account", "001dM00003jU9GxQAK", user).code == "INVALID_CROSS_REFERENCE_KEY"
    assert refused(org.undelete, "Account", family["Contact"], user).code == "MALFORMED_ID"
    assert refused(org.undelete, "User", user, user).code == "INVALID_TYPE_FOR_OPERATION"
    org.delete("Account", family["Account"], user)
    assert refused(org.undelete, "Contact", family["Contact"], user).code == "ENTITY_IS_DELETED"


def test_undelete_meets_unique_values(org: Org, user: str) -> None:
    first = org.create("Account", {"Name": "A", "Django_Id__c": "x"}, user)
    org.delete("Account", first, user)
    org.create("Account", {"Name": "B", "Django_Id__c": "X"}, user)
    assert refused(org.undelete, "Account", first, user).code == "DUPLICATE_VALUE"
    assert stored(org, "Account", first, "IsDeleted") == [1]


def test_merge_hands_over_without_stamps(org: Org, clock: Clock, user: str, family: dict[str, str]) -> None:
    winner = org.create("Account", {"Name": "Winner"}, user)
    before = stored(org, "Contact", family["Contact"], "SystemModstamp")
    clock.advance(600)
    org.merge("Account", winner, [family["Account"][:15]], user, {"Site": "HQ"})
    names = ("IsDeleted", "MasterRecordId", "SystemModstamp")
    assert stored(org, "Account", family["Account"], *names) == [1, winner, LATER]
    assert stored(org, "Account", winner, "Site", "SystemModstamp") == ["HQ", LATER]
    assert stored(org, "Contact", family["Contact"], "AccountId", "IsDeleted") == [winner, 0]
    assert stored(org, "Contact", family["Contact"], "SystemModstamp") == before
    assert stored(org, "Account", family["child"], "ParentId") == [winner]


def test_merged_children_may_be_stamped(clock: Clock) -> None:
    org = Org(clock=clock, settings=OrgSettings(merging_stamps_children=True))
    user = org.settings.user_id
    winner, loser = (org.create("Account", {"Name": name}, user) for name in "WL")
    contact = org.create("Contact", {"LastName": "C", "AccountId": loser}, user)
    clock.advance(600)
    org.merge("Account", winner, [loser], user)
    assert stored(org, "Contact", contact, "SystemModstamp") == [LATER]
    org.close()


def test_the_winner_is_not_its_own_parent(org: Org, user: str, family: dict[str, str]) -> None:
    org.merge("Account", family["child"], [family["Account"]], user)
    assert stored(org, "Account", family["child"], "ParentId") == [None]


def test_refused_merges(org: Org, user: str, family: dict[str, str]) -> None:
    account, child = family["Account"], family["child"]
    third, fourth = (org.create("Account", {"Name": name}, user) for name in "TF")
    for losers in ([], [account], [child, child], [child, third, fourth]):
        assert refused(org.merge, "Account", account, losers, user).code == "INVALID_OPERATION"
    assert refused(org.merge, "Opportunity", family["Opportunity"], [], user).status == 400
    org.delete("Account", child, user)
    assert refused(org.merge, "Account", account, [child], user, {"Site": "x"}).code == "ENTITY_IS_DELETED"
    assert stored(org, "Account", account, "Site") == [None]


def test_purge_removes_for_good(org: Org, user: str, family: dict[str, str]) -> None:
    assert refused(org.purge, "Account", family["Account"], user).code == "UNDELETE_FAILED"
    org.hard_delete("Account", family["Account"], user)
    for name in ("Account", "Contact", "Opportunity"):
        assert list(org.storage.read(f'SELECT 1 FROM "{name}" WHERE "Id" = ?', (family[name],))) == []
    assert refused(org.undelete, "Account", family["Account"], user).code == "INVALID_CROSS_REFERENCE_KEY"
    sql = 'SELECT "operation" FROM "_history" WHERE "sobject" = ?'
    operations = [row[0] for row in org.storage.read(sql, ("Contact",))]
    assert operations == ["create", "delete", "purge"]


def test_the_recycle_bin_can_be_emptied(org: Org, user: str, family: dict[str, str]) -> None:
    org.delete("Account", family["Account"], user)
    assert org.recycling.purge_all() == 3
    assert org.recycling.purge_all() == 0


@pytest.fixture
def guarded(org: Org) -> Iterator[Org]:
    """An org with an object whose master cannot be deleted while it has details."""
    fields = (
        columns.record_id("Record ID"),
        columns.is_deleted(),
        columns.auto_number("Name", "Number", "G-{000}", name_field=True),
        columns.lookup(
            "Account__c", "Account", "Account", relationship_name="Account__r", on_parent_delete="restrict"
        ),
        *columns.stamps(),
    )
    spec = sobject(name="Guard__c", label="Guard", label_plural="Guards", key_prefix="a01", fields=fields)
    org.add_object(replace(spec, searchable=False))
    yield org


def test_a_restricting_child_keeps_its_parent(guarded: Org, user: str, family: dict[str, str]) -> None:
    guards = [guarded.create("Guard__c", {"Account__c": family["Account"]}, user) for _ in range(2)]
    error = refused(guarded.delete, "Account", family["Account"], user)
    assert (error.status, error.code) == (400, "DELETE_FAILED")
    assert "with the following guards.: G-001, G-002\n" in error.message
    assert stored(guarded, "Contact", family["Contact"], "IsDeleted") == [0]
    for guard in guards:
        guarded.delete("Guard__c", guard, user)
    guarded.delete("Account", family["Account"], user)


def test_a_refused_delete_says_the_name_with_its_salutation(org: Org, user: str) -> None:
    contact = org.create("Contact", {"Salutation": "Mr.", "FirstName": "Josh", "LastName": "Davis"}, user)
    org.create("Case", {"ContactId": contact}, user)
    message = refused(org.delete, "Contact", contact, user).message
    assert message.startswith("Your attempt to delete Mr. Josh Davis could not be completed")
    assert message.endswith("with the following cases.: 00000001\n")


def test_cases_keep_their_account(org: Org, user: str, family: dict[str, str]) -> None:
    org.create("Case", {"AccountId": family["Account"]}, user)
    assert refused(org.delete, "Account", family["Account"], user).code == "DELETE_FAILED"
