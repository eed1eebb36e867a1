"""What the caller of a run lends it: a way to stop it, a place to report progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sfsync.exceptions import Stopped


def never() -> bool:
    return False


def quietly(mapping: str, records: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Hooks:
    """`stopping` is asked between batches, `progress` is told (mapping name, records done since).

    `lease_seconds` must outlast the deadline of one HTTP call, so that a successor never starts while a write of
    this run may still be under way.
    """

    stopping: Callable[[], bool] = never
    progress: Callable[[str, int], object] = quietly
    lease_seconds: float = 390.0

    def checkpoint(self) -> None:
        """Raise Stopped when the run was asked to stop."""
        if self.stopping():
            raise Stopped("stopped by SIGTERM after the last whole batch; run the command again to go on")
