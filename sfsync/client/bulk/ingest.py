"""Ingest jobs: write any number of records.

Bulk API 2.0 guide, "Create a Job", "Upload Job Data", "Upload Complete": data goes into an open job once, and is
worked on when the job is closed. So whatever fails before that has written nothing, and can be done anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ...exceptions import SalesforceError, Unavailable
from ..connection import Connection
from ..paths import api_name
from . import jobs
from .cells import Record
from .dialect import OURS
from .jobs import Job
from .parts import LARGEST_UPLOAD, Part, Refuse, parts

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
CLOSED = "UploadComplete"
UPLOAD_SECONDS = 600.0  # how long the org may take to answer after the last byte


@dataclass(frozen=True)
class Load:
    """A job that has its data: how many `rows`, and the column `key` by which its results are known."""

    job: Job
    rows: int
    key: str


@dataclass(frozen=True)
class Order:
    """What to do with records: the operation, of which sObject, by which external id if it is an upsert."""

    sobject: str
    operation: str
    external_id_field: str = ""

    def body(self) -> dict[str, str]:
        """Return the job to create. Raises ValueError for an operation that there is not."""
        if self.operation not in OPERATIONS:
            raise ValueError(f"a load does one of {', '.join(OPERATIONS)}, not {self.operation!r}")
        if (self.operation == "upsert") != bool(self.external_id_field):
            raise ValueError("an upsert needs an external id field, and no other operation takes one")
        body = {"object": api_name(self.sobject), "operation": self.operation, **OURS}
        return body | ({"externalIdFieldName": self.external_id_field} if self.external_id_field else {})


def load(
    connection: Connection,
    order: Order,
    columns: Sequence[str],
    records: Iterable[Record],
    *,
    key: str,
    refuse: Refuse,
    largest: int = LARGEST_UPLOAD,
) -> Iterator[Load]:
    """Upload records, in as many jobs as their size needs; yield each job as soon as the org works on it.

    See `Bulk.load` for the parameters.
    """
    body = order.body()
    if key not in columns:
        raise ValueError(f"{key!r}, by which results are known, is none of the columns")
    for part in parts(columns, records, refuse, key=key, largest=largest):
        job = jobs.create(connection, "ingest", body)
        _upload(connection, job, part)
        yield Load(_close(connection, job), part.rows, key)


def _upload(connection: Connection, job: Job, part: Part) -> None:
    """Send the data. Where that fails the job is aborted: it could not take the data a second time."""
    timeout = connection.timeout[0], max(connection.timeout[1], UPLOAD_SECONDS)
    path = f"{job.path}/batches"
    try:
        connection.call("PUT", path, content=part.pieces, content_type="text/csv", timeout=timeout)
    except SalesforceError:
        with suppress(SalesforceError):
            jobs.set_state(connection, job, "Aborted")
        raise


def _close(connection: Connection, job: Job) -> Job:
    """Let the org begin. Whether it has after an answer was lost, is for `begun` to find out."""
    try:
        return jobs.set_state(connection, job, CLOSED)
    except Unavailable:
        return job


def begun(connection: Connection, load: Load) -> Job:
    """Return the job of a load as it stands now, closed for its work if it is still open."""
    job = jobs.find(connection, "ingest", load.job.id)
    return jobs.set_state(connection, job, CLOSED) if job.state == "Open" else job
