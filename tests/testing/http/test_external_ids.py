"""What an external id may look like in a path, and who may upsert by one that several records may carry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sfsync.testing import SimulatedOrg
from sfsync.testing.access import Access
from sfsync.testing.schema.columns import text

from .conftest import Api

REFUSAL = "Upsert requires view all data on a non-unique custom index"


@pytest.fixture
def limited() -> Iterator[Api]:
    """Sign in as somebody who does not see all records, to an org whose accounts have a number, not unique."""
    with SimulatedOrg(bulk_runner="status") as simulated:
        org = simulated.org
        org.add_field("Account", text("Number__c", "Number", 40, external_id=True, id_lookup=True))
        client = Api(simulated)
        user = org.add_user("a@example.com", access=Access(view_all=False, modify_all=False))
        token = simulated.site.sessions.open(user).token
        client.session.headers["Authorization"] = f"Bearer {token}"
        with client.session:
            yield client


@pytest.mark.parametrize("address", ["example@email.inc", "EXAMPLE@EMAIL.INC", "example%40email.inc"])
def test_what_ends_like_a_file_of_source_is_not_found(fresh_api: Api, address: str) -> None:
    fresh_api.create("Lead", LastName="A", Company="A", Email="example@email.inc")
    path = f"/sobjects/Lead/Email/{address}"
    for method in ("GET", "PATCH", "DELETE"):
        response = fresh_api(method, path, json={"LastName": "B"} if method == "PATCH" else None)
        assert (response.status_code, response.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert len(fresh_api.query("SELECT Id FROM Lead WHERE Email = 'example@email.inc'")["records"]) == 1
    [result] = fresh_api(
        "PATCH",
        "/composite/sobjects/Lead/Email",
        json={"records": [{"attributes": {"type": "Lead"}, "Email": "example@email.inc", "LastName": "B"}]},
    ).json()
    assert result["success"]


def test_an_upsert_by_what_is_not_unique_needs_to_see_everything(limited: Api) -> None:
    refused = limited("PATCH", "/sobjects/Account/Number__c/1", json={"Name": "A"})
    assert refused.status_code == 403
    assert refused.json() == [{"message": REFUSAL, "errorCode": "INSUFFICIENT_ACCESS"}]
    record = {"attributes": {"type": "Account"}, "Number__c": "1", "Name": "A"}
    refused = limited("PATCH", "/composite/sobjects/Account/Number__c", json={"records": [record]})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS")
    assert limited.query("SELECT Id FROM Account")["totalSize"] == 0

    limited.create("Account", Name="A", Number__c="1")
    assert limited.get("/sobjects/Account/Number__c/1").status_code == 200
    for key in ("Django_Id__c/1", "Number__c/1"):
        if key.startswith("Number__c"):
            user = limited.simulated.org.user_named("a@example.com")
            limited.simulated.org.permissions.table.set(str(user), Access())
        assert limited("PATCH", f"/sobjects/Account/{key}", json={"Name": "B"}).status_code in (200, 201)


def test_an_upsert_by_a_standard_field_needs_no_permission(limited: Api) -> None:
    response = limited("PATCH", "/sobjects/Contact/Email/a%40example.com", json={"LastName": "A"})
    assert response.status_code == 201


def test_a_job_upserts_by_what_is_not_unique_with_the_same_permission(limited: Api) -> None:
    job = {"object": "Account", "operation": "upsert", "externalIdFieldName": "Number__c"}
    path = f"/jobs/ingest/{limited('POST', '/jobs/ingest', json=job).json()['id']}"
    limited("PUT", f"{path}/batches", data="Number__c,Name\n1,A\n", headers={"Content-Type": "text/csv"})
    limited("PATCH", path, json={"state": "UploadComplete"})
    assert limited.get(path).json()["numberRecordsFailed"] == 1
    assert f'"INSUFFICIENT_ACCESS:{REFUSAL}:--"' in limited.get(f"{path}/failedResults").text
