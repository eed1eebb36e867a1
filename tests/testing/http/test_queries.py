from __future__ import annotations

import pytest
import requests

from .conftest import Api, sign_in


def test_query_and_the_next_page(fresh_api: Api) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": f"A{number:03}"} for number in range(200)]
    for _ in range(2):
        fresh_api("POST", "/composite/sobjects", json={"records": records})
    headers = {"Sforce-Query-Options": "batchSize=200"}
    first = fresh_api("GET", "/query/", params={"q": "SELECT Id FROM Account"}, headers=headers).json()
    assert list(first) == ["totalSize", "done", "nextRecordsUrl", "records"]
    second = fresh_api.get(first["nextRecordsUrl"]).json()
    assert (second["done"], len(second["records"])) == (True, 200)
    assert not {one["Id"] for one in first["records"]} & {one["Id"] for one in second["records"]}


def test_a_cursor_is_of_no_use_to_another_session(fresh_api: Api) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": "A"}] * 200
    for _ in range(2):
        fresh_api("POST", "/composite/sobjects", json={"records": records})
    headers = {"Sforce-Query-Options": "batchSize=200"}
    url = fresh_api("GET", "/query", params={"q": "SELECT Id FROM Account"}, headers=headers).json()[
        "nextRecordsUrl"
    ]
    token = sign_in(fresh_api.simulated)["access_token"]
    other = {"Authorization": f"Bearer {token}"}
    response = requests.get(fresh_api.simulated.url + url, headers=other, timeout=20)
    assert response.status_code == 400
    assert [error["errorCode"] for error in response.json()] == ["INVALID_QUERY_LOCATOR"]


def test_query_all_sees_the_recycle_bin(api: Api) -> None:
    record_id = api.create("Account", Name="gone")
    api("DELETE", f"/sobjects/Account/{record_id}")
    soql = f"SELECT Id, IsDeleted FROM Account WHERE Id = '{record_id}'"
    assert api.query(soql)["totalSize"] == 0
    [record] = api.get("/queryAll", q=soql).json()["records"]
    assert record["IsDeleted"] is True


def test_a_refused_query(api: Api) -> None:
    response = api.get("/query", q="select count() from XYZZY")
    assert response.status_code == 400
    [error] = response.json()
    assert list(error) == ["message", "errorCode"]
    assert error["errorCode"] == "INVALID_TYPE"
    assert error["message"].startswith(
        f"\nselect count() from XYZZY\n{' ' * 20}^\nERROR at Row:1:Column:21\nsObject type"
    )


@pytest.mark.parametrize(
    "parameters",
    [{}, {"q": ""}, {"explain": "SELECT Foo FROM Account"}, {"q": "x", "columns": "true"}, {"explain": ""}],
)
def test_what_query_cannot_do_is_refused(api: Api, parameters: dict[str, str]) -> None:
    assert api.get("/query", **parameters).status_code == 400


def test_a_query_is_explained_instead_of_run(fresh_api: Api) -> None:
    for number in range(10):
        fresh_api.create("Account", Name=f"A{number}", AccountNumber=str(number))
    soql = "SELECT Id FROM Account WHERE Name = 'A1' AND AccountNumber = '1'"
    body = fresh_api.get("/query", explain=soql).json()
    assert list(body) == ["plans", "sourceQuery"]
    assert body["sourceQuery"] == soql
    index, scan = body["plans"]
    note = {
        "description": "Not considering filter for optimization because unindexed",
        "fields": ["AccountNumber"],
        "tableEnumOrId": "Account",
    }
    assert index == {
        "cardinality": 1,
        "fields": ["Name"],
        "leadingOperationType": "Index",
        "notes": [note],
        "relativeCost": pytest.approx(1 / 3),
        "sobjectCardinality": 10,
        "sobjectType": "Account",
    }
    assert (scan["leadingOperationType"], scan["fields"], scan["cardinality"]) == ("TableScan", [], 1)
    assert scan["relativeCost"] == pytest.approx(1.26)


def test_columns_are_described_instead_of_read(api: Api) -> None:
    soql = "SELECT Id, Name, Owner.Name, AnnualRevenue, (SELECT Id FROM Contacts) FROM Account"
    body = api.get("/query", q=soql, columns="true").json()
    columns = body.pop("columnMetadata")
    assert body == {"entityName": "Account", "groupBy": False, "idSelected": True, "keyPrefix": "001"}
    assert columns[0] == {
        "aggregate": False,
        "apexType": "Id",
        "booleanType": False,
        "columnName": "Id",
        "custom": False,
        "displayName": "Id",
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": False,
        "textType": False,
        "updatable": False,
    }
    assert [column["columnName"] for column in columns] == [
        "Id",
        "Name",
        "Owner",
        "AnnualRevenue",
        "Contacts",
    ]
    assert [column["textType"] for column in columns[:2]] == [False, True]
    assert [column["columnName"] for column in columns[2]["joinColumns"]] == ["Name"]
    assert (columns[3]["apexType"], columns[3]["numberType"]) == ("Double", True)
    assert (columns[4]["aggregate"], len(columns[4]["joinColumns"])) == (True, 1)


def test_columns_of_a_grouped_query(api: Api) -> None:
    soql = "SELECT Industry, COUNT(Id), MAX(CreatedDate) latest FROM Account GROUP BY Industry"
    body = api.get("/query", q=soql, columns="true").json()
    assert body["groupBy"] is True
    assert [(one["columnName"], one["aggregate"], one["apexType"]) for one in body["columnMetadata"]] == [
        ("Industry", False, "String"),
        ("expr0", True, "Integer"),
        ("latest", True, "Datetime"),
    ]


def test_a_long_list_of_children_goes_on_at_its_own_url(fresh_api: Api) -> None:
    account = fresh_api.create("Account", Name="Edge")
    records = [
        {"attributes": {"type": "Contact"}, "LastName": f"C{number:03}", "AccountId": account}
        for number in range(200)
    ]
    for _ in range(2):
        fresh_api("POST", "/composite/sobjects", json={"records": records})
    response = fresh_api(
        "GET",
        "/query",
        params={"q": "SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account"},
        headers={"Sforce-Query-Options": "batchSize=200"},
    )
    [record] = response.json()["records"]
    children = record["Contacts"]
    assert list(children) == ["totalSize", "done", "nextRecordsUrl", "records"]
    assert (children["totalSize"], children["done"], len(children["records"])) == (400, False, 200)
    rest = fresh_api.get(children["nextRecordsUrl"]).json()
    assert (rest["done"], len(rest["records"])) == (True, 200)
    assert rest["records"][-1]["LastName"] == "C199"
    assert rest["records"][-1]["attributes"]["type"] == "Contact"
