from __future__ import annotations

import uuid
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from sfsync.testing import SimulatedOrg
from sfsync.testing.clock import Clock

from .conftest import Api


def test_create_read_update_delete(api: Api) -> None:
    created = api("POST", "/sobjects/account/", json={"attributes": {"type": "Account"}, "Name": "Edge"})
    assert created.status_code == 201
    record_id = created.json()["id"]
    assert created.text == f'{{"id":"{record_id}","success":true,"errors":[]}}'
    path = f"/sobjects/Account/{record_id}"
    assert created.headers["Location"] == f"/services/data/v66.0{path}"

    assert list(api.get(path, fields="name, annualrevenue").json()) == [
        "attributes",
        "Name",
        "AnnualRevenue",
        "Id",
    ]
    updated = api("PATCH", path, json={"AnnualRevenue": 564, "Name": "Edge"})
    assert (updated.status_code, updated.content) == (204, b"")
    assert b'"AnnualRevenue":564.0' in api.get(path).content

    assert api("DELETE", path).status_code == 204
    again = api("DELETE", path)
    assert again.status_code == 404
    assert again.text == '[{"message":"entity is deleted","errorCode":"ENTITY_IS_DELETED","fields":[]}]'
    assert (
        api.get(path).text == '[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]'
    )


def test_money_keeps_its_digits(api: Api) -> None:
    content = b'{"Name": "Rich", "AnnualRevenue": 123456789012345678}'
    created = api("POST", "/sobjects/Account", data=content, headers={"Content-Type": "application/json"})
    answer = api.get(f"/sobjects/Account/{created.json()['id']}", fields="AnnualRevenue")
    assert b'"AnnualRevenue":123456789012345678.0' in answer.content


@pytest.mark.parametrize(
    ("body", "status", "code", "fields"),
    [
        ({}, 400, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": "x", "Foo": 1}, 400, "INVALID_FIELD", None),
        ({"Name": "x", "Id": "001dM00003jU9GxQAK"}, 400, "INVALID_FIELD", None),
        (
            {"Name": "x", "CreatedDate": "2026-01-01T00:00:00Z"},
            400,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["CreatedDate"],
        ),
        ({"Name": "x" * 256}, 400, "STRING_TOO_LONG", ["Name"]),
    ],
)
def test_a_refused_create(
    api: Api, body: dict[str, object], status: int, code: str, fields: list[str] | None
) -> None:
    response = api("POST", "/sobjects/Account", json=body)
    assert response.status_code == status
    [error] = response.json()
    assert error["errorCode"] == code
    assert error.get("fields") == fields
    assert list(error)[:2] == ["message", "errorCode"]


def test_an_unknown_field_is_refused_when_reading(api: Api) -> None:
    response = api.get(f"/sobjects/Account/{api.create('Account', Name='x')}", fields="Foo")
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_conditions_by_time() -> None:
    clock = Clock(datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC))
    with SimulatedOrg(clock=clock) as simulated:
        api = Api(simulated)
        with api.session:
            path = f"/sobjects/Contact/{api.create('Contact', LastName='Rose')}"
            modified = api.get(path).headers["Last-Modified"]
            assert modified == "Thu, 01 Jan 2026 12:00:00 GMT"
            earlier = format_datetime(datetime(2026, 1, 1, 11, 59, 59, tzinfo=UTC), usegmt=True)
            since = {"If-Modified-Since": modified}, {"If-Modified-Since": earlier}
            assert [api("GET", path, headers=header).status_code for header in since] == [304, 200]
            unless = {"If-Unmodified-Since": earlier}
            assert api("GET", path, headers=unless).status_code == 412
            refused = api("PATCH", path, json={"Title": "CEO"}, headers=unless)
            assert (refused.status_code, refused.json()[0]["errorCode"]) == (412, "PRECONDITION_FAILED")
            header = {"If-Unmodified-Since": modified}
            assert api("PATCH", path, json={"Title": "CFO"}, headers=header).status_code == 204
            assert api("GET", path, headers={"If-Unmodified-Since": "no date"}).json()["Title"] == "CFO"


