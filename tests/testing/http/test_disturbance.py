"""Faults before and after the work of a request, in process and through real sockets."""

import gzip
import time

import pytest
import requests

from sfsync.testing.http.disturbance import merge_patch

FIVE = {"records": [{"attributes": {"type": "Account"}, "Name": f"Account {n}"} for n in range(5)]}


@pytest.fixture
def org(fresh_api):
    return fresh_api.simulated


def names(org) -> list[str]:
    return [record["Name"] for record in org.records("Account")]


@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 5)])
def test_a_dropped_connection_leaves_the_client_without_an_answer(fresh_api, org, when, stored):
    org.faults.add("drop", method="POST", when=when, times=1)
    org.reset_requests()
    with pytest.raises(requests.ConnectionError):
        fresh_api("POST", "/composite/sobjects", json=FIVE)
    assert len(names(org)) == stored
    assert [(record.status, record.faults) for record in org.requests] == [(0, ("drop",))]
    assert fresh_api("POST", "/composite/sobjects", json=FIVE).status_code == 200


def test_a_drop_after_a_refusal_drops_as_well(fresh_api, org):
    org.faults.add("drop")
    with pytest.raises(requests.ConnectionError):
        fresh_api.get("/sobjects/Account/nothing")


@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 5)])
def test_a_status_comes_instead_of_the_answer(fresh_api, org, when, stored):
    org.faults.add("status", status=503, retry_after=30, when=when)
    response = fresh_api("POST", "/composite/sobjects", json=FIVE)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert response.headers["Content-Type"].startswith("text/html")
    assert "maintenance" in response.text
    assert len(names(org)) == stored


@pytest.mark.parametrize(
    ("options", "body"),
    [
        (
            {"status": 500, "code": "QUERY_TIMEOUT", "message": "m"},
            '[{"message":"m","errorCode":"QUERY_TIMEOUT"}]',
        ),
        ({"status": 406}, ""),
        ({"status": 420}, ""),
        ({"status": 200, "body": {"records": [], "done": True}}, '{"records":[],"done":true}'),
        ({"status": 200, "body": "<p>hello"}, "<p>hello"),
    ],
)
def test_bodies_of_a_status(fresh_api, org, options, body):
    org.faults.add("status", **options)
    response = fresh_api.get("/limits")
    assert (response.status_code, response.text) == (options["status"], body)


def test_a_status_needs_no_session_and_costs_no_call(fresh_api, org):
    org.faults.add("status", headers={"X-Edge": "yes"})
    org.reset_requests()
    assert requests.get(org.url + fresh_api.base + "/limits", timeout=20).headers["X-Edge"] == "yes"
    assert org.api_calls == 0


def test_a_redirect_can_keep_what_was_asked_for(fresh_api, org):
    org.faults.add("redirect", location="https://elsewhere.example{path}")
    response = fresh_api("GET", "/query", params={"q": "SELECT Id FROM Account"}, allow_redirects=False)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(
        "https://elsewhere.example/services/data/v66.0/query?q=SELECT"
    )


