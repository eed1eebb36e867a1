"""When jobs are worked on: by a thread as soon as there are any, or when a client asks how one stands."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class Runner:
    """Advance jobs on a thread of its own, one after the other, from the first `add` until `stop`."""

    def __init__(self, advance: Callable[[str], bool]) -> None:
        self._advance = advance
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def add(self, job_id: str) -> None:
        """Take on a job, unless it is waiting or being worked on already."""
        with self._lock:
            if job_id in self._known:
                return
            self._known.add(job_id)
            self._waiting.put(job_id)
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._work, name="simulated-org-bulk", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Finish the step that is being done, and leave the rest for the next start."""
        self._stopping.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while (job_id := self._waiting.get()) is not None:
            while not self._stopping.is_set() and self._advance(job_id):
                continue
            if self._stopping.is_set():
                return
            with self._lock:
                self._known.discard(job_id)
