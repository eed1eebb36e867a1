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
    assert response.json() == [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]


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
    "parameters", [{}, {"q": ""}, {"explain": "SELECT Id FROM Account"}, {"q": "x", "columns": "true"}]
)
def test_what_query_cannot_do_is_refused(api: Api, parameters: dict[str, str]) -> None:
    assert api.get("/query", **parameters).status_code == 400
