from functools import partial

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.soql.query import Queries
from sfsync.testing.storage import parse_moment


@pytest.fixture
def account(org: Org, user: str) -> str:
    return org.create("Account", {"Name": "A", "BillingCity": "Austin", "AnnualRevenue": 139000000}, user)


def test_all_fields_in_describe_order(org: Org, user: str, account: str) -> None:
    record = org.read("account", account[:15], None, user, version="58.0")
    assert list(record) == [
        "attributes",
        *(field["name"] for field in org.describe("Account", user)["fields"]),
    ]
    url = f"/services/data/v58.0/sobjects/Account/{account}"
    assert record["attributes"] == {"type": "Account", "url": url}


def test_named_fields_in_their_order_and_id_at_the_end(org: Org, user: str, account: str) -> None:
    record = org.read("Account", account, ["annualrevenue", "Name", "name"], user)
    assert list(record.items())[1:] == [("AnnualRevenue", 139000000.0), ("Name", "A"), ("Id", account)]


def test_addresses(org: Org, user: str, account: str) -> None:
    record = org.read("Account", account, ["BillingAddress", "ShippingAddress"], user)
    assert record["ShippingAddress"] is None
    assert record["BillingAddress"] == {
        "city": "Austin",
        "country": None,
        "geocodeAccuracy": None,
        "latitude": None,
        "longitude": None,
        "postalCode": None,
        "state": None,
        "street": None,
    }
    assert list(record["BillingAddress"]) == sorted(record["BillingAddress"])


@pytest.mark.parametrize("record_id", ["001dM00003jU9GxQAK", "003dM00003jU9Gx", "Nope", "001dM00003jU9GxQAJ"])
def test_ids_of_nothing(org: Org, user: str, record_id: str) -> None:
    with pytest.raises(OrgError) as caught:
        org.read("Account", record_id, None, user)
    assert (caught.value.status, caught.value.code) == (404, "NOT_FOUND")


def test_an_unknown_field(org: Org, user: str, account: str) -> None:
    with pytest.raises(OrgError) as caught:
        org.read("Account", account, ["Name", "Nope"], user)
    text = "No such column 'Nope' on sobject of type Account"
    assert (caught.value.status, caught.value.code, caught.value.message) == (400, "INVALID_FIELD", text)


def test_retrieve_keeps_order_and_length(org: Org, user: str, account: str) -> None:
    other = org.create("Account", {"Name": "B"}, user)
    gone = org.create("Account", {"Name": "C"}, user)
    contact = org.create("Contact", {"LastName": "D"}, user)
    org.delete("Account", gone, user)
    asked = [other, gone, account[:15], "x", contact, account]
    found = org.retrieve("Account", asked, ["Id", "name"], user)
    names = [record and record["Name"] for record in found]
    assert names == ["B", None, "A", None, None, "A"]
    assert list(found[0] or ()) == ["attributes", "Id", "Name"]


def test_retrieve_refuses_an_unknown_field(org: Org, user: str) -> None:
    with pytest.raises(OrgError) as caught:
        org.retrieve("Account", [], ["Nope"], user)
    assert caught.value.code == "INVALID_FIELD"


def test_a_view_shows_in_the_next_read_and_touches_no_stamp(
    org: Org, clock: Clock, user: str, account: str
) -> None:
    clock.advance(10)
    names = ["LastViewedDate", "SystemModstamp"]
    first = org.read("Account", account, names, user)
    assert [first[name] for name in names] == [None, "2026-11-23T12:00:30.000+0000"]
    second = org.read("Account", account, names, user)
    assert [second[name] for name in names] == ["2026-11-23T12:00:40.000+0000", first["SystemModstamp"]]


def test_each_user_has_views_of_their_own(org: Org, user: str, account: str) -> None:
    other = org.add_user("other@simulated-org.example")
    org.read("Account", account, None, user)
    moment = "2026-11-23T12:00:30.000+0000"
    names = ["LastViewedDate", "LastReferencedDate"]
    soql = "SELECT LastViewedDate, LastReferencedDate FROM Account WHERE LastViewedDate {} null"
    run = partial(Queries(org).run, session="", version="66.0")
    [found] = run(soql.format("!="), user=user)["records"]
    assert [found[name] for name in names] == [moment, moment]
    assert run(soql.format("!="), user=other)["records"] == []
    [found] = org.retrieve("Account", [account], names, other)
    assert found is not None
    assert [found[name] for name in names] == [None, None]
    assert [len(org.recent(one)) for one in (user, other)] == [1, 0]


def test_recent_items(org: Org, clock: Clock, user: str, account: str) -> None:
    other = org.create("Account", {"Name": "B"}, user)
    org.read("Account", account, None, user)
    clock.advance(1)
    org.read("Account", other, None, user)
    body = org.basic_info("Account", user, "63.0")
    assert list(body) == ["objectDescribe", "recentItems"]
    assert [(item["Id"], item["Name"]) for item in body["recentItems"]] == [(other, "B"), (account, "A")]


def test_last_modified(org: Org, user: str, account: str) -> None:
    assert org.last_modified("Account", account, user) == parse_moment("2026-11-23T12:00:30.000+0000")
    with pytest.raises(OrgError) as caught:
        org.last_modified("Account", "001dM00003jU9GxQAK", user)
    assert caught.value.status == 404
