from __future__ import annotations

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.soql.explain import explain


def plans(org: Org, soql: str) -> list[tuple[str, list[str], int]]:
    """Return kind, fields and cardinality of the plans, the best first."""
    found = explain(org, soql, org.settings.user_id)["plans"]
    return [(plan["leadingOperationType"], plan["fields"], plan["cardinality"]) for plan in found]


@pytest.fixture(autouse=True)
def accounts(local_org: Org) -> None:
    for number in range(20):
        values = {"Name": f"A{number % 4}", "Site": "x", "Django_Id__c": str(number)}
        local_org.create("Account", values, local_org.settings.user_id)


def test_an_index_is_worth_it_for_few_records(local_org: Org) -> None:
    assert plans(local_org, "SELECT Id FROM Account WHERE Django_Id__c = '3' AND Name != 'A0'") == [
        ("Index", ["Django_Id__c"], 1),
        ("TableScan", [], 1),
        ("Index", ["Name"], 15),
    ]


@pytest.mark.parametrize(
    ("soql", "matches"),
    [
        ("SELECT Id FROM Account", 20),
        ("SELECT Id FROM Account WHERE Site = 'x' OR Name = 'A1'", 20),
        ("SELECT Site, COUNT(Id) FROM Account WHERE Site = 'y' GROUP BY Site", 0),
        ("SELECT COUNT() FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)", 20),
    ],
)
def test_without_an_index_the_table_is_scanned(local_org: Org, soql: str, matches: int) -> None:
    assert plans(local_org, soql) == [("TableScan", [], matches)]


def test_an_empty_object_has_a_plan(local_org: Org) -> None:
    [plan] = explain(local_org, "SELECT Id FROM Lead", local_org.settings.user_id)["plans"]
    assert (plan["sobjectCardinality"], plan["sobjectType"], plan["relativeCost"]) == (0, "Lead", 1.0)
    assert plan["notes"][0]["fields"] == ["IsDeleted"]


@pytest.mark.parametrize("soql", ["SELECT Foo FROM Account", "SELECT Name, COUNT(Id) FROM Account", "x"])
def test_what_cannot_run_cannot_be_explained(local_org: Org, soql: str) -> None:
    with pytest.raises(OrgError):
        explain(local_org, soql, local_org.settings.user_id)
