"""A million records into an org and out of it, in memory that does not grow with them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
import requests

from sfsync.testing import SimulatedOrg

JOBS, RECORDS = 8, 125_000
PIECE = 1_000
# What a million records may add to the memory of the process; held as Python objects they take 1,000 MB.
ALLOWED_MB = 100


class Memory:
    """Watch the resident memory of this process, client and org together; `most` is in MB."""

    def __init__(self) -> None:
        self.most = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            self.most = max(self.most, resident())


def resident() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1_000


class Client:
    """Load and query as a program would that holds no more than a piece at a time."""

    def __init__(self, simulated: SimulatedOrg) -> None:
        self._base = simulated.url + "/services/data/v66.0/jobs"
        self._session = requests.Session()
        token = simulated.site.sessions.open(simulated.org.settings.user_id).token
        self._session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._session.request(method, self._base + path, timeout=600, **options)
        response.raise_for_status()
        return response

    def load(self, first: int, count: int) -> str:
        body = {"object": "Account", "operation": "insert"}
        job: str = self.call("POST", "/ingest", json=body).json()["id"]
        headers = {"Content-Type": "text/csv"}
        self.call("PUT", f"/ingest/{job}/batches", data=lines(first, count), headers=headers)
        self.call("PATCH", f"/ingest/{job}", json={"state": "UploadComplete"})
        done = self.wait(f"/ingest/{job}")
        assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (count, 0)
        return job

    def count_lines(self, path: str) -> int:
        with self.call("GET", path, stream=True) as response:
            return sum(piece.count(b"\n") for piece in response.iter_content(1 << 16))

    def query(self, soql: str) -> str:
        job: str = self.call("POST", "/query", json={"operation": "query", "query": soql}).json()["id"]
        self.wait(f"/query/{job}")
        return job

    def wait(self, path: str) -> dict[str, Any]:
        pause = threading.Event()
        while True:
            job: dict[str, Any] = self.call("GET", path).json()
            if job["state"] in ("JobComplete", "Failed", "Aborted"):
                assert job["state"] == "JobComplete", job
                return job
            pause.wait(0.5)


def lines(first: int, count: int) -> Iterator[bytes]:
    yield b"Name,Phone,AnnualRevenue,NumberOfEmployees,BillingCity,Website\n"
    for start in range(first, first + count, PIECE):
        numbers = range(start, min(start + PIECE, first + count))
        yield "".join(f"Account {n},555-{n},{n}.50,{n % 1000},Town {n % 99},\n" for n in numbers).encode()


def grown_by(folder: Path) -> float:
    """Load the records and query them all; return how much memory that took at most, in MB."""
    with (
        SimulatedOrg(folder / "org.db", daily_api_requests=1_000_000) as simulated,
        Client(simulated) as client,
    ):
        client.load(0, 10_000)  # what the first records need, the rest can use again
        before = resident()
        with Memory() as memory:
            for number in range(JOBS):
                job = client.load(number * RECORDS, RECORDS)
                assert client.count_lines(f"/ingest/{job}/successfulResults") == RECORDS + 1
            soql = "SELECT Id, Name, Phone, AnnualRevenue, SystemModstamp FROM Account ORDER BY Id"
            query = client.query(soql)
            whole = f"/query/{query}/results?maxRecords=2000000"
            assert client.count_lines(whole) == JOBS * RECORDS + 10_001
    return memory.most - before


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the memory from /proc")
def test_a_million_records_in_and_out(tmp_path: Path) -> None:
    assert grown_by(tmp_path) < ALLOWED_MB
