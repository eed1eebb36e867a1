from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from sfsync.testing import SimulatedOrg

from .conftest import Api

DATA = "/services/data/v66.0"
HALTED = "The transaction was rolled back since another operation in the same transaction failed."
OLD = "Thu, 01 Jan 2015 00:00:00 GMT"


def sub(reference: str, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    request = {"referenceId": reference, "method": method, "url": DATA + path}
    return (
        request | ({"body": body} if body is not None else {}) | ({"httpHeaders": headers} if headers else {})
    )


def statuses(results: list[dict[str, Any]]) -> list[int]:
    return [result["httpStatusCode"] for result in results]


def test_later_subrequests_refer_to_earlier_answers(api: Api) -> None:
    created, child, read, found, last = api.composite(
        sub("parent", "POST", "/sobjects/Account", {"Name": "Edge"}),
        sub("child", "POST", "/sobjects/Contact", {"LastName": "R", "AccountId": "@{parent.id}"}),
        sub("read", "GET", "/sobjects/Contact/@{child.id}?fields=AccountId,LastName"),
        sub("found", "GET", "/query?q=SELECT Id, Name FROM Account WHERE Id = '@{read.AccountId}'"),
        sub(
            "last",
            "PATCH",
            "/sobjects/Account/@{found.records[0].Id}",
            {"Phone": "@{read.LastName}-@{child.id}"},
        ),
    )
    account = created["body"]["id"]
    location = f"{DATA}/sobjects/Account/{account}"
    assert created == {
        "body": {"id": account, "success": True, "errors": []},
        "httpHeaders": {"Location": location},
        "httpStatusCode": 201,
        "referenceId": "parent",
    }
    assert list(created) == ["body", "httpHeaders", "httpStatusCode", "referenceId"]
    assert read["body"]["AccountId"] == account
    assert found["body"]["records"][0]["Name"] == "Edge"
    assert last == {"body": None, "httpHeaders": {}, "httpStatusCode": 204, "referenceId": "last"}
    assert api.get(location).json()["Phone"] == f"R-{child['body']['id']}"


def test_a_failure_does_not_stop_the_others(api: Api) -> None:
    failed, dependent, fine = api.composite(
        sub("failed", "POST", "/sobjects/Account", {}),
        sub("dependent", "POST", "/sobjects/Contact", {"LastName": "R", "AccountId": "@{failed.id}"}),
        sub("fine", "POST", "/sobjects/Account", {"Name": "Edge"}),
    )
    assert statuses([failed, dependent, fine]) == [400, 400, 201]
    assert failed["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert dependent["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert dependent["body"][0]["message"].startswith(
        "Invalid reference specified. No value for failed.id found in failed. "
    )


def test_all_or_none(api: Api) -> None:
    before = api.query("SELECT COUNT() FROM Account")["totalSize"]
    results = api.composite(
        sub("one", "POST", "/sobjects/Account", {"Name": "Edge"}),
        sub("two", "POST", "/sobjects/Account", {}),
        sub("three", "POST", "/sobjects/Account", {"Name": "Edge"}),
        allOrNone=True,
    )
    assert statuses(results) == [400, 400, 400]
    halted = [{"errorCode": "PROCESSING_HALTED", "message": HALTED}]
    assert results[0]["body"] == results[2]["body"] == halted
    assert results[1]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert api.query("SELECT COUNT() FROM Account")["totalSize"] == before


def test_names_in_references_have_a_case(api: Api) -> None:
    results = api.composite(
        sub("a", "POST", "/sobjects/Account", {"Name": "Edge"}), sub("b", "GET", "/sobjects/Account/@{a.Id}")
    )
    assert statuses(results) == [201, 400]


def test_everything_a_poll_needs_works_inside(api: Api) -> None:
    record = api.create("Account", Name="Edge")
    now = api.simulated.org.clock.now()
    start, end = now - timedelta(minutes=5), now + timedelta(minutes=1)
    window = f"?start={quote(start.isoformat())}&end={quote(end.isoformat())}"
    body = {"ids": [record], "fields": ["Name"]}
    results = api.composite(
        sub("updated", "GET", f"/sobjects/Account/updated/{window}"),
        sub("describe", "GET", "/sobjects/Account/describe"),
        sub("retrieve", "POST", "/composite/sobjects/Account", body),
        sub("query", "GET", "/query/?q=SELECT+Id+FROM+Account+WHERE+Name+%3D+'Edge'"),
        sub("unknown", "GET", "/sobjects/Foo"),
        sub("method", "PUT", "/sobjects/Account"),
        collateSubrequests=False,
    )
    assert statuses(results) == [200, 200, 200, 200, 404, 405]
    assert record in results[0]["body"]["ids"]
    assert results[2]["body"][0]["Name"] == "Edge"
    assert results[3]["body"]["totalSize"] >= 1
    assert results[4]["body"] == [
        {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    ]


def test_conditions_inside(api: Api) -> None:
    path = f"/sobjects/Account/{api.create('Account', Name='Edge')}"
    modified = api.get(path).headers["Last-Modified"]
    read, refused, written = api.composite(
        sub("read", "GET", path, **{"If-Modified-Since": modified}),
        sub("refused", "PATCH", path, {"Phone": "1"}, **{"If-Unmodified-Since": OLD}),
        sub("written", "PATCH", path, {"Phone": "2"}, **{"If-Unmodified-Since": modified}),
    )
    assert (read["httpStatusCode"], read["body"]) == (304, None)
    assert set(read["httpHeaders"]) == {"ETag", "Last-Modified"}
    assert statuses([refused, written]) == [412, 204]
    assert refused["body"][0]["errorCode"] == "PRECONDITION_FAILED"


@pytest.fixture
def strict() -> Iterator[Api]:
    """Sign in to an org that refuses what the documentation does not promise."""
    with SimulatedOrg(composite_replication=False, composite_conditional_patch=False) as simulated:
        api = Api(simulated)
        with api.session:
            yield api


def test_what_is_not_promised_can_be_switched_off(strict: Api) -> None:
    path = f"/sobjects/Account/{strict.create('Account', Name='Edge')}"
    results = strict.composite(
        sub("a", "PATCH", path, {"Phone": "2"}, **{"If-Unmodified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
        sub("b", "GET", "/sobjects/Account/deleted?start=2026-01-01T00:00:00Z&end=2026-01-01T00:05:00Z"),
    )
    assert statuses(results) == [400, 400]
    assert strict.get(path).json()["Phone"] is None


def test_no_more_than_25(api: Api) -> None:
    requests = [sub(f"r{number}", "GET", "/limits") for number in range(26)]
    assert statuses(api.composite(*requests[:25])) == [200] * 25
    [result] = api.composite(*requests)
    message = "The request can\u2019t contain more than 25 operations."
    assert result == {
        "body": [{"errorCode": "LIMIT_EXCEEDED", "message": message}],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": None,
    }


def test_no_more_than_five_of_query_and_collections(api: Api) -> None:
    body = {"ids": [], "fields": ["Id"]}
    requests = [sub(f"r{number}", "POST", "/composite/sobjects/Account", body) for number in range(5)]
    assert statuses(api.composite(*requests)) == [200] * 5
    [result] = api.composite(*requests, sub("more", "GET", "/query?q=SELECT Id FROM Account"))
    assert result["body"][0]["errorCode"] == "LIMIT_EXCEEDED"


def test_a_composite_is_no_subrequest(api: Api) -> None:
    [result] = api.composite(sub("inner", "POST", "/composite", {"compositeRequest": []}))
    assert (result["httpStatusCode"], result["body"][0]["errorCode"]) == (400, "INVALID_INPUT")


@pytest.mark.parametrize(
    ("subrequests", "code"),
    [
        ([], "JSON_PARSER_ERROR"),
        ([1], "JSON_PARSER_ERROR"),
        ([{"method": "GET"}], "JSON_PARSER_ERROR"),
        ([sub("not-allowed", "GET", "/limits")], "INVALID_INPUT"),
        ([sub("same", "GET", "/limits")] * 2, "INVALID_INPUT"),
    ],
)
def test_malformed_composites(api: Api, subrequests: list[Any], code: str) -> None:
    response = api("POST", "/composite", json={"compositeRequest": subrequests})
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, code)


def test_reference_ids_are_checked_since_version_52(served: SimulatedOrg) -> None:
    request = sub("with-dash", "GET", "/limits")
    for version, status in (("51.0", 200), ("52.0", 400)):
        body = {"compositeRequest": [request]}
        response = Api(served, version)("POST", "/composite", json=body)
        assert response.status_code == status


def test_a_collection_inside_refers_and_is_referred_to(api: Api) -> None:
    account = {"attributes": {"type": "Account"}, "Name": "Edge"}
    contact = {"attributes": {"type": "Contact"}, "LastName": "R", "AccountId": "@{accounts[1].id}"}
    accounts, contacts, read, refused = api.composite(
        sub("accounts", "POST", "/composite/sobjects", {"records": [account, account]}),
        sub("contacts", "POST", "/composite/sobjects", {"allOrNone": True, "records": [contact]}),
        sub("read", "GET", "/sobjects/Contact/@{contacts[0].id}?fields=AccountId"),
        sub("refused", "POST", "/composite/sobjects", {"allOrNone": True, "records": [contact, {}]}),
    )
    assert statuses([accounts, contacts, read, refused]) == [200] * 4
    assert read["body"]["AccountId"] == accounts["body"][1]["id"]
    rolled_back, failed = refused["body"]
    assert rolled_back["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert failed["errors"][0]["statusCode"] == "JSON_PARSER_ERROR"


def test_a_collection_that_failed_in_part_is_no_failure_of_its_subrequest(api: Api) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": "Edge"}, {"attributes": {"type": "Account"}}]
    many, one = api.composite(
        sub("many", "POST", "/composite/sobjects", {"records": records}),
        sub("one", "GET", "/sobjects/Account/@{many[0].id}"),
        allOrNone=True,
    )
    assert statuses([many, one]) == [200, 200]
    assert [item["success"] for item in many["body"]] == [True, False]
