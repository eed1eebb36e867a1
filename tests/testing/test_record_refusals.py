"""Refusals of writes whose words no source gives: codes are documented, the words are those of the settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sfsync.testing import SimulatedOrg
from sfsync.testing.access import Access

from .http.conftest import Api

TEXTS = {
    "operation_not_permitted": "{sobject} is not {done}",
    "ambiguous_key": "{value} is in {field} of several",
    "precondition_failed": "too late",
    "not_in_recycle_bin": "nothing there",
}


@pytest.fixture
def api() -> Iterator[Api]:
    with SimulatedOrg(texts=TEXTS, bulk_runner="status") as simulated:
        client = Api(simulated)
        with client.session:
            yield client


def test_a_single_record(api: Api) -> None:
    path = f"/sobjects/Account/{api.create('Account', Name='A')}"
    headers = {"If-Unmodified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"}
    answer = api("PATCH", path, json={"Name": "B"}, headers=headers)
    assert answer.status_code == 412
    assert answer.json() == [{"message": "too late", "errorCode": "PRECONDITION_FAILED"}]


def test_records_of_a_collection_and_of_a_job(api: Api) -> None:
    for _ in range(2):
        api.create("Contact", LastName="Twin", Email="twin@example.com")
    record = {"attributes": {"type": "Contact"}, "Email": "twin@example.com", "LastName": "A"}
    [result] = api("PATCH", "/composite/sobjects/Contact/Email", json={"records": [record]}).json()
    text = "twin@example.com is in Email of several"
    assert result["errors"] == [{"statusCode": "DUPLICATE_EXTERNAL_ID", "message": text, "fields": []}]

    job = {"object": "Contact", "operation": "upsert", "externalIdFieldName": "Email"}
    path = f"/jobs/ingest/{api('POST', '/jobs/ingest', json=job).json()['id']}"
    data, headers = "Email,LastName\ntwin@example.com,A\n", {"Content-Type": "text/csv"}
    api("PUT", f"{path}/batches", data=data, headers=headers)
    api("PATCH", path, json={"state": "UploadComplete"})
    assert api.get(path).json()["numberRecordsFailed"] == 1
    assert f'"DUPLICATE_EXTERNAL_ID:{text}:--"' in api.get(f"{path}/failedResults").text


def test_an_operation_that_is_not_permitted(api: Api) -> None:
    user = api.simulated.org.settings.user_id
    api.simulated.org.permissions.table.set(user, Access(objects={"Account": "rud"}))
    [error] = api("POST", "/sobjects/Account", json={"Name": "A"}).json()
    assert error == {
        "message": "Account is not inserted",
        "errorCode": "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "fields": [],
    }
