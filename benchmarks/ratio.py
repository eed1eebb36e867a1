"""How often something is as expensive as a yardstick, measured side by side in one run; how much it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Ratio:
    """The times of both, in seconds; a limit is a promise about `value`."""

    question: str
    seconds: float
    yardstick: float
    limit: float

    @property
    def value(self) -> float:
        return self.seconds / self.yardstick

    def __str__(self) -> str:
        milliseconds = f"{self.seconds * 1000:.1f} ms against {self.yardstick * 1000:.1f} ms"
        return f"{self.question}: {self.value:.2f} times (at most {self.limit:g}), {milliseconds}"


@dataclass(frozen=True)
class Peak:
    """The most memory that something took, in bytes, and the promise about it."""

    question: str
    value: float
    limit: float

    def __str__(self) -> str:
        return f"{self.question}: {self.value / 1e6:.2f} MB (at most {self.limit / 1e6:g})"


def compare(
    question: str,
    work: Callable[[], object],
    yardstick: Callable[[], object],
    limit: float,
    *,
    of: Callable[[list[float]], float] = min,
    rounds: int = ROUNDS,
) -> Ratio:
    """Take the best of some rounds (or the median, say), in which both follow one another.

    A busy machine slows both.
    """
    pairs = [(_seconds(work), _seconds(yardstick)) for _ in range(rounds)]
    return Ratio(question, of([each[0] for each in pairs]), of([each[1] for each in pairs]), limit)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
