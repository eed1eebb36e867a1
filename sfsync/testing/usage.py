"""How many API calls the org has answered in the last 24 hours."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta

from .clock import Clock

PERIOD = timedelta(hours=24)  # the limit is a rolling one ("API Request Limits and Allocations")


class ApiUsage:
    """Count calls against the daily limit; calls of one minute are kept as one number."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self.limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._minutes: deque[tuple[datetime, int]] = deque()

    def add(self, calls: int = 1) -> None:
        minute = self._clock.now().replace(second=0, microsecond=0)
        with self._lock:
            if self._minutes and self._minutes[-1][0] == minute:
                calls += self._minutes.pop()[1]
            self._minutes.append((minute, calls))

    @property
    def used(self) -> int:
        """Return the calls of the last 24 hours."""
        oldest = self._clock.now() - PERIOD
        with self._lock:
            while self._minutes and self._minutes[0][0] < oldest:
                self._minutes.popleft()
            return sum(calls for _, calls in self._minutes)

    @property
    def remaining(self) -> int:
        return max(self.limit - self.used, 0)

    def reset(self) -> None:
        with self._lock:
            self._minutes.clear()
