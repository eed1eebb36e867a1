"""What queries find depends on who asks."""

from __future__ import annotations

from typing import Any

import pytest

from sfsync.testing.access import Access
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.soql.query import Queries

from .conftest import reason


@pytest.fixture
def other(org: Org) -> str:
    """A user who has no records but those owned or shared."""
    return org.add_user("other@simulated-org.example", access=Access(view_all=False))


def run(org: Org, soql: str, user: str, **options: Any) -> dict[str, Any]:
    return Queries(org).run(soql, user=user, session="s", version="66.0", **options)


def names(org: Org, soql: str, user: str, **options: Any) -> list[str]:
    return [record["Name"] for record in run(org, soql, user, **options)["records"]]


def test_a_query_finds_what_its_user_sees(org: Org, user: str, other: str) -> None:
    shared, hidden = (org.create("Account", {"Name": name}, user) for name in ("Shared", "Hidden"))
    org.create("Account", {"Name": "Own"}, other)
    org.permissions.table.share(other, [shared])
    soql = "SELECT Name FROM Account ORDER BY Name"
    assert names(org, soql, user) == ["Hidden", "Own", "Shared"]
    assert names(org, soql, other) == ["Own", "Shared"]
    assert run(org, "SELECT COUNT() FROM Account", other)["totalSize"] == 2
    org.delete("Account", hidden, user)
    org.delete("Account", shared, user)
    assert names(org, soql, other, include_deleted=True) == ["Own", "Shared"]


def test_a_parent_that_is_not_seen_reads_as_none(org: Org, user: str, other: str) -> None:
    account = org.create("Account", {"Name": "Hidden"}, user)
    contact = org.create("Contact", {"LastName": "Rose", "AccountId": account}, user)
    org.permissions.table.share(other, [contact])
    soql = "SELECT Account.Name FROM Contact"
    assert run(org, soql, user)["records"][0]["Account"]["Name"] == "Hidden"
    assert run(org, soql, other)["records"][0]["Account"] is None
    assert run(org, "SELECT Id FROM Contact WHERE Account.Name = 'Hidden'", other)["totalSize"] == 0


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Id, Phone FROM Account",
        "SELECT Id FROM Account WHERE Phone = '1'",
        "SELECT Id FROM Account ORDER BY Phone",
        "SELECT Id, Account.Phone FROM Contact",
    ],
)
def test_a_hidden_field_is_no_column(org: Org, user: str, other: str, soql: str) -> None:
    org.permissions.table.set(other, Access(fields={"Account.Phone": ""}))
    run(org, soql, user)
    with pytest.raises(OrgError) as caught:
        run(org, soql, other)
    assert caught.value.code == "INVALID_FIELD"
    assert reason(caught.value) == "no_such_column Phone Account"


def test_a_hidden_object_is_no_type(org: Org, user: str, other: str) -> None:
    org.permissions.table.set(other, Access(objects={"Account": ""}))
    with pytest.raises(OrgError) as caught:
        run(org, "SELECT Id FROM Account", other)
    assert caught.value.code == "INVALID_TYPE"
