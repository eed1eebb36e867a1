from __future__ import annotations

import pytest

from .conftest import Api


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/composite/batch", "composite/batch"),
        ("POST", "/composite/graph/", "composite/graph"),
        ("POST", "/composite/tree/Account", "composite/tree"),
        ("GET", "/tooling/query?q=SELECT+Id+FROM+ApexClass", "tooling"),
        ("PUT", "/metadata/deployRequest", "metadata"),
        ("GET", "/ui-api/records/001000000000001AAA", "ui-api"),
    ],
)
def test_what_the_org_lacks_is_named(api: Api, method: str, path: str, name: str) -> None:
    response = api(method, path, json={} if method == "POST" else None)
    error = {"errorCode": "NOT_FOUND", "message": f"{name} is not supported by this simulated org yet"}
    assert (response.status_code, response.json()) == (404, [error])


def test_subrequests_are_told_too(api: Api) -> None:
    url = "/services/data/v66.0/tooling/sobjects"
    [result] = api.composite({"referenceId": "r", "method": "GET", "url": url})
    assert result["body"][0]["message"] == "tooling is not supported by this simulated org yet"


@pytest.mark.parametrize(("sobject", "name"), [("Contact", "Account"), ("User", "password")])
def test_what_stands_behind_the_id_of_a_record_is_named(api: Api, sobject: str, name: str) -> None:
    response = api.get(f"/sobjects/{sobject}/{api.simulated.org.settings.user_id}/{name}")
    message = f"{name} of a single record is not supported by this simulated org yet"
    assert (response.status_code, response.json()) == (404, [{"errorCode": "NOT_FOUND", "message": message}])
