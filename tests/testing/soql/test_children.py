from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.soql.query import Queries

from .conftest import reason

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def family(local_org: Org) -> dict[str, str]:
    """Two accounts: one with three contacts, one without; ids by name."""
    user = local_org.settings.user_id
    ids = {name: local_org.create("Account", {"Name": name}, user) for name in ("full", "empty")}
    for name in ("c", "a", "b"):
        ids[name] = local_org.create("Contact", {"LastName": name, "AccountId": ids["full"]}, user)
    return ids


def last_names(children: dict[str, Any]) -> list[str]:
    return [child["LastName"] for child in children["records"]]


def test_children_are_lists_of_their_own(run: Run, family: dict[str, str]) -> None:
    body = run(
        "SELECT Name, (SELECT LastName, Account.Name FROM Contacts ORDER BY LastName), Id FROM Account"
    )
    by_name = {record["Name"]: record for record in body["records"]}
    full = by_name["full"]
    assert list(full) == ["attributes", "Name", "Contacts", "Id"]
    assert by_name["empty"]["Contacts"] is None
    assert list(full["Contacts"]) == ["totalSize", "done", "records"]
    assert (full["Contacts"]["totalSize"], full["Contacts"]["done"]) == (3, True)
    first = full["Contacts"]["records"][0]
    assert first["attributes"] == {
        "type": "Contact",
        "url": f"/services/data/v66.0/sobjects/Contact/{family['a']}",
    }
    assert (first["LastName"], first["Account"]["Name"]) == ("a", "full")


@pytest.mark.parametrize(
    ("subquery", "expected"),
    [
        ("SELECT LastName FROM Contacts ORDER BY LastName DESC", ["c", "b", "a"]),
        ("SELECT LastName FROM contacts c WHERE c.LastName > 'a' ORDER BY c.LastName", ["b", "c"]),
        (
            "SELECT LastName FROM Contacts WHERE Contact.Account.Name = 'full' ORDER BY LastName LIMIT 1",
            ["a"],
        ),
        ("SELECT LastName FROM Contacts ORDER BY LastName LIMIT 1 OFFSET 1", ["b"]),
        ("SELECT LastName FROM Contacts ORDER BY LastName OFFSET 2", ["c"]),
    ],
)
def test_clauses_of_a_subquery_count_for_each_parent(
    run: Run, family: dict[str, str], subquery: str, expected: list[str]
) -> None:
    body = run(f"SELECT Id, ({subquery}) FROM Account WHERE Name LIKE 'f%'")
    assert last_names(body["records"][0]["Contacts"]) == expected


def test_nothing_left_of_the_children_is_null(run: Run, family: dict[str, str]) -> None:
    for subquery in ("SELECT Id FROM Contacts WHERE LastName = 'x'", "SELECT Id FROM Contacts OFFSET 3"):
        body = run(f"SELECT Id, ({subquery}) FROM Account WHERE Name = 'full'")
        assert body["records"][0]["Contacts"] is None


def test_subqueries_nest_and_stand_side_by_side(run: Run, local_org: Org, family: dict[str, str]) -> None:
    user = local_org.settings.user_id
    local_org.create("Account", {"Name": "below", "ParentId": family["empty"]}, user)
    local_org.update("Account", family["full"], {"ParentId": family["empty"]}, user)
    deal = {
        "Name": "deal",
        "StageName": "Prospecting",
        "CloseDate": "2026-01-01",
        "AccountId": family["full"],
    }
    local_org.create("Opportunity", deal, user)
    body = run(
        "SELECT (SELECT Name, (SELECT LastName FROM Contacts), (SELECT Name FROM Opportunities)"
        " FROM ChildAccounts ORDER BY Name) FROM Account WHERE Name = 'empty'"
    )
    below, full = body["records"][0]["ChildAccounts"]["records"]
    assert (below["Name"], below["Contacts"], below["Opportunities"]) == ("below", None, None)
    assert sorted(last_names(full["Contacts"])) == ["a", "b", "c"]
    assert full["Opportunities"]["records"][0]["Name"] == "deal"


