"""Answers equal a naive evaluation in Python, over random records and queries."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfsync.testing.clock import Clock
from sfsync.testing.org import Org
from sfsync.testing.schema import columns
from sfsync.testing.schema.base import FieldSpec
from sfsync.testing.soql.query import Queries
from sfsync.testing.storage.values import dumps

from . import naive
from .naive import Condition, Record

EXTRA = (
    columns.number("Score__c", "Score", 18, 2),
    columns.date("Day__c", "Day"),
    columns.boolean("Flag__c", "Flag"),
    FieldSpec(name="Tags__c", type="multipicklist", label="Tags", length=4_099, sortable=False),
)
quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
long = settings(quick, max_examples=1_500)


@pytest.fixture(scope="module")
def random_org() -> Iterator[Org]:
    org = Org(clock=Clock(datetime.combine(naive.TODAY, time(12), UTC)))
    org.schema.add_fields("Account", EXTRA)
    org.add_object(org.schema.get("Account"))
    yield org
    org.close()


def some(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values if values is naive.FLAGS else (None, *values))


account_values = st.fixed_dictionaries(
    {name: some(values) for name, values in naive.ACCOUNT.items()}
    | {"Tags__c": st.sampled_from((None, "red", "red;green", "blue;red;green"))}
)
contact_values = st.fixed_dictionaries({name: some(values) for name, values in naive.CONTACT.items()})


class World:
    """Random records in the org, and the same as dicts."""

    def __init__(self, org: Org, accounts: list[Record], contacts: list[tuple[Record, int]]) -> None:
        self.org = org
        self.user = org.settings.user_id
        with org.transaction():
            for table in ("Contact", "Account"):
                org.storage.write(f'DELETE FROM "{table}"')
            self.accounts = [self._account(number, values) for number, values in enumerate(accounts)]
            self.contacts = [self._contact(values, parent) for values, parent in contacts]

    def ask(self, soql: str) -> dict[str, Any]:
        body = Queries(self.org).run(soql, user=self.user, session="s", version="66.0")
        answer: dict[str, Any] = json.loads(dumps(body))
        return answer

    def ids(self, soql: str) -> list[str]:
        return [record["Id"] for record in self.ask(soql)["records"]]

    def _account(self, number: int, values: Record) -> Record:
        return {"Id": self.org.create("Account", {"Name": f"A{number}", **values}, self.user), **values}

    def _contact(self, values: Record, parent: int) -> Record:
        account = self.accounts[parent] if 0 <= parent < len(self.accounts) else None
        account_id = account["Id"] if account else None
        created = self.org.create("Contact", {"LastName": "x", "AccountId": account_id, **values}, self.user)
        return {"Id": created, "AccountId": account_id, "Account": account, **values}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Record], list[tuple[Record, int]]]:
    accounts = draw(st.lists(account_values, max_size=8))
    contacts = st.tuples(contact_values, st.integers(-1, len(accounts) - 1))
    return accounts, draw(st.lists(contacts, max_size=8))


account_conditions = naive.conditions(naive.ACCOUNT, "Tags__c")
contact_conditions = naive.conditions(naive.CONTACT | naive.PARENT, "Account.Tags__c")
RANGES = st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 4))


def check_conditions(
    world: World,
    condition: Condition,
    by: list[naive.Order],
    cut: tuple[int | None, int | None],
) -> None:
    limit, offset = cut
    order = ", ".join([*(order.text for order in by), "Id"])
    clauses = f" LIMIT {limit}" if limit is not None else ""
    clauses += f" OFFSET {offset}" if offset is not None else ""
    expected = naive.ordered([one for one in world.contacts if condition.holds(one)], by)
    stop = None if limit is None else (offset or 0) + limit
    wanted = [one["Id"] for one in expected[offset or 0 : stop]]
    soql = f"SELECT Id FROM Contact WHERE {condition.text} ORDER BY {order}{clauses}"
    assert world.ids(soql) == wanted
    count = world.ask(f"SELECT COUNT() FROM Contact WHERE {condition.text}")
    assert count["totalSize"] == len(expected)


def check_joins_and_children(
    world: World, outer: Condition, inner: Condition, negated: bool, limit: int | None
) -> None:
    joined = naive.semi_join(outer, inner, negated=negated, contacts=world.contacts)
    matching = sorted(one["Id"] for one in world.accounts if joined.holds(one))
    assert world.ids(f"SELECT Id FROM Account WHERE {joined.text} ORDER BY Id") == matching
    clause = "" if limit is None else f" LIMIT {limit}"
    subquery = f"(SELECT Id FROM Contacts WHERE {inner.text} ORDER BY Id{clause})"
    for record in world.ask(f"SELECT Id, {subquery} FROM Account")["records"]:
        children = [
            one["Id"] for one in world.contacts if one["AccountId"] == record["Id"] and inner.holds(one)
        ]
        wanted = sorted(children)[:limit]
        shown = record["Contacts"] or {"records": [], "totalSize": 0}
        assert [child["Id"] for child in shown["records"]] == wanted
        assert (record["Contacts"] is None) == (not wanted)
        assert shown["totalSize"] == len(wanted)


def check_groups(world: World, condition: Condition, keys: list[str], least: int) -> None:
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for one in world.accounts:
        if condition.holds(one):
            groups.setdefault(tuple(naive.value_at(one, key) for key in keys), []).append(one)
    # Salesforce refuses to aggregate what it groups by.
    figures = {text: figure for text, figure in FIGURES.items() if text.split("(")[1].rstrip(")") not in keys}
    aliases = ", ".join(f"{text} f{number}" for number, text in enumerate(figures))
    soql = (
        f"SELECT {', '.join(keys)}, {aliases} FROM Account WHERE {condition.text}"
        f" GROUP BY {', '.join(keys)} HAVING COUNT(Id) >= {least}"
    )
    records = world.ask(soql)["records"]
    found = {tuple(naive.comparable(key, record[key]) for key in keys): record for record in records}
    assert len(found) == len(records)
    assert found.keys() == {key for key, members in groups.items() if len(members) >= least}
    for key, record in found.items():
        for number, (text, figure) in enumerate(figures.items()):
            path = text.split("(")[1].rstrip(")")
            values = [value for one in groups[key] if (value := naive.value_at(one, path)) is not None]
            shown, wanted = record[f"f{number}"], figure(values)
            assert shown == wanted or math.isclose(shown, wanted, rel_tol=1e-12, abs_tol=1e-9)


FIGURES: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT(Id)": len,
    "COUNT(Day__c)": len,
    "COUNT_DISTINCT(Site)": lambda texts: len(set(texts)),
    "SUM(Score__c)": lambda scores: sum(scores) / 100 if scores else None,
    "SUM(NumberOfEmployees)": lambda numbers: sum(numbers) if numbers else None,
    "AVG(NumberOfEmployees)": lambda numbers: sum(numbers) / len(numbers) if numbers else None,
    "MIN(Day__c)": lambda days: min(days, default=None),
    "MAX(Score__c)": lambda scores: max(scores) / 100 if scores else None,
}
ORDERS = st.lists(naive.orders(naive.CONTACT | naive.PARENT), max_size=2)
KEYS = st.lists(st.sampled_from(["Site", "NumberOfEmployees", "Flag__c", "Day__c"]), min_size=1, unique=True)


class TestQuick:
    @quick
    @given(worlds(), contact_conditions, ORDERS, RANGES)
    def test_conditions(self, random_org: Org, world: Any, condition: Any, by: Any, cut: Any) -> None:
        check_conditions(World(random_org, *world), condition, by, cut)

    @quick
    @given(worlds(), account_conditions, contact_conditions, st.booleans(), st.none() | st.integers(0, 2))
    def test_joins(self, random_org: Org, world: Any, outer: Any, inner: Any, no: bool, limit: Any) -> None:
        check_joins_and_children(World(random_org, *world), outer, inner, no, limit)

    @quick
    @given(worlds(), account_conditions, KEYS, st.integers(0, 2))
    def test_groups(self, random_org: Org, world: Any, condition: Any, keys: Any, least: int) -> None:
        check_groups(World(random_org, *world), condition, keys, least)


@pytest.mark.slow
class TestLong:
    @long
    @given(worlds(), contact_conditions, ORDERS, RANGES)
    def test_conditions(self, random_org: Org, world: Any, condition: Any, by: Any, cut: Any) -> None:
        check_conditions(World(random_org, *world), condition, by, cut)

    @long
    @given(worlds(), account_conditions, contact_conditions, st.booleans(), st.none() | st.integers(0, 2))
    def test_joins(self, random_org: Org, world: Any, outer: Any, inner: Any, no: bool, limit: Any) -> None:
        check_joins_and_children(World(random_org, *world), outer, inner, no, limit)

    @long
    @given(worlds(), account_conditions, KEYS, st.integers(0, 2))
    def test_groups(self, random_org: Org, world: Any, condition: Any, keys: Any, least: int) -> None:
        check_groups(World(random_org, *world), condition, keys, least)
