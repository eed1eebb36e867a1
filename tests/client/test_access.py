"""What `api.get` and its like ask of the org, over HTTP."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sfsync import exceptions
from sfsync.client.resources import Resource

from .scripted import Reply


@pytest.fixture
def account(client):
    return client.post("Account", data={"Name": "Acme", "AnnualRevenue": Decimal(12)})["id"]


def asked(org):
    """Return what the org was asked, without describeGlobal."""
    return [
        f"{request.method} {request.path.partition('66.0/')[2]}"
        for request in org.requests
        if request.kind not in ("token", "describe_global")
    ]


def test_an_sobject_in_brief(client):
    body = client.get("Account")
    assert body["objectDescribe"]["name"] == "Account"
    assert body == client.get("sobjects.Account")


def test_a_record_is_created_read_changed_and_deleted(simulated_org, client):
    created = client.post("Account", data={"Name": "Acme"})
    assert (created["success"], created["errors"]) == (True, [])
    params = {"id": created["id"]}
    assert client.patch("Account.instance", params=params, data={"Name": "New"}) == {}
    assert client.get("Account.instance", params=params)["Name"] == "New"
    assert client.delete("Account.instance", params=params) == {}
    with pytest.raises(exceptions.NotFound):
        client.get("Account.instance", params=params)
    row = f"sobjects/Account/{created['id']}"
    assert asked(simulated_org) == [
        "POST sobjects/Account",
        f"PATCH {row}",
        f"GET {row}",
        f"DELETE {row}",
        f"GET {row}",
    ]


def test_an_id_alone_names_the_record(client, account):
    """As django-sforce had it."""
    assert client.get("Account", params={"id": account})["Name"] == "Acme"
    assert client.patch("Account", params={"id": account}, data={"Name": "New"}) == {}
    assert client.get("Account", params={"id": account})["Name"] == "New"
    assert client.delete("Account", params={"id": account}) == {}


def test_params_that_are_left_over_become_the_query_string(client, account):
    body = client.get("Account.instance", params={"id": account, "fields": ["Name", "AnnualRevenue"]})
    assert set(body) == {"attributes", "Id", "Name", "AnnualRevenue"}
    assert body["AnnualRevenue"] == Decimal(12)


def test_external_ids(client):
    params = {"field": "Django_Id__c", "value": "a/b?c#d é"}
    created = client.patch("Account.external", params=params, data={"Name": "Acme"})
    assert created["created"] is True
    assert client.patch("Account.external", params=params, data={"Name": "New"})["created"] is False
    assert client.get("Account.external", params=params)["Django_Id__c"] == "a/b?c#d é"
    assert client.delete("Account.external", params=params) == {}


def test_what_was_updated_and_deleted(client, account):
    gone = client.post("Account", data={"Name": "Gone"})["id"]
    client.delete("Account.instance", params={"id": gone})
    now = client.org_now()
    params = {"start": now - timedelta(hours=1), "end": now + timedelta(minutes=2)}
    updated = client.get("Account.updated", params=params)
    assert account in updated["ids"]
    assert updated["latestDateCovered"].endswith(".000+0000")
    deleted = client.get("Account.deleted", params=params)
    assert [record["id"] for record in deleted["deletedRecords"]] == [gone]


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Account.updated", "Account.deleted"])
@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"start": NOON.replace(tzinfo=None), "end": NOON}, "aware"),
        ({"start": NOON, "end": NOON}, "before it ends"),
        ({"start": NOON, "end": NOON - timedelta(hours=1)}, "before it ends"),
        ({"start": NOON}, "start and end"),
        ({"start": "2026-11-23T12:00:00Z", "end": NOON}, "aware"),
    ],
)
def test_windows_have_two_aware_ends_in_order(simulated_org, client, name, params, text):
    with pytest.raises(ValueError, match=text):
        client.get(name, params=params)
    assert asked(simulated_org) == []


def test_describe(client):
    assert {"name", "type", "soapType"} <= client.get("Account.describe")["fields"][0].keys()


def test_queries(client, account):
    soql = "SELECT Id FROM Account WHERE Name = 'Acme'"
    assert client.get("query", params={"q": soql})["records"][0]["Id"] == account
    client.delete("Account.instance", params={"id": account})
    assert client.get("query", params={"q": soql})["totalSize"] == 0
    assert client.get("queryAll", params={"q": soql})["totalSize"] == 1


def test_limits_recent_and_sobjects(client):
    assert client.get("limits")["DailyApiRequests"]["Max"] > 0
    assert client.get("recent", params={"limit": 5}) == []
    assert "Account" in {each["name"] for each in client.get("sobjects")["sobjects"]}


def test_head_gives_headers(client):
    headers = client.head("limits")
    assert headers["sforce-limit-info"].startswith("api-usage=")
    assert client.head("Account.describe")["Last-Modified"]


def test_headers_of_ones_own(client, account):
    later = {"If-Modified-Since": client.head("Account.describe")["Last-Modified"]}
    assert client.get("Account.describe", headers=later) == {}


def test_resources_that_every_org_has_cost_no_call_to_find(simulated_org, client):
    client.get("limits")
    assert [request.kind for request in simulated_org.requests] == ["token", "limits"]


@pytest.mark.parametrize(
    ("method", "name", "text"),
    [
        ("patch", "Account.describe", "'Account.describe' has no PATCH. There are: api.get, api.head"),
        ("delete", "Account", "'Account' has no DELETE. There are: api.get, api.head, api.post"),
        ("put", "Account.instance", "api.get, api.head, api.patch, api.delete"),
        ("post", "query", "'query' has no POST"),
    ],
)
def test_a_method_that_a_resource_does_not_have(simulated_org, client, method, name, text):
    with pytest.raises(exceptions.ResourceError, match=text):
        getattr(client, method)(name)
    assert asked(simulated_org) == []


def test_a_param_that_is_missing(simulated_org, client):
    with pytest.raises(exceptions.ResourceError) as caught:
        client.get("Account.external", params={"field": "Django_Id__c"})
    assert str(caught.value) == (
        '\'Account.external\' needs the params field, value. Type params={"field": ..., "value": ...}.'
    )
    assert asked(simulated_org) == []


@pytest.mark.parametrize(
    "value",
    [
        "../../query",
        "../../../../secur/logout.jsp",
        "..%2F..%2Fquery",
        "a?b=c",
        "a#b",
        "//evil.example/",
        "a\r\nb: c",
    ],
)
def test_no_value_leaves_its_place_in_the_path(scripted, scripted_client, value):
    """Covers F86."""
    listed = {"name": "Account", "urls": {"rowTemplate": "/services/data/v66.0/sobjects/Account/{ID}"}}
    scripted.replies = [Reply.json({"sobjects": [listed]}), Reply.json({}), Reply.json({})]
    scripted_client.get("Account.instance", params={"id": value})
    scripted_client.get("Account.external", params={"field": value, "value": value})
    _, row, external = (seen.path for seen in scripted.seen)
    assert row.startswith("/services/data/v66.0/sobjects/Account/")
    assert (row.count("/"), external.count("/")) == (6, 7)
    assert "?" not in row + external
    assert "#" not in row + external


@pytest.mark.parametrize("value", ["", ".", "..", None])
def test_a_value_that_cannot_be_part_of_a_path_is_not_sent(simulated_org, client, value):
    """Covers F86."""
    with pytest.raises(exceptions.ResourceError, match=r"'id' of 'Account\.instance'"):
        client.delete("Account.instance", params={"id": value})
    assert asked(simulated_org) == []


class Patient(Resource):
    """Waits less than the client, and says what it parsed."""

    methods = ("GET", "PUT")
    timeout = (1.0, 0.05)

    def url(self, params):
        return super().url({"kind": "paper", **params})

    def parse(self, body):
        return {"parsed": body}


def test_classes_of_ones_own(scripted, connect):
    client = connect(scripted, resources={"invoices": {"path": "apexrest/invoices/{id}", "class": Patient}})
    scripted.replies = [Reply.json({"total": 7}), Reply(204, b"")]
    assert client.get("invoices", params={"id": "a b"}) == {"parsed": {"total": 7}}
    assert client.put("invoices", params={"id": 5}, data={"total": 8}) == {"parsed": {}}
    assert [(seen.method, seen.path) for seen in scripted.seen] == [
        ("GET", "/services/apexrest/invoices/a%20b?kind=paper"),
        ("PUT", "/services/apexrest/invoices/5?kind=paper"),
    ]
    assert scripted.seen[1].json() == {"total": 8}
    assert client.calls == 2


def test_the_timeout_of_a_class_holds(scripted, connect):
    client = connect(scripted, resources={"slow": {"class": Patient}})
    scripted.replies = [Reply(200, pieces=[b" ", b"{}"], pause=0.5)] * 9
    began = time.monotonic()
    with pytest.raises(exceptions.Unavailable):
        client.put("slow", data={})
    assert time.monotonic() - began < 0.4
