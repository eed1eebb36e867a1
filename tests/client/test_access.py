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
    assert client.get("Account", params={"Id": account})["Name"] == "New"
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


def test_searches(client, account):
    sosl = {"q": "FIND {Acme} IN NAME FIELDS RETURNING Account(Id, Name)"}
    (found,) = client.get("search", params=sosl)["searchRecords"]
    assert (found["Id"], found["Name"]) == (account, "Acme")
    params = {"q": "Acme", "sobject": "Account", "Account.fields": ["Id", "Name"]}
    data = {"q": "Acme", "sobjects": [{"name": "Account", "fields": ["Id", "Name"]}]}
    assert client.get("parameterizedSearch", params=params)["searchRecords"] == [found]
    assert client.post("parameterizedSearch", data=data)["searchRecords"] == [found]
    (in_xml,) = client.get("search", params=sosl, format="xml")["searchRecords"]
    assert in_xml["Id"] == account


def test_a_search_that_posts_is_repeated_as_the_read_it_is(simulated_org, client, account):
    simulated_org.faults.add("status", status=503, method="POST", times=1)
    data = {"q": "Acme", "sobjects": [{"name": "Account", "fields": ["Id"]}]}
    assert client.post("parameterizedSearch", data=data)["searchRecords"][0]["Id"] == account
    simulated_org.faults.add("status", status=503, method="POST", times=1)
    with pytest.raises(exceptions.Unavailable):
        client.post("Account", data={"Name": "once"})


@pytest.mark.parametrize(
    "name", ["layouts", "compactLayouts", "approvalLayouts", "quickActions", "listviews"]
)
def test_what_an_sobject_looks_like(simulated_org, client, name):
    urls = client.get("Account")["objectDescribe"]["urls"]
    assert client.get(f"Account.{name}") is not None
    assert simulated_org.requests[-1].path == urls[name]


def test_layouts_have_sections(client):
    assert client.get("Account.layouts")["layouts"][0]["detailLayoutSections"]


def test_limits_recent_and_sobjects(client):
    assert client.get("limits")["DailyApiRequests"]["Max"] > 0
    assert client.get("recent", params={"limit": 5}) == []
    assert "Account" in {each["name"] for each in client.get("sobjects")["sobjects"]}


def test_head_gives_headers(client):
    headers = client.head("limits")
    assert headers["sforce-limit-info"].startswith("api-usage=")
    assert client.head("Account.describe")["Last-Modified"]


def test_head_knows_errors_by_their_status(simulated_org, client):
    before = client.head("Account.describe")
    simulated_org.site.sessions.end_all()
    assert client.head("Account.describe")["Last-Modified"] == before["Last-Modified"]
    calls = client.calls
    with pytest.raises(exceptions.NotFound):
        client.head("Account.instance", params={"id": "001000000000000AAA"})
    assert client.calls == calls + 1


def test_headers_of_ones_own(client, account):
    later = {"If-Modified-Since": client.head("Account.describe")["Last-Modified"]}
    assert client.get("Account.describe", headers=later) == {}


@pytest.mark.parametrize(
    "headers", ["a", [("A", "b")], {"A": 1}, {1: "a"}, {"A": "b\r\nC: d"}, {"A": "é"}, 7]
)
@pytest.mark.parametrize("method", ["get", "head", "delete"])
def test_headers_are_a_dict_of_lines(simulated_org, client, method, headers):
    with pytest.raises(exceptions.ResourceError, match="headers are a dict"):
        getattr(client, method)("limits", headers=headers)
    assert simulated_org.requests == []


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


@pytest.mark.parametrize("name", [None, 5, ["Account"]])
def test_a_name_is_a_text(simulated_org, client, name):
    with pytest.raises(exceptions.ResourceError, match=r'a text such as "Account\.describe"'):
        client.get(name)
    assert asked(simulated_org) == []


@pytest.mark.parametrize("params", ["001000000000001AAA", [("id", "001000000000001AAA")], {1: 2}, 7, ""])
def test_params_are_a_dict_with_names(simulated_org, client, params):
    with pytest.raises(exceptions.ResourceError, match="params are a dict with texts as keys"):
        client.get("Account.instance", params)
    assert asked(simulated_org) == []


