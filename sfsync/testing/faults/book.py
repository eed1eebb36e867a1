"""The faults of one org: which act on a request, and how often each did."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..clock import Clock
from .fault import Fault, FaultError


@dataclass(frozen=True)
class Target:
    """A request as faults see it; `query` is decoded, `body` is text, of a subrequest as JSON."""

    method: str
    path: str
    kind: str = "unknown"
    query: str = ""
    body: str = ""
    is_subrequest: bool = False


@dataclass
class _Entry:
    """A fault with its counts."""

    fault: Fault
    added: datetime
    chance: random.Random
    matched: int = 0
    acted: int = 0

    def acts(self, now: datetime) -> bool:
        """Say whether the fault acts on one more matching request, and count it."""
        match = self.fault.match
        if match.lasting is not None and now - self.added >= timedelta(seconds=match.lasting):
            return False
        self.matched += 1
        if match.nth is not None and self.matched != match.nth:
            return False
        if self.matched <= match.skip or (match.times is not None and self.acted >= match.times):
            return False
        if match.probability < 1 and self.chance.random() >= match.probability:
            return False
        self.acted += 1
        return True


class Faults:
    """What shall go wrong. Safe to be used while the org answers.

    `faults.add("drop", method="POST", path="*/composite/sobjects", times=1)` and the same as JSON over HTTP:
    `{"action": "drop", "method": "POST", "path": "*/composite/sobjects", "times": 1}`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self._entries: dict[int, _Entry] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def add(self, action: str, **options: Any) -> Fault:
        """Add a fault: the action's name, and options of `Match` and of the action.

        Raise FaultError, a ValueError, for anything unknown. All faults that match a request act on it, in
        the order they were added.
        """
        fault = Fault.of_options(next(self._numbers), action, options)
        entry = _Entry(fault, self._clock.now(), random.Random(fault.match.seed))
        with self._lock:
            self._entries[fault.number] = entry
        return fault

    def remove(self, fault: Fault | int) -> None:
        """Take a fault away; raise FaultError when there is none with this number."""
        number = fault if isinstance(fault, int) else fault.number
        with self._lock:
            if self._entries.pop(number, None) is None:
                raise FaultError(f"There is no fault with the id {number}.")

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def matching(self, target: Target) -> list[tuple[Fault, random.Random]]:
        """Return the faults that act on a request now, each with the chance its choices are drawn from."""
        if not self._entries:
            return []
        now, text = self._clock.now(), f"{target.query}\n{target.body}".lower()
        with self._lock:
            return [
                (entry.fault, entry.chance)
                for entry in self._entries.values()
                if not (target.is_subrequest and entry.fault.action.on_wire)
                and entry.fault.match.fits(target.method, target.path, target.kind, text)
                and entry.acts(now)
            ]

    def look_at_body(self, method: str, path: str) -> bool:
        """Say whether a fault waits for something in the body of such a request, which has to be read for it."""
        with self._lock:
            matches = [entry.fault.match for entry in self._entries.values()]
        return any(
            match.contains is not None and match.fits(method, path, match.kind or "", match.contains.lower())
            for match in matches
        )

    def matched(self, fault: Fault) -> int:
        """Return how many requests matched a fault; 0 for one that was taken away."""
        entry = self._entries.get(fault.number)
        return entry.matched if entry else 0

    def acted(self, fault: Fault) -> int:
        """Return on how many requests a fault acted; 0 for one that was taken away."""
        entry = self._entries.get(fault.number)
        return entry.acted if entry else 0

    def body(self) -> list[dict[str, Any]]:
        """Return all faults with their counts, as JSON."""
        with self._lock:
            return [
                {**entry.fault.body(), "matched": entry.matched, "acted": entry.acted}
                for entry in self._entries.values()
            ]

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter([entry.fault for entry in self._entries.values()])

    def __len__(self) -> int:
        return len(self._entries)

    def wait(self, seconds: float) -> None:
        """Let real time pass, but no longer than the org is served."""
        self._closing.wait(seconds)

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._closing.set()
