from __future__ import annotations

import uuid
from typing import Any

import pytest

from sfsync.testing import SimulatedOrg

from .conftest import Api

ROLLED_BACK = (
    "Record rolled back because not all records were valid and the request was using AllOrNone header"
)


def account(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, **values}


def send(
    api: Api, method: str, *records: dict[str, Any], path: str = "", **options: Any
) -> list[dict[str, Any]]:
    response = api(method, f"/composite/sobjects{path}", json={**options, "records": records})
    assert response.status_code == 200, response.text
    return response.json()


def named(api: Api, record_id: str) -> str:
    return api.get(f"/sobjects/Account/{record_id}").json()["Name"]


def test_each_record_has_its_result(api: Api) -> None:
    contact = {"attributes": {"type": "Contact"}, "LastName": "Rose"}
    first, second, third = send(api, "POST", account(Name="A"), account(Phone="1"), contact, allOrNone=None)
    assert first == {"id": first["id"], "success": True, "errors": []}
    message = "Required fields are missing: [Name]"
    error = {"statusCode": "REQUIRED_FIELD_MISSING", "message": message, "fields": ["Name"]}
    assert second == {"success": False, "errors": [error]}
    assert third["id"].startswith("003")


def test_an_unknown_type_is_an_error_of_its_record(api: Api) -> None:
    [result] = send(api, "POST", {"attributes": {"type": "Foo"}, "Name": "x"})
    assert result["errors"][0]["statusCode"] == "INVALID_TYPE"
    contact = {"attributes": {"type": "Contact"}, "Django_Id__c": "x", "LastName": "x"}
    [result] = send(api, "PATCH", contact, path="/Account/Django_Id__c")
    assert result["errors"][0]["statusCode"] == "INVALID_TYPE"


def test_one_failure_undoes_all_of_a_create(api: Api) -> None:
    name = str(uuid.uuid4())
    results = send(api, "POST", account(Name=name), account(), account(Name=name), allOrNone=True)
    undone = {"statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK", "message": ROLLED_BACK, "fields": []}
    assert results[0] == results[2] == {"success": False, "errors": [undone]}
    assert results[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert api.query(f"SELECT COUNT() FROM Account WHERE Name = '{name}'")["totalSize"] == 0


def test_update_takes_the_id_in_any_case(api: Api) -> None:
    one, two = api.create("Account", Name="A"), api.create("Account", Name="B")
    results = send(api, "PATCH", account(id=one, Name="A2"), account(Id=two[:15], name="B2"))
    assert results == [{"id": one, "success": True, "errors": []}, {"id": two, "success": True, "errors": []}]
    assert [named(api, one), named(api, two)] == ["A2", "B2"]


def test_failed_updates_have_no_id_undone_ones_keep_it(api: Api) -> None:
    one = api.create("Account", Name="A")
    unknown = "001xx000003DHP0AAO"
    results = send(api, "PATCH", account(id=one, Name="A2"), account(id=unknown, Name="x"), allOrNone=True)
    assert (results[0]["id"], results[0]["success"]) == (one, False)
    error = {
        "statusCode": "INVALID_CROSS_REFERENCE_KEY",
        "message": "invalid cross reference id",
        "fields": [],
    }
    assert results[1] == {"success": False, "errors": [error]}
    assert named(api, one) == "A"
    [missing] = send(api, "PATCH", account(Name="x"))
    assert missing["errors"][0]["message"] == "Id not specified in an update call"


def test_the_same_id_counts_twelve_times(api: Api) -> None:
    one = api.create("Account", Name="A")
    results = send(api, "PATCH", *(account(id=one, Name=f"A{number}") for number in range(13)))
    assert [result["success"] for result in results] == [True] * 12 + [False]
    message = "Maximum number of duplicate updates in one batch (12 allowed)"
    assert results[12]["errors"][0]["message"] == message
    assert named(api, one) == "A11"


def test_delete(api: Api) -> None:
    one, two = api.create("Account", Name="A"), api.create("Contact", LastName="B")
    ids = f"{one},{two},nonsense,{one}"
    body = api("DELETE", "/composite/sobjects", params={"ids": ids, "allOrNone": "false"}).json()
    assert body[0] == {"id": one, "success": True, "errors": []}
    assert body[1] == {"id": two, "success": True, "errors": []}
    assert body[2]["errors"][0]["statusCode"] == "MALFORMED_ID"
    assert body[3] == {
        "success": False,
        "errors": [{"statusCode": "ENTITY_IS_DELETED", "message": "entity is deleted", "fields": []}],
    }


def test_delete_all_or_none(api: Api) -> None:
    one = api.create("Account", Name="A")
    parameters = {"ids": f"{one},001xx000003DHP0AAO", "allOrNone": "true"}
    body = api("DELETE", "/composite/sobjects", params=parameters).json()
    assert (body[0]["id"], body[0]["success"]) == (one, False)
    assert named(api, one) == "A"


def test_upsert(api: Api) -> None:
    known, new, twice = (str(uuid.uuid4()) for _ in range(3))
    one = api.create("Account", Name="A", Django_Id__c=known)
    records = [
        account(Django_Id__c=known, Name="A2"),
        account(Django_Id__c=new, Name="B"),
        account(Django_Id__c=twice, Name="C"),
        account(Django_Id__c=twice, Name="C"),
        {"Django_Id__c": str(uuid.uuid4()), "Name": "D"},
    ]
    results = send(api, "PATCH", *records, path="/Account/Django_Id__c")
    assert results[0] == {"id": one, "success": True, "errors": [], "created": False}
    assert (results[1]["success"], results[1]["created"]) == (True, True)
    assert [result["success"] for result in results[2:]] == [False] * 3
    assert list(results[4]) == ["success", "errors", "created"]
    message = (
        "Nested object for polymorphic foreign key must have an attributes field before any other fields."
    )
    assert results[4]["errors"] == [{"statusCode": "JSON_PARSER_ERROR", "message": message, "fields": []}]
    [by_id] = send(api, "PATCH", account(Id=one, Name="A3"), path="/Account/Id")
    assert by_id["created"] is False
    assert named(api, one) == "A3"


def test_retrieve_keeps_the_order_and_has_null_for_the_rest(api: Api) -> None:
    one, two, gone = (api.create("Account", Name=name) for name in "ABC")
    api("DELETE", f"/sobjects/Account/{gone}")
    ids = [two, gone, "001xx000003DHP0AAO", one[:15], two]
    body = {"ids": ids, "fields": ["id", "name"]}
    records = api("POST", "/composite/sobjects/account", json=body).json()
    assert [record and record["Name"] for record in records] == ["B", None, None, "A", "B"]
    assert list(records[0]) == ["attributes", "Id", "Name"]
    by_get = api.get("/composite/sobjects/Account", ids=",".join(ids), fields="id,name").json()
    assert by_get == records


def test_retrieve_refuses_an_unknown_field(api: Api) -> None:
    response = api("POST", "/composite/sobjects/Account", json={"ids": [], "fields": ["Foo"]})
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", {"records": [account(Name="A")] * 201}),
        ("PATCH", "", {"records": [account(id="001xx000003DHP0AAO")] * 201}),
        ("POST", "/Account", {"ids": ["001xx000003DHP0AAO"] * 2_001, "fields": ["Id"]}),
        ("DELETE", "?ids=" + ",".join(["001xx000003DHP0"] * 201), None),
    ],
)
def test_too_many_records(api: Api, method: str, path: str, body: object) -> None:
    response = api(method, f"/composite/sobjects{path}", json=body)
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")