def test_only_accounts_have_an_etag(api: Api) -> None:
    path = f"/sobjects/Account/{api.create('Account', Name='Edge')}"
    etag = api.get(path).headers["ETag"]
    assert api.get(path).headers["ETag"] == etag
    assert api("GET", path, headers={"If-None-Match": etag}).status_code == 304
    assert api("PATCH", path, json={"Phone": "1"}, headers={"If-Match": etag}).status_code == 204
    assert api("PATCH", path, json={"Phone": "2"}, headers={"If-Match": etag}).status_code == 412
    assert api.get(path).headers["ETag"] != etag
    assert "ETag" not in api.get(f"/sobjects/Contact/{api.create('Contact', LastName='Rose')}").headers


def test_upsert(api: Api) -> None:
    key = f"key/{uuid.uuid4()}"[:36]
    path = f"/sobjects/Account/Django_Id__c/{key.replace('/', '%2F')}"
    created = api("PATCH", path, json={"Name": "Edge"})
    assert created.status_code == 201
    record_id = created.json()["id"]
    assert created.json() == {"id": record_id, "success": True, "errors": [], "created": True}
    updated = api("PATCH", path, json={"Name": "Edge 2"})
    assert (updated.status_code, updated.json()["created"]) == (200, False)
    assert updated.headers["Location"] == created.headers["Location"]
    assert api.get(path).json()["Name"] == "Edge 2"
    assert api.get(path).json()["Django_Id__c"] == key
    old = Api(api.simulated, version="45.0")
    with old.session:
        assert old("PATCH", path, json={"Name": "Edge 3"}).status_code == 204
    by_id = api("PATCH", f"/sobjects/Account/Id/{record_id}", json={"Phone": "1"})
    assert (by_id.status_code, by_id.json()["created"]) == (200, False)
    assert api("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404
    assert api("DELETE", path).status_code == 404


def test_upsert_may_be_told_not_to_insert(api: Api) -> None:
    path = f"/sobjects/Account/Django_Id__c/{uuid.uuid4()}?updateOnly=true"
    assert api("PATCH", path, json={"Name": "Edge"}).status_code == 404


def test_upsert_by_an_unknown_field(api: Api) -> None:
    response = api("PATCH", "/sobjects/Account/Namez/1", json={"Name": "Edge"})
    message = "Provided external ID field does not exist or is not accessible: Namez"
    assert response.json() == [{"message": message, "errorCode": "NOT_FOUND"}]


def test_several_records_are_choices(api: Api) -> None:
    email = f"{uuid.uuid4()}@example.com"
    ids = [api.create("Contact", LastName="Twin", Email=email) for _ in range(2)]
    for method in ("GET", "PATCH", "DELETE"):
        response = api(method, f"/sobjects/Contact/Email/{email}", json={} if method == "PATCH" else None)
        assert response.status_code == 300
        assert sorted(response.json()) == sorted(
            f"/services/data/v66.0/sobjects/Contact/{one}" for one in ids
        )


def test_the_key_of_an_upsert_may_be_refused_in_the_body() -> None:
    path = "/sobjects/Account/Django_Id__c/k1"
    body = {"Name": "A", "django_id__C": "k1"}
    with SimulatedOrg(key_in_upsert="refuse") as simulated:
        api = Api(simulated)
        with api.session:
            refused = api("PATCH", path, json=body)
            assert api("PATCH", path, json={"Name": "A"}).status_code == 201
    assert refused.status_code == 400
    assert (refused.json()[0]["errorCode"], refused.json()[0]["fields"]) == (
        "INVALID_FIELD",
        ["Django_Id__c"],
    )


def test_the_key_of_an_upsert_comes_from_the_path(fresh_api: Api) -> None:
    path = "/sobjects/Account/Django_Id__c/k1"
    created = fresh_api("PATCH", path, json={"Name": "A", "DJANGO_ID__C": "other"}).json()
    fresh_api("PATCH", path, json={"Name": "B", "Django_Id__c": "other"})
    record = fresh_api.get(f"/sobjects/Account/{created['id']}").json()
    assert (record["Name"], record["Django_Id__c"]) == ("B", "k1")


@pytest.mark.parametrize("counts", [True, False])
def test_whether_a_delete_can_be_conditional(counts: bool) -> None:
    headers = {"If-Unmodified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}
    with SimulatedOrg(conditional_delete=counts) as simulated:
        api = Api(simulated)
        with api.session:
            path = f"/sobjects/Account/{api.create('Account', Name='A')}"
            assert api("DELETE", path, headers=headers).status_code == (412 if counts else 204)
            assert api("DELETE", path).status_code == (204 if counts else 404)