@pytest.mark.parametrize(
    ("method", "name", "text"),
    [
        ("post", "Account", r'\'Account\' needs data\. Type api\.post\("Account", data={\.\.\.}\)'),
        ("patch", "Account", r'api\.patch\("Account", params={\.\.\.}, data={\.\.\.}\)'),
        ("patch", "Account.instance", r"params={\.\.\.}, data={\.\.\.}"),
        ("post", "parameterizedSearch", "needs data"),
    ],
)
@pytest.mark.parametrize("format", ["json", "xml"])
def test_data_that_is_missing(simulated_org, client, method, name, text, format):
    """As when a record is given as the second argument, which is `params`."""
    with pytest.raises(exceptions.ResourceError, match=text):
        getattr(client, method)(
            name, {"id": "001000000000001AAA"} if method == "patch" else {}, format=format
        )
    assert asked(simulated_org) == []


@pytest.mark.parametrize("name", ["query", "queryAll", "search"])
def test_a_query_that_is_missing(simulated_org, client, name):
    with pytest.raises(exceptions.ResourceError, match=f"'{name}' needs the params q"):
        client.get(name)
    assert simulated_org.requests == []


@pytest.mark.parametrize("name", ["Account.", "sobjects.Account."])
def test_a_name_does_not_end_with_a_dot(simulated_org, client, name):
    with pytest.raises(exceptions.ResourceError, match="Did you mean 'Account'"):
        client.get(name)
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


def test_xml_travels_both_ways(client):
    created = client.post("Account", data={"Name": "A & <B> é", "Phone": None, "Rating": "Hot"}, format="xml")
    assert created == {"id": created["id"], "success": "true"}
    params = {"id": created["id"]}
    fields = {"fields": ["Name", "Phone", "Rating", "NumberOfEmployees"]}
    assert (
        client.patch("Account.instance", params, {"Rating": None, "NumberOfEmployees": 7}, format="xml") == {}
    )
    read = client.get("Account.instance", {**params, **fields}, format="xml")
    assert read.pop("attributes")["type"] == "Account"
    assert read == {
        "Id": created["id"],
        "Name": "A & <B> é",
        "Phone": None,
        "Rating": None,
        "NumberOfEmployees": "7",
    }
    assert client.delete("Account.instance", params, format="xml") == {}


def test_lists_in_xml(client, account):
    found = client.get("query", {"q": "SELECT Id, Owner.Name FROM Account"}, format="xml")
    assert (found["totalSize"], found["done"]) == ("1", "true")
    assert [(each["Id"], each["Owner"]["attributes"]["type"]) for each in found["records"]] == [
        (account, "User")
    ]
    now = client.org_now()
    window = {"start": now - timedelta(hours=1), "end": now + timedelta(minutes=2)}
    updated = client.get("Account.updated", window, format="xml")
    assert updated["ids"] == [account]
    assert updated["latestDateCovered"].endswith(".000Z")
    assert len(client.get("Account.describe", format="xml")["fields"]) > 50


def test_errors_in_xml_are_those_of_json(client):
    with pytest.raises(exceptions.NotFound) as caught:
        client.get("Account.instance", {"id": "001000000000000AAA"}, format="xml")
    assert (caught.value.status, caught.value.code) == (404, "NOT_FOUND")
    with pytest.raises(exceptions.SalesforceError) as refused:
        client.post("Account", data={"Phone": "1"}, format="xml")
    assert refused.value.code == "REQUIRED_FIELD_MISSING"


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    "body",
    [BOMB, BOMB.decode().encode("utf-16"), b"<a>", b"{}", b"\xff", b"<a>" * 60 + b"</a>" * 60],
    ids=["entities", "UTF-16", "cut", "JSON", "no text", "deep"],
)
def test_xml_that_is_broken_or_unsafe_is_malformed(scripted, scripted_client, body):
    """Covers F93."""
    scripted.replies = [Reply(200, body)] * 9
    with pytest.raises(exceptions.MalformedResponse, match="limits with XML that cannot be read"):
        scripted_client.get("limits", format="xml")


