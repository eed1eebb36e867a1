"""An org whose bulk jobs move only when they are looked at, and shortcuts to feed it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from sfsync.testing.bulk import Job
from sfsync.testing.bulk.creation import IngestRequest, QueryRequest
from sfsync.testing.bulk.results import ingest_results, query_page
from sfsync.testing.clock import Clock
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings


class Loader:
    """Open jobs, feed them, let them end, and read their results as lists of rows."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.user = org.settings.user_id

    def open(self, operation: str = "insert", sobject: str = "Account", **properties: Any) -> Job:
        request = IngestRequest.read({"operation": operation, "object": sobject, **properties})
        return self.org.bulk.create_ingest(request, self.user, "66.0")

    def fill(
        self, data: str | bytes, operation: str = "insert", sobject: str = "Account", **more: Any
    ) -> Job:
        """Return the job as it is before anybody worked on it."""
        job = self.open(operation, sobject, **more)
        content = data if isinstance(data, bytes) else data.encode()
        self.org.bulk.upload(job.id, iter([content]))
        return self.org.bulk.change_state("V2Ingest", job.id, "UploadComplete", self.user)

    def load(
        self, data: str | bytes, operation: str = "insert", sobject: str = "Account", **more: Any
    ) -> Job:
        return self.look(self.fill(data, operation, sobject, **more))

    def look(self, job: Job) -> Job:
        return self.org.bulk.look(job.kind, job.id)

    def text(self, job: Job, results: str) -> str:
        return b"".join(ingest_results(self.org.bulk.store, job, results)).decode()

    def successful(self, job: Job) -> list[list[str]]:
        return rows(self.text(job, "successfulresults"))

    def failed(self, job: Job) -> list[list[str]]:
        return rows(self.text(job, "failedresults"))

    def errors(self, job: Job) -> list[str]:
        return [row[1] for row in self.failed(job)[1:]]

    def unprocessed(self, job: Job) -> list[list[str]]:
        return rows(self.text(job, "unprocessedrecords"))

    def ask(self, soql: str, operation: str = "query", **properties: Any) -> Job:
        request = QueryRequest.read({"operation": operation, "query": soql, **properties})
        return self.org.bulk.create_query(request, self.user, "66.0")

    def answer(self, soql: str, operation: str = "query", **properties: Any) -> str:
        job = self.look(self.ask(soql, operation, **properties))
        page = query_page(self.org.bulk.store, job, "66.0", "", 1_000_000)
        return b"".join(page.content).decode()


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def make_loader(clock: Clock, **settings: Any) -> Loader:
    return Loader(Org(clock=clock, settings=OrgSettings(bulk_runner="status", **settings)))


@pytest.fixture
def loader(clock: Clock) -> Iterator[Loader]:
    loader = make_loader(clock)
    yield loader
    loader.org.close()


@pytest.fixture
def stepping(clock: Clock) -> Iterator[Loader]:
    """Give a loader whose jobs do one step of 200 records each time they are looked at."""
    loader = make_loader(clock, bulk_steps_per_status=1)
    yield loader
    loader.org.close()
