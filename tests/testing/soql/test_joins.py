from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org

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
            "Semi join sub-selects are not allowed with the 'OR' operator",
        ),
        (
            "Name = 'A' OR (Name = 'B' AND NOT Id IN (SELECT AccountId FROM Contact))",
            "Semi join sub-selects are not allowed with the 'OR' operator",
        ),
        (
            "Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT ContactId FROM Case))",
            "Nesting of semi join sub-selects is not supported",
        ),
        (
            " AND ".join(["Id IN (SELECT AccountId FROM Contact)"] * 3),
            "Cannot have more than 2 semi join sub-selects",
        ),
        (
            "Id IN (SELECT ParentId FROM Account)",
            "The inner and outer selects should not be on the same object type",
        ),
        (
            "Id IN (SELECT LastName FROM Contact)",
            "Semi join sub-selects can only query id fields, cannot use: 'LastName'",
        ),
        (
            "Name IN (SELECT AccountId FROM Contact)",
            "Semi join sub-selects can only query id fields, cannot use: 'Name'",
        ),
        (
            "Id IN (SELECT OwnerId FROM Contact)",
            "The selected field 'OwnerId' in the subquery and the left operand field in the where expression in the "
            "outer query 'Id' should point to the same object type",
        ),
        ("Id IN (SELECT AccountId, Id FROM Contact)", "Semi join sub-selects must select exactly one field"),
        (
            "Id IN (SELECT AccountId FROM Contact LIMIT 1)",
            "Semi join sub-selects cannot use COUNT, GROUP BY, ORDER BY, LIMIT or OFFSET",
        ),
        (
            "Id IN (SELECT COUNT() FROM Contact)",
            "Semi join sub-selects cannot use COUNT, GROUP BY, ORDER BY, LIMIT or OFFSET",
        ),
        ("Id IN (SELECT AccountId FROM Xyzzy)", "sObject type 'Xyzzy' is not supported."),
        ("Id IN (SELECT Foo FROM Contact)", "No such column 'Foo' on entity 'Contact'."),
    ],
)
def test_refusals(names: Names, where: str, sentence: str) -> None:
    with pytest.raises(OrgError) as caught:
        names(where)
    assert caught.value.status == 400
    assert caught.value.message.split("\n")[-1].startswith(sentence)
