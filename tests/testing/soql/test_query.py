from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sfsync.testing.access import Access
from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.soql.query import Queries

from .conftest import reason

Run = Callable[..., dict[str, Any]]


def create(org: Org, sobject: str, **values: Any) -> str:
    return org.create(sobject, values, org.settings.user_id)


def accounts(org: Org, count: int) -> list[str]:
    with org.transaction():
        return [create(org, "Account", Name=f"A{number:05}") for number in range(count)]


def more(queries: Queries, body: dict[str, Any], session: str = "one") -> dict[str, Any]:
    return queries.more(body["nextRecordsUrl"].rpartition("/")[2], session=session, version="66.0")


def test_a_record_has_what_was_asked_for_in_that_order(run: Run, local_org: Org) -> None:
    account = create(local_org, "Account", Name="Edge")
    contact = create(local_org, "Contact", LastName="Rose", AccountId=account)
    [record] = run("SELECT account.owner.name, lastname, Account.Id, contact.Id, Email FROM contact")[
        "records"
    ]
    user = local_org.settings.user_id
    assert record == {
        "attributes": {"type": "Contact", "url": f"/services/data/v66.0/sobjects/Contact/{contact}"},
        "Account": {
            "attributes": {"type": "Account", "url": f"/services/data/v66.0/sobjects/Account/{account}"},
            "Owner": {
                "attributes": {"type": "User", "url": f"/services/data/v66.0/sobjects/User/{user}"},
                "Name": record["Account"]["Owner"]["Name"],
            },
            "Id": account,
        },
        "LastName": "Rose",
        "Id": contact,
        "Email": None,
    }
    assert list(record) == ["attributes", "Account", "LastName", "Id", "Email"]


def test_an_empty_lookup_is_null(run: Run, local_org: Org) -> None:
    create(local_org, "Contact", LastName="Rose")
    [record] = run("SELECT Account.Name, Account.Parent.Name FROM Contact WHERE Account.Name = null")[
        "records"
    ]
    assert record["Account"] is None


def test_fields_stands_for_many(run: Run, local_org: Org) -> None:
    create(local_org, "Account", Name="Edge")
    every = [field.name for field in local_org.schema.get("Account").fields.values()]
    [record] = run("SELECT FIELDS(ALL) FROM Account LIMIT 200")["records"]
    assert list(record) == ["attributes", *every]
    [record] = run("SELECT Fields(Custom), Name FROM Account LIMIT 1")["records"]
    assert list(record) == ["attributes", *(name for name in every if name.endswith("__c")), "Name"]
    [record] = run("SELECT FIELDS(STANDARD) FROM Account")["records"]
    assert list(record) == ["attributes", *(name for name in every if not name.endswith("__c"))]
    for text in ("SELECT FIELDS(ALL) FROM Account", "SELECT FIELDS(CUSTOM) FROM Account LIMIT 201"):
        with pytest.raises(OrgError) as caught:
            run(text)
        assert reason(caught.value) == "fields_without_limit 200"


def test_an_alias_names_the_object(run: Run, local_org: Org) -> None:
    create(local_org, "Account", Name="Edge")
    [record] = run("SELECT a.Name FROM Account a WHERE a.Name = 'Edge' ORDER BY a.Name")["records"]
    assert record["Name"] == "Edge"


def test_compound_fields_are_objects(run: Run, local_org: Org) -> None:
    create(local_org, "Account", Name="Edge", BillingCity="Austin")
    [record] = run("SELECT BillingAddress, ShippingAddress FROM Account")["records"]
    assert record["BillingAddress"]["city"] == "Austin"
    assert record["ShippingAddress"] is None


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("Site", ["none", "a", "B", "c"]),
        ("Site ASC NULLS LAST", ["a", "B", "c", "none"]),
        ("Site DESC", ["none", "c", "B", "a"]),
        ("Site DESC NULLS LAST", ["c", "B", "a", "none"]),
        ("AnnualRevenue DESC NULLS LAST, Name", ["B", "a", "c", "none"]),
    ],
)
def test_order(run: Run, local_org: Org, order: str, expected: list[str]) -> None:
    for name, site, revenue in (("B", "B", 20), ("a", "a", 3), ("c", "c", None), ("none", None, None)):
        create(local_org, "Account", Name=name, Site=site, AnnualRevenue=revenue)
    assert [
        record["Name"] for record in run(f"SELECT Name FROM Account ORDER BY {order}")["records"]
    ] == expected