def test_an_expired_token_kills_the_session(fresh_api, org):
    org.faults.add("expire_token", nth=1)
    for _ in range(2):
        response = fresh_api.get("/limits")
        assert (response.status_code, response.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


def test_rows_by_position_are_refused_before_they_are_written(fresh_api, org):
    org.faults.add(
        "fail_rows", rows=[1, 3], code="INACTIVE_OWNER_OR_USER", message="gone", fields=["OwnerId"]
    )
    results = fresh_api("POST", "/composite/sobjects", json=FIVE).json()
    assert [result["success"] for result in results] == [True, False, True, False, True]
    error = {"statusCode": "INACTIVE_OWNER_OR_USER", "message": "gone", "fields": ["OwnerId"]}
    assert results[1]["errors"] == [error]
    assert names(org) == ["Account 0", "Account 2", "Account 4"]


def test_a_share_of_rows_is_locked_for_some_tries(fresh_api, org):
    ids = [fresh_api.create("Account", Name=f"Account {number}") for number in range(40)]
    org.faults.add("lock_rows", share=0.3, times=2, seed=5)
    records = [{"attributes": {"type": "Account"}, "id": one, "Site": "x"} for one in ids]
    results = [fresh_api("PATCH", "/composite/sobjects", json={"records": records}).json() for _ in range(3)]
    locked = [[number for number, one in enumerate(result) if not one["success"]] for result in results]
    assert 0 < len(locked[0]) < 40
    assert locked[0] != locked[1]
    assert locked[2] == []
    error = results[0][locked[0][0]]["errors"][0]
    assert error["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert ids[locked[0][0]] in error["message"]


def test_a_locked_row_undoes_all_or_none(fresh_api, org):
    org.faults.add("fail_rows", rows=[4])
    results = fresh_api("POST", "/composite/sobjects", json={**FIVE, "allOrNone": True}).json()
    assert {one["success"] for one in results} == {False}
    assert names(org) == []


def test_collections_can_answer_less_than_they_did_and_in_another_order(fresh_api, org):
    org.faults.add("shorten", by=2, nth=1)
    org.faults.add("reorder", nth=2)
    shorter = fresh_api("POST", "/composite/sobjects", json=FIVE).json()
    assert (len(shorter), len(names(org))) == (3, 5)
    reordered = [one["id"] for one in fresh_api("POST", "/composite/sobjects", json=FIVE).json()]
    written = [record["Id"] for record in org.records("Account")][5:]
    assert sorted(reordered) == written != reordered


def test_retrieve_can_answer_null_for_rows_that_are_there(fresh_api, org):
    ids = [fresh_api.create("Account", Name="A") for _ in range(3)]
    org.faults.add("blank_rows", kind="collections_retrieve")
    body = {"ids": ids, "fields": ["Name"]}
    assert fresh_api("POST", "/composite/sobjects/Account", json=body).json() == [None] * 3


def test_an_answer_can_be_edited(fresh_api, org):
    fresh_api.create("Account", Name="A")
    org.faults.add(
        "edit", kind="query", body={"done": False, "totalSize": None}, headers={"Sforce-Locator": "null"}
    )
    response = fresh_api.get("/query", q="SELECT Name FROM Account")
    assert {**response.json(), "records": []} == {"done": False, "records": []}
    assert response.headers["Sforce-Locator"] == "null"


def test_members_of_an_answer_can_be_shortened(fresh_api, org):
    for _ in range(3):
        fresh_api.create("Account", Name="A")
    org.faults.add("shorten", member="records", by=1)
    body = fresh_api.query("SELECT Id FROM Account")
    assert (body["totalSize"], len(body["records"])) == (3, 2)


def test_somebody_else_writes_between_two_requests(fresh_api, org):
    record_id = fresh_api.create("Account", Name="old")
    write = {"operation": "update", "sobject": "Account", "id": record_id, "values": {"Name": "new"}}
    org.faults.add("write", kind="row", method="GET", writes=[write], nth=1)
    assert fresh_api.get(f"/sobjects/Account/{record_id}").json()["Name"] == "new"


def test_a_write_that_is_refused_is_loud(fresh_api, org):
    org.faults.add("write", writes=[{"operation": "create", "sobject": "Account", "values": {"Nam": "x"}}])
    assert fresh_api.get("/limits").status_code == 500
    assert "INVALID_FIELD" in str(org.site.failures.pop())


def test_subrequests_go_wrong_one_by_one(fresh_api, org):
    org.faults.add("status", path="*/sobjects/Account", status=503, code="SERVER_UNAVAILABLE")
    account = {"method": "POST", "url": f"{fresh_api.base}/sobjects/Account", "body": {"Name": "A"}}
    limits = {"method": "GET", "url": f"{fresh_api.base}/limits"}
    results = fresh_api.composite({**account, "referenceId": "a"}, {**limits, "referenceId": "b"})
    assert [result["httpStatusCode"] for result in results] == [503, 200]
    assert names(org) == []


def test_rows_are_refused_once_where_a_fault_matches_a_request_and_its_subrequests(fresh_api, org):
    org.faults.add("fail_rows", path="/services/data/*", rows=[7], code="UNKNOWN_EXCEPTION")
    create = {"method": "POST", "url": f"{fresh_api.base}/composite/sobjects", "body": FIVE}
    results = fresh_api.composite(*({**create, "referenceId": name} for name in "ab"))
    assert [[row["success"] for row in result["body"]] for result in results] == [
        [True] * 5,
        [True, True, False, True, True],
    ]


def test_numbers_of_subrequests_are_matched_as_they_were_sent(fresh_api, org):
    fault = org.faults.add("status", contains='"AnnualRevenue":12.25', status=503, code="SERVER_UNAVAILABLE")
    url, body = f"{fresh_api.base}/sobjects/Account", {"Name": "A", "AnnualRevenue": 12.25}
    (result,) = fresh_api.composite({"method": "POST", "url": url, "body": body, "referenceId": "a"})
    assert result["httpStatusCode"] == 503
    assert org.faults.acted(fault) == 1


def test_a_delay_passes_and_the_answer_comes(fresh_api, org):
    fault = org.faults.add("delay", seconds=0.01)
    org.faults.add("delay", seconds=0.01, when="after")
    assert fresh_api.get("/limits").status_code == 200
    assert org.faults.acted(fault) == 1


@pytest.mark.parametrize(
    ("document", "patch", "merged"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, {"a": {"c": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ([1], {"a": 1}, {"a": 1}),
        ({"a": 1}, [1], [1]),
        ({}, {"a": {"b": {"c": None}}}, {"a": {"b": {}}}),
    ],
)
def test_merge_patches_follow_the_rfc(document, patch, merged):
    assert merge_patch(document, patch) == merged


def test_a_fault_sees_what_a_job_is_fed(fresh_api, org):
    def fed(data):
        job = fresh_api("POST", "/jobs/ingest", json={"object": "Account", "operation": "insert"}).json()
        path = f"/jobs/ingest/{job['id']}"
        headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
        put = fresh_api("PUT", f"{path}/batches", data=gzip.compress(data), headers=headers)
        return path, put.status_code

    fault = org.faults.add("status", kind="ingest_upload", contains="lovelace", status=503)
    assert fed(b"Name\nAda Lovelace\n")[1] == 503
    path, status = fed(b"Name\n" + b"Somebody else\n" * 9)
    assert (status, org.faults.matched(fault), org.faults.acted(fault)) == (201, 1, 1)
    fresh_api("PATCH", path, json={"state": "UploadComplete"})
    while fresh_api.get(path).json()["state"] != "JobComplete":
        time.sleep(0.01)
    assert names(org) == ["Somebody else"] * 9
