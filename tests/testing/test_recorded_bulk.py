"""Bulk jobs look as they did in the terminal logs of a live org."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from .recorded.exchanges import Exchange
from .recorded.meaning import differences
from .recorded.replay import Replay
from .schema.recordings import RECORDED

LOG = RECORDED / "mohan-chinnappan-n+cli-dx" / "bulk-update.md.log.txt"
SAMPLES = RECORDED / "errors" / "bulk2_result_samples.txt"
JOBS = "/services/data/v52.0/jobs"

pytestmark = pytest.mark.skipif(not LOG.exists(), reason="the recordings are not here")


class Desk(Replay):
    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return JSON, or the lines of a CSV."""
        answer = self.send(Exchange(method, JOBS + path, body, 0, None))
        assert answer.status_code < 300, answer.text
        return answer.get_json() if answer.is_json else answer.text.splitlines()

    def upload(self, job: dict[str, Any], text: str) -> None:
        headers = {"Authorization": self._authorization}
        path = f"/{job['contentUrl']}"
        answer = self._http.put(path, data=text, headers=headers, content_type="text/csv")
        assert (answer.status_code, answer.text) == (201, "")

    def finished(self, path: str) -> dict[str, Any]:
        """Look at a job until it is through."""
        for _ in range(200):
            job: dict[str, Any] = self.call("GET", path)
            if job["state"] == "JobComplete":
                return job
        raise AssertionError(job)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def jobs(kind: str) -> list[dict[str, Any]]:
    """Return the jobs of the log as they were printed, in the notation of JavaScript."""
    found = [
        json.loads(re.sub(r"(\w+):(?= )", r'"\1":', block).replace("'", '"'))
        for block in re.findall(r"^(?:jobStatus )?(\{\n  id: .*?^\})", LOG.read_text(), re.M | re.S)
    ]
    return [job for job in found if job["operation"] == kind]


def check(ours: dict[str, Any], recorded: dict[str, Any]) -> None:
    assert differences(ours, recorded, exact_numbers=False) == []


def test_an_ingest_job(desk: Desk) -> None:
    created, opened, uploaded, closed, _, through = jobs("update")
    account = desk.org.create("Account", {"Name": "Acme"}, desk.user)
    job = desk.call("POST", "/ingest", {"object": "Account", "operation": "update", "lineEnding": "LF"})
    check(job, created)
    check(desk.call("GET", f"/ingest/{job['id']}"), opened)
    desk.upload(job, f"Id,Phone\n{account},1\n")
    check(desk.call("GET", f"/ingest/{job['id']}"), uploaded)
    check(desk.call("PATCH", f"/ingest/{job['id']}", {"state": "UploadComplete"}), closed)
    check(desk.finished(f"/ingest/{job['id']}"), through)
    assert desk.call("GET", f"/ingest/{job['id']}/failedResults") == ['"sf__Id","sf__Error",Id,Phone']
    assert desk.call("GET", f"/ingest/{job['id']}/unprocessedrecords") == ["Id,Phone"]


def test_a_query_job(desk: Desk) -> None:
    created, _, through = jobs("query")
    desk.org.create("Account", {"Name": "Boone625 Inc"}, desk.user)
    body = {"operation": "query", "query": "SELECT Id,Name, Phone from Account LIMIT 5"}
    job = desk.call("POST", "/query", body)
    check(job, created)
    check(desk.finished(f"/query/{job['id']}"), through)
    header, row = desk.call("GET", f"/query/{job['id']}/results")
    assert header in LOG.read_text().splitlines()
    assert re.fullmatch(r'"001\w{15}","Boone625 Inc",""', row)


def test_results_are_written_as_in_the_samples(desk: Desk) -> None:
    samples = SAMPLES.read_text().splitlines()
    job = desk.call("POST", "/ingest", {"object": "Account", "operation": "insert"})
    columns = "Name,ShippingCity,NumberOfEmployees,AnnualRevenue,Website,Description"
    row = "Lorem Ipsum,Milano,2676,912260031,https://ft.com/lacus/at.jsp,Lorem ipsum dolor sit amet"
    desk.upload(job, f"{columns}\n{row}\n")
    desk.call("PATCH", f"/ingest/{job['id']}", {"state": "UploadComplete"})
    desk.finished(f"/ingest/{job['id']}")
    header, row = desk.call("GET", f"/ingest/{job['id']}/successfulResults")
    assert header in samples
    assert re.sub(r"001\w{15}", "0018c00002FInboAAD", row) in samples
