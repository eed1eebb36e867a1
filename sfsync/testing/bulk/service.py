"""The jobs of an org, as the HTTP layer sees them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from .. import ids
from ..errors import not_found
from ..storage import format_moment, parse_moment
from .creation import IngestRequest, QueryRequest, check_ingest, check_query
from .dialect import DELIMITERS, LINE_ENDINGS
from .extraction import Extraction
from .ingest import Ingest
from .jobs import (
    WAITING,
    Job,
    JobFailed,
    Kind,
    check_deletable,
    check_transition,
    invalid_state,
    not_the_owner,
    second_upload,
    upload_too_large,
)
from .runner import Runner
from .store import Store

if TYPE_CHECKING:
    from ..org import Org

logger = logging.getLogger(__name__)

# "Bulk API and Bulk API 2.0 Limits and Allocations".
OPEN_TIME = timedelta(hours=24)
KEPT_TIME = timedelta(days=7)


@dataclass
class _Run:
    """The work on a job, and the job as the last step left it."""

    work: Ingest | Extraction
    job: Job


class Bulk:
    """Create, feed, advance, end and list the jobs of one org.

    Every method that names a job raises OrgError NOT_FOUND where there is none of that kind. What fails
    inside the work, and is not the job's fault, is given to `on_failure`. While `paused` is set, jobs stay as
    they are; afterwards each goes on when somebody asks for it.
    """

    def __init__(self, org: Org) -> None:
        self.store = Store(org.storage)
        self.paused = False
        self.on_failure: list[Callable[[BaseException], None]] = []
        self._org = org
        self._runs: dict[str, _Run] = {}
        self._refusals: dict[str, tuple[Any, ...]] = {}  # faults of the request that closed a job
        self._lock = threading.RLock()
        self._runner = Runner(self.advance)
        for job in self.store.broken_uploads():
            self._end_upload(job.id, complete=False)
        for job in self.store.unfinished():
            self._start(job)

    def create_ingest(self, request: IngestRequest, user: str, version: str) -> Job:
        """Open a job; raise OrgError for properties that Salesforce refuses."""
        sobject = check_ingest(self._org, request, user)
        return self._create(
            operation=request.operation,
            sobject=sobject.name,
            user=user,
            version=version,
            state="Open",
            delimiter=request.delimiter,
            line_ending=request.line_ending,
            external_id_field=sobject.external_id_field,
        )

    def create_query(self, request: QueryRequest, user: str, version: str) -> Job:
        """Accept a query to be worked on; raise OrgError for one that Salesforce refuses."""
        plan = check_query(self._org, request, user, version)
        job = self._create(
            operation=request.operation,
            sobject=plan.sobject,
            header=plan.header(DELIMITERS[request.delimiter], LINE_ENDINGS[request.line_ending]),
            user=user,
            version=version,
            state="UploadComplete",
            query=request.query,
            delimiter=request.delimiter,
            line_ending=request.line_ending,
        )
        self._start(job)
        return job

    def get(self, kind: Kind, job_id: str) -> Job:
        """Return a job as it stands."""
        job = self.store.find(ids.to_18(job_id)) if ids.is_id(job_id) else None
        if job is None or job.kind != kind or self._is_over(job):
            raise not_found()
        if job.state == "Open" and parse_moment(job.created) + OPEN_TIME <= self._org.clock.now():
            with self._transaction():
                return self._save(replace(job, state="Aborted"))
        return job

    def look(self, kind: Kind, job_id: str) -> Job:
        """Return a job for a client that asks how it stands, which is when an org without a thread works."""
        job = self.get(kind, job_id)
        if self._org.settings.bulk_runner == "status":
            steps = self._org.settings.bulk_steps_per_status
            while self.advance(job.id) and steps != 1:
                steps -= 1
        elif job.state in WAITING:
            self._start(job)  # it may have come with a snapshot
        return self.get(kind, job_id)

    def page(self, kind: Kind, after: str, most: int) -> list[Job]:
        """Return the jobs of a kind that come after an id, oldest first."""
        return [job for job in self.store.page(kind, after, most) if not self._is_over(job)]

    def upload(self, job_id: str, chunks: Iterator[bytes]) -> None:
        """Take the data of an open ingest job, piece by piece; what ends before its end is forgotten."""
        job = self._claim_upload(job_id)
        done = False
        try:
            self._take(job, chunks)
            done = True
        finally:
            self._end_upload(job.id, complete=done)

    def change_state(self, kind: Kind, job_id: str, wanted: object, user: str) -> Job:
        """Close or abort a job as a client asks, and return it as it was then."""
        with self._transaction():
            job = self._own(kind, job_id, user)
            job = self._save(replace(job, state=check_transition(job, wanted)))
        if job.state == "UploadComplete":
            self._start(job)
        return job

    def delete(self, kind: Kind, job_id: str, user: str) -> None:
        """Delete a job with its data and results."""
        with self._transaction():
            job = self._own(kind, job_id, user)
            check_deletable(job)
            self.store.delete(job.id)

    def advance(self, job_id: str) -> bool:
        """Do the next step of a job; say whether there is more to do."""
        with self._lock:
            job = self.store.find(job_id)
            if self.paused:
                return False
            if job is None or job.state not in WAITING:
                self._runs.pop(job_id, None)
                self._refusals.pop(job_id, None)
                return False
            try:
                with self._org.row_failures.taking_over(self._refusals.get(job_id, ())):
                    job = self._step(job, monotonic())
            except JobFailed as failed:
                self.fail(job_id, failed.message)
            except Exception as error:
                # The boundary of the worker: the client sees a failed job, the traceback goes to stderr.
                logger.exception("The simulated org failed at a bulk job")
                for callback in self.on_failure:
                    callback(error)
                self.fail(job_id, "InternalServerError : An unexpected error occurred.")
            return job_id in self._runs and job.state in WAITING

    def query_jobs_left(self) -> dict[str, int]:
        """Return how many query jobs a day may have, and how many are left, as the limits say it."""
        most = self._org.settings.bulk_daily_query_jobs
        made = self.store.count_since("V2Query", self._org.clock.now() - timedelta(days=1))
        return {"Max": most, "Remaining": max(0, most - made)}

    def close(self) -> None:
        """Stop working; what is unfinished goes on when the same data is served again."""
        self._runner.stop()

    def _own(self, kind: Kind, job_id: str, user: str) -> Job:
        """Return a job that this user may end: the user's own, or any for who may manage all data."""
        job = self.get(kind, job_id)
        if job.user != user and not self._org.permissions.access(user).modify_all:
            raise not_the_owner()
        return job

    def _step(self, job: Job, began: float) -> Job:
        run = self._runs.get(job.id)
        if run is None or run.job != job:  # new, or set back to a snapshot
            run = self._runs[job.id] = _Run(self._work_of(job), job)
        with self._transaction():
            current = self.store.find(job.id)
            if current is None or current.state not in WAITING:  # aborted or deleted meanwhile
                return job
            after = run.work.step(current)
            spent = round((monotonic() - began) * 1000)
            run.job = self._save(replace(after, milliseconds=after.milliseconds + spent))
            return run.job

    def _work_of(self, job: Job) -> Ingest | Extraction:
        work = (Ingest if job.kind == "V2Ingest" else Extraction)(self._org, self.store, job)
        work.prepare(job)
        return work

    def fail(self, job_id: str, message: str) -> None:
        """End a job that waits or is at work as Failed, with its errorMessage."""
        self._runs.pop(job_id, None)
        with self._transaction():
            job = self.store.find(job_id)
            if job is not None and job.state in WAITING:
                self._save(replace(job, state="Failed", error=message))

    def _create(self, **properties: object) -> Job:
        with self._transaction():
            now = self._org.clock.now()
            self.store.delete_finished(now, KEPT_TIME)
            stamp = format_moment(now)
            job = Job(id=self.store.new_id(), created=stamp, modified=stamp, **properties)  # type: ignore[arg-type]
            return self.store.save(job)

    def _start(self, job: Job) -> None:
        if refusals := self._org.row_failures.handed_over():
            self._refusals[job.id] = refusals
        if self._org.settings.bulk_runner == "thread":
            self._runner.add(job.id)

    def _claim_upload(self, job_id: str) -> Job:
        with self._transaction():
            job = self.get("V2Ingest", job_id)
            if job.state != "Open":
                raise invalid_state(f"Data can be uploaded to an Open job only, this one is {job.state}")
            if job.upload == "running" or (job.upload == "done" and self._org.settings.bulk_one_upload):
                raise second_upload(job)
            self.store.discard_upload(job.id)
            return self.store.save(replace(job, upload="running"))

    def _end_upload(self, job_id: str, *, complete: bool) -> None:
        with self._transaction():
            job = self.store.find(job_id)
            if job is not None:
                self.store.save(replace(job, upload="done" if complete else "none"))
            if job is None or not complete:
                self.store.discard_upload(job_id)

    def _take(self, job: Job, chunks: Iterator[bytes]) -> None:
        size, limit = 0, self._org.settings.bulk_upload_bytes
        for number, chunk in enumerate(chunks):
            size += len(chunk)
            if size > limit:
                raise upload_too_large(limit)
            with self._transaction():
                self.store.add_upload(job.id, number, chunk)

    def _save(self, job: Job) -> Job:
        return self.store.save(replace(job, modified=format_moment(self._org.clock.now())))

    def _is_over(self, job: Job) -> bool:
        """Say whether the time has passed for which a finished job and its results are kept."""
        return job.is_finished and parse_moment(job.modified) + KEPT_TIME < self._org.clock.now()

    def _transaction(self) -> AbstractContextManager[None]:
        return self._org.transaction()
