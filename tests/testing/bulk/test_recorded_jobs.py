"""Jobs and results as real orgs gave them, by meaning: keys and their order, kinds of values, CSV."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfsync.testing import SimulatedOrg
from tests.testing.http.conftest import Api
from tests.testing.schema.recordings import RECORDED

LOGS = "mohan-chinnappan-n+cli-dx"
SAMPLES = "errors/bulk2_result_samples.txt"
KINDS = {
    "id": r"750\w{15}",
    "createdById": r"005\w{15}",
    "createdDate": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000",
    "systemModstamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000",
    "contentUrl": r"services/data/v\d\d\.0/jobs/ingest/750\w{15}/batches",
}


def text_of(name: str) -> str:
    path = Path(RECORDED) / name
    if not path.exists():
        pytest.skip("the recordings are not here")
    return path.read_text()


def jobs_in(name: str) -> list[dict[str, Any]]:
    """Return the jobs of a terminal log, where they are printed as JavaScript objects."""
    blocks = re.findall(r"^(?:jobStatus )?\{\n((?:  \w+: .*\n)+)\}", text_of(name), re.MULTILINE)
    return [dict(_pair(line) for line in block.splitlines()) for block in blocks]


def _pair(line: str) -> tuple[str, Any]:
    name, _, value = line.strip().rstrip(",").partition(": ")
    return name, value[1:-1] if value.startswith("'") else float(value)


def meaning(job: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the keys in their order, with a value, or its kind where it differs from org to org."""
    return [(name, _meaning(name, value)) for name, value in job.items()]


def _meaning(name: str, value: Any) -> Any:
    if name in KINDS:
        assert re.fullmatch(KINDS[name], value), f"{name}: {value}"
        return name
    if name.endswith("Time"):
        assert value >= 0
        return "milliseconds"
    return value


def parts_of(data: str) -> dict[str, tuple[str | None, str, str]]:
    """Return the parts of a request that opens an insert of accounts together with its data."""
    return {
        "job": (None, '{"object":"Account","operation":"insert"}', "application/json"),
        "content": ("content", data, "text/csv"),
    }


@pytest.fixture
def api() -> Iterator[Api]:
    """Sign in to an org of version 52 with four accounts, whose jobs do a step when they are looked at."""
    settings: dict[str, Any] = {"bulk_runner": "status", "bulk_steps_per_status": 1}
    with SimulatedOrg(**settings) as simulated:
        client = Api(simulated, "52.0")
        with client.session:
            yield client


def test_an_update_as_recorded(api: Api) -> None:
    recorded = jobs_in(f"{LOGS}/bulk-update.md.log.txt")
    created, opened, uploaded, closed, _, done = recorded[:6]
    data = "Id,Phone\n" + "".join(f"{api.create('Account', Name='A')},881-222-239{n}\n" for n in range(4))
    body = {"object": "Account", "operation": "update", "contentType": "CSV", "lineEnding": "LF"}
    job = api("POST", "/jobs/ingest", json=body).json()
    path = f"/jobs/ingest/{job['id']}"
    assert meaning(job) == meaning(created)
    assert meaning(api.get(path).json()) == meaning(opened)

    put = api("PUT", f"/{job['contentUrl']}", data=data, headers={"Content-Type": "text/csv"})
    assert (put.status_code, put.reason) == (201, "Created")
    assert meaning(api.get(path).json()) == meaning(uploaded)
    assert meaning(api("PATCH", path, json={"state": "UploadComplete"}).json()) == meaning(closed)
    assert meaning(api.get(path).json()) == meaning(done)

    log = text_of(f"{LOGS}/bulk-update.md.log.txt")
    failed = api.get(f"{path}/failedResults").text
    assert failed.strip() in log
    assert api.get(f"{path}/unprocessedrecords").text.strip() in log


def test_a_query_as_recorded(api: Api) -> None:
    created, running, done = jobs_in(f"{LOGS}/bulk-update.md.log.txt")[6:9]
    for number in range(1_005):
        api.simulated.org.create("Account", {"Name": f"A{number}"}, api.simulated.org.settings.user_id)
    body = {"operation": "query", "query": "SELECT Id,Name, Phone from Account"}
    job = api("POST", "/jobs/query", json=body).json()
    assert meaning(job) == meaning(created)
    path = f"/jobs/query/{job['id']}"
    assert meaning(api.get(path).json() | {"numberRecordsProcessed": 0.0}) == meaning(running)
    assert meaning(api.get(path).json() | {"numberRecordsProcessed": 5.0}) == meaning(done)
    header, row = api.get(f"{path}/results", maxRecords="1").text.splitlines()
    log = text_of(f"{LOGS}/bulk-update.md.log.txt")
    assert f"\n{header}\n" in log
    [shown] = re.findall(r'^"001\w{15}","Boone.*$', log, re.MULTILINE)
    assert re.sub(r"\w+(?: \w+)*", "x", row) == re.sub(r"\w+(?: \w+)*", "x", shown)


