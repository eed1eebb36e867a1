"""getUpdated and getDeleted: which ids changed in a window of time.

Sources: REST guide, "sObject Get Updated" and "sObject Get Deleted"; SOAP guide, "getUpdated()",
"getDeleted()" and "Polling for Changes". Seconds of both ends are dropped and both ends belong to the window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from . import errors, record_refusals
from .clock import Clock
from .delete_log import DeleteLog
from .permissions import Permissions
from .schema.base import SObjectSpec
from .settings import OrgSettings
from .storage import Storage, format_moment
from .storage.tables import quote

UPDATED_HORIZON = timedelta(days=30)
DELETED_HORIZON = timedelta(days=15)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Window:
    """A window as asked for, in whole minutes, and as far as its answer may claim to be complete."""

    start: datetime
    end: datetime
    covered: datetime


@dataclass
class Replication:
    storage: Storage
    clock: Clock
    settings: OrgSettings
    permissions: Permissions
    log: DeleteLog
    open_transactions: Callable[[], datetime | None] = lambda: None

    def updated(self, spec: SObjectSpec, start: datetime, end: datetime, user: str) -> dict[str, Any]:
        """Return the body of getUpdated: `ids` and `latestDateCovered`."""
        self.permissions.require_replication(user, spec)
        window = self._window(start, end, shortest=MINUTE)
        alive = "" if self.settings.updated_lists_deleted else 'AND "IsDeleted" = 0'
        alive += f" AND {self.permissions.record_filter(user, spec)}"
        rows = self._rows(spec, '"Id"', window.start, window.end, alive)
        return {"ids": [row[0] for row in rows], "latestDateCovered": format_moment(window.covered)}

    def deleted(self, spec: SObjectSpec, start: datetime, end: datetime, user: str) -> dict[str, Any]:
        """Return the body of getDeleted: records with their dates, and what the delete log reaches."""
        self.permissions.require_replication(user, spec)
        shortest = 2 * MINUTE if self.settings.deleted_window_over_one_minute else MINUTE
        window = self._window(start, end, shortest=shortest)
        since = self._reach(window)
        limit = self.settings.replication_id_limit
        visible = self.permissions.record_filter(user, spec)
        rows = self._within(limit, self.log.rows(spec, since, window.end, visible, limit + 1))
        return {
            "deletedRecords": [{"id": row[0], "deletedDate": row[1]} for row in rows],
            "earliestDateAvailable": format_moment(self.log.start),
            "latestDateCovered": format_moment(window.covered),
        }

    def oldest_open_transaction(self) -> datetime | None:
        """Return when the oldest transaction began whose writes cannot be seen yet."""
        found = (self.storage.oldest_open_transaction(), self.open_transactions())
        return min((opened for opened in found if opened is not None), default=None)

    def _window(self, start: datetime, end: datetime, shortest: timedelta) -> Window:
        """Check the ends and work out latestDateCovered, before any row is read.

        The order matters: a transaction that is not open yet when we look stamps its rows later than the time
        we looked, so nothing that it commits can lie before `covered`.
        """
        now = self.clock.now()
        start, end = _minute(start), _minute(end)
        if start < _minute(now - UPDATED_HORIZON):
            raise errors.replication_date("startDate cannot be more than 30 days ago")
        if start < _minute(self.settings.replication_enabled):
            raise errors.replication_date("startDate before org replication enabled date")
        if end - start < shortest:
            raise errors.replication_date("startDate must be at least one minute greater than endDate")
        covered = end if end <= now else self._covered_of_future_end(now, end)
        opened = self.oldest_open_transaction()
        return Window(start, end, min(covered, opened.replace(microsecond=0)) if opened else covered)

    def _covered_of_future_end(self, now: datetime, end: datetime) -> datetime:
        switch = self.settings.latest_date_covered_for_future_end
        return {"minute": _minute(now), "now": now.replace(microsecond=0), "end": end}[switch]

    def _reach(self, window: Window) -> datetime:
        """Return from when on deletes are still known: 15 days, and as far as the log goes."""
        horizon = _minute(self.clock.now() - DELETED_HORIZON)
        if window.start < horizon and self.settings.deletes_before_horizon == "error":
            raise errors.replication_date("startDate cannot be more than 15 days ago")
        self.log.maintain()
        if window.start < _minute(self.log.start) and self.settings.delete_log_gap == "error":
            raise errors.replication_date("startDate before the earliest date available")
        return max(window.start, horizon, self.log.start)

    def _rows(
        self, spec: SObjectSpec, columns: str, start: datetime, end: datetime, condition: str
    ) -> list[Any]:
        limit = self.settings.replication_id_limit
        stamp = quote(str(spec.modstamp_field))
        sql = (
            f"SELECT {columns} FROM {quote(spec.name)} WHERE {stamp} >= ? AND {stamp} <= ? {condition} "
            f'ORDER BY {stamp}, "Id" LIMIT ?'
        )
        return self._within(
            limit, list(self.storage.read(sql, (format_moment(start), format_moment(end), limit + 1)))
        )

    def _within(self, limit: int, rows: list[Any]) -> list[Any]:
        if len(rows) > limit:
            raise record_refusals.too_many_ids(limit)
        return rows


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
