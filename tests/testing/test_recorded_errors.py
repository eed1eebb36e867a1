"""Recorded error bodies, and answers recorded without their requests, are what provoking them over HTTP gives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from werkzeug.test import TestResponse

from sfsync.testing.access import Access
from sfsync.testing.assertions import new_key_pair
from sfsync.testing.schema.columns import boolean, picklist

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

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        whole = path if path.startswith("/services") else DATA + path
        return self.send(Exchange(method, whole, body, 0, None), **headers)

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

    def set(self, **settings: Any) -> None:
        """Give the org other settings."""
        self.org.settings = replace(self.org.settings, **settings)

    def duplicate(self) -> None:
        """Let the org know a contact, and refuse another one with its address."""
        message = "You're creating a duplicate record. We recommend you use an existing record instead."
        names = {"name": "Contacts_DR", "matching_rule": "Contact_MR", "message": message}
        self.org.automation.add("duplicate", sobject="Contact", fields=["Email"], **names)
        known = self.post("Contact", LastName="A", Email="a@example.com").get_json()["id"]
        self.ids["0031i000013x2TEAAY"] = known

    def of_no_choice(self) -> TestResponse:
        values = "American Indian|Asian"
        self.org.add_field("Contact", picklist("Race__c", "Race", values, restricted=True))
        return self.post("Contact", LastName="A", Race__c="Native American / Alaskan Native")

    def against_a_rule(self) -> TestResponse:
        rule = {"condition": "Phone = null", "message": "<the rule's text>"}
        self.org.automation.add("validation", sobject="Account", **rule)
        return self.post("Account", Name="A")

    def twice_the_address(self) -> TestResponse:
        self.duplicate()
        return self.post("Contact", LastName="B", Email="a@example.com")

    def of_another_type(self) -> TestResponse:
        values = {"Name": "A", "DeveloperName": "A", "SobjectType": "Account"}
        self.org.create("RecordType", values, self.user)
        values = {"Name": "B", "DeveloperName": "B", "SobjectType": "Contact"}
        other = self.org.create("RecordType", values, self.user)
        self.ids["0128M0000004HVOQA2"] = other
        return self.post("Account", Name="A", RecordTypeId=other)

    def below_a_stranger(self) -> TestResponse:
        account = self.post("Account", Name="A").get_json()["id"]
        self.ids["0018M000003uKwe"] = account[:15]
        self.sign_in(self.org.add_user("a@example.com", access=Access(view_all=False, modify_all=False)))
        return self.post("Contact", LastName="A", AccountId=account)

    def with_cases(self) -> TestResponse:
        contact = self.post("Contact", Salutation="Mr.", FirstName="Josh", LastName="Davis").get_json()["id"]
        case = self.post("Case", ContactId=contact).get_json()["id"]
        self.ids["00001005"] = self.org.read("Case", case, ["CaseNumber"], self.user)["CaseNumber"]
        return self.call("DELETE", f"/sobjects/Contact/{contact}")

    def converted(self) -> TestResponse:
        lead = self.post("Lead", LastName="A", Company="A", IsConverted=True).get_json()["id"]
        record = {"attributes": {"type": "Lead"}, "Id": lead, "LastName": "B"}
        return self.call("PATCH", "/composite/sobjects", {"records": [record]})

    def unchecked(self) -> TestResponse:
        self.org.add_field("Account", boolean("AF_TradeInAsDeposit__c", "Trade-In Used As Deposit?"))
        return self.post("Account", Name="A", AF_TradeInAsDeposit__c=None)

    def locked(self) -> TestResponse:
        account = self.post("Account", Name="A").get_json()["id"]
        self.ids["0035cFAKEIDAQBGAA4"] = account
        write = {"operation": "update", "sobject": "Account", "id": account, "values": {"Name": "B"}}
        self.org.transactions.write(self.org.transactions.open(), [write])
        return self.call("PATCH", f"/sobjects/Account/{account}", {"Name": "C"})

    def used_up(self) -> TestResponse:
        self.site.usage.set(self.site.usage.limit)
        return self.call("GET", "/limits")

    def crowded(self) -> TestResponse:
        self.site.concurrency.limit = 0
        return self.call("GET", "/limits")

    def before_replication(self) -> TestResponse:
        self.org.clock.set(self.org.settings.replication_enabled + DAY)
        return self.window("updated", 2 * DAY, DAY)

    def extract(self, soql: str) -> TestResponse:
        return self.call("POST", "/jobs/query", {"operation": "query", "query": soql})

    def too_many_extracts(self) -> TestResponse:
        self.set(bulk_daily_query_jobs=0)
        return self.extract("SELECT Id FROM Account")

    def login_host(self) -> TestResponse:
        self.set(my_domain=False)
        return self.grant("client_credentials")

    def nobody_runs(self) -> TestResponse:
        self.set(client_credentials_flow=False)
        return self.grant("client_credentials")

    def by_assertion(self, audience: str = "https://login.salesforce.com") -> TestResponse:
        """Sign in a user whom no administrator let in by assertion."""
        private_key, self.site.certificate = new_key_pair()
        user = self.org.add_user("a@example.com", access=Access(pre_authorized=False))
        claims = {
            "iss": self.org.settings.consumer_key,
            "sub": self.org.read("User", user, ["Username"], self.user)["Username"],
            "aud": audience,
            "exp": int(self.org.clock.now().timestamp()) + 180,
        }
        assertion = jwt.encode(claims, private_key, algorithm="RS256")
        return self.grant("urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion)

    def soap(self, operation: str, session: str = "") -> TestResponse:
        header = f"<se:Header><SessionHeader><sessionId>{session}</sessionId></SessionHeader></se:Header>"
        body = f"<se:Body><{operation}><username>a</username><password>b</password></{operation}></se:Body>"
        space = "http://schemas.xmlsoap.org/soap/envelope/"
        text = f'<se:Envelope xmlns:se="{space}">{header}{body}</se:Envelope>'
        return self.call("POST", "/services/Soap/u/60.0", text)

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
        {"column:179": "column:1"},  # the org reads a document whole, and does not know where a value stood
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
