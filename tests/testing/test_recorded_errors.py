"""Recorded error bodies, and answers recorded without their requests, are what provoking them over HTTP gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from .recorded.exchanges import Exchange
from .recorded.meaning import differences
from .recorded.replay import Replay
from .schema.recordings import RECORDED

OBSERVED = RECORDED / "errors" / "errors_observed.json"
FIXTURES = RECORDED / "restforce+restforce" / "spec" / "fixtures"
DATA = "/services/data/v60.0"
NOBODY = "001000000000001AAA"


class Desk(Replay):
    """An org in which one request after the other goes wrong."""

    def call(self, method: str, path: str, body: Any = None) -> TestResponse:
        whole = path if path.startswith("/services") else DATA + path
        return self.send(Exchange(method, whole, body, 0, None))

    def post(self, sobject: str, **values: Any) -> TestResponse:
        return self.call("POST", f"/sobjects/{sobject}", values)

    def records(self, *records: dict[str, Any], all_or_none: bool = False) -> TestResponse:
        typed = [{"attributes": {"type": "Account"}, **record} for record in records]
        return self.call("POST", "/composite/sobjects", {"allOrNone": all_or_none, "records": typed})

    def query(self, soql: str) -> TestResponse:
        return self.call("GET", f"/query?q={quote(soql)}")

    def grant(self, grant: str, **form: str) -> TestResponse:
        settings = self.org.settings
        known = {"client_id": settings.consumer_key, "client_secret": settings.consumer_secret}
        values = {"grant_type": grant, **known, **form}
        text = "&".join(f"{name}={quote(value)}" for name, value in values.items())
        return self.call("POST", "/services/oauth2/token", text)

    def window(self, resource: str, start: timedelta, length: timedelta) -> TestResponse:
        begin = self.org.clock.now() - start
        ends = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (begin, begin + length))
        return self.call("GET", f"/sobjects/Account/{resource}/?start={next(ends)}&end={next(ends)}")

    def twice(self) -> TestResponse:
        created = self.post("Account", Name="Acme", Django_Id__c="1").get_json()["id"]
        self.ids["00Q58000003tW4u"] = created[:15]
        return self.post("Account", Name="Acme", Django_Id__c="1")

    def deleted_twice(self) -> TestResponse:
        created = self.post("Account", Name="Acme").get_json()["id"]
        self.call("DELETE", f"/sobjects/Account/{created}")
        return self.call("DELETE", f"/sobjects/Account/{created}")

    def ended(self) -> TestResponse:
        self.site.sessions.end_all()
        return self.call("GET", "/limits")

    def halted(self) -> TestResponse:
        url = f"{DATA}/sobjects/Account"
        parts = [
            {"method": "POST", "url": url, "referenceId": "a", "body": {"Name": "Acme"}},
            {"method": "POST", "url": url, "referenceId": "b", "body": {}},
        ]
        return self.call("POST", "/composite", {"allOrNone": True, "compositeRequest": parts})


Provoke = Callable[[Desk], TestResponse]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONG = "x" * 300

# What provokes a case, and what the recorded text says where ours speaks of other names and values.
PROVOKED: dict[str, tuple[Provoke, dict[str, str]]] = {
    "REQUIRED_FIELD_MISSING": (lambda desk: desk.post("Account"), {}),
    "REQUIRED_FIELD_MISSING (collections item)": (lambda desk: desk.records({}), {}),
    "INVALID_FIELD Id in create body": (lambda desk: desk.post("Account", Name="A", Id=NOBODY), {}),
    "INVALID_FIELD unknown column": (lambda desk: desk.post("Account", Name="A", foo=1), {"Bar": "Account"}),
    "INVALID_FIELD parent external id not found": (
        lambda desk: desk.post("Contact", LastName="A", Account={"Django_Id__c": "0116"}),
        {"Invoice_External_Id__c": "Django_Id__c", "blng__Invoice__c": "Account"},
    ),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (
        lambda desk: desk.post("Account", Name="A", IsDeleted=True),
        {"Name": "IsDeleted"},
    ),
    "STRING_TOO_LONG": (
        lambda desk: desk.post("Account", Name=LONG),
        {"Topic": "Account", "NOWELLPOINT_OPPORTUNITY_PUSH_TOPIC": LONG, "=25": "=255"},
    ),
    "INVALID_EMAIL_ADDRESS": (lambda desk: desk.post("Contact", LastName="A", Email="not an email"), {}),
    "DUPLICATE_VALUE": (Desk.twice, {"Connect_Project_Id__c": "Django_Id__c"}),
    "INVALID_CROSS_REFERENCE_KEY unknown id": (
        lambda desk: desk.call("PATCH", f"/sobjects/Account/{NOBODY}", {"Name": "A"}),
        {},
    ),
    "ENTITY_IS_DELETED": (Desk.deleted_twice, {}),
    "NOT_FOUND record/resource": (lambda desk: desk.call("GET", f"/sobjects/Account/{NOBODY}"), {}),
    "NOT_FOUND external id field": (lambda desk: desk.call("GET", "/sobjects/Account/Namez/1"), {}),
    "NOT_FOUND bulk job": (lambda desk: desk.call("GET", "/jobs/ingest/750000000000001AAA"), {}),
    "INVALID_TYPE in SOQL": (lambda desk: desk.query("select count() from XYZZY"), {}),
    "MALFORMED_QUERY": (lambda desk: desk.query("invalid"), {}),
    "JSON_PARSER_ERROR collections without attributes": (
        lambda desk: desk.call(
            "PATCH", "/composite/sobjects/Account/Id", {"records": [{"Id": NOBODY, "Name": "A"}]}
        ),
        {},
    ),
    "INVALID_SESSION_ID": (Desk.ended, {}),
    "INVALID_REPLICATION_DATE too old": (lambda desk: desk.window("updated", 31 * DAY, DAY), {}),
    "INVALID_REPLICATION_DATE too narrow": (lambda desk: desk.window("deleted", DAY, MINUTE / 2), {}),
    "EXCEEDED_ID_LIMIT (record count)": (lambda desk: desk.records(*[{"Name": "A"}] * 201), {}),
    "OAuth invalid_grant password": (lambda desk: desk.grant("password", username="a", password="b"), {}),
    "OAuth unknown client": (lambda desk: desk.grant("client_credentials", client_id="x"), {}),
    "OAuth refresh revoked/expired": (lambda desk: desk.grant("refresh_token", refresh_token="x"), {}),
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def observed(case: str) -> dict[str, Any]:
    if not OBSERVED.exists():
        pytest.skip("the recordings are not here")
    return next(entry for entry in json.loads(OBSERVED.read_text()) if entry["case"] == case)


@pytest.mark.parametrize("case", PROVOKED)
def test_an_error_is_the_recorded_one(case: str, desk: Desk) -> None:
    recorded = observed(case)
    provoke, others = PROVOKED[case]
    answer = provoke(desk)
    text = json.dumps(recorded["body"])
    for theirs, ours in {**others, **desk.ids}.items():
        text = text.replace(theirs, ours)
    assert (answer.status_code, answer.get_json()) == (recorded["http"], json.loads(text))


def test_whoever_fails_with_others_is_rolled_back(desk: Desk) -> None:
    failed = desk.records({"Name": "A"}, {}, all_or_none=True).get_json()
    recorded = observed("ALL_OR_NONE_OPERATION_ROLLED_BACK (collections item)")["body"][0]
    assert failed[0]["errors"] == recorded["errors"]
    halted = desk.halted().get_json()["compositeResponse"]
    assert halted[0]["body"] == observed("PROCESSING_HALTED")["body"]


def of_group(desk: Desk) -> TestResponse:
    for amount in (1, 2):
        desk.post("Opportunity", Name="A", StageName="Prospecting", CloseDate="2026-01-01", Amount=amount)
    return desk.query("SELECT CampaignId, SUM(Amount) FROM Opportunity GROUP BY CampaignId")


def of_deleted(desk: Desk) -> TestResponse:
    desk.deleted_twice()
    desk.org.clock.advance(120)
    return desk.window("deleted", timedelta(minutes=10), timedelta(minutes=9))


def of_updated(desk: Desk) -> TestResponse:
    desk.post("Account", Name="A")
    desk.org.clock.advance(120)
    return desk.window("updated", timedelta(minutes=10), timedelta(minutes=9))


def of_choices(desk: Desk) -> TestResponse:
    for _ in range(2):
        desk.post("Contact", LastName="A", Email="a@example.com")
    return desk.call("GET", "/sobjects/Contact/Email/a%40example.com")


ANSWERS: dict[str, Provoke] = {
    "expired_session_response.json": Desk.ended,
    "refresh_error_response.json": lambda desk: desk.grant("refresh_token", refresh_token="x"),
    "sobject/delete_error_response.json": lambda desk: desk.call("DELETE", "/sobjects/Account/rid/1"),
    "sobject/upsert_error_response.json": lambda desk: desk.call("PATCH", "/sobjects/Account/Namez/1", {}),
    "sobject/get_deleted_success_response.json": of_deleted,
    "sobject/get_updated_success_response.json": of_updated,
    "sobject/query_aggregate_success_response.json": of_group,
}
NOT_COMPARED = {
    "auth_error_response.json": "another recording of the same failure has another text",
    "auth_success_response.json": "of 2010; keys that came later are missing",
    "refresh_success_response.json": "of 2011; keys that came later are missing",
    "services_data_success_response.json": "made by hand; a recording of a live org is compared",
    "sobject/query_paginated_first_page_response.json": "made by hand; recordings of live orgs are compared",
    "sobject/search_error_response.json": "search is not served",
    "sobject/sobject_describe_success_response.json": "of an API version that is retired",
    "sobject/upsert_multiple_error_response.json": "ids made by hand; see the test of the choices",
    "sobject/write_error_response.json": "the same as an error compared above",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_like_the_recorded_one(name: str, desk: Desk) -> None:
    if not (FIXTURES / name).exists():
        pytest.skip("the recordings are not here")
    recorded = json.loads((FIXTURES / name).read_text())
    # One of their sums has no decimals, so the numbers went through other hands.
    assert differences(ANSWERS[name](desk).get_json(), recorded, exact_numbers=False) == []


def test_several_records_with_one_key_are_choices(desk: Desk) -> None:
    answer = of_choices(desk)
    assert answer.status_code == observed("300 multiple choices")["http"]
    assert [path.rpartition("/")[0] for path in answer.get_json()] == [f"{DATA}/sobjects/Contact"] * 2


@pytest.mark.skipif(not FIXTURES.exists(), reason="the recordings are not here")
def test_no_recorded_answer_is_forgotten() -> None:
    names = {path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*.json")}
    assert names == ANSWERS.keys() | NOT_COMPARED.keys()