def test_types_may_change_ten_times_at_most(api: Api) -> None:
    contact = {"attributes": {"type": "Contact"}, "LastName": "Rose"}
    mixed = [account(Name="A"), contact] * 5
    assert all(result["success"] for result in send(api, "POST", *mixed))
    response = api("POST", "/composite/sobjects", json={"records": [*mixed, account(Name="A")]})
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    "body", [{}, {"records": {}}, {"records": [1]}, {"records": [], "allOrNone": "yes"}, []]
)
def test_malformed_bodies(api: Api, body: object) -> None:
    response = api("POST", "/composite/sobjects", json=body)
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_collection_is_one_call(fresh_api: Api) -> None:
    fresh_api.simulated.reset_requests()
    send(fresh_api, "POST", *[account(Name="A")] * 200)
    assert fresh_api.simulated.api_calls == 1


def test_users_are_not_written_beside_other_records(api: Api) -> None:
    user = {"attributes": {"type": "User"}, "Username": "mixed@example.com"}
    results = send(api, "POST", account(Name="A"), user, account(Name="B"))
    assert [result["success"] for result in results] == [True, False, True]
    error = results[1]["errors"][0]
    assert error["statusCode"] == "MIXED_DML_OPERATION"
    assert error["message"].endswith("(or vice versa): User, original object: Account")
    results = send(api, "POST", user, account(Name="A"))
    assert results[0]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert results[1]["errors"][0]["statusCode"] == "MIXED_DML_OPERATION"


def test_upsert_came_with_version_46(served: SimulatedOrg) -> None:
    body = {"records": [account(Name="A", Django_Id__c=str(uuid.uuid4()))]}
    for version, status in (("45.0", 404), ("46.0", 200)):
        response = Api(served, version)("PATCH", "/composite/sobjects/Account/Django_Id__c", json=body)
        assert response.status_code == status


@pytest.mark.parametrize("field", ["Nonsense__c", "Phone"])
def test_upsert_needs_an_external_id(api: Api, field: str) -> None:
    response = api("PATCH", f"/composite/sobjects/Account/{field}", json={"records": [account(Name="A")]})
    message = f"Provided external ID field does not exist or is not accessible: {field}"
    assert (response.status_code, response.json()[0]["message"]) == (404, message)


def test_a_parent_by_its_external_id(api: Api) -> None:
    key = str(uuid.uuid4())
    one = api.create("Account", Name="A", Django_Id__c=key)
    contact = {"attributes": {"type": "Contact"}, "LastName": "Rose", "Account": {"Django_Id__c": key}}
    lost = {**contact, "Account": {"Django_Id__c": "nowhere"}}
    first, second = send(api, "POST", contact, lost)
    assert api.get(f"/sobjects/Contact/{first['id']}").json()["AccountId"] == one
    message = "Foreign key external ID: nowhere not found for field Django_Id__c in entity Account"
    assert second["errors"] == [{"statusCode": "INVALID_FIELD", "message": message, "fields": []}]
    [changed] = send(api, "PATCH", {**contact, "id": first["id"], "Account": None})
    assert changed["success"]
    assert api.get(f"/sobjects/Contact/{first['id']}").json()["AccountId"] is None


def test_retrieve_has_null_for_what_the_user_does_not_see(fresh_api: Api) -> None:
    simulated = fresh_api.simulated
    other = simulated.add_user("other@example.com")
    hidden = simulated.org.create("Account", {"Name": "H"}, other)
    own = fresh_api.create("Account", Name="O")
    simulated.set_access(simulated.org.settings.username, view_all=False)
    body = {"ids": [hidden, own], "fields": ["Name"]}
    records = fresh_api("POST", "/composite/sobjects/Account", json=body).json()
    assert records[0] is None
    assert records[1]["Name"] == "O"
    [refused] = send(fresh_api, "PATCH", account(id=hidden, Name="X"))
    assert refused["errors"][0]["statusCode"] == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
