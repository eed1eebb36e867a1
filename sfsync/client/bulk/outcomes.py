"""What became of each record of a load.

Bulk API 2.0 guide, "Get Job Successful / Failed / Unprocessed Record Results": three sets, whose order says nothing,
and in which numbers are written in another way. So a record is known by its key, a text that comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...exceptions import ConversionError, NotFound
from ...values import id18
from ..answers import malformed
from ..collections import SaveError, SaveResult
from ..connection import Connection
from ..paths import API_NAME, label
from . import jobs
from .ingest import Load, begun
from .jobs import Job
from .table import Table

SUCCESSFUL, FAILED, UNPROCESSED = "successfulResults", "failedResults", "unprocessedrecords"
# "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"; the message can hold colons.
ERROR = re.compile(r"([A-Z][A-Z0-9_]*):(.*):([^:]*)--\s*", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Outcome:
    """What became of the record with this key; `result` is None where nobody has worked on it."""

    key: str = field(repr=False)
    result: SaveResult | None


def outcomes(connection: Connection, load: Load) -> Iterator[Outcome]:
    """Wait for a job and yield what became of its records: written, refused, not worked on, in any order.

    A job that failed or was aborted has all three: see `Job.failure`. Raises JobFailed when it does not end,
    JobGone, and MalformedResponse at the end where the outcomes are not as many as the rows.
    """
    job = jobs.wait(connection, begun(connection, load))
    count = 0
    for name in _wanted(job, load):
        for outcome in _results(connection, job, name, load.key):
            count += 1
            yield outcome
    if count != load.rows:
        raise malformed(label(job.path), f"results of {count} rows, where {load.rows} were loaded")


def _wanted(job: Job, load: Load) -> tuple[str, ...]:
    """Return the sets to ask for: a job that has worked on every row has none that is unprocessed."""
    if job.state == jobs.COMPLETE and job.processed == load.rows:
        return (SUCCESSFUL, FAILED) if job.failed else (SUCCESSFUL,)
    return SUCCESSFUL, FAILED, UNPROCESSED


def _results(connection: Connection, job: Job, name: str, key: str) -> Iterator[Outcome]:
    path = f"{job.path}/{name}/"
    try:
        stream = connection.stream("GET", path, accept="text/csv")
    except NotFound as error:
        failure = jobs.gone("ingest", job.id, error)
    else:
        with stream:
            yield from _read(
                Table(stream.chunks(), label(path), delimiter=job.delimiter), name, key, label(path)
            )
        return
    raise failure


def _read(table: Table, name: str, key: str, resource: str) -> Iterator[Outcome]:
    first = {SUCCESSFUL: ["sf__Id", "sf__Created"], FAILED: ["sf__Id", "sf__Error"], UNPROCESSED: []}[name]
    if table.columns[: len(first)] != first or key not in table.columns:
        raise malformed(resource, "other columns than were loaded")
    place = table.columns.index(key)
    for row in table:
        yield Outcome(row[place], _result(name, row, resource))


def _result(name: str, row: list[str], resource: str) -> SaveResult | None:
    if name == UNPROCESSED:
        return None
    if name == FAILED:
        return SaveResult(_id_or_none(row[0]), False, (_error(row[1]),))
    id_ = _id_or_none(row[0])
    if id_ is None:
        raise malformed(resource, "a written record without an id")
    return SaveResult(id_, True, created=row[1] == "true")


def _id_or_none(text: str) -> str | None:
    try:
        return id18(text)
    except ConversionError:
        return None


def _error(text: str) -> SaveError:
    """Read what sf__Error says: a code, a message, and the names of fields."""
    parts = ERROR.fullmatch(text)
    if parts is None:
        return SaveError("", text)
    names = (name.strip() for name in parts[3].split(","))
    return SaveError(parts[1], parts[2], tuple(name for name in names if API_NAME.fullmatch(name)))