def test_deleted_children_are_seen_by_query_all_only(
    run: Run, local_org: Org, family: dict[str, str]
) -> None:
    local_org.delete("Contact", family["a"], local_org.settings.user_id)
    soql = "SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Name = 'full'"
    assert last_names(run(soql)["records"][0]["Contacts"]) == ["b", "c"]
    everything = run(soql, include_deleted=True)["records"][0]["Contacts"]
    assert last_names(everything) == ["a", "b", "c"]


def test_children_of_later_pages(run: Run, queries: Queries, local_org: Org) -> None:
    user = local_org.settings.user_id
    with local_org.transaction():
        for number in range(201):
            account = local_org.create("Account", {"Name": f"A{number:03}"}, user)
            local_org.create("Contact", {"LastName": f"C{number:03}", "AccountId": account}, user)
    first = run("SELECT Id, (SELECT LastName FROM Contacts) FROM Account ORDER BY Name", page_size=200)
    assert last_names(first["records"][199]["Contacts"]) == ["C199"]
    place = first["nextRecordsUrl"].rpartition("/")[2]
    second = queries.more(place, session="one", version="66.0")
    assert last_names(second["records"][0]["Contacts"]) == ["C200"]


def test_many_children_come_in_pages(run: Run, queries: Queries, local_org: Org) -> None:
    user = local_org.settings.user_id
    with local_org.transaction():
        account = local_org.create("Account", {"Name": "A"}, user)
        for number in range(450):
            local_org.create("Contact", {"LastName": f"C{number:03}", "AccountId": account}, user)
    body = run("SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account", page_size=200)
    children = body["records"][0]["Contacts"]
    names = last_names(children)
    assert (children["totalSize"], children["done"]) == (450, False)
    while not children["done"]:
        place = children["nextRecordsUrl"].rpartition("/")[2]
        children = queries.more(place, session="one", version="66.0")
        names += last_names(children)
    assert names == [f"C{number:03}" for number in range(450)]
    queries.forget("one")
    with pytest.raises(OrgError, match="INVALID_QUERY_LOCATOR"):
        queries.more(place, session="one", version="66.0")


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        (
            "SELECT Id, (SELECT Id FROM Contactz) FROM Account",
            "INVALID_TYPE",
            "no_such_children Contactz",
        ),
        ("SELECT Id, (SELECT Foo FROM Contacts) FROM Account", "INVALID_FIELD", "no_such_column Foo"),
        (
            "SELECT Id, (SELECT Id FROM Contacts), (SELECT Id FROM contacts) FROM Account",
            "INVALID_FIELD",
            "selected_twice Contacts",
        ),
        (
            "SELECT Id, (SELECT COUNT() FROM Contacts) FROM Account",
            "MALFORMED_QUERY",
            "grouped_subquery",
        ),
        (
            f"SELECT {'(SELECT Id, ' * 5}Id{' FROM ChildAccounts)' * 5} FROM Account",
            "MALFORMED_QUERY",
            "too_many_levels 5",
        ),
        (
            f"SELECT {', '.join(['(SELECT Id FROM Contacts)'] * 21)} FROM Account",
            "MALFORMED_QUERY",
            "too_many_subqueries 20",
        ),
        (
            "SELECT Id, (SELECT Id FROM Contacts OFFSET 2001) FROM Account",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "offset_too_large 2000",
        ),
    ],
)
def test_refusals(run: Run, text: str, code: str, sentence: str) -> None:
    with pytest.raises(OrgError) as caught:
        run(text)
    assert caught.value.code == code
    assert reason(caught.value).startswith(sentence)


def test_errors_in_a_subquery_point_into_the_whole_text(run: Run) -> None:
    with pytest.raises(OrgError) as caught:
        run("SELECT Id, (SELECT Foo FROM Contacts) FROM Account")
    assert caught.value.message.startswith(
        "\nSELECT Id, (SELECT Foo FROM Contacts) FROM Account\n                   ^\n"
        "ERROR at Row:1:Column:20\n"
    )
