"""The org's clock: every time in the simulated org comes from one of these."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Tell the org's time, as an aware datetime in UTC.

    Without a moment it runs with the system clock; `Clock(moment)` stands still until it is set or advanced.
    A running clock that is set or advanced keeps running from there, which makes an org with a skewed clock.
    """

    def __init__(self, moment: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._standing = moment.astimezone(UTC) if moment is not None else None
        self._skew = timedelta()

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def set(self, moment: datetime) -> None:
        with self._lock:
            self._move(moment.astimezone(UTC) - self._now())

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._move(timedelta(seconds=seconds))

    def stand(self, moment: datetime | None = None) -> None:
        """Stand still from now on, at this moment or at that of the call."""
        with self._lock:
            self._standing = moment.astimezone(UTC) if moment is not None else self._now()

    def run(self, skew: float = 0) -> None:
        """Run with the system clock, so many seconds ahead of it (behind it where negative)."""
        with self._lock:
            self._standing, self._skew = None, timedelta(seconds=skew)

    @property
    def is_standing(self) -> bool:
        return self._standing is not None

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._skew if self._standing is None else self._standing

    def _move(self, by: timedelta) -> None:
        if self._standing is None:
            self._skew += by
        else:
            self._standing += by
