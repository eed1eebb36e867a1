from datetime import UTC, datetime

import pytest

from sfsync import exceptions
from sfsync.testing import SimulatedOrg
from sfsync.testing.schema.load import field_from_describe

from .scripted import Reply

NEXT = "/services/data/v66.0/query/0r8000000000001AAA-1"


def page(*names, done=True, **more):
    records = [{"Name": name} for name in names]
    return Reply.json({"totalSize": 3, "done": done, "records": records, **more})


def test_pages_follow_each_other(connect):
    with SimulatedOrg(seed={"accounts": 2_300, "contacts": 0, "opportunities": 0}) as simulated_org:
        client = connect(simulated_org)
        pages = list(client.query_pages("SELECT Id FROM Account"))
        assert [len(page) for page in pages] == [2_000, 300]
        assert len({record["Id"] for page in pages for record in page}) == 2_300
        assert client.calls == simulated_org.api_calls == 2


def test_a_page_is_asked_for_when_it_is_needed(scripted, scripted_client):
    scripted.replies = [page("A", done=False, nextRecordsUrl=NEXT), page("B")]
    pages = scripted_client.query_pages("SELECT Name FROM Account")
    assert scripted.seen == []
    assert next(pages) == [{"Name": "A"}]
    assert len(scripted.seen) == 1
    assert [record["Name"] for rest in pages for record in rest] == ["B"]
    assert scripted.seen[1].path == NEXT


def test_records_follow_each_other_over_all_pages_and_are_asked_for_when_needed(scripted, scripted_client):
    scripted.replies = [page("A", "B", done=False, nextRecordsUrl=NEXT), page("C")]
    records = scripted_client.query("SELECT Name FROM Account")
    assert [next(records)["Name"], next(records)["Name"]] == ["A", "B"]
    assert len(scripted.seen) == 1
    assert [record["Name"] for record in records] == ["C"]


def test_deleted_records_are_among_the_records_when_asked_for(client):
    (result,) = client.create_many("Account", [{"Name": "A"}])
    client.delete_many([result.id])
    assert list(client.query("SELECT Id FROM Account")) == []
    (record,) = client.query("SELECT Id FROM Account", all_rows=True)
    assert record["Id"] == result.id


def test_nothing_found_is_one_empty_page(client):
    assert list(client.query_pages("SELECT Id FROM Account")) == [[]]


def test_deleted_records_only_when_asked_for(client):
    (result,) = client.create_many("Account", [{"Name": "A"}])
    client.delete_many([result.id])
    soql = "SELECT Id, IsDeleted FROM Account"
    assert list(client.query_pages(soql)) == [[]]
    ((record,),) = client.query_pages(soql, all_rows=True)
    assert (record["Id"], record["IsDeleted"]) == (result.id, True)


def test_a_query_too_long_for_an_address_travels_in_a_body(simulated_org, client):
    (result,) = client.create_many("Account", [{"Name": "A"}])
    simulated_org.reset_requests()
    ids = ", ".join(f"'001000000{number:06d}'" for number in range(1_000))
    ((record,),) = client.query_pages(f"SELECT Id FROM Account WHERE Id IN ({ids}, '{result.id}')")
    assert record["Id"] == result.id
    assert [request.kind for request in simulated_org.requests] == ["composite"]
    with pytest.raises(exceptions.InvalidField):
        list(client.query_pages(f"SELECT Nothing FROM Account WHERE Id IN ({ids})"))


def test_text_of_any_kind_reaches_the_org(client):
    name = "50% + Ünïcode & 'quotes' #1"
    client.create_many("Account", [{"Name": name}])
    quoted = name.replace("'", "\\'")
    ((record,),) = client.query_pages(f"SELECT Name FROM Account WHERE Name = '{quoted}'")
    assert record["Name"] == name


def test_a_wrong_query_is_an_error_without_its_text(client):
    with pytest.raises(exceptions.InvalidField) as caught:
        list(client.query_pages("SELECT Marked__c FROM Account"))
    assert "Marked__c" in caught.value.org_message
    assert "Marked__c" not in str(caught.value)


