"""Query jobs over HTTP; what their answers hold is tested with the jobs themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sfsync.testing import SimulatedOrg

from .conftest import Api
from .test_bulk_ingest import DIALECT, SHORT


@pytest.fixture(scope="module")
def served() -> Iterator[SimulatedOrg]:
    """Serve an org of 25 accounts."""
    with SimulatedOrg(bulk_runner="status", bulk_page_records=10) as simulated:
        for number in range(25):
            simulated.org.create("Account", {"Name": f"A{number:02}"}, simulated.org.settings.user_id)
        yield simulated


def ask(api: Api, soql: str = "SELECT Name FROM Account ORDER BY Name", **more: object) -> dict[str, object]:
    response = api("POST", "/jobs/query", json={"operation": "query", "query": soql, **more})
    assert response.status_code == 200, response.text
    return response.json()


def done(api: Api, **more: object) -> str:
    job = ask(api, **more)
    assert api.get(f"/jobs/query/{job['id']}").json()["state"] == "JobComplete"
    return f"/jobs/query/{job['id']}"


def names(text: str) -> list[str]:
    return [line.strip('"') for line in text.splitlines()]


def test_a_job_as_recorded(api: Api) -> None:
    job = ask(api)
    assert list(job) == [*SHORT, *DIALECT]
    assert (job["state"], job["object"], job["operation"]) == ("UploadComplete", "Account", "query")
    info = api.get(f"/jobs/query/{job['id']}").json()
    assert list(info) == [
        *SHORT, "jobType", *DIALECT, "numberRecordsProcessed", "retries", "totalProcessingTime",
        "isPkChunkingSupported",
    ]  # fmt: skip
    assert (info["jobType"], info["state"], info["numberRecordsProcessed"]) == ("V2Query", "JobComplete", 25)
    assert info["isPkChunkingSupported"] is False


def test_pages_by_locator(api: Api) -> None:
    path = done(api)
    first = api("GET", f"{path}/results?maxRecords=20", headers={"Accept": "text/csv"})
    assert first.headers["Sforce-NumberOfRecords"] == "20"
    assert names(first.text) == ["Name", *(f"A{number:02}" for number in range(20))]
    last = api.get(f"{path}/results", maxRecords="20", locator=first.headers["Sforce-Locator"])
    assert names(last.text) == ["Name", *(f"A{number:02}" for number in range(20, 25))]
    assert (last.headers["Sforce-Locator"], last.headers["Sforce-NumberOfRecords"]) == ("null", "5")


def test_the_org_has_a_page_size_of_its_own(api: Api) -> None:
    response = api.get(f"{done(api)}/results")
    assert response.headers["Sforce-NumberOfRecords"] == "10"


def test_lists_of_pages(api: Api) -> None:
    path = done(api)
    body = api.get(f"{path}/resultPages").json()
    assert list(body) == ["resultPages", "nextRecordsUrl", "done"]
    assert (len(body["resultPages"]), body["nextRecordsUrl"], body["done"]) == (3, None, True)
    pages = [api("GET", page["resultUrl"]).text for page in body["resultPages"]]
    assert [name for page in pages for name in names(page)[1:]] == [f"A{number:02}" for number in range(25)]

    first = api.get(f"{path}/resultpages", maxRecords="4").json()
    assert (len(first["resultPages"]), first["done"]) == (5, False)
    last = api("GET", first["nextRecordsUrl"]).json()
    assert (len(last["resultPages"]), last["done"]) == (2, True)
    page = api("GET", last["resultPages"][-1]["resultUrl"])
    assert names(page.text) == ["Name", "A24"]


def test_lists_of_pages_came_with_version_58(served: SimulatedOrg) -> None:
    old = Api(served, "57.0")
    with old.session:
        assert old.get(f"{done(old)}/resultPages").status_code == 404


def test_query_jobs_came_with_version_47(served: SimulatedOrg) -> None:
    old = Api(served, "46.0")
    with old.session:
        assert old.get("/jobs/query").status_code == 404


def test_results_belong_to_the_version_of_the_job(api: Api, served: SimulatedOrg) -> None:
    path = done(api)
    other = Api(served, "65.0")
    with other.session:
        assert other.get(f"{path}/results").status_code == 409
        assert other.get(f"{path}/resultPages").status_code == 409
        assert other.get(path).status_code == 200


@pytest.mark.parametrize("size", ["0", "-1", "many", "1.5", "9" * 20])
def test_page_sizes_that_are_none(api: Api, size: str) -> None:
    assert api.get(f"{done(api)}/results", maxRecords=size).status_code == 400


def test_results_before_the_end(api: Api) -> None:
    job = ask(api)
    response = api.get(f"/jobs/query/{job['id']}/results")
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


def test_abort_and_delete(api: Api) -> None:
    path = f"/jobs/query/{ask(api)['id']}"
    aborted = api("PATCH", path, json={"state": "Aborted"})
    assert (aborted.status_code, list(aborted.json()), aborted.json()["state"]) == (200, SHORT, "Aborted")
    assert api("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404


def test_a_query_that_bulk_refuses(api: Api) -> None:
    body = {"operation": "query", "query": "SELECT BillingAddress FROM Account"}
    response = api("POST", "/jobs/query", json=body)
    assert (response.status_code, response.json()) == (
        400,
        [{"message": "Selecting compound data not supported in Bulk Query", "errorCode": "API_ERROR"}],
    )


def test_ingest_and_query_jobs_are_listed_apart(api: Api) -> None:
    job = ask(api)
    listed = api.get("/jobs/query").json()
    assert job["id"] in [record["id"] for record in listed["records"]]
    assert {record["jobType"] for record in listed["records"]} == {"V2Query"}
    assert api.get("/jobs/ingest").json() == {"done": True, "records": [], "nextRecordsUrl": None}
    assert api.get(f"/jobs/ingest/{job['id']}").status_code == 404


def test_an_unknown_part_of_a_job(api: Api) -> None:
    assert api.get(f"{done(api)}/everything").status_code == 404
