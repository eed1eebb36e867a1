"""The delete log: what getDeleted knows of, and from when on.

A job runs every two hours; where the log holds more than 5,000 entries for each licence, it drops those older
than two hours (SOAP guide, "getDeleted()"). A reader that comes later must read everything anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .clock import Clock
from .schema.base import Schema, SObjectSpec
from .settings import OrgSettings
from .storage import Storage, format_moment, parse_moment
from .storage.tables import quote

ENTRIES_PER_LICENCE = 5_000
JOB_EVERY = timedelta(hours=2)
KEPT = timedelta(hours=2)
_START = "delete log start"


@dataclass
class DeleteLog:
    storage: Storage
    schema: Schema
    clock: Clock
    settings: OrgSettings
    _next_job: datetime | None = field(default=None, init=False, repr=False)

    @property
    def start(self) -> datetime:
        """Return earliestDateAvailable: what was deleted before this may be missing."""
        noted = self.storage.note(_START)
        born = self.settings.replication_enabled
        return max(born, parse_moment(noted)) if noted else born

    def purge(self, before: datetime) -> None:
        """Forget what was deleted before a moment."""
        with self.storage.transaction():
            if before > self.start:
                self.storage.set_note(_START, format_moment(before))
            self.storage.write('DELETE FROM "_purged" WHERE "deleted" < ?', (format_moment(before),))

    def maintain(self) -> None:
        """Run the job, if it is due."""
        now = self.clock.now()
        if self._next_job is not None and now < self._next_job:
            return
        self._next_job = now + JOB_EVERY
        if self._size() > ENTRIES_PER_LICENCE * self.settings.licences:
            self.purge(now - KEPT)

    def rows(self, spec: SObjectSpec, start: datetime, end: datetime, visible: str, limit: int) -> list[Any]:
        """Return id and date of the deletes between two moments, both included, by date.

        `visible` is the condition of the records that the user sees; what has been purged is shown to those
        who see everything.
        """
        stamp, window = quote(str(spec.modstamp_field)), (format_moment(start), format_moment(end))
        sql = (
            f'SELECT "Id", {stamp} AS "deleted" FROM {quote(spec.name)} '
            f'WHERE {stamp} >= ? AND {stamp} <= ? AND "IsDeleted" = 1 AND {visible}'
        )
        params: tuple[Any, ...] = window
        if visible == "1":
            sql += (
                ' UNION ALL SELECT "record_id", "deleted" FROM "_purged" '
                'WHERE "sobject" = ? AND "deleted" >= ? AND "deleted" <= ?'
            )
            params = (*window, spec.name, *window)
        return list(self.storage.read(f'{sql} ORDER BY "deleted", "Id" LIMIT ?', (*params, limit)))

    def _size(self) -> int:
        since = format_moment(self.start)
        [purged] = next(self.storage.read('SELECT COUNT(*) FROM "_purged"'))
        return int(purged) + sum(self._deleted(spec, since) for spec in self.schema)

    def _deleted(self, spec: SObjectSpec, since: str) -> int:
        if not spec.replicateable or spec.modstamp_field is None:
            return 0
        stamp = quote(spec.modstamp_field)
        sql = f'SELECT COUNT(*) FROM {quote(spec.name)} WHERE "IsDeleted" = 1 AND {stamp} >= ?'
        return int(next(self.storage.read(sql, (since,)))[0])
