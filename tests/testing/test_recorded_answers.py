"""Answers recorded without their requests are what the simulated org gives to such requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from .recorded.desk import Desk, Provoke
from .recorded.meaning import differences
from .schema.recordings import RECORDED

FIXTURES = RECORDED / "restforce+restforce" / "spec" / "fixtures"


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


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


@pytest.mark.skipif(not FIXTURES.exists(), reason="the recordings are not here")
def test_no_recorded_answer_is_forgotten() -> None:
    names = {path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*.json")}
    assert names == ANSWERS.keys() | NOT_COMPARED.keys()