def test_limit_and_offset(run: Run, local_org: Org) -> None:
    accounts(local_org, 5)
    body = run("SELECT Name FROM Account ORDER BY Name LIMIT 2 OFFSET 1")
    assert [record["Name"] for record in body["records"]] == ["A00001", "A00002"]
    assert (body["totalSize"], body["done"]) == (2, True)
    assert run("SELECT Name FROM Account OFFSET 3")["totalSize"] == 2
    assert run("SELECT COUNT() FROM Account LIMIT 4") == {"totalSize": 4, "done": True, "records": []}
    with pytest.raises(OrgError) as caught:
        run("SELECT Name FROM Account OFFSET 2001")
    assert caught.value.code == "NUMBER_OUTSIDE_VALID_RANGE"
    assert reason(caught.value) == "offset_too_large 2000"


def test_deleted_records_are_seen_by_query_all_only(run: Run, local_org: Org) -> None:
    kept, deleted = accounts(local_org, 2)
    local_org.delete("Account", deleted, local_org.settings.user_id)
    assert [record["Id"] for record in run("SELECT Id FROM Account")["records"]] == [kept]
    body = run("SELECT Id, IsDeleted FROM Account WHERE IsDeleted = true", include_deleted=True)
    assert [(record["Id"], record["IsDeleted"]) for record in body["records"]] == [(deleted, True)]


def test_pages_follow_each_other(run: Run, queries: Queries, local_org: Org) -> None:
    ids = accounts(local_org, 2_500)
    first = run("SELECT Id FROM Account ORDER BY Name")
    assert list(first) == ["totalSize", "done", "nextRecordsUrl", "records"]
    assert (first["totalSize"], first["done"], len(first["records"])) == (2_500, False, 2_000)
    assert first["nextRecordsUrl"].startswith("/services/data/v66.0/query/0r8")
    assert len(first["nextRecordsUrl"].rpartition("/")[2].removesuffix("-2000")) == 18
    second = more(queries, first)
    assert list(second) == ["totalSize", "done", "records"]
    assert [record["Id"] for record in first["records"] + second["records"]] == ids
    assert more(queries, first) == second


@pytest.mark.parametrize(
    ("fields", "hoped", "size"),
    [
        ("Id", None, 1_100),
        ("Id", 200, 200),
        ("Id", 1, 200),
        ("Id", 700, 700),
        ("Id, Description", None, 1_000),
        ("Id, Description, Parent.Description", None, 200),
        (
            "Id, Name, Phone, Fax, Website, Sic, Site, Industry, Type, Rating, BillingCity, BillingStreet, "
            "BillingCountry, ShippingCity, ShippingStreet, ShippingCountry, OwnerId, ParentId, CreatedDate, "
            "SystemModstamp",
            None,
            1_000,
        ),
    ],
)
def test_pages_shrink(run: Run, local_org: Org, fields: str, hoped: int | None, size: int) -> None:
    accounts(local_org, 1_100)
    assert len(run(f"SELECT {fields} FROM Account", page_size=hoped)["records"]) == size


def test_values_are_read_with_the_page(run: Run, queries: Queries, local_org: Org) -> None:
    ids = accounts(local_org, 201)
    first = run("SELECT Name FROM Account ORDER BY Name", page_size=200)
    local_org.update("Account", ids[-1], {"Name": "changed"}, local_org.settings.user_id)
    create(local_org, "Account", Name="too late")
    assert [record["Name"] for record in more(queries, first)["records"]] == ["changed"]


def test_a_cursor_belongs_to_its_session(run: Run, queries: Queries, local_org: Org) -> None:
    accounts(local_org, 201)
    first = run("SELECT Id FROM Account", page_size=200)
    with pytest.raises(OrgError, match="INVALID_QUERY_LOCATOR"):
        more(queries, first, session="two")
    queries.forget("two")
    assert more(queries, first)["done"]
    queries.forget("one")
    with pytest.raises(OrgError, match="INVALID_QUERY_LOCATOR"):
        more(queries, first)


def test_a_cursor_lives_two_days() -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    org = Org(clock=clock)
    queries = Queries(org)
    accounts(org, 201)
    user = org.settings.user_id
    first = queries.run("SELECT Id FROM Account", user=user, session="one", version="66.0", page_size=200)
    clock.advance(timedelta(days=2).total_seconds() - 1)
    assert more(queries, first)["done"]
    clock.advance(1)
    with pytest.raises(OrgError, match="INVALID_QUERY_LOCATOR"):
        more(queries, first)
    org.close()


@pytest.mark.parametrize("place", ["", "0r8xx5R2yF2gs3VASQ-2000", "x-1", "-"])
def test_unknown_cursors_are_refused(queries: Queries, place: str) -> None:
    with pytest.raises(OrgError) as caught:
        queries.more(place, session="one", version="66.0")
    assert (caught.value.status, reason(caught.value)) == (400, "bad_locator")