def test_the_session_may_expire_between_two_pages(scripted, scripted_client):
    expired = Reply.json([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], 401)
    scripted.replies = [page("A", done=False, nextRecordsUrl=NEXT), expired, page("B")]
    assert [len(found) for found in scripted_client.query_pages("SELECT Name FROM Account")] == [1, 1]
    assert scripted.sign_ins == 2


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "https://evil.example/services/data/v66.0/query/0r8-1",
        "//evil.example/services/data/v66.0/query/0r8-1",
        "@evil.example/services/data/v66.0/query/0r8-1",
        "/services/data/v66.0/query/../../../secur/logout.jsp",
        "/services/data/v66.0/sobjects/Account",
        "/services/oauth2/token",
    ],
)
def test_the_next_page_is_a_path_of_the_org_or_an_error(scripted, scripted_client, url):
    """Covers F33, F36."""
    scripted.replies = [page("A", done=False, nextRecordsUrl=url)]
    pages = scripted_client.query_pages("SELECT Name FROM Account")
    next(pages)
    with pytest.raises(exceptions.MalformedResponse, match="next page"):
        next(pages)
    assert len(scripted.seen) == 1


def test_pages_do_not_go_round_in_circles(scripted, scripted_client):
    scripted.replies = [page("A", done=False, nextRecordsUrl=NEXT)] * 2
    with pytest.raises(exceptions.MalformedResponse):
        list(scripted_client.query_pages("SELECT Name FROM Account"))


@pytest.mark.parametrize(
    "body", [None, [], {}, {"done": "true", "records": []}, {"done": True}, {"done": True, "records": ["x"]}]
)
def test_what_is_no_result_is_malformed(scripted, scripted_client, body):
    scripted.replies = [Reply.json(body)]
    with pytest.raises(exceptions.MalformedResponse):
        list(scripted_client.query_pages("SELECT Id FROM Account"))


def test_a_page_knows_when_it_was_asked_for(scripted, connect):
    client = connect(scripted, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    scripted.replies = [page("A", done=False, nextRecordsUrl=NEXT), page("B")]
    began = []
    scripted.date = "Mon, 23 Nov 2026 12:00:00 GMT"
    for found in client.query_pages("SELECT Name FROM Account"):
        began.append(found.began.second)
        scripted.date = "Mon, 23 Nov 2026 12:00:30 GMT"
    assert began == [0, 0]
    assert client.org_now().second == 30


def test_500_fields_travel_in_a_body_both_ways(simulated_org, client):
    """Covers F35."""
    names = [f"Field_{number:03d}_{'x' * 25}__c" for number in range(500)]
    for name in names:
        simulated_org.org.add_field(
            "Account", field_from_describe({"name": name, "type": "string", "length": 40})
        )
    written = {name: f"value {number}" for number, name in enumerate(names)}
    (result,) = client.create_many("Account", [{"Name": "Wide", **written}])
    simulated_org.reset_requests()
    (record,) = client.query(f"SELECT Id, {', '.join(names)} FROM Account")
    assert {name: record[name] for name in names} == written
    retrieved = client.retrieve("Account", [result.id], names)[result.id]
    assert retrieved is not None
    assert {name: retrieved[name] for name in names} == written
    assert [request.kind for request in simulated_org.requests] == ["composite", "collections_retrieve"]


@pytest.mark.parametrize("status", [414, 431])
def test_an_address_that_is_too_long_after_all_is_sent_in_a_body(simulated_org, client, status):
    """Covers F35."""
    simulated_org.faults.add("status", path="*/query", status=status, body="", nth=1)
    assert list(client.query("SELECT Id FROM Account")) == []
    assert [request.kind for request in simulated_org.requests] == ["token", "query", "composite"]


@pytest.mark.parametrize("action", ["expire_token", "status"])
def test_a_cursor_that_dies_is_an_error_that_says_to_begin_again(connect, action):
    """Covers F20."""
    with SimulatedOrg(seed={"accounts": 4_100, "contacts": 0, "opportunities": 0}) as simulated_org:
        client = connect(simulated_org)
        locator = {"status": 400, "code": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}
        simulated_org.faults.add(action, path="*/query/*", nth=2, **(locator if action == "status" else {}))
        pages = client.query_pages("SELECT Id FROM Account")
        assert [len(next(pages)), len(next(pages))] == [2_000, 2_000]
        with pytest.raises(exceptions.CursorLost, match="begin the query again"):
            next(pages)