def test_a_format_that_a_resource_does_not_have_is_asked_for_once(scripted, scripted_client):
    """An edge server without room answers 406 as well, but without a code."""
    body = [{"errorCode": "NOT_ACCEPTABLE", "message": "no XML here"}]
    scripted.replies = [Reply.json(body, status=406)] * 2
    with pytest.raises(exceptions.SalesforceError, match='leave out format="xml"') as caught:
        scripted_client.get("limits", format="xml")
    assert not isinstance(caught.value, exceptions.Unavailable)
    assert scripted_client.calls == 1


@pytest.mark.parametrize(
    ("name", "params", "text"),
    [
        ("query", {"q": "SELECT"}, "MALFORMED_QUERY.*SOQL.*org_message of this error"),
        ("search", {"q": "Acme"}, "MALFORMED_SEARCH.*FIND {Acme}.*org_message of this error"),
    ],
)
def test_a_query_that_is_none_says_where_to_look(client, name, params, text):
    with pytest.raises(exceptions.SalesforceError, match=text) as caught:
        client.get(name, params)
    assert caught.value.org_message


def test_a_required_field_without_a_value(client):
    with pytest.raises(exceptions.SalesforceError, match="a required field has no value") as caught:
        client.post("Contact", data={"FirstName": "Ada"})
    assert caught.value.fields == ("LastName",)


def test_there_are_two_formats(simulated_org, client):
    with pytest.raises(exceptions.ResourceError, match="'csv'"):
        client.get("limits", format="csv")
    assert asked(simulated_org) == []


@pytest.mark.parametrize("format", ["json", "xml"])
def test_apex_rest(simulated_org, connect, format):
    seen = []

    def invoice(request):
        seen.append((request.method, request.values, request.parameters, request.body))
        return {"total": "7"}

    simulated_org.apex.add("invoices/{id}", invoice)
    client = connect(
        simulated_org, resources={"invoices": {"path": "apexrest/invoices/{id}", "class": Patient}}
    )
    assert client.get("invoices", {"id": "a/../b"}, format=format) == {"parsed": {"total": "7"}}
    assert client.put("invoices", {"id": 7}, {"paid": "yes"}, format=format) == {"parsed": {"total": "7"}}
    assert seen == [
        ("GET", {"id": "a/../b"}, {"kind": "paper"}, None),
        ("PUT", {"id": "7"}, {"kind": "paper"}, {"paid": "yes"}),
    ]
    assert client.calls == simulated_org.api_calls == 2


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


@pytest.mark.parametrize("format", ["json", "xml"])
def test_values_in_paths_of_ones_own_stay_out_of_messages_and_logs(scripted, connect, caplog, format):
    """Covers F88."""
    caplog.set_level("DEBUG", "sfsync")
    client = connect(scripted, resources={"people": {"path": "apexrest/{email}"}})
    refused = [{"errorCode": "NOT_FOUND", "message": "no marked@example.com"}]
    scripted.replies = [Reply.json(refused, 404), Reply(404, b""), *[Reply(200, b"{")] * 9]
    params = {"email": "marked@example.com", "more": "marked"}
    for ask in (client.get, client.head):
        with pytest.raises(exceptions.NotFound) as caught:
            ask("people", params)
        assert caught.value.resource == "people"
        assert "marked" not in str(caught.value) + repr(caught.value)
    with pytest.raises(exceptions.MalformedResponse, match="people") as broken:
        client.get("people", params, format=format)
    assert "marked" not in str(broken.value)
    assert "people" in caplog.text
    assert "marked" not in caplog.text


def test_the_timeout_of_a_class_holds(scripted, connect):
    client = connect(scripted, resources={"slow": {"class": Patient}})
    scripted.replies = [Reply(200, pieces=[b" ", b"{}"], pause=0.5)] * 9
    began = time.monotonic()
    with pytest.raises(exceptions.Unavailable):
        client.put("slow", data={})
    assert time.monotonic() - began < 0.4
