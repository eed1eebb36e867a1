"""What API calls cost: how many were made, what the org says is left, and how many sfsync may spend.

REST guide, "Limit Info Header"; Limits Quick Reference, "API Request Limits and Allocations": the limit counts
the calls of all clients of the org in the last 24 hours. Those hours roll: calls come free one by one, at no
fixed time of day.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..exceptions import BudgetSpent

# Behind it may stand per-app-api-usage, which counts against a limit of its own.
API_USAGE = re.compile(r"(?<![\w-])api-usage=(\d{1,12})/(\d{1,12})")

TRUSTED = timedelta(minutes=15)
"""A figure older than this stops no call: one call finds out whether others have come free."""


def utcnow() -> datetime:
    return datetime.now(UTC)


@dataclass
class Spent:
    """The calls of one run, and how many it may make; None for any number. `setting` names what says so, if any."""

    budget: int | None = None
    calls: int = 0
    setting: str = ""

    def require(self) -> None:
        if self.budget is not None and self.calls >= self.budget:
            named = f" ({self.setting})" if self.setting else ""
            raise BudgetSpent(
                f"this run has made the {self.budget} API calls that it may make{named}; the next run goes on from "
                "here; allow more if runs do not come to an end"
            )


class Usage:
    """Count the calls to one org, and refuse those above `share` (0 to 1) of its limit. Safe between threads.

    `setting` is how the setting of the share is spelled for this org.
    """

    def __init__(
        self,
        share: float | None = None,
        *,
        now: Callable[[], datetime] = utcnow,
        setting: str = "SF_API_BUDGET",
    ) -> None:
        self.share = share
        self.calls = 0
        self.said: tuple[int, int] | None = None
        self.said_at: datetime | None = None
        self._now = now
        self._setting = setting
        self._since = 0  # calls made since the org said its figure
        self._asked_at: datetime | None = None
        self._lock = threading.Lock()
        self._runs = threading.local()

    def before(self) -> None:
        """Count a call that is about to be made. Raises BudgetSpent when it may not be."""
        runs: list[Spent] = getattr(self._runs, "open", [])
        with self._lock:
            for run in runs:
                run.require()
            self._require_share()
            for run in runs:
                run.calls += 1
            self.calls += 1
            self._since += 1

    def hear(self, header: str | None) -> None:
        """Take notice of a Sforce-Limit-Info header; one that says nothing is ignored."""
        found = API_USAGE.search(header or "")
        if found:
            self.recall(int(found[1]), int(found[2]), self._now())

    def recall(self, used: int, limit: int, said_at: datetime) -> None:
        """Take a figure that was heard at `said_at` (aware), unless a newer one is known."""
        with self._lock:
            if self.said_at is None or said_at >= self.said_at:
                self.said, self.said_at, self._since = (used, limit), said_at, 0

    @contextmanager
    def run(self, budget: int | None = None, *, setting: str = "") -> Iterator[Spent]:
        """Count the calls that this thread makes inside of the block, and let it make at most `budget`."""
        spent = Spent(budget, setting=setting)
        outer: list[Spent] = getattr(self._runs, "open", [])
        self._runs.open = [*outer, spent]
        try:
            yield spent
        finally:
            self._runs.open = outer

    def _require_share(self) -> None:
        if self.share is None or self.said is None or self.said_at is None:
            return
        used, limit = self.said[0] + self._since, self.said[1]
        if used < self.share * limit or self._may_ask():
            return
        raise BudgetSpent(
            f"{used} of the org's {limit} API calls of the last 24 hours are used, and sfsync stops at "
            f"{self.share:.0%} of them ({self._setting}); runs go on by themselves as calls come free"
        )

    def _may_ask(self) -> bool:
        """Let one call through when the figure is old, and none after it until its answer is here."""
        now = self._now()
        heard = max(filter(None, (self.said_at, self._asked_at)))
        if now - heard < TRUSTED:
            return False
        self._asked_at = now
        return True
