"""Paths over lookups to several objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings
from sfsync.testing.soql.query import Queries

from .conftest import reason

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def activities(local_org: Org) -> dict[str, str]:
    """Tasks: t1 about an account with a contact, t2 about a case with a lead, t3 about nothing; ids by name."""
    user = local_org.settings.user_id
    ids = {"account": local_org.create("Account", {"Name": "Edge"}, user)}
    ids["contact"] = local_org.create("Contact", {"LastName": "Rose", "Email": "rose@example.com"}, user)
    ids["lead"] = local_org.create("Lead", {"LastName": "Luke", "Company": "Star"}, user)
    ids["case"] = local_org.create("Case", {"Subject": "broken"}, user)
    for subject, who, what in (("t1", "contact", "account"), ("t2", "lead", "case"), ("t3", "", "")):
        values = {"Subject": subject, "WhoId": ids.get(who), "WhatId": ids.get(what)}
        ids[subject] = local_org.create("Task", values, user)
    return ids


def subjects(body: dict[str, Any]) -> str:
    return " ".join(record["Subject"] for record in body["records"])


def test_a_parent_of_any_object_goes_out_as_a_name(
    run: Run, local_org: Org, activities: dict[str, str]
) -> None:
    body = run(
        "SELECT Who.Name, Who.Type, Who.Email, What.Id, What.Name, What.Type FROM Task ORDER BY Subject"
    )
    first, second, third = body["records"]
    url = f"/services/data/v66.0/sobjects/Contact/{activities['contact']}"
    assert first["Who"] == {
        "attributes": {"type": "Name", "url": url},
        "Name": "Rose",
        "Type": "Contact",
        "Email": "rose@example.com",
    }
    assert (first["What"]["Id"], first["What"]["Name"], first["What"]["Type"]) == (
        activities["account"],
        "Edge",
        "Account",
    )
    assert (second["Who"]["Name"], second["Who"]["Type"], second["Who"]["Email"]) == ("Luke", "Lead", None)
    number = local_org.read("Case", activities["case"], None, local_org.settings.user_id)["CaseNumber"]
    assert (second["What"]["Name"], second["What"]["Type"]) == (number, "Case")
    assert (third["Who"], third["What"]) == (None, None)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Who.Type = 'Contact'", "t1"),
        ("Who.Type != 'contact'", "t2 t3"),
        ("What.Type IN ('Account', 'Case')", "t1 t2"),
        ("Who.Name LIKE 'r%'", "t1"),
        ("Who.FirstName = null", "t1 t2 t3"),
        ("Who.LastName = 'Luke' AND What.Type = 'Case'", "t2"),
        ("Who.Id = null", "t3"),
        ("Owner.Name != null", "t1 t2 t3"),
        ("WhatId IN (SELECT Id FROM Account)", "t1"),
        ("WhoId NOT IN (SELECT Id FROM Lead)", "t1 t3"),
    ],
)
def test_conditions_on_a_parent_of_any_object(
    run: Run, activities: dict[str, str], where: str, expected: str
) -> None:
    assert subjects(run(f"SELECT Subject FROM Task WHERE {where} ORDER BY Subject")) == expected


def test_order_and_groups_by_a_parent_of_any_object(run: Run, activities: dict[str, str]) -> None:
    assert subjects(run("SELECT Subject FROM Task ORDER BY Who.Name NULLS LAST")) == "t2 t1 t3"
    body = run("SELECT Who.Type, COUNT(Id) FROM Task GROUP BY Who.Type ORDER BY Who.Type NULLS LAST")
    assert [(one["Type"], one["expr0"]) for one in body["records"]] == [
        ("Contact", 1),
        ("Lead", 1),
        (None, 1),
    ]


def test_tasks_are_children_of_any_object(run: Run, activities: dict[str, str]) -> None:
    for sobject, subject in (("Account", "t1"), ("Case", "t2"), ("Contact", "t1"), ("Lead", "t2")):
        [record] = run(f"SELECT Id, (SELECT Subject FROM Tasks) FROM {sobject}")["records"]
        assert subjects(record["Tasks"]) == subject


@pytest.fixture
def plain_org() -> Iterator[Org]:
    org = Org(settings=OrgSettings(polymorphic_parents_are_names=False))
    yield org
    org.close()


def test_a_parent_goes_out_as_its_object_where_the_switch_says_so(plain_org: Org) -> None:
    user = plain_org.settings.user_id
    contact = plain_org.create("Contact", {"LastName": "Rose"}, user)
    plain_org.create("Task", {"Subject": "t", "WhoId": contact}, user)
    body = Queries(plain_org).run("SELECT Who.Name FROM Task", user=user, session="s", version="66.0")
    assert body["records"][0]["Who"]["attributes"]["type"] == "Contact"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("Who.Birthdate", "no_such_column Birthdate Name"),
        ("Who.Owner.Name", "no_such_relationship Owner"),
    ],
)
def test_only_what_names_have_is_reached(run: Run, path: str, sentence: str) -> None:
    with pytest.raises(OrgError) as caught:
        run(f"SELECT {path} FROM Task")
    assert caught.value.code == "INVALID_FIELD"
    assert reason(caught.value).startswith(sentence)
