from __future__ import annotations

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


def test_limits(api: Api) -> None:
    body = api.get("/limits").json()["DailyApiRequests"]
    assert body["Max"] == 15_000
    assert body["Remaining"] < 15_000
