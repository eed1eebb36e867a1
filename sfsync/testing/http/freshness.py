"""How old a describe is: since when its body has been what it is ("Conditional Request Headers")."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Hashable
from datetime import datetime, timedelta

from ..clock import Clock
from ..storage import dumps

_SECOND = timedelta(seconds=1)


class Freshness:
    """Remember the bodies that were described, by digest. What was never seen is as old as the org."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock.now().replace(microsecond=0)
        self._known: dict[Hashable, tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    def changed(self, name: Hashable, body: object) -> datetime:
        """Return since when the body under this name is this one.

        Headers count in seconds, so a change within the second of the last one counts as of the next.
        """
        digest = hashlib.sha256(dumps(body).encode("utf-8", "replace")).digest()
        with self._lock:
            known, since = self._known.get(name, (digest, self._started))
            if known != digest:
                since = max(self._clock.now().replace(microsecond=0), since + _SECOND)
            self._known[name] = digest, since
            return since
