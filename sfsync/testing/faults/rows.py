"""Rows that a fault refuses: decided row by row while a request writes."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import OrgError
from .actions import FailRows


@dataclass(eq=False)
class _Refusal:
    """One fault on one request; counts the rows that came by."""

    action: FailRows
    chance: random.Random
    position: int = -1

    def refuses(self) -> bool:
        self.position += 1
        if self.action.rows is not None:
            return self.position in self.action.rows
        return self.chance.random() < self.action.share

    def error(self, record_id: str | None) -> OrgError:
        action = self.action
        message = action.message or action.code
        if action.code == "UNABLE_TO_LOCK_ROW" and not action.message:
            message = lock_message(record_id)
        return OrgError(action.status, action.code, message, action.fields)


class RowFailures(threading.local):
    """The refusals for the request that this thread answers."""

    def __init__(self) -> None:
        self._refusals: list[_Refusal] = []

    @contextmanager
    def refusing(self, action: FailRows, chance: random.Random) -> Iterator[None]:
        """Refuse rows that are written inside the block."""
        refusal = _Refusal(action, chance)
        self._refusals.append(refusal)
        try:
            yield
        finally:
            self._refusals.remove(refusal)

    def handed_over(self) -> tuple[_Refusal, ...]:
        """Return the refusals of this thread, for work that another thread does for the same request."""
        return tuple(self._refusals)

    @contextmanager
    def taking_over(self, refusals: Sequence[_Refusal]) -> Iterator[None]:
        """Let refusals of another thread act inside the block."""
        before = self._refusals
        self._refusals = [*before, *refusals]
        try:
            yield
        finally:
            self._refusals = before

    def check(self, record_id: str | None) -> None:
        """Let one row come by, known by its id unless it is new; raise OrgError when it is refused."""
        refusing = [refusal for refusal in self._refusals if refusal.refuses()]
        if refusing:
            raise refusing[0].error(record_id)


def lock_message(record_id: str | None) -> str:
    return f"unable to obtain exclusive access to this record or 1 records: {record_id or ''}".rstrip(" :")
