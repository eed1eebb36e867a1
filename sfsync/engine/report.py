"""What a run says about itself: plain frozen data that the commands print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

OUTCOMES = ("created", "adopted", "updated", "unchanged", "deleted", "filtered", "held", "problems")
OVERLAPS = ("conflicts", "waiting")


class Counts:
    """Counts records by outcome; `seen` is their sum, so it cannot disagree with them.

    `conflicts` (fields) and `waiting` (references) overlap the outcomes and are not part of the sum.
    """

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()

    def add(self, name: str, number: int = 1) -> None:
        if name not in OUTCOMES and name not in OVERLAPS:
            raise ValueError(f"{name!r} is not an outcome; one of {', '.join(OUTCOMES + OVERLAPS)} is")
        self._numbers[name] += number

    def set(self, name: str, number: int) -> None:
        self._numbers[name] = 0
        self.add(name, number)

    def __getitem__(self, name: str) -> int:
        return self._numbers[name]

    @property
    def seen(self) -> int:
        return sum(self._numbers[name] for name in OUTCOMES)

    def as_dict(self) -> dict[str, int]:
        return {"seen": self.seen, **{name: self._numbers[name] for name in (*OUTCOMES, *OVERLAPS)}}


@dataclass(frozen=True)
class Line:
    """One thing a dry run would do, or one problem a run met: `record` is a Salesforce id or primary key."""

    mapping: str
    record: str
    action: str
    detail: str = ""


@dataclass(frozen=True)
class Window:
    """The stretch of time a pull asked for, and how far the org says it is complete; all aware UTC."""

    start: datetime | None = None
    end: datetime | None = None
    covered: datetime | None = None


@dataclass
class MappingReport:
    """One mapping in one direction. `skipped` names the holder of the lease, `error` why it did not finish."""

    mapping: str
    direction: str
    counts: Counts = field(default_factory=Counts)
    window: Window = field(default_factory=Window)
    seconds: float = 0.0
    skipped: str = ""
    error: str = ""
    paused: str = ""
    finished: bool = False
    lines: list[Line] = field(default_factory=list)
    open_problems: int = 0

    @property
    def needs_a_person(self) -> bool:
        """Tell whether problems, undecided conflicts, held deletes or a pause remain, also from earlier runs."""
        return bool(self.open_problems or self.paused)


@dataclass
class Report:
    """One command's work: a MappingReport each, and the API calls of the whole batch.

    `usage` is by org what it said last of its (used, limit) API calls of the last 24 hours; `warnings` tell of
    budgets that are nearly spent.
    """

    mappings: list[MappingReport] = field(default_factory=list)
    api_calls: int = 0
    usage: dict[str, tuple[int, int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    stopped: bool = False

    def __iter__(self) -> Iterator[MappingReport]:
        return iter(self.mappings)

    def include(self, other: Report) -> None:
        """Add what a run for another org did."""
        self.mappings += other.mappings
        self.api_calls += other.api_calls
        self.usage |= other.usage
        self.warnings += other.warnings
        self.stopped = self.stopped or other.stopped

    @property
    def errors(self) -> list[MappingReport]:
        return [each for each in self.mappings if each.error]

    @property
    def needs_a_person(self) -> bool:
        return any(each.needs_a_person for each in self.mappings)
