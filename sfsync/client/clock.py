"""The org's own clock, as its answers tell it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from .answers import malformed

# A Date header drops the fraction of its second and is written before the answer has arrived.
IMPRECISION = timedelta(seconds=2)
CENTURY = timedelta(days=36_525)


class OrgClock:
    """Estimate the org's time from the Date headers of its answers and the local time since.

    The estimate never runs ahead of the org by more than the local clock jumps between two answers, and
    it does not go back while the answers agree with it, so that two readings can be compared.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._told: tuple[datetime, datetime] | None = None  # the org's time, and ours at that moment

    def hear(self, date_header: str | None) -> None:
        """Take notice of the Date header of an answer that arrives now; what is not a date is ignored."""
        try:
            date = parsedate_to_datetime(date_header or "")
            date = date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
            date + CENTURY  # what a calendar cannot hold soon, is no date either
        except (ValueError, OverflowError):
            return
        with self._lock:
            estimate = self._estimate()
            if estimate is None or not timedelta(0) <= estimate - date <= IMPRECISION:
                self._told = date, self._now()

    def time(self) -> datetime | None:
        """Return the org's time, or None before the first answer."""
        with self._lock:
            return self._estimate()

    def before(self, seconds: float) -> datetime:
        """Return the org's time so many seconds ago. Raises MalformedResponse before it has told any."""
        moment = self.time()
        if moment is None:
            raise malformed("services/data", "no Date header")
        return moment - timedelta(seconds=seconds)

    def _estimate(self) -> datetime | None:
        if self._told is None:
            return None
        date, ours = self._told
        return date + max(self._now() - ours, timedelta(0))
