"""Many records into an org and out of it again, in memory that does not grow with them."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sfsync.client import Client, ClientCredentials
from sfsync.client.bulk import Bookmark
from sfsync.testing.settings import OrgSettings

ROOT = Path(__file__).resolve().parents[3]
COLUMNS = ["Name", "Phone", "NumberOfEmployees", "Description"]
# What the client may hold at most, in bytes: a part of a load in memory (1 MB), pieces, and the rows at hand.
# As Python objects 200,000 records take more than 100 MB.
MOST_MEMORY = 4_000_000


@contextmanager
def client_of_another_process(data: Path) -> Iterator[Client]:
    """Run an org whose memory is not ours, and give a client of it."""
    command = [sys.executable, "-m", "sfsync.testing", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as org:
        try:
            ready = next(line for line in org.stdout if line.startswith("Simulated org ready"))
            auth = ClientCredentials(OrgSettings.consumer_key, OrgSettings.consumer_secret)
            url = re.search(r"http://\S+", ready)[0]
            client = Client(auth_domain=url, auth=auth, timeout=(10.0, 600.0))
            yield client
            client.close()
        finally:
            org.terminate()


def records(number: int) -> Iterator[dict[str, object]]:
    for place in range(number):
        yield {
            "Name": f"{place}",
            "Phone": "555-1",
            "NumberOfEmployees": place % 1_000,
            "Description": "a\nb",
        }


@pytest.mark.parametrize(
    ("number", "largest", "jobs"),
    [(3_000, 50_000, 2), pytest.param(200_000, 2_000_000, 3, marks=pytest.mark.slow)],
)
def test_what_goes_in_comes_out_in_constant_memory(tmp_path, number, largest, jobs):
    """Covers F63: the memory is the same for any number of records."""
    with client_of_another_process(tmp_path / "org.sqlite3") as client:
        list(
            client.bulk.load("Account", "insert", ["Name"], [{"Name": "-1"}], key="Name")
        )  # the first time costs more
        tracemalloc.start()
        try:
            loads = list(
                client.bulk.load("Account", "insert", COLUMNS, records(number), key="Name", largest=largest)
            )
            written = 0
            for load in loads:
                written += sum(int(each.key) for each in client.bulk.outcomes(load) if each.result.success)
            job = client.bulk.query("SELECT Name, Description FROM Account WHERE Phone = '555-1'")
            read = rows = 0
            for page in client.bulk.pages(Bookmark(job.id)):
                for name, description in page:
                    read, rows = read + int(name), rows + (description == "a\nb")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert written == read == sum(range(number))
    assert sum(load.rows for load in loads) == rows == number
    assert len(loads) >= jobs
    assert peak < MOST_MEMORY
