"""Jobs of the Bulk API 2.0: look at them, wait for them, end them.

Bulk API 2.0 guide, "Job States", "Get Information About a Query Job", "Get Job Info", "Abort a Query Job", "Delete
a Job". A job is known by its id alone, so that any process can go on where another stopped.

    Open -> UploadComplete -> InProgress -> JobComplete      a query begins at UploadComplete
      \\           \\              \\-> Failed
       \\-----------\\--------------\\-> Aborted
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from ...exceptions import ConversionError, JobFailed, JobGone, NotFound
from ...values import id18
from ..answers import malformed
from ..connection import Connection
from .dialect import DELIMITERS

Kind = Literal["ingest", "query"]

COMPLETE = "JobComplete"
OVER = (COMPLETE, "Failed", "Aborted")
STATES = ("Open", "UploadComplete", "InProgress", *OVER)
PATIENCE = timedelta(hours=24)
FIRST_WAIT, GROWTH, LONGEST_WAIT = 1.0, 1.5, 60.0  # seconds
# errorMessage is "InvalidBatch : Field name not found : Nmae": a word, then text.
ERROR_CODE = re.compile(r"([A-Za-z_]{1,100}) : ", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as it stood when the org was asked.

    `version` is the API version it was made with, the only one that reads its results. `processed` and `failed`
    count its records, None as long as the org does not say. `org_message` is the org's own text about a failure.
    """

    id: str
    kind: Kind
    state: str
    operation: str
    sobject: str
    version: str
    delimiter: str = ","
    processed: int | None = None
    failed: int | None = None
    org_message: str = field(default="", repr=False)

    @property
    def path(self) -> str:
        return f"/services/data/v{self.version}/jobs/{self.kind}/{self.id}"

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def failure(self) -> JobFailed | None:
        """The exception for a job that ended before its work was done, else None."""
        if not self.is_over or self.state == COMPLETE:
            return None
        code = ERROR_CODE.match(self.org_message)
        return JobFailed(
            f"The Bulk API {self.kind} job {self.id} of {self.sobject} ended as {self.state}"
            f"{f' ({code[1]})' if code else ''}. Setup > Bulk Data Load Jobs shows why; start a new job.",
            code=code[1] if code else "",
            resource=f"jobs/{self.kind}/{self.id}",
            org_message=self.org_message,
        )


def create(connection: Connection, kind: Kind, body: dict[str, Any]) -> Job:
    """Create a job. Raises SalesforceError.

    A job whose answer was lost harms nothing: a query changes nothing, so that it may be started twice, and a load
    without data does nothing and is over after a day.
    """
    return _read(kind, connection.call("POST", f"jobs/{kind}", body=body, read=kind == "query").body)


def find(connection: Connection, kind: Kind, job_id: str) -> Job:
    """Return a job as it stands now. Raises JobGone when the org has it no longer."""
    try:
        return _read(kind, connection.call("GET", f"jobs/{kind}/{id18(job_id)}").body)
    except NotFound as error:
        failure = gone(kind, job_id, error)
    raise failure


def wait(connection: Connection, job: Job, patience: timedelta = PATIENCE) -> Job:
    """Look at a job until it is over, ever more seldom: after 1, 1.5, 2.25, ... and at most 60 seconds.

    The job can have ended in any way: see `failure`. Raises JobFailed for one that is still at work after
    `patience`; it goes on in the org, and can be waited for again or aborted.
    """
    until = connection.now() + patience
    for seconds in waits():
        if job.is_over:
            break
        if connection.now() >= until:
            raise _endless(job)
        connection.sleep(seconds)
        job = find(connection, job.kind, job.id)
    return job


def waits() -> Iterator[float]:
    """Yield the seconds between two looks at a job."""
    seconds = FIRST_WAIT
    while True:
        yield seconds
        seconds = min(seconds * GROWTH, LONGEST_WAIT)


def set_state(connection: Connection, job: Job, state: str) -> Job:
    """Close a job for its work ("UploadComplete"), or abort it ("Aborted"); return it as it is then."""
    return _read(job.kind, connection.call("PATCH", job.path, body={"state": state}).body)


def delete(connection: Connection, job: Job) -> None:
    """Delete a job that is over, with its data and results; harmless when it is gone already."""
    try:
        connection.call("DELETE", job.path)
    except NotFound:
        return


def gone(kind: Kind, job_id: str, error: NotFound) -> JobGone:
    """Return the exception for a job or results that the org has no longer."""
    return JobGone(
        f"The Bulk API {kind} job {job_id}, or its results, is no longer in the org, which keeps them for seven "
        "days. Start a new job.",
        status=error.status,
        code=error.code,
        resource=error.resource,
    )


def _endless(job: Job) -> JobFailed:
    return JobFailed(
        f"The Bulk API {job.kind} job {job.id} of {job.sobject} is still {job.state}. Look at Setup > Bulk Data Load "
        "Jobs; abort it there, or wait for it again.",
        resource=f"jobs/{job.kind}/{job.id}",
    )


def _read(kind: Kind, body: Any) -> Job:
    """Read what the org says of a job. Raises MalformedResponse."""
    try:
        return Job(
            id=id18(body["id"]),
            kind=kind,
            state=_one_of(STATES, body["state"]),
            operation=str(body["operation"]),
            sobject=str(body["object"]),
            version=_version(body["apiVersion"]),
            delimiter=DELIMITERS[body.get("columnDelimiter", "COMMA")],
            processed=_count(body.get("numberRecordsProcessed")),
            failed=_count(body.get("numberRecordsFailed")),
            org_message=str(body.get("errorMessage") or ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ConversionError):
        failure = malformed(f"jobs/{kind}", "something that is no job")
    raise failure


def _one_of(known: tuple[str, ...], value: Any) -> str:
    return known[known.index(value)]


def _version(number: Any) -> str:
    """Return "66.0" for the number that the org sends."""
    return f"{float(number):.1f}"


def _count(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or value < 0:
        raise TypeError
    return value
