"""What another process arranges under /__org__/."""

import pytest

from tests.testing.http.test_inspection import Backstage


@pytest.fixture
def backstage(simulated_org):
    return Backstage(simulated_org.url)


def test_faults_are_added_listed_and_taken_away(backstage, fresh_api):
    added = backstage("POST", "/faults", 201, json={"action": "status", "status": 500, "kind": "limits"})
    number = added["faults"][0]["id"]
    two = [{"action": "lock_rows", "share": 0.25, "nth": 2}, {"action": "edit", "headers": {}, "nth": 2}]
    backstage("POST", "/faults", 201, json=two)
    assert fresh_api.get("/limits").status_code == 500
    listed = backstage("GET", "/faults")["faults"]
    assert [(one["action"], one["acted"]) for one in listed] == [("status", 1), ("lock_rows", 0), ("edit", 0)]
    backstage("DELETE", f"/faults/{number}", 204)
    assert fresh_api.get("/limits").status_code == 200
    backstage("DELETE", "/faults", 204)
    assert backstage("GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/faults", {"action": "explode"}, "There is no fault 'explode'."),
        ("/faults", {"status": 500}, "A fault is an object with an action"),
        ("/clock", {"set": "2026-01-01T00:00:00"}, "offset"),
        ("/clock", {"advance": "soon"}, "could not convert"),
        ("/transactions", {"writes": "all"}, "writes is an array"),
        ("/transactions", {"writes": [{"operation": "burn", "sobject": "Account"}]}, "operation of create"),
        ("/transactions/7", {"writes": []}, "There is no open transaction 7."),
        ("/transactions/7/commit", {}, "There is no open transaction 7."),
        ("/transactions/x", {"writes": []}, "x is no number"),
        ("/limits", {"used": "all"}, "whole numbers"),
        ("/automation", {"kind": "magic"}, "There is no automation 'magic'."),
        (
            "/automation",
            {"kind": "validation", "sobject": 5, "condition": "x", "message": "m"},
            "sobject is the name",
        ),
        ("/automation", {"kind": "trigger", "sobject": "Account", "change": 5}, "change is an object"),
        (
            "/automation",
            {"kind": "trigger", "sobject": "Account", "change": {}, "on": ["lunch"]},
            "on is a list",
        ),
        (
            "/transactions",
            {"writes": [{"operation": "touch", "sobject": "Account", "id": "x"}]},
            "The id of a write",
        ),
        (
            "/transactions",
            {"writes": [{"operation": "create", "sobject": "Account", "values": 3}]},
            "The values",
        ),
        ("/clock", {"advance": 1e300}, "too large"),
        ("/automation", {"sobject": "Account"}, "An automation is an object with a kind"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(backstage, simulated_org, path, body, reason):
    (error,) = backstage("POST", path, 400, json=body)
    assert reason in error["message"]
    assert list(simulated_org.transactions) == []


def test_the_clock_is_set_advanced_stopped_and_skewed(backstage, simulated_org):
    assert backstage("GET", "/clock")["standing"] is False
    stopped = backstage("POST", "/clock", json={"set": "2026-11-23T12:00:00+01:00", "stand": True})
    assert stopped["standing"] is True
    assert stopped["now"].startswith("2026-11-23T11:00:0")
    backstage("POST", "/clock", json={"stand": "2026-11-23T11:00:00Z"})
    assert backstage("POST", "/clock", json={"advance": 90})["now"] == "2026-11-23T11:01:30.000+0000"
    assert backstage("POST", "/clock", json={"skew": -600})["standing"] is False


def test_transactions_are_opened_written_and_committed(backstage, fresh_api):
    write = {"operation": "create", "sobject": "Account", "values": {"Name": "later"}}
    opened = backstage("POST", "/transactions", 201)
    (record_id,) = backstage("POST", f"/transactions/{opened['id']}", json={"writes": [write]})["written"]
    assert backstage("GET", "/transactions")["transactions"] == [{**opened, "written": [record_id]}]
    assert fresh_api.get(f"/sobjects/Account/{record_id}").status_code == 404
    assert backstage("POST", f"/transactions/{opened['id']}/commit") == {"written": [record_id]}
    assert fresh_api.get(f"/sobjects/Account/{record_id}").json()["Name"] == "later"
    other = backstage("POST", "/transactions", 201, json={"writes": [write]})
    backstage("DELETE", f"/transactions/{other['id']}", 204)
    assert fresh_api.query("SELECT Id FROM Account")["totalSize"] == 1


def test_a_refused_first_write_opens_nothing(backstage):
    write = {"operation": "create", "sobject": "Account", "values": {"Nam": "x"}}
    (error,) = backstage("POST", "/transactions", 400, json={"writes": [write]})
    assert error["errorCode"] == "INVALID_FIELD"
    assert backstage("GET", "/transactions") == {"transactions": []}


def test_used_up_limits_refuse_every_call(backstage, fresh_api):
    assert backstage("POST", "/limits", json={"used": 95, "limit": 100}) == {"used": 95, "limit": 100}
    assert fresh_api.get("/limits").headers["Sforce-Limit-Info"] == "api-usage=96/100"
    backstage("POST", "/limits", json={"used": 100})
    response = fresh_api.get("/limits")
    error = {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    assert (response.status_code, response.json()) == (403, [error])


def test_automation_is_added_listed_and_taken_away(backstage, fresh_api):
    rules = [
        {"kind": "validation", "sobject": "Account", "condition": "Name = 'bad'", "message": "no"},
        {"kind": "trigger", "sobject": "Account", "change": {"NumberOfEmployees": 5}},
        {"kind": "duplicate", "sobject": "Account", "fields": ["Name"]},
    ]
    numbers = backstage("POST", "/automation", 201, json=rules)["ids"]
    assert [rule["kind"] for rule in backstage("GET", "/automation")["automation"]] == [
        "validation", "trigger", "duplicate",
    ]  # fmt: skip
    refused = fresh_api("POST", "/sobjects/Account", json={"Name": "bad"}).json()
    assert refused[0]["errorCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    record_id = fresh_api.create("Account", Name="A")
    assert fresh_api.get(f"/sobjects/Account/{record_id}").json()["NumberOfEmployees"] == 5
    again = fresh_api("POST", "/sobjects/Account", json={"Name": "a"})
    assert (again.status_code, next(iter(again.json()[0]))) == (400, "duplicateResut")
    older = fresh_api("POST", "/services/data/v60.0/sobjects/Account", json={"Name": "a"})
    [match] = older.json()[0]["duplicateResut"]["matchResults"][0]["matchRecords"]
    assert match["record"]["attributes"]["url"] == f"/services/data/v60.0/sobjects/Account/{record_id}"
    allowed = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    assert fresh_api("POST", "/sobjects/Account", json={"Name": "a"}, headers=allowed).status_code == 201
    backstage("DELETE", f"/automation/{numbers[0]}", 204)
    fresh_api.create("Account", Name="bad")
    backstage("DELETE", "/automation", 204)
    assert backstage("GET", "/automation") == {"automation": []}


def test_access_is_set_with_what_is_shared(backstage, simulated_org, fresh_api):
    user = simulated_org.org.settings.user_id
    backstage("PUT", f"/access/{user}", 204, json={"fields": {"Account.Phone": ""}})
    names = [field["name"] for field in fresh_api.get("/sobjects/Account/describe").json()["fields"]]
    assert "Phone" not in names
    backstage("PUT", f"/access/{user}", 204, json={"api_enabled": False})
    assert fresh_api.get("/limits").json()[0]["errorCode"] == "API_CURRENTLY_DISABLED"
    backstage("PUT", f"/access/{user}", 400, json={"wings": True})
