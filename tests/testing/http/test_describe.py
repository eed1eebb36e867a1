from __future__ import annotations

import pytest

from .conftest import Api


def test_versions_need_no_session(api: Api) -> None:
    del api.session.headers["Authorization"]
    body = api.get("/services/data").json()
    assert body[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}
    labels = {item["version"]: item["label"] for item in body}
    assert labels["42.0"] == "Spring \u201918"
    assert (labels["58.0"], labels["65.0"], labels["66.0"]) == ("Summer '23", "Winter '26", "Spring '26")
    assert list(labels)[-1] == "68.0"


def test_resources(api: Api) -> None:
    body = api.get("/services/data/v59.0").json()
    assert body["sobjects"] == "/services/data/v59.0/sobjects"
    assert body["identity"].startswith(api.simulated.url + "/id/00D")


def test_describe_calls(api: Api) -> None:
    body = api.get("/sobjects").json()
    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    assert {"Account", "Contact", "Opportunity", "User", "Organization"} <= {
        item["name"] for item in body["sobjects"]
    }
    described = api.get("/sobjects/contact/describe").json()
    assert described["name"] == "Contact"
    assert "Django_Id__c" in [field["name"] for field in described["fields"]]
    info = api.get("/sobjects/ACCOUNT").json()
    assert info["objectDescribe"]["name"] == "Account"
    assert "recentItems" in info


def test_a_describe_is_sent_once(api: Api) -> None:
    first = api.get("/sobjects/Account/describe")
    headers = {"If-Modified-Since": first.headers["Last-Modified"]}
    again = api("GET", "/sobjects/Account/describe", headers=headers)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/sobjects", "/sobjects/Account/describe"])
def test_a_describe_that_changed_is_sent_again(fresh_api: Api, path: str) -> None:
    simulated = fresh_api.simulated
    headers = {"If-Modified-Since": fresh_api.get(path).headers["Last-Modified"]}
    assert fresh_api("GET", path, headers=headers).status_code == 304
    access = {"fields": {"Account.Phone": ""}} if "Account" in path else {"objects": {"Contact": "r"}}
    simulated.set_access(simulated.org.settings.username, **access)
    changed = fresh_api("GET", path, headers=headers)
    assert changed.status_code == 200
    headers = {"If-Modified-Since": changed.headers["Last-Modified"]}
    assert fresh_api("GET", path, headers=headers).status_code == 304


def test_a_describe_that_must_not_have_changed(api: Api) -> None:
    headers = {"If-Unmodified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}
    assert api("GET", "/sobjects/Account/describe", headers=headers).status_code == 412


def test_hidden_fields_and_objects_vanish(fresh_api: Api) -> None:
    simulated = fresh_api.simulated
    account = fresh_api.create("Account", Name="A", Phone="1")
    simulated.set_access(
        simulated.org.settings.username, fields={"Account.Phone": ""}, objects={"Contact": "", "Lead": "r"}
    )
    described = fresh_api.get("/sobjects/Account/describe").json()
    assert "Phone" not in [field["name"] for field in described["fields"]]
    assert "Phone" not in fresh_api.get(f"/sobjects/Account/{account}").json()
    assert "Contact" not in [item["name"] for item in fresh_api.get("/sobjects").json()["sobjects"]]
    assert fresh_api.get("/sobjects/Contact/describe").status_code == 404
    assert "Contact" not in [child["childSObject"] for child in described["childRelationships"]]
    refused = fresh_api("PATCH", f"/sobjects/Account/{account}", json={"Phone": "2"})
    assert refused.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert fresh_api("POST", "/sobjects/Contact", json={"LastName": "B"}).status_code == 404
    record = {"attributes": {"type": "Contact"}, "LastName": "B"}
    [item] = fresh_api("POST", "/composite/sobjects", json={"records": [record]}).json()
    assert item["errors"][0]["statusCode"] == "INVALID_TYPE"