def test_the_list_of_jobs_as_recorded(api: Api) -> None:
    listed = re.search(
        r"  records: \[\n    \{\n((?:      \w+: .*\n)+)", text_of(f"{LOGS}/ListJobs.md.log.txt")
    )
    recorded = dict(_pair(line) for line in listed[1].splitlines())
    job = api("POST", "/jobs/ingest", files=parts_of("Name\nA\n")).json()
    api.get(f"/jobs/ingest/{job['id']}")
    body = api.get("/jobs/ingest").json()
    assert list(body) == ["done", "records", "nextRecordsUrl"]
    [found] = body["records"]
    assert meaning(found | {"object": "Case", "apiVersion": 49.0}) == meaning(recorded)


def test_results_as_in_the_guide(api: Api) -> None:
    samples = text_of(SAMPLES)
    [sample] = re.findall(r'^"sf__Id","sf__Created",Name.*\n".*$', samples, re.MULTILINE)
    header, values = sample.splitlines()
    names = header.split(",")[2:]
    row = next(csv.reader([values]))[2:]
    row[names.index("AnnualRevenue")] = "912260031"
    data = ",".join(names) + "\n" + ",".join(row) + "\n"
    job = api("POST", "/jobs/ingest", files=parts_of(data)).json()
    finished = api.get(f"/jobs/ingest/{job['id']}").json()
    results = api.get(f"/jobs/ingest/{job['id']}/successfulResults/").text
    assert re.sub(r"001\w{15}", "", results) == re.sub(r"001\w{15}", "", sample) + "\n"

    [line] = re.findall(r"^\{ .* \}$", samples, re.MULTILINE)
    shown = json.loads(line) | {"apiVersion": 52.0, "numberRecordsProcessed": 1}
    shown |= {name: finished[name] for name in ("id", "createdById", "createdDate", "systemModstamp")}
    assert meaning(finished) == meaning(shown)


def test_an_insert_as_recorded(api: Api) -> None:
    opened, uploaded, closed, running, done = jobs_in(f"{LOGS}/README.bulk2-insert.log.txt")
    api.base = "/services/data/v49.0"
    body = {"object": "Case", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}
    path = f"/jobs/ingest/{api('POST', '/jobs/ingest', json=body).json()['id']}"
    assert meaning(api.get(path).json()) == meaning(opened)

    header = "Priority,Subject"
    data = f"{header}\nHigh,A\nLow,B\n"
    put = api("PUT", f"{path}/batches", data=data, headers={"Content-Type": "text/csv"})
    assert (put.status_code, put.reason) == (201, "Created")
    assert meaning(api.get(path).json()) == meaning(uploaded)
    assert meaning(api("PATCH", path, json={"state": "UploadComplete"}).json()) == meaning(closed)
    finished = api.get(path).json()
    assert meaning(finished) == meaning(done)
    # Two records are one step, so the state between is told by the keys.
    assert list(finished) == list(running)
    shown = text_of(f"{LOGS}/README.bulk2-insert.log.txt").splitlines()[-1]
    assert api.get(f"{path}/failedResults").text.splitlines() == [shown]


def test_an_extract_as_recorded(api: Api) -> None:
    created, running, done = jobs_in(f"{LOGS}/bulkquey.md.log.txt")[:3]
    api.base = "/services/data/v51.0"
    for number in range(1_005):
        api.simulated.org.create("Contact", {"LastName": f"C{number}"}, api.simulated.org.settings.user_id)
    job = api(
        "POST", "/jobs/query", json={"operation": "query", "query": "SELECT Id, AccountId FROM Contact"}
    )
    # Roles of contacts in several accounts need a feature; the job is the same whatever the object.
    assert meaning(job.json() | {"object": "AccountContactRelation"}) == meaning(created)
    path = f"/jobs/query/{job.json()['id']}"
    for recorded in (running, done):
        shown = {name: recorded[name] for name in ("object", "numberRecordsProcessed")}
        assert meaning(api.get(path).json() | shown) == meaning(recorded)
    lines = api.get(f"{path}/results").text.splitlines()
    assert lines[0] == '"Id","AccountId"'
    assert re.fullmatch(r'"003\w{15}",""', lines[1])


def test_a_job_that_is_done_is_not_aborted(api: Api) -> None:
    job = api("POST", "/jobs/ingest", files=parts_of("Name\nA\n")).json()
    assert api.get(f"/jobs/ingest/{job['id']}").json()["state"] == "JobComplete"
    refused = api("PATCH", f"/jobs/ingest/{job['id']}", json={"state": "Aborted"})
    [shown] = re.findall(r"^\[\n    \{\n.*?\n\]", text_of(f"{LOGS}/rest.delete.log.txt"), re.M | re.S)
    assert (refused.status_code, refused.text) == (400, json.dumps(json.loads(shown), separators=(",", ":")))


def test_a_second_delete_as_recorded(api: Api) -> None:
    path = f"/sobjects/Account/{api.create('Account', Name='A')}"
    [shown] = re.findall(r"^\[\{.*\}\]$", text_of(f"{LOGS}/rest.delete.log.txt"), re.MULTILINE)
    assert api("DELETE", path).content == b""
    assert api("DELETE", path).text == shown


@pytest.mark.skipif(not RECORDED.exists(), reason="the recordings are not here")
def test_no_log_is_forgotten() -> None:
    source = Path(__file__).read_text()
    names = {path.name for path in (RECORDED / LOGS).iterdir()}
    assert {name for name in names if f"{{LOGS}}/{name}" not in source} == set()
