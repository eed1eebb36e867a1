"""The Bulk API 2.0 of one org, as `client.bulk`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from ...exceptions import ConversionError
from ..connection import Connection
from . import ingest, jobs, query
from .cells import Record
from .ingest import Load, Order
from .jobs import PATIENCE, Job, Kind
from .outcomes import Outcome, outcomes
from .parts import LARGEST_UPLOAD, Refuse
from .query import Bookmark, ResultPage


class Bulk:
    """Query and load more records than other calls should carry. Every method raises SalesforceError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def query(self, soql: str, *, all_rows: bool = False) -> Job:
        """Start a query job; with `all_rows` it finds deleted and archived records, too.

        Keep its id: `pages(Bookmark(job.id))` reads the results in any process, now or within seven days.
        """
        return query.start(self._connection, soql, all_rows=all_rows)

    def pages(self, bookmark: Bookmark, *, page_size: int | None = None) -> Iterator[ResultPage]:
        """Wait for a query job, and yield its results page by page, from a bookmark on.

        Every row of a page must be read before the next. `page_size` is the most records of a page; the org decides
        if it is None. Raises JobFailed for a job that failed, was aborted or does not end, JobGone for one that is
        no longer there, MalformedResponse where the pages do not hold as many rows as the job has found.
        """
        return query.pages(self._connection, bookmark, page_size=page_size)

    def load(
        self,
        sobject: str,
        operation: str,
        columns: Sequence[str],
        records: Iterable[Record],
        *,
        key: str,
        external_id_field: str = "",
        refuse: Refuse | None = None,
        largest: int = LARGEST_UPLOAD,
    ) -> Iterator[Load]:
        """Write records, in as many jobs as `largest` bytes for each make; yield a job once the org works on it.

        `operation` is insert, update, upsert (with `external_id_field`), delete or hardDelete. A record is a dict by
        column, or with parents as dicts of their own: a field that it lacks is left alone, None and "" empty it. By
        the text in the column `key`, unique among the records, `outcomes` says which is which. A record that no load
        can carry goes to `refuse(record, error)`; without it, the ConversionError is raised. Raises EngineError when
        there is no room for temporary files. After an error the jobs that were yielded go on, and no other.
        """
        order = Order(sobject, operation, external_id_field)
        return ingest.load(
            self._connection, order, columns, records, key=key, refuse=refuse or _raise, largest=largest
        )

    def outcomes(self, load: Load) -> Iterator[Outcome]:
        """Wait for a job of `load`, and yield what became of each of its records, in any order.

        The outcomes of a job that failed (`find("ingest", id).failure`) say which records were not worked on.
        Raises MalformedResponse at the end where they are not as many as the rows.
        """
        return outcomes(self._connection, load)

    def find(self, kind: Kind, job_id: str) -> Job:
        """Return a job, of the kind "query" or "ingest", as it stands now. Raises JobGone."""
        return jobs.find(self._connection, kind, job_id)

    def wait(self, job: Job, patience: timedelta = PATIENCE) -> Job:
        """Return a job when it is over, in whatever way. Raises JobFailed when it is not within `patience`."""
        return jobs.wait(self._connection, job, patience)

    def abort(self, job: Job) -> None:
        """Stop a job that is not over; what it has written stays written."""
        jobs.set_state(self._connection, job, "Aborted")

    def delete(self, job: Job) -> None:
        """Delete a job that is over, with its data and its results; harmless when it is gone already."""
        jobs.delete(self._connection, job)


def _raise(record: Record, error: ConversionError) -> None:
    raise error
