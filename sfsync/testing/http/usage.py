"""The API limits: how many calls the last 24 hours saw, and how many long ones run at once."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from ..clock import Clock
from ..errors import OrgError

# "API Request Limits and Allocations": the 24 hours roll, and the figures are exact to five minutes.
_PERIOD = timedelta(hours=24)
_GRAIN = timedelta(minutes=5)


class Usage:
    """Count API calls in slots of five minutes."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self.limit = limit
        self._clock = clock
        self._slots: deque[tuple[datetime, int]] = deque()
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Return the calls of the last 24 hours."""
        with self._lock:
            return self._used()

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    def count(self) -> None:
        """Count one call; raise OrgError 403 REQUEST_LIMIT_EXCEEDED when there are none left."""
        with self._lock:
            if self._used() >= self.limit:
                raise OrgError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            now = self._clock.now()
            if self._slots and now - self._slots[-1][0] < _GRAIN:
                began, calls = self._slots.pop()
                self._slots.append((began, calls + 1))
            else:
                self._slots.append((now, 1))

    def set(self, used: int) -> None:
        """Say that so many calls were made in the last 24 hours, all of them just now."""
        with self._lock:
            self._slots.clear()
            self._slots.append((self._clock.now(), used))

    def _used(self) -> int:
        oldest = self._clock.now() - _PERIOD
        while self._slots and self._slots[0][0] <= oldest:
            self._slots.popleft()
        return sum(calls for _, calls in self._slots)


class Concurrency:
    """How many long requests run at once: another call is refused as long as there are `limit` of them.

    A request is long once it has run for so many real seconds ("API Request Limits and Allocations": 20).
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._began: dict[int, float] = {}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the request of this thread inside the block."""
        thread = threading.get_ident()
        self._began[thread] = time.monotonic()
        try:
            yield
        finally:
            del self._began[thread]

    def require(self) -> None:
        """Raise OrgError 403 REQUEST_LIMIT_EXCEEDED while too many other long requests are running."""
        oldest, own = time.monotonic() - self.seconds, threading.get_ident()
        running = list(self._began.items())
        if sum(began <= oldest for thread, began in running if thread != own) >= self.limit:
            message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
            raise OrgError(403, "REQUEST_LIMIT_EXCEEDED", message)
