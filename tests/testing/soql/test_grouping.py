from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings
from sfsync.testing.soql.query import Queries

from .conftest import reason

Run = Callable[..., dict[str, Any]]
ROWS = (
    ("a", "Energy", 10, 100),
    ("b", "Energy", 20, 250),
    ("c", "energy", None, None),
    ("d", "Banking", 5, 1),
    ("e", None, None, 7),
)


@pytest.fixture(autouse=True)
def accounts(local_org: Org) -> None:
    for name, industry, employees, revenue in ROWS:
        values = {
            "Name": name,
            "Site": industry,
            "NumberOfEmployees": employees,
            "AnnualRevenue": revenue,
            "Description": "x",
        }
        local_org.create("Account", values, local_org.settings.user_id)


def rows(body: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the values of each record, checking what every record has."""
    assert body["done"] is True
    assert body["totalSize"] == len(body["records"])
    assert all(record["attributes"] == {"type": "AggregateResult"} for record in body["records"])
    return [tuple(record.values())[1:] for record in body["records"]]


def test_functions_without_groups_make_one_record(run: Run) -> None:
    body = run(
        "SELECT COUNT(Id), COUNT(NumberOfEmployees), COUNT_DISTINCT(Site), SUM(NumberOfEmployees),"
        " SUM(AnnualRevenue), AVG(NumberOfEmployees), MIN(Name), MAX(AnnualRevenue) FROM Account"
    )
    assert list(body["records"][0]) == ["attributes", *(f"expr{number}" for number in range(8))]
    assert rows(body) == [(5, 3, 2, 35, 358.0, pytest.approx(35 / 3), "a", 250.0)]
    values = rows(body)[0]
    assert [type(value) for value in values[:6]] == [int, int, int, int, float, float]


def test_functions_of_nothing(run: Run) -> None:
    body = run(
        "SELECT COUNT(Id), SUM(AnnualRevenue), AVG(AnnualRevenue), MIN(Name) FROM Account WHERE Name = 'x'"
    )
    assert rows(body) == [(0, None, None, None)]
    assert rows(run("SELECT Site, COUNT(Id) FROM Account WHERE Name = 'x' GROUP BY Site")) == []


def test_groups_and_aliases(run: Run) -> None:
    body = run("SELECT Site, COUNT(Id) total, MAX(Name) FROM Account GROUP BY Site ORDER BY Site NULLS LAST")
    assert [list(record) for record in body["records"]] == [["attributes", "Site", "total", "expr0"]] * 3
    assert rows(body) == [("Banking", 1, "d"), ("Energy", 3, "c"), (None, 1, "e")]


def test_case_makes_groups_where_the_switch_says_so() -> None:
    org = Org(settings=OrgSettings(grouping_ignores_case=False))
    for site in ("a", "A", "a"):
        org.create("Account", {"Name": "x", "Site": site}, org.settings.user_id)
    known = {"user": org.settings.user_id, "session": "s", "version": "66.0"}
    body = Queries(org).run("SELECT Site, COUNT(Id) FROM Account GROUP BY Site", **known)
    assert sorted(rows(body)) == [("A", 1), ("a", 2)]
    org.close()


def test_groups_by_a_parent_and_aliased_fields(run: Run, local_org: Org) -> None:
    user = local_org.settings.user_id
    [parent] = run("SELECT Id FROM Account WHERE Name = 'a'")["records"]
    for number in range(2):
        local_org.create("Contact", {"LastName": f"C{number}", "AccountId": parent["Id"]}, user)
    body = run(
        "SELECT Account.Name, Account.Site s, COUNT(Id) FROM Contact GROUP BY Account.Name, Account.Site"
    )
    assert [list(record) for record in body["records"]] == [["attributes", "Name", "s", "expr0"]]
    assert rows(body) == [("a", "Energy", 2)]


@pytest.mark.parametrize(
    ("having", "expected"),
    [
        ("COUNT(Id) > 1", ["Energy"]),
        ("COUNT(Id) = 1", ["Banking", None]),
        ("SUM(AnnualRevenue) >= 350", ["Energy"]),
        ("AVG(NumberOfEmployees) > 14.5", ["Energy"]),
        ("AVG(AnnualRevenue) = 175", ["Energy"]),
        ("AVG(NumberOfEmployees) IN (15, 5)", ["Banking", "Energy"]),
        ("NOT COUNT(Id) = 1", ["Energy"]),
        ("Site LIKE 'b%' OR MAX(Name) = 'E'", ["Banking", None]),
        ("Site = null AND MIN(AnnualRevenue) < 8", [None]),
        ("SUM(NumberOfEmployees) = null", [None]),
    ],
)
def test_having(run: Run, having: str, expected: list[str | None]) -> None:
    soql = f"SELECT Site FROM Account GROUP BY Site HAVING {having} ORDER BY Site NULLS LAST"
    assert [row[0] for row in rows(run(soql))] == expected


def test_order_limit_and_offset_of_groups(run: Run) -> None:
    soql = "SELECT Site FROM Account GROUP BY Site ORDER BY COUNT(Id) DESC, MAX(Name)"
    assert [row[0] for row in rows(run(soql))] == ["Energy", "Banking", None]
    assert [row[0] for row in rows(run(soql + " LIMIT 1 OFFSET 1"))] == ["Banking"]


def test_conditions_come_before_groups(run: Run) -> None:
    body = run("SELECT COUNT(Id) FROM Account WHERE Site = 'energy' AND NumberOfEmployees > 10")
    assert rows(body) == [(1,)]


def test_sums_may_be_larger_than_64_bits(run: Run, local_org: Org) -> None:
    user = local_org.settings.user_id
    for _ in range(20):
        local_org.create("Account", {"Name": "big", "AnnualRevenue": 9 * 10**17}, user)
    [(total, average)] = rows(
        run("SELECT SUM(AnnualRevenue), AVG(AnnualRevenue) FROM Account WHERE Name = 'big'")
    )
    assert total == pytest.approx(1.8e19)
    assert average == pytest.approx(9e17)


def test_too_many_groups_are_refused(run: Run, local_org: Org) -> None:
    user = local_org.settings.user_id
    with local_org.transaction():
        for number in range(1_996):
            local_org.create("Account", {"Name": f"g{number}"}, user)
    soql = "SELECT Name, COUNT(Id) FROM Account GROUP BY Name"
    with pytest.raises(OrgError, match="EXCEEDED_ID_LIMIT"):
        run(soql)
    assert run(f"{soql} LIMIT 2000")["totalSize"] == 2_000


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        (
            "SELECT Name, COUNT(Id) FROM Account",
            "MALFORMED_QUERY",
            "not_grouped Name",
        ),
        (
            "SELECT Name, COUNT(Id) FROM Account GROUP BY Site",
            "MALFORMED_QUERY",
            "not_grouped Name",
        ),
        (
            "SELECT Site FROM Account GROUP BY Site ORDER BY Name",
            "MALFORMED_QUERY",
            "not_grouped Name",
        ),
        (
            "SELECT COUNT(Site) FROM Account GROUP BY Site",
            "MALFORMED_QUERY",
            "grouped_and_aggregated Site",
        ),
        (
            "SELECT CreatedDate FROM Account GROUP BY CreatedDate",
            "INVALID_FIELD",
            "not_groupable CreatedDate",
        ),
        (
            "SELECT COUNT(Id) FROM Account GROUP BY Description",
            "INVALID_FIELD",
            "not_groupable Description",
        ),
        (
            "SELECT SUM(Name) FROM Account",
            "MALFORMED_QUERY",
            "not_aggregatable Name SUM",
        ),
        (
            "SELECT MAX(IsDeleted) FROM Account",
            "MALFORMED_QUERY",
            "not_aggregatable IsDeleted MAX",
        ),
        ("SELECT COUNT(Foo) FROM Account", "INVALID_FIELD", "no_such_column Foo Account"),
        ("SELECT COUNT(Id) a, COUNT(Name) A FROM Account", "MALFORMED_QUERY", "alias_twice A"),
        ("SELECT Name n FROM Account", "MALFORMED_QUERY", "alias_without_aggregate"),
        (
            "SELECT COUNT(Id) FROM Account LIMIT 1",
            "MALFORMED_QUERY",
            "aggregate_with_limit",
        ),
        (
            "SELECT COUNT(Id), (SELECT Id FROM Contacts) FROM Account",
            "MALFORMED_QUERY",
            "group_with_subquery",
        ),
        (
            "SELECT FORMAT(AnnualRevenue) FROM Account",
            "MALFORMED_QUERY",
            "The function FORMAT() is not supported by this simulated org yet",
        ),
        (
            "SELECT Id FROM Account WHERE COUNT(Id) > 1",
            "MALFORMED_QUERY",
            "misplaced_aggregate COUNT(Id)",
        ),
    ],
)
def test_refusals(run: Run, text: str, code: str, sentence: str) -> None:
    with pytest.raises(OrgError) as caught:
        run(text)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert reason(caught.value).startswith(sentence)


def test_the_caret_points_at_what_is_aggregated(run: Run) -> None:
    with pytest.raises(OrgError) as caught:
        run("SELECT COUNT(Site) FROM Account GROUP BY Site")
    assert caught.value.message.split("\n")[2:4] == [" " * 13 + "^", "ERROR at Row:1:Column:14"]
