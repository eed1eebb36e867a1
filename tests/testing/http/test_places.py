from __future__ import annotations

import pytest

from .conftest import Api


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"Name":["x"]}', "[line:1, column:10]"),
        ('{"Name":{"a":1}}', "[line:1, column:10]"),
        ('{"Name":12345.5}', "[line:1, column:16]"),
        ('{"Name":"A", "numberofemployees" : "many" }', "[line:1, column:37]"),
        ('{"Name":"A","NumberOfEmployees":true,"Site":[]}', "[line:1, column:37]"),
        ('{\n  "Name": "a\\"},{",\n  "Description": {"Site": 1},\n  "Site": "b"\n}', "[line:3, column:19]"),
        ('\ufeff {"Name" :\t"\u00e9", "AnnualRevenue":"1,5"}', "[line:1, column:34]"),
    ],
)
def test_an_error_of_a_value_says_where_it_stands(api: Api, body: str, place: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api("POST", "/sobjects/Account", data=body.encode(), headers=headers)
    [error] = answer.json()
    assert (answer.status_code, error["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert error["message"].startswith("Cannot deserialize instance of ")
    assert error["message"].endswith(f" at {place}")
