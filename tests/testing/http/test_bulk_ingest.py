"""Ingest jobs over HTTP; what becomes of their rows is tested with the jobs themselves."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.http import bulk

from .conftest import Api

SHORT = [
    "id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state", "concurrencyMode",
    "contentType", "apiVersion",
]  # fmt: skip
DIALECT = ["lineEnding", "columnDelimiter"]
COUNTS = ["numberRecordsProcessed", "numberRecordsFailed"]
TIMES = ["retries", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"]


@pytest.fixture(scope="module")
def served() -> Iterator[SimulatedOrg]:
    with SimulatedOrg(bulk_runner="status") as simulated:
        yield simulated


def create(api: Api, **more: object) -> dict[str, object]:
    response = api("POST", "/jobs/ingest", json={"object": "Account", "operation": "insert", **more})
    assert response.status_code == 200, response.text
    return response.json()


def put(api: Api, job: dict[str, object], data: object, **headers: str) -> requests.Response:
    url = f"/{job['contentUrl']}"
    return api("PUT", url, data=data, headers={"Content-Type": "text/csv", **headers})


def close(api: Api, job: dict[str, object], state: str = "UploadComplete") -> requests.Response:
    return api("PATCH", f"/jobs/ingest/{job['id']}", json={"state": state})


def look(api: Api, job: dict[str, object]) -> dict[str, object]:
    return api.get(f"/jobs/ingest/{job['id']}").json()


def test_a_job_as_recorded(api: Api) -> None:
    job = create(api)
    assert list(job) == [*SHORT, "contentUrl", *DIALECT]
    assert (job["state"], job["apiVersion"], job["contentType"]) == ("Open", 66.0, "CSV")
    assert job["contentUrl"] == f"services/data/v66.0/jobs/ingest/{job['id']}/batches"
    assert str(job["id"]).startswith("750")
    assert list(look(api, job)) == [*SHORT, "jobType", "contentUrl", *DIALECT, *TIMES]

    uploaded = put(api, job, "Name,Phone\nA,1\n,2\n")
    assert (uploaded.status_code, uploaded.content) == (201, b"")
    assert list(look(api, job)) == [*SHORT, "jobType", "contentUrl", *DIALECT, *COUNTS, *TIMES]

    closed = close(api, job)
    assert (closed.status_code, list(closed.json())) == (200, SHORT)
    assert closed.json()["state"] == "UploadComplete"

    done = look(api, job)
    assert list(done) == [*SHORT, "jobType", *DIALECT, *COUNTS, *TIMES]
    assert (done["state"], done["jobType"]) == ("JobComplete", "V2Ingest")
    assert [done[name] for name in COUNTS] == [2, 1]


@pytest.mark.parametrize("name", ["failedResults", "failedresults/", "FAILEDRESULTS"])
def test_results_by_a_name_in_any_case(api: Api, name: str) -> None:
    job = create(api)
    put(api, job, "Name\nÄ\n")
    close(api, job)
    look(api, job)
    response = api("GET", f"/jobs/ingest/{job['id']}/{name}", headers={"Accept": "text/csv"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv;charset=UTF-8"
    assert response.text == '"sf__Id","sf__Error",Name\n'


def test_the_raw_number_of_the_version(api: Api) -> None:
    response = api("POST", "/jobs/ingest", json={"object": "Account", "operation": "insert"})
    assert '"apiVersion":66.0' in response.text


def test_upsert_names_its_field(api: Api) -> None:
    job = create(api, operation="upsert", externalIdFieldName="django_id__c")
    assert job["externalIdFieldName"] == "Django_Id__c"


def test_a_failed_job_says_why(api: Api) -> None:
    job = create(api)
    put(api, job, "Missing__c\nA\n")
    close(api, job)
    failed = look(api, job)
    assert (failed["state"], failed["errorMessage"]) == (
        "Failed",
        "InvalidBatch : Field name not found : Missing__c",
    )


def test_an_upload_in_chunks_and_compressed(api: Api) -> None:
    data = ("Name\n" + "x" * 50_000 + "\n").encode()
    chunked, packed = create(api), create(api)
    assert put(api, chunked, iter([data[:20_000], data[20_000:]])).status_code == 201
    assert put(api, packed, gzip.compress(data), **{"Content-Encoding": "gzip"}).status_code == 201
    for job in (chunked, packed):
        close(api, job)
        assert look(api, job)["numberRecordsFailed"] == 1
        failed = api.get(f"/jobs/ingest/{job['id']}/failedResults").text
        assert failed.endswith(f'"{"x" * 50_000}"\n')


def test_a_broken_upload_leaves_the_job_open(api: Api) -> None:
    job = create(api)
    broken = gzip.compress(b"Name\nA\n" * 100)[:-9]
    assert put(api, job, broken, **{"Content-Encoding": "gzip"}).status_code == 400
    assert put(api, job, "Name\nA\n").status_code == 201
    assert put(api, job, "Name\nA\n").status_code == 400


def test_an_upload_that_is_no_csv_by_its_type(api: Api) -> None:
    job = create(api)
    assert put(api, job, "{}", **{"Content-Type": "application/json"}).status_code == 415


def test_job_and_data_in_one_request(api: Api) -> None:
    parts = {
        "job": (None, '{"object":"Account","operation":"insert"}', "application/json"),
        "content": ("content", "Name\nA\nB\n", "text/csv"),
    }
    response = api("POST", "/jobs/ingest", files=parts)
    assert (response.status_code, response.json()["state"]) == (200, "UploadComplete")
    assert look(api, response.json())["numberRecordsProcessed"] == 2


@pytest.mark.parametrize(
    "parts",
    [
        {"job": (None, "{}", "application/json")},
        {"job": (None, "[]"), "content": ("content", "Name\nA\n")},
        {"content": ("content", "Name\nA\n")},
        {
            "job": (None, '{"object":"Account","operation":"insert"}'),
            "content": ("content", "Name\n" + "A\n" * 50_000),
        },
    ],
)
def test_one_request_that_is_refused(api: Api, parts: dict[str, object]) -> None:
    assert api("POST", "/jobs/ingest", files=parts).status_code == 400


def test_abort_and_delete(api: Api) -> None:
    job = create(api)
    assert api("DELETE", f"/jobs/ingest/{job['id']}").status_code == 400
    aborted = close(api, job, "Aborted")
    assert (aborted.status_code, aborted.json()["state"]) == (200, "Aborted")
    deleted = api("DELETE", f"/jobs/ingest/{job['id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    for method in ("GET", "DELETE"):
        response = api(method, f"/jobs/ingest/{job['id']}")
        assert (response.status_code, response.json()[0]["errorCode"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "body", [{"object": "Account"}, {"operation": "insert"}, {"object": "Account", "operation": 5}, []]
)
def test_a_body_that_makes_no_job(api: Api, body: object) -> None:
    assert api("POST", "/jobs/ingest", json=body).status_code == 400


def test_other_content_than_csv(api: Api) -> None:
    body = {"object": "Account", "operation": "insert", "contentType": "XML"}
    assert api("POST", "/jobs/ingest", json=body).json()[0]["errorCode"] == "INVALIDJOB"


def test_lists_of_jobs_in_pages(fresh_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PAGE", 2)
    made = [create(fresh_api)["id"] for _ in range(3)]
    first = fresh_api.get("/jobs/ingest").json()
    assert list(first) == ["done", "records", "nextRecordsUrl"]
    assert list(first["records"][0]) == [*SHORT, "jobType", "contentUrl", *DIALECT]
    last = fresh_api("GET", first["nextRecordsUrl"]).json()
    assert (first["done"], last["done"], last["nextRecordsUrl"]) == (False, True, None)
    assert [record["id"] for record in first["records"] + last["records"]] == made
    assert fresh_api.get("/jobs/ingest", jobType="Classic").json()["records"] == []
    assert len(fresh_api.get("/jobs/ingest", jobType="V2Ingest").json()["records"]) == 2


def test_no_bulk_resource_inside_a_composite(api: Api) -> None:
    [result] = api.composite({"method": "GET", "url": f"{api.base}/jobs/ingest", "referenceId": "a"})
    assert result["httpStatusCode"] >= 400


def test_a_refused_upload_in_chunks_leaves_the_connection_usable(api: Api) -> None:
    job = create(api)
    pieces = iter([b"Name\n", b"A\n" * 1_000])
    refused = put(api, job, pieces, Authorization="Bearer none")
    assert refused.status_code == 401
    assert look(api, job)["state"] == "Open"
    assert put(api, job, "Name\nA\n").status_code == 201


def test_an_upload_that_is_larger_than_the_limit() -> None:
    with SimulatedOrg(bulk_upload_bytes=1_000_000) as simulated:
        api = Api(simulated)
        with api.session:
            job = create(api)
            assert put(api, job, (b"x" * 300_000 for _ in range(10))).status_code == 413
            assert put(api, job, "Name\nA\n").status_code == 201


@pytest.mark.parametrize(("accept", "begins"), [("application/json", b"{"), ("application/xml", b"<?xml")])
def test_the_first_bulk_api_is_not_there(served: SimulatedOrg, accept: str, begins: bytes) -> None:
    url = served.url + "/services/async/60.0/job"
    response = requests.post(url, data="<jobInfo/>", headers={"Accept": accept}, timeout=20)
    assert response.status_code == 400
    assert response.content.startswith(begins)
    assert "FeatureNotEnabled" in response.text
    assert "Async API not enabled" in response.text


@pytest.mark.parametrize("runner", ["thread", "status"])
def test_rows_that_others_have_locked(runner: str) -> None:
    """Cause a fault of the request that closes the job to act on the rows of the job."""
    with SimulatedOrg(bulk_runner=runner) as simulated:
        api = Api(simulated)
        with api.session:
            job = create(api)
            put(api, job, "Name\n" + "A\n" * 300)
            simulated.faults.add("lock_rows", method="PATCH", kind="ingest_job", share=0.5, seed=3)
            close(api, job)
            while (done := look(api, job))["state"] != "JobComplete":
                continue
            assert 100 < done["numberRecordsFailed"] < 200
            failed = api.get(f"/jobs/ingest/{job['id']}/failedResults").text
            assert (
                failed.count("UNABLE_TO_LOCK_ROW:unable to obtain exclusive access")
                == (done["numberRecordsFailed"])
            )
