"""How often something is as expensive as a yardstick, measured side by side in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Ratio:
    """The best times of both, in seconds; a limit is a promise about `value`."""

    question: str
    seconds: float
    yardstick: float
    limit: float

    @property
    def value(self) -> float:
        return self.seconds / self.yardstick

    def __str__(self) -> str:
        milliseconds = f"{self.seconds * 1000:.1f} ms against {self.yardstick * 1000:.1f} ms"
        return f"{self.question}: {self.value:.1f} times (at most {self.limit:g}), {milliseconds}"


def compare(
    question: str, work: Callable[[], object], yardstick: Callable[[], object], limit: float
) -> Ratio:
    """Take the best of some rounds, in which both follow one another: a busy machine slows both."""
    pairs = [(_seconds(work), _seconds(yardstick)) for _ in range(ROUNDS)]
    return Ratio(question, min(each[0] for each in pairs), min(each[1] for each in pairs), limit)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
