from __future__ import annotations

from typing import Any

import pytest
import requests

from sfsync.testing.apex import ApexRequest
from sfsync.testing.errors import OrgError

from .conftest import Api


def echo(request: ApexRequest) -> dict[str, Any]:
    return {
        "method": request.method,
        "values": request.values,
        "parameters": request.parameters,
        "body": request.body,
    }


def created(request: ApexRequest) -> tuple[int, dict[str, Any]]:
    return 201, {"number": request.body["number"]}


def refused(request: ApexRequest) -> None:
    raise OrgError(400, "APEX_ERROR", f"No invoice {request.values['id']}")


@pytest.fixture
def apex(api: Api) -> Api:
    api.simulated.apex.clear()
    api.simulated.apex.add("invoices/{id}", echo)
    api.simulated.apex.add("invoices", created, methods=["POST"])
    api.simulated.apex.add("invoices/{id}/cancel", refused)
    return api


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_function_answers(apex: Api, method: str) -> None:
    sent = None if method in ("GET", "DELETE") else {"total": 5}
    response = apex(method, "/services/apexrest/invoices/a%2Fb%20c/?full=1", json=sent)
    assert response.json() == {
        "method": method,
        "values": {"id": "a/b c"},
        "parameters": {"full": "1"},
        "body": sent,
    }
    record = apex.simulated.requests[-1]
    assert (record.kind, record.calls, record.status) == ("apex_rest", 1, 200)


def test_a_status_may_stand_before_the_body(apex: Api) -> None:
    response = apex("POST", "/services/apexrest/invoices", json={"number": 7})
    assert (response.status_code, response.json()) == (201, {"number": 7})


def test_numbers_keep_their_digits(apex: Api) -> None:
    text = '{"total":12345678901234567.10}'
    headers = {"Content-Type": "application/json"}
    response = apex("POST", "/services/apexrest/invoices/1", data=text, headers=headers)
    assert response.text.endswith(f'"body":{text}}}')


def test_a_function_refuses_as_the_org_does(apex: Api) -> None:
    response = apex("POST", "/services/apexrest/invoices/9/cancel")
    assert (response.status_code, response.json()) == (
        400,
        [{"message": "No invoice 9", "errorCode": "APEX_ERROR"}],
    )


def test_a_head_is_a_get_without_its_body(apex: Api) -> None:
    response = apex("HEAD", "/services/apexrest/invoices/1")
    assert (response.status_code, response.content) == (200, b"")


def test_a_method_without_a_function_is_not_allowed(apex: Api) -> None:
    response = apex("DELETE", "/services/apexrest/invoices")
    assert response.status_code == 405
    assert response.json()[0]["message"] == "HTTP Method 'DELETE' not allowed. Allowed are POST"
    apex.simulated.apex.add("invoices", echo, methods=["DELETE"])
    assert apex("DELETE", "/services/apexrest/invoices").status_code == 200
    assert apex("POST", "/services/apexrest/invoices", json={"number": 1}).status_code == 201


def test_xml_goes_both_ways(apex: Api) -> None:
    headers = {"Accept": "application/xml", "Content-Type": "application/xml"}
    response = apex("POST", "/services/apexrest/invoices", data="<r><number>7</number></r>", headers=headers)
    assert response.text.partition("?>")[2].endswith("><number>7</number></response>")


def test_names_that_xml_cannot_have_are_changed(apex: Api) -> None:
    response = apex("GET", "/services/apexrest/invoices/1?1+<b>=2", headers={"Accept": "application/xml"})
    assert "<parameters><_1__b_>2</_1__b_></parameters>" in response.text


def test_what_nobody_answers_does_not_exist(apex: Api) -> None:
    response = apex.get("/services/apexrest/invoices/1/2")
    assert response.status_code == 404
    assert response.text == '[{"errorCode":"NOT_FOUND","message":"Could not find a match for URL"}]'
    url = f"{apex.simulated.url}/services/apexrest/invoices/1"
    assert requests.get(url, timeout=20).status_code == 401


def test_a_method_that_apex_lacks_is_refused_at_once(apex: Api) -> None:
    with pytest.raises(
        ValueError, match=r"^Apex REST has no OPTIONS; it has DELETE, GET, PATCH, POST, PUT\.$"
    ):
        apex.simulated.apex.add("x", echo, methods=["OPTIONS", "GET"])


def test_a_reset_forgets_them(fresh_api: Api) -> None:
    fresh_api.simulated.apex.add("x", echo)
    assert fresh_api.get("/services/apexrest/x").status_code == 200
    fresh_api.simulated.reset()
    assert fresh_api.simulated.apex.find("x") is None
