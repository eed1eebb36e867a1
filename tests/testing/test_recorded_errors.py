"""Recorded error bodies are what provoking them over HTTP gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from .recorded.desk import DATA, DAY, MINUTE, Desk, Provoke
from .recorded.meaning import differences
from .schema.recordings import RECORDED

OBSERVED = RECORDED / "errors" / "errors_observed.json"
NOBODY = "001000000000001AAA"
LONG = "x" * 300
# The order of keys is that of the answer where it was copied from one.
OBSERVED_KEYS = ("live-recorded", "quoted from production traffic in a code comment / log")

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
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (Desk.of_no_choice, {}),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (Desk.against_a_rule, {}),
    "DUPLICATES_DETECTED (single create)": (Desk.twice_the_address, {"v50.0": "v60.0"}),
    "INVALID_CROSS_REFERENCE_KEY record type": (Desk.of_another_type, {}),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": (Desk.below_a_stranger, {}),
    "MALFORMED_ID": (
        lambda desk: desk.call("PATCH", "/sobjects/Account/001900K0001pPuOAAU", {"Name": "A"}),
        {},
    ),
    "JSON_PARSER_ERROR bad datetime": (
        lambda desk: desk.post("Event", DurationInMinutes=1, ActivityDateTime="2013-08-12T15:20:00+0000"),
        {"column:179": "column:47"},  # a body of another length
    ),
    "REQUEST_LIMIT_EXCEEDED daily": (Desk.used_up, {}),
    "REQUEST_LIMIT_EXCEEDED concurrent": (Desk.crowded, {}),
    "UNABLE_TO_LOCK_ROW": (Desk.locked, {}),
    "INVALID_REPLICATION_DATE before activation": (Desk.before_replication, {}),
    "DELETE_FAILED": (Desk.with_cases, {}),
    "CANNOT_UPDATE_CONVERTED_LEAD (collections item)": (Desk.converted, {}),
    "INVALID_TYPE_ON_FIELD_IN_RECORD": (Desk.unchecked, {}),
    "INVALIDENTITY (bulk query)": (
        lambda desk: desk.extract("SELECT QualifiedApiName FROM EntityDefinition"),
        {"01I0e000000FMSK.Tag": "EntityDefinition"},
    ),
    "bulk query compound": (
        lambda desk: desk.extract("SELECT BillingAddress FROM Account"),
        {"API_ERROR or similar": "API_ERROR"},
    ),
    "bulk query daily caps": (Desk.too_many_extracts, {"10000": "0"}),
    "UNSUPPORTED_API_VERSION (retired version)": (
        lambda desk: desk.call("GET", "/services/data/v30.0/limits"),
        {"...": "API version 30.0 is retired"},
    ),
    "OAuth client credentials on login.salesforce.com": (Desk.login_host, {}),
    "OAuth client credentials without Run-As user": (Desk.nobody_runs, {}),
    "OAuth jwt not pre-authorised": (Desk.by_assertion, {}),
    "OAuth jwt wrong aud": (lambda desk: desk.by_assertion("https://example.com"), {}),
    "OAuth invalid_grant password": (lambda desk: desk.grant("password", username="a", password="b"), {}),
    "OAuth unknown client": (lambda desk: desk.grant("client_credentials", client_id="x"), {}),
    "OAuth refresh revoked/expired": (lambda desk: desk.grant("refresh_token", refresh_token="x"), {}),
}


# What is compared by tests of its own below.
APART = {
    "300 multiple choices": "test_several_records_with_one_key_are_choices",
    "ALL_OR_NONE_OPERATION_ROLLED_BACK (collections item)": "test_whoever_fails_with_others_is_rolled_back",
    "DUPLICATES_DETECTED (collections item)": "test_a_duplicate_among_others_says_the_alert_only",
    "PROCESSING_HALTED": "test_whoever_fails_with_others_is_rolled_back",
    "SOAP invalid session": "test_faults_of_soap",
    "SOAP login failure": "test_faults_of_soap",
    "XML error body": "test_an_error_in_xml",
}
NOT_PROVOKED: dict[str, str] = {}  # a case that cannot be provoked, with the reason


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
    assert recorded["http"] in (answer.status_code, None)  # None: it was not captured
    assert answer.get_json() == json.loads(text)
    if recorded["evidence"] in OBSERVED_KEYS:
        assert differences(answer.get_json(), json.loads(text)) == []


@pytest.mark.skipif(not OBSERVED.exists(), reason="the recordings are not here")
def test_every_recorded_error_is_provoked_or_has_a_reason() -> None:
    cases = {entry["case"] for entry in json.loads(OBSERVED.read_text())}
    assert cases == PROVOKED.keys() | APART.keys() | NOT_PROVOKED.keys()
    assert all(callable(globals()[test]) for test in APART.values())


@pytest.mark.parametrize(
    ("case", "operation"), [("SOAP login failure", "login"), ("SOAP invalid session", "getUserInfo")]
)
def test_faults_of_soap(case: str, operation: str, desk: Desk) -> None:
    recorded = observed(case)
    answer = desk.soap(operation, session="x")
    assert answer.status_code == recorded["http"]
    assert recorded["body"].removesuffix("</soapenv:Fault>") in answer.text


def test_an_error_in_xml(desk: Desk) -> None:
    recorded = observed("XML error body")
    answer = desk.call("GET", f"/sobjects/Account/{NOBODY}", accept="application/xml")
    assert (answer.status_code, answer.content_type) == (recorded["http"], "application/xml;charset=UTF-8")
    ours, theirs = (re.sub(r"\s*(<[^>]*>)\s*", r"\1", text) for text in (answer.text, recorded["body"]))
    assert ours == theirs


def test_a_duplicate_among_others_says_the_alert_only(desk: Desk) -> None:
    desk.org.automation.add("duplicate", sobject="Account", fields=["Name"])
    desk.post("Account", Name="A")
    recorded = observed("DUPLICATES_DETECTED (collections item)")
    answer = desk.records({"Name": "A"})
    assert (answer.status_code, answer.get_json()) == (recorded["http"], recorded["body"])


def test_whoever_fails_with_others_is_rolled_back(desk: Desk) -> None:
    failed = desk.records({"Name": "A"}, {}, all_or_none=True).get_json()
    recorded = observed("ALL_OR_NONE_OPERATION_ROLLED_BACK (collections item)")["body"][0]
    assert failed[0]["errors"] == recorded["errors"]
    halted = desk.halted().get_json()["compositeResponse"]
    assert halted[0]["body"] == observed("PROCESSING_HALTED")["body"]


def of_choices(desk: Desk) -> TestResponse:
    for _ in range(2):
        desk.post("Contact", LastName="A", Email="a@example.com")
    return desk.call("GET", "/sobjects/Contact/Email/a%40example.com")


def test_several_records_with_one_key_are_choices(desk: Desk) -> None:
    answer = of_choices(desk)
    assert answer.status_code == observed("300 multiple choices")["http"]
    assert [path.rpartition("/")[0] for path in answer.get_json()] == [f"{DATA}/sobjects/Contact"] * 2
