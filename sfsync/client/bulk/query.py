"""Query jobs: start one, and read its pages while they arrive.

Bulk API 2.0 guide, "Create a Query Job" and "Get Results for a Query Job": the header Sforce-Locator says where the
next page begins, and the word "null" that there is none; a locator stays good as long as the results are kept, and
Sforce-NumberOfRecords counts the records of the page. What is missing or does not add up is an error, never an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from ...exceptions import MalformedResponse, NotFound
from ..answers import malformed
from ..connection import Connection
from ..paths import label
from ..stream import Stream
from . import jobs
from .jobs import Job
from .table import Table

END = "null"
LOCATOR = re.compile(r"[\x21-\x7e]{1,1000}")
COUNT = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True)
class Bookmark:
    """A place in the results of a query job: the page at `locator`, "" for the first, behind `rows` rows."""

    job_id: str
    locator: str = ""
    rows: int = 0


class ResultPage:
    """The rows of one page, read once: lists of text in the order of `columns`, where "" stands for null.

    `rows` is how many there are, `next` the bookmark of what follows, None behind the last page. Numbers can have
    an exponent ("9.12260031E8"), times end in Z: `sfsync.values` reads both. A null and an empty text cannot be told
    apart, nor can they in a record. Keep `next` only after the last row: a page can break off.
    """

    def __init__(self, table: Table, rows: int, following: Bookmark | None, resource: str) -> None:
        self.columns = table.columns
        self.rows = rows
        self.next = following
        self.is_open = True
        self.is_read = False
        self._table = table
        self._resource = resource

    def __iter__(self) -> Iterator[list[str]]:
        if not self.is_open:
            raise RuntimeError("a page of results can be read only inside of the loop over the pages")
        number = 0
        for row in self._table:
            number += 1
            yield row
        if number != self.rows:
            raise malformed(self._resource, f"{number} rows where it promised {self.rows}")
        self.is_read = True

    def records(self) -> Iterator[dict[str, str | None]]:
        """Yield the rows as dicts by column ("Account.Name" for a parent's), with None for null."""
        for row in self:
            yield {column: value or None for column, value in zip(self.columns, row, strict=True)}


def start(connection: Connection, soql: str, *, all_rows: bool = False) -> Job:
    """Start a query job; with `all_rows` it finds deleted and archived records, too."""
    return jobs.create(connection, "query", {"operation": "queryAll" if all_rows else "query", "query": soql})


def pages(
    connection: Connection, bookmark: Bookmark, *, page_size: int | None = None
) -> Iterator[ResultPage]:
    """Yield the pages of a job from a bookmark on, the first after the job has done its work.

    Every row of a page must be read before the next. `page_size` is the most records of a page; the org decides if
    it is None. Raises JobFailed, JobGone, and MalformedResponse also where the rows of all pages, those before the
    bookmark included, are not as many as the job has found.
    """
    job = jobs.wait(connection, jobs.find(connection, "query", bookmark.job_id))
    if job.failure is not None:
        raise job.failure
    seen = {bookmark.locator}
    place: Bookmark | None = bookmark
    while place is not None:
        with _open(connection, job, place, page_size) as stream:
            page = _page(stream, job, place)
            try:
                yield page
            finally:
                page.is_open = False
        if not page.is_read:
            raise RuntimeError("every row of a page of results has to be read before the next page")
        place = page.next
        if place is not None and place.locator in seen:
            raise malformed(label(job.path), "the same page once more")
        seen.add(place.locator if place is not None else END)


def _open(connection: Connection, job: Job, place: Bookmark, page_size: int | None) -> Stream:
    options = {"locator": place.locator} if place.locator else {}
    if page_size is not None:
        options["maxRecords"] = str(page_size)
    path = f"{job.path}/results" + (f"?{urlencode(options)}" if options else "")
    try:
        return connection.stream("GET", path, accept="text/csv")
    except NotFound as error:
        failure = jobs.gone("query", job.id, error)
    raise failure


def _page(stream: Stream, job: Job, place: Bookmark) -> ResultPage:
    resource = label(f"{job.path}/results")
    locator, count = (
        stream.headers.get("Sforce-Locator", ""),
        stream.headers.get("Sforce-NumberOfRecords", ""),
    )
    if not LOCATOR.fullmatch(locator) or not COUNT.fullmatch(count):
        raise malformed(resource, "no word on what follows")
    rows = place.rows + int(count)
    if locator == END and rows != job.processed:
        raise _incomplete(job, rows)
    following = None if locator == END else Bookmark(job.id, locator, rows)
    table = Table(stream.chunks(), resource, delimiter=job.delimiter)
    return ResultPage(table, int(count), following, resource)


def _incomplete(job: Job, rows: int) -> MalformedResponse:
    return MalformedResponse(
        f"The Bulk API query job {job.id} of {job.sobject} has found {job.processed} records, and its results hold "
        f"{rows}. Nothing may be concluded from what is missing; start a new job.",
        resource=f"jobs/query/{job.id}",
    )