@pytest.mark.parametrize("offset", ["201", "-5", "x", "", "99999999999999999999", "²"])
def test_a_place_outside_of_the_cursor_is_refused(
    run: Run, queries: Queries, local_org: Org, offset: str
) -> None:
    accounts(local_org, 201)
    url = run("SELECT Id FROM Account", page_size=200)["nextRecordsUrl"]
    locator = url.rpartition("/")[2].partition("-")[0]
    with pytest.raises(OrgError, match="INVALID_QUERY_LOCATOR"):
        queries.more(f"{locator}-{offset}", session="one", version="66.0")


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("SELECT Id FROM XYZZY", "INVALID_TYPE", "sObject type 'XYZZY' is not supported."),
        ("SELECT Foo FROM Account", "INVALID_FIELD", "no_such_column Foo Account"),
        ("SELECT Parent.Foo FROM Account", "INVALID_FIELD", "no_such_column Foo Account"),
        (
            "SELECT Foo.Id FROM Account",
            "INVALID_FIELD",
            "no_such_relationship Foo",
        ),
        ("SELECT Id, ID FROM Account", "INVALID_FIELD", "selected_twice ID"),
        (
            "SELECT Id FROM Account ORDER BY Description",
            "INVALID_FIELD",
            "not_sortable Description",
        ),
        (
            f"SELECT Id FROM Account ORDER BY {', '.join(['Name'] * 33)}",
            "MALFORMED_QUERY",
            "too_many_orderings 32",
        ),
        (
            f"SELECT {'Parent.' * 6}Id FROM Account",
            "MALFORMED_QUERY",
            "path_too_long 5",
        ),
    ],
)
def test_refusals(run: Run, text: str, code: str, sentence: str) -> None:
    with pytest.raises(OrgError) as caught:
        run(text)
    assert caught.value.code == code
    assert reason(caught.value).startswith(sentence)


def test_what_a_user_may_not_see_is_not_there(queries: Queries, local_org: Org) -> None:
    access = Access(objects={"Opportunity": ""}, fields={"Contact.Email": "", "Contact.AccountId": ""})
    limited = local_org.add_user("limited@example.com", access=access)
    known = {"user": limited, "session": "one", "version": "66.0"}
    assert queries.run("SELECT Id FROM Contact", **known)["totalSize"] == 0
    for text in (
        "SELECT Id FROM Opportunity",
        "SELECT Email FROM Contact",
        "SELECT Account.Id FROM Contact",
        "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
        "SELECT Id, (SELECT Id FROM Opportunities) FROM Account",
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)",
    ):
        with pytest.raises(OrgError, match="INVALID_"):
            queries.run(text, **known)


def test_a_user_without_view_all_queries_what_is_owned_and_shared(queries: Queries, local_org: Org) -> None:
    limited = local_org.add_user("own@example.com", access=Access(view_all=False, modify_all=False))
    shared, hidden = accounts(local_org, 2)
    local_org.permissions.table.share(limited, [shared])
    contact = local_org.create(
        "Contact", {"LastName": "Rose", "AccountId": shared, "OwnerId": limited}, limited
    )
    create(local_org, "Contact", LastName="Hidden", AccountId=hidden)
    known = {"user": limited, "session": "one", "version": "66.0"}
    body = queries.run("SELECT Id, (SELECT Id, Account.Name FROM Contacts) FROM Account", **known)
    assert [record["Id"] for record in body["records"]] == [shared]
    assert [child["Id"] for child in body["records"][0]["Contacts"]["records"]] == [contact]
    assert queries.run("SELECT COUNT(Id) FROM Contact", **known)["records"][0]["expr0"] == 1


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT Id FROM Account WHERE {'NOT ' * 99}Name = 'a'",
        f"SELECT {', '.join(f'COUNT(Id) a{number}' for number in range(2_100))} FROM Account",
    ],
)
def test_what_the_store_finds_too_much_is_too_complicated(run: Run, text: str) -> None:
    with pytest.raises(OrgError) as caught:
        run(text)
    assert caught.value.code == "QUERY_TOO_COMPLICATED"


def test_a_query_may_be_long_where_it_is_not_deep(run: Run, local_org: Org) -> None:
    create(local_org, "Task", Subject="t")
    assert run(f"SELECT Id FROM Task WHERE {' OR '.join(['Who.Name = null'] * 2_000)}")["totalSize"] == 1
    days = ", ".join(["YESTERDAY"] * 5_000)
    assert run(f"SELECT Id FROM Task WHERE CreatedDate IN ({days}, TODAY)")["totalSize"] == 1


def test_five_parents_are_allowed(run: Run, local_org: Org) -> None:
    parent = None
    for number in range(6):
        parent = create(local_org, "Account", Name=f"level {number}", ParentId=parent)
    [record] = run(f"SELECT {'Parent.' * 5}Name FROM Account WHERE Id = '{parent}'")["records"]
    for _ in range(5):
        record = record["Parent"]
    assert record["Name"] == "level 0"
