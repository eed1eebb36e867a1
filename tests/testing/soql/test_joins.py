from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org

from .conftest import reason

Names = Callable[[str], list[str]]
Run = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def family(local_org: Org) -> None:
    """A has a contact and a won deal, B has a contact, C has neither; one contact has no account."""
    user = local_org.settings.user_id
    accounts = {name: local_org.create("Account", {"Name": name}, user) for name in "ABC"}
    for last_name, account in (("a", "A"), ("b", "B"), ("n", None)):
        local_org.create("Contact", {"LastName": last_name, "AccountId": accounts.get(account or "")}, user)
    deal = {"Name": "deal", "StageName": "Closed Won", "CloseDate": "2026-01-01", "AccountId": accounts["A"]}
    local_org.create("Opportunity", deal, user)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Id IN (SELECT AccountId FROM Contact)", "AB"),
        ("Id NOT IN (SELECT AccountId FROM Contact)", "C"),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'b')", "B"),
        ("Id IN (SELECT AccountId FROM Contact WHERE Account.Name = 'A')", "A"),
        ("Id IN (SELECT Contact.AccountId FROM Contact WHERE Contact.LastName LIKE '%')", "AB"),
        ("NOT Id IN (SELECT AccountId FROM Opportunity)", "BC"),
        (
            "Id IN (SELECT AccountId FROM Contact) AND Id NOT IN (SELECT AccountId FROM Opportunity WHERE IsWon = true)"
            " AND Name != 'x'",
            "B",
        ),
        ("OwnerId IN (SELECT Id FROM User WHERE IsActive = true) AND Name > 'A'", "BC"),
        ("ParentId NOT IN (SELECT AccountId FROM Contact)", "ABC"),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'x')", ""),
    ],
)
def test_joins(names: Names, where: str, expected: str) -> None:
    assert "".join(names(where)) == expected


def test_from_the_child_to_the_parent(run: Run) -> None:
    body = run("SELECT LastName FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Name = 'B')")
    assert [record["LastName"] for record in body["records"]] == ["b"]
    body = run(
        "SELECT LastName FROM Contact WHERE Account.OwnerId IN (SELECT Id FROM User) ORDER BY LastName"
    )
    assert [record["LastName"] for record in body["records"]] == ["a", "b"]


def test_deleted_records_join_in_query_all_only(run: Run, local_org: Org) -> None:
    [contact] = run("SELECT Id FROM Contact WHERE LastName = 'b'")["records"]
    local_org.delete("Contact", contact["Id"], local_org.settings.user_id)
    soql = "SELECT COUNT() FROM Account WHERE Id IN (SELECT AccountId FROM Contact)"
    assert run(soql)["totalSize"] == 1
    assert run(soql, include_deleted=True)["totalSize"] == 2


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (
            "Id IN (SELECT AccountId FROM Contact) OR Name = 'A'",
            "join_under_or",
        ),
        (
            "Name = 'A' OR (Name = 'B' AND NOT Id IN (SELECT AccountId FROM Contact))",
            "join_under_or",
        ),
        (
            "Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT ContactId FROM Case))",
            "join_in_join",
        ),
        (
            " AND ".join(["Id IN (SELECT AccountId FROM Contact)"] * 3),
            "too_many_joins 2",
        ),
        (
            "Id IN (SELECT ParentId FROM Account)",
            "join_of_same_object",
        ),
        (
            "Id IN (SELECT LastName FROM Contact)",
            "join_of_no_ids LastName",
        ),
        (
            "Name IN (SELECT AccountId FROM Contact)",
            "join_of_no_ids Name",
        ),
        (
            "Id IN (SELECT OwnerId FROM Contact)",
            "join_of_other_object OwnerId Id",
        ),
        ("Id IN (SELECT AccountId, Id FROM Contact)", "join_of_several_fields"),
        (
            "Id IN (SELECT AccountId FROM Contact LIMIT 1)",
            "join_with_clauses",
        ),
        (
            "Id IN (SELECT COUNT() FROM Contact)",
            "join_with_clauses",
        ),
        ("Id IN (SELECT AccountId FROM Xyzzy)", "sObject type 'Xyzzy' is not supported."),
        ("Id IN (SELECT Foo FROM Contact)", "no_such_column Foo Contact"),
    ],
)
def test_refusals(names: Names, where: str, sentence: str) -> None:
    with pytest.raises(OrgError) as caught:
        names(where)
    assert caught.value.status == 400
    assert reason(caught.value).startswith(sentence)
