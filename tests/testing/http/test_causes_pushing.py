"""Every fault of writing, and of jobs, that an org can cause can be caused. Each test says which."""

from datetime import timedelta

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.schema.base import FieldSpec

from .conftest import Api

TWO_HUNDRED = {"records": [{"attributes": {"type": "Account"}, "Name": str(number)} for number in range(200)]}


@pytest.fixture
def org(fresh_api):
    return fresh_api.simulated


@pytest.fixture
def user(org):
    return org.org.settings.user_id


def stored(org) -> int:
    return len(org.records("Account"))


def code(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()[0]["errorCode"]


def key(org, sobject: str = "Account", *, unique: bool = True) -> None:
    """Give an object an external id."""
    org.org.add_field(
        sobject,
        FieldSpec(
            name="Key__c",
            type="string",
            label="Key",
            length=40,
            external_id=True,
            unique=unique,
            id_lookup=True,
        ),
    )


def test_a_created_record_whose_answer_is_lost(fresh_api, org):
    """Causes F1, F3 and F4: a repeated create is refused where there is an external id, and doubled without."""
    key(org)
    for values, status in (({"Name": "A", "Key__c": "1"}, 400), ({"Name": "B"}, 201)):
        org.faults.add("drop", method="POST", times=1)
        with pytest.raises(requests.ConnectionError):
            fresh_api("POST", "/sobjects/Account", json=values)
        assert fresh_api("POST", "/sobjects/Account", json=values).status_code == status
    assert [row["Name"] for row in org.records("Account")] == ["A", "B", "B"]


@pytest.mark.parametrize(("when", "count"), [("before", 0), ("after", 200)])
def test_a_collection_whose_answer_is_lost(fresh_api, org, when, count):
    """Causes F2."""
    org.faults.add("drop", when=when, times=1)
    with pytest.raises(requests.ConnectionError):
        fresh_api("POST", "/composite/sobjects", json=TWO_HUNDRED)
    assert stored(org) == count


def test_a_job_stops_after_two_chunks_of_five():
    """Causes F2 for jobs, and F61: a job that goes on for ever, fails, is aborted, or whose results are gone."""
    with SimulatedOrg(bulk_runner="status", bulk_steps_per_status=2) as simulated:
        api = Api(simulated)
        with api.session:
            job = api("POST", "/jobs/ingest", json={"object": "Account", "operation": "insert"}).json()
            text = "Name\n" + "".join(f"{number}\n" for number in range(1_000))
            api("PUT", f"/{job['contentUrl']}", data=text, headers={"Content-Type": "text/csv"})
            api("PATCH", f"/jobs/ingest/{job['id']}", json={"state": "UploadComplete"})
            simulated.faults.add("drop", method="GET", path="*/jobs/ingest/*", times=1)
            with pytest.raises(requests.ConnectionError):
                api.get(f"/jobs/ingest/{job['id']}")
            assert stored(simulated) == 400
            simulated.org.clock.advance(3_600)
            for state in ("InProgress", "Failed", "Aborted"):
                simulated.faults.add("edit", body={"state": state}, times=1)
                assert api.get(f"/jobs/ingest/{job['id']}").json()["state"] == state
            simulated.faults.add("status", path="*Results/", status=404, code="NOT_FOUND", message="gone")
            assert code(api.get(f"/jobs/ingest/{job['id']}/successfulResults/")) == (404, "NOT_FOUND")


def test_results_of_a_query_job_go_wrong(fresh_api, org):
    """Causes F60 and F64: locators that are absent or never end, and results that stop early."""
    fresh_api("POST", "/composite/sobjects", json=TWO_HUNDRED)
    job = fresh_api(
        "POST", "/jobs/query", json={"operation": "query", "query": "SELECT Id FROM Account"}
    ).json()
    path = f"/jobs/query/{job['id']}"
    while fresh_api.get(path).json()["state"] != "JobComplete":
        org.faults.wait(0.01)
    whole = fresh_api.get(path + "/results")
    assert (whole.headers["Sforce-Locator"], whole.text.count("\n")) == ("null", 201)
    org.faults.add("edit", path="*/results", headers={"Sforce-Locator": None}, nth=1)
    org.faults.add("edit", path="*/results", headers={"Sforce-Locator": "MTAw"}, skip=1, times=2)
    org.faults.add("truncate", path="*/results", nth=4)
    answers = [fresh_api.get(path + "/results") for _ in range(4)]
    assert [one.headers.get("Sforce-Locator") for one in answers] == [None, "MTAw", "MTAw", "null"]
    assert answers[3].text.count("\n") < 100


def test_rows_are_edited_while_a_job_reads_them(fresh_api, org, user):
    """Causes F59, and F41: somebody else edits the same record, or another field of it."""
    record_id = fresh_api.create("Account", Name="old", Site="old")
    write = {"operation": "update", "sobject": "Account", "id": record_id, "values": {"Name": "theirs"}}
    org.faults.add("write", path="*/jobs/query", when="after", writes=[write], times=1)
    fresh_api("POST", "/jobs/query", json={"operation": "query", "query": "SELECT Id FROM Account"})
    assert org.records("Account")[0]["Name"] == "theirs"


def test_text_that_is_hard_to_carry(fresh_api, org):
    """Causes F62, F72 and F85: what is stored comes back as it is."""
    nasty = 'a "quoted", line\nbreak \U0001f600 \u202e=cmd <script>'
    record_id = fresh_api.create(
        "Account", Name=nasty, Description="x" * 32_000, AnnualRevenue=999999999999999999
    )
    response = fresh_api.get(f"/sobjects/Account/{record_id}")
    assert response.json()["Name"] == nasty
    assert '"AnnualRevenue":999999999999999999' in response.text


def test_the_org_changes_what_was_sent(fresh_api, org):
    """Causes F39: trimmed text, lower-case addresses, triggers."""
    org.automation.add("trigger", sobject="Contact", change={"Title": "by trigger"})
    record_id = fresh_api.create("Contact", LastName="  Doe ", Email="J@Doe.example", Title="mine")
    record = fresh_api.get(f"/sobjects/Contact/{record_id}").json()
    assert [record[name] for name in ("LastName", "Email", "Title")] == ["Doe", "j@doe.example", "by trigger"]


def test_three_rows_of_two_hundred_fail_differently(fresh_api, org):
    """Causes F42, and F46 for codes that no rule here gives."""
    for row, failure in ((3, "INACTIVE_OWNER_OR_USER"), (77, "STRING_TOO_LONG"), (199, "DUPLICATE_VALUE")):
        org.faults.add("fail_rows", rows=[row], code=failure)
    results = fresh_api("POST", "/composite/sobjects", json=TWO_HUNDRED).json()
    failed = {
        number: one["errors"][0]["statusCode"] for number, one in enumerate(results) if not one["success"]
    }
    assert failed == {3: "INACTIVE_OWNER_OR_USER", 77: "STRING_TOO_LONG", 199: "DUPLICATE_VALUE"}
    assert stored(org) == 197


@pytest.mark.parametrize("action", ["shorten", "reorder"])
def test_results_that_do_not_fit_the_request(fresh_api, org, action):
    """Causes F43."""
    org.faults.add(action)
    results = fresh_api("POST", "/composite/sobjects", json=TWO_HUNDRED).json()
    assert [one["id"] for one in results] != [row["Id"] for row in org.records("Account")]


def test_locks_for_five_tries(fresh_api, org):
    """Causes F44."""
    org.faults.add("lock_rows", times=5)
    answers = [fresh_api("POST", "/composite/sobjects", json=TWO_HUNDRED).json() for _ in range(6)]
    failures = [sum(not one["success"] for one in answer) for answer in answers]
    assert all(30 < count < 90 for count in failures[:5])
    assert failures[5] == 0


def test_a_record_is_deleted_or_changed_behind_the_client(fresh_api, org):
    """Causes F45 and F54."""
    deleted, edited = (fresh_api.create("Account", Name=name) for name in "AB")
    gone = {"operation": "delete", "sobject": "Account", "id": deleted}
    edit = {"operation": "update", "sobject": "Account", "id": edited, "values": {"Site": "theirs"}}
    org.faults.add("write", method="PATCH", writes=[gone], times=1)
    assert code(fresh_api("PATCH", f"/sobjects/Account/{deleted}", json={"Name": "C"})) == (
        404,
        "ENTITY_IS_DELETED",
    )
    org.faults.add("write", method="DELETE", writes=[edit], times=1)
    assert fresh_api("DELETE", f"/sobjects/Account/{edited}").status_code == 204
    assert [entry["operation"] for entry in org.history(edited)] == ["create", "update", "delete"]


def test_records_that_rules_refuse(fresh_api, org):
    """Causes F46 and F51."""
    org.automation.add("validation", sobject="Account", condition="Name = 'bad'", message="no")
    org.automation.add("duplicate", sobject="Account", fields=["Name"])
    fresh_api.create("Account", Name="A")
    for values, expected in (
        ({"Name": "bad"}, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        ({"Name": "a"}, "DUPLICATES_DETECTED"),
        ({"Name": "x" * 256}, "STRING_TOO_LONG"),
    ):
        assert code(fresh_api("POST", "/sobjects/Account", json=values)) == (400, expected)


def test_an_external_id_of_two_records(fresh_api, org):
    """Causes F47."""
    key(org, unique=False)
    for _ in range(2):
        fresh_api.create("Account", Name="A", Key__c="1")
    response = fresh_api("PATCH", "/sobjects/Account/Key__c/1", json={"Name": "B"})
    assert (response.status_code, len(response.json())) == (300, 2)


def test_the_limit_is_nearly_reached_and_then_crossed(fresh_api, org):
    """Causes F50."""
    org.site.usage.limit = 100
    org.site.usage.set(98)
    assert fresh_api.get("/limits").headers["Sforce-Limit-Info"] == "api-usage=99/100"
    fresh_api.create("Account", Name="A")
    assert code(fresh_api("POST", "/sobjects/Account", json={"Name": "B"})) == (403, "REQUEST_LIMIT_EXCEEDED")
    org.org.clock.advance(timedelta(hours=25).total_seconds())
    again = Api(org)
    with again.session:
        again.create("Account", Name="C")


def test_null_and_empty_are_the_same_to_the_org(fresh_api, org):
    """Causes F52."""
    record_id = fresh_api.create("Account", Name="A", Site="x", Phone="1")
    fresh_api("PATCH", f"/sobjects/Account/{record_id}", json={"Site": "", "Phone": None})
    assert (org.records("Account")[0]["Site"], org.records("Account")[0]["Phone"]) == (None, None)
