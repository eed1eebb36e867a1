"""Jobs, uploads and results as rows of the org's own database, so that none of them fills the memory.

Results are kept in portions, each a JSON list of CSV lines; `first` is the number of the first line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from .. import ids
from ..storage import Storage, format_moment
from .jobs import Job, Kind, Part

JOB_PREFIX = "750"
_TABLES = (
    'CREATE TABLE IF NOT EXISTS "_bulk_job" ("id" TEXT PRIMARY KEY, "kind" TEXT NOT NULL, '
    '"created" TEXT NOT NULL, "data" TEXT NOT NULL)',
    'CREATE TABLE IF NOT EXISTS "_bulk_upload" ("job" TEXT, "number" INTEGER, "content" BLOB NOT NULL, '
    'PRIMARY KEY ("job", "number"))',
    'CREATE TABLE IF NOT EXISTS "_bulk_result" ("job" TEXT, "part" TEXT, "first" INTEGER, '
    '"count" INTEGER NOT NULL, "lines" TEXT NOT NULL, PRIMARY KEY ("job", "part", "first"))',
    'CREATE TABLE IF NOT EXISTS "_bulk_key" ("number" INTEGER PRIMARY KEY AUTOINCREMENT, "job" TEXT, '
    '"record_id" TEXT NOT NULL)',
    'CREATE INDEX IF NOT EXISTS "_bulk_key_job" ON "_bulk_key" ("job", "number")',
)


class Store:
    """Read and write the rows of jobs. Whatever writes runs inside a transaction of the storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        with storage.transaction():
            for statement in _TABLES:
                storage.write(statement)

    def new_id(self) -> str:
        return ids.make_id(JOB_PREFIX, self._storage.next_number(JOB_PREFIX))

    def save(self, job: Job) -> Job:
        self._storage.write(
            'INSERT OR REPLACE INTO "_bulk_job" VALUES (?, ?, ?, ?)',
            (job.id, job.kind, job.created, json.dumps(asdict(job))),
        )
        return job

    def find(self, job_id: str) -> Job | None:
        rows = self._storage.read('SELECT "data" FROM "_bulk_job" WHERE "id" = ?', (job_id,))
        return next((_job(row[0]) for row in rows), None)

    def page(self, kind: Kind, after: str, most: int) -> list[Job]:
        """Return jobs of one kind, oldest first, those behind the id `after`."""
        sql = 'SELECT "data" FROM "_bulk_job" WHERE "kind" = ? AND "id" > ? ORDER BY "id" LIMIT ?'
        return [_job(row[0]) for row in self._storage.read(sql, (kind, after, most))]

    def unfinished(self) -> Iterator[Job]:
        """Yield the jobs that wait for work or were left in the middle of it."""
        sql = (
            """SELECT "data" FROM "_bulk_job" WHERE "data" ->> 'state' IN ('UploadComplete', 'InProgress') """
            'ORDER BY "id"'
        )
        return (_job(row[0]) for row in self._storage.read(sql))

    def broken_uploads(self) -> Iterator[Job]:
        """Yield the jobs whose upload was running when the org was stopped."""
        sql = """SELECT "data" FROM "_bulk_job" WHERE "data" ->> 'upload' = 'running'"""
        return (_job(row[0]) for row in self._storage.read(sql))

    def count_since(self, kind: Kind, moment: datetime) -> int:
        """Return how many jobs of a kind were made after a moment."""
        sql = 'SELECT COUNT(*) FROM "_bulk_job" WHERE "kind" = ? AND "created" > ?'
        return int(next(self._storage.read(sql, (kind, format_moment(moment))))[0])

    def records_since(self, moment: datetime) -> int:
        """Return how many records the ingest jobs made after a moment have worked on."""
        sql = (
            """SELECT COALESCE(SUM("data" ->> 'processed'), 0) FROM "_bulk_job" """
            """WHERE "kind" = 'V2Ingest' AND "created" > ?"""
        )
        return int(next(self._storage.read(sql, (format_moment(moment),)))[0])

    def delete(self, job_id: str) -> None:
        """Delete a job with all that belongs to it."""
        self.discard_upload(job_id)
        for table, column in (("_bulk_result", "job"), ("_bulk_key", "job"), ("_bulk_job", "id")):
            self._storage.write(f'DELETE FROM "{table}" WHERE "{column}" = ?', (job_id,))

    def delete_finished(self, now: datetime, after: timedelta) -> None:
        """Delete the jobs that ended longer ago than their results are kept."""
        sql = (
            """SELECT "id" FROM "_bulk_job" WHERE "data" ->> 'modified' < ? """
            """AND "data" ->> 'state' IN ('JobComplete', 'Failed', 'Aborted')"""
        )
        for row in self._storage.read(sql, (format_moment(now - after),)):
            self.delete(row[0])

    def add_upload(self, job_id: str, number: int, content: bytes) -> None:
        self._storage.write('INSERT INTO "_bulk_upload" VALUES (?, ?, ?)', (job_id, number, content))

    def discard_upload(self, job_id: str) -> None:
        self._storage.write('DELETE FROM "_bulk_upload" WHERE "job" = ?', (job_id,))

    def upload(self, job_id: str) -> Iterator[bytes]:
        """Yield the uploaded data in pieces, reading each when it is wanted."""
        number = -1
        sql = (
            'SELECT "number", "content" FROM "_bulk_upload" WHERE "job" = ? AND "number" > ? '
            'ORDER BY "number" LIMIT 1'
        )
        while (row := next(self._storage.read(sql, (job_id, number)), None)) is not None:
            number, content = row
            yield content

    def add_results(self, job_id: str, part: Part, first: int, lines: Sequence[str]) -> None:
        if lines:
            self._storage.write(
                'INSERT INTO "_bulk_result" VALUES (?, ?, ?, ?, ?)',
                (job_id, part, first, len(lines), json.dumps(lines, ensure_ascii=False)),
            )

    def results(self, job_id: str, part: Part, start: int = 0, end: int | None = None) -> Iterator[list[str]]:
        """Yield the lines from number `start` up to `end`, a portion at a time."""
        sql = (
            'SELECT "first", "count", "lines" FROM "_bulk_result" WHERE "job" = ? AND "part" = ? '
            'AND "first" + "count" > ? ORDER BY "first" LIMIT 1'
        )
        while end is None or start < end:
            row = next(self._storage.read(sql, (job_id, part, start)), None)
            if row is None:
                return
            first, count, lines = row
            yield json.loads(lines)[start - first : None if end is None else end - first]
            start = first + count

    def add_keys(self, job_id: str, select: str, params: Sequence[str | int | float | None]) -> None:
        """Keep the ids that a SELECT of one column finds, in its order."""
        self._storage.write(
            f'INSERT INTO "_bulk_key" ("job", "record_id") SELECT \'{job_id}\', found."Id" FROM ({select}) AS found',
            params,
        )

    def take_keys(self, job_id: str, most: int) -> list[str]:
        """Return the next ids, and forget them."""
        sql = 'SELECT "number", "record_id" FROM "_bulk_key" WHERE "job" = ? ORDER BY "number" LIMIT ?'
        rows = list(self._storage.read(sql, (job_id, most)))
        if rows:
            forget = 'DELETE FROM "_bulk_key" WHERE "job" = ? AND "number" <= ?'
            self._storage.write(forget, (job_id, rows[-1][0]))
        return [row[1] for row in rows]


def joined(portions: Iterable[list[str]]) -> Iterator[bytes]:
    """Encode lines, a portion at a time."""
    return ("".join(lines).encode("utf-8", "replace") for lines in portions)


def _job(data: str) -> Job:
    return Job(**json.loads(data))
