"""What another process sees and puts back under /__org__/."""

import pytest
import requests

from tests.testing.http.conftest import Api


class Backstage:
    """Call the resources under /__org__/, where nobody has to sign in."""

    def __init__(self, url: str) -> None:
        self.url = url + "/__org__"

    def __call__(self, method: str, path: str = "", status: int = 200, **options):
        response = requests.request(method, self.url + path, timeout=20, **options)
        assert response.status_code == status, response.text
        return response.json() if response.content else None


@pytest.fixture
def backstage(simulated_org):
    return Backstage(simulated_org.url)


def test_the_index_names_every_resource(backstage):
    for path in backstage("GET").values():
        known = requests.get(backstage.url.removesuffix("/__org__") + path, timeout=20)
        assert known.status_code in (200, 405), path


def test_records_are_seen_as_they_are_stored(backstage, fresh_api):
    record_id = fresh_api.create("Account", Name="A")
    fresh_api("DELETE", f"/sobjects/Account/{record_id}")
    assert backstage("GET", "/records")["Account"] == {"stored": 1, "deleted": 1}
    (row,) = backstage("GET", "/records/account")["records"]
    assert (row["Id"], row["Name"], row["IsDeleted"]) == (record_id, "A", True)
    one = backstage("GET", f"/records/Account/{record_id}")
    assert one["record"] == row
    assert [entry["operation"] for entry in one["history"]] == ["create", "delete"]


@pytest.mark.parametrize("path", ["/records/Nothing", "/records/Account/x", "/records/Account/'"])
def test_what_is_not_there_is_not_found(backstage, path):
    backstage("GET", path, 404)


def test_the_log_tells_what_was_asked_without_its_secrets(backstage, fresh_api):
    fresh_api.query("SELECT Id FROM Account WHERE Name = 'secret'")
    fresh_api.composite({"method": "GET", "url": f"{fresh_api.base}/limits", "referenceId": "a"})
    log = backstage("GET", "/requests")
    assert log["counts"] == {"token": 1, "query": 1, "composite": 1, "limits": 1}
    assert log["apiCalls"] == 2
    assert log["requests"][1]["path"] == f"{fresh_api.base}/query"
    assert "secret" not in str(log)
    backstage("DELETE", "/requests", 204)
    assert backstage("GET", "/requests")["requests"] == []


def test_snapshots_are_taken_restored_and_dropped(backstage, fresh_api):
    number = backstage("POST", "/snapshots", 201)["id"]
    fresh_api.create("Account", Name="A")
    assert backstage("GET", "/snapshots") == {"snapshots": [number]}
    backstage("POST", f"/snapshots/{number}", 204)
    assert fresh_api.query("SELECT Id FROM Account")["totalSize"] == 0
    backstage("DELETE", f"/snapshots/{number}", 204)
    refused = backstage("POST", f"/snapshots/{number}", 400)
    assert refused == [{"message": f"There is no snapshot {number}.", "errorCode": "INVALID_INPUT"}]


def test_a_reset_leaves_nothing_of_a_test(backstage, simulated_org, fresh_api):
    fresh_api.create("Account", Name="A")
    simulated_org.faults.add("status", path="*/limits")
    simulated_org.automation.add("validation", sobject="Account", condition="Name = 'A'", message="no")
    backstage("POST", "/reset", 204)
    assert fresh_api.get("/limits").status_code == 401
    again = Api(simulated_org)
    with again.session:
        assert again.get("/limits").status_code == 200
        again.create("Account", Name="A")
        assert [record.status for record in simulated_org.requests] == [401, 200, 200, 201]


def test_all_sessions_can_be_ended(backstage, fresh_api):
    backstage("DELETE", "/sessions", 204)
    assert fresh_api.get("/limits").status_code == 401


def test_inspection_is_no_part_of_salesforce(backstage, simulated_org, fresh_api):
    simulated_org.reset_requests()
    simulated_org.faults.add("status")
    backstage("GET", "/records")
    assert simulated_org.requests == []
    backstage("PATCH", "/records", 405)
