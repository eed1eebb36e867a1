"""Open queries: what matched, in pages, until they are two days old or their session ends."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import ids
from ..clock import Clock
from ..errors import OrgError
from ..wording import Unsourced
from .compile import Compiled

# "API Query Cursor Limits".
LIFETIME = timedelta(days=2)
_LOCATOR_PREFIX = "0r8"
_ID_LENGTH = 18


@dataclass(frozen=True)
class Cursor:
    """An open query: `ids` are the matching ids, end to end in one text.

    One that has a single page has no locator, for nobody asks for more.
    """

    locator: str
    session: str
    compiled: Compiled
    ids: str
    page_size: int
    expires: datetime

    @property
    def total(self) -> int:
        return len(self.ids) // _ID_LENGTH

    def page_ids(self, start: int) -> list[str]:
        wanted = self.ids[start * _ID_LENGTH : (start + self.page_size) * _ID_LENGTH]
        return [wanted[at : at + _ID_LENGTH] for at in range(0, len(wanted), _ID_LENGTH)]


class Cursors:
    """Keep the cursors of an org that have more than one page."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, Cursor] = {}
        self._lock = threading.Lock()

    def make(self, compiled: Compiled, ids_found: Sequence[str], session: str, page_size: int) -> Cursor:
        """Make a cursor, and keep it if one page does not hold what was found."""
        several = len(ids_found) > page_size
        expires = self._clock.now() + LIFETIME
        locator = _new_locator() if several else ""
        cursor = Cursor(locator, session, compiled, "".join(ids_found), page_size, expires)
        if several:
            self._keep(cursor)
        return cursor

    def find(self, place: str, session: str) -> tuple[Cursor, int]:
        """Return the cursor and the row of `place`, the last part of a nextRecordsUrl.

        Raises OrgError: INVALID_QUERY_LOCATOR, also for the cursor of another session.
        """
        locator, _, offset = place.partition("-")
        with self._lock:
            cursor = self._open.get(locator)
        if cursor is None or cursor.session != session or cursor.expires <= self._clock.now():
            raise _invalid_locator()
        if not (offset.isascii() and offset.isdigit()) or not 0 <= int(offset[:12]) < cursor.total:
            raise _invalid_locator()
        return cursor, int(offset[:12])

    def forget(self, session: str) -> None:
        """Close the cursors of a session that has ended."""
        with self._lock:
            self._open = {key: value for key, value in self._open.items() if value.session != session}

    def _keep(self, cursor: Cursor) -> None:
        now = self._clock.now()
        with self._lock:
            # The oldest come first, so what has expired is at the front.
            while self._open and next(iter(self._open.values())).expires <= now:
                del self._open[next(iter(self._open))]
            self._open[cursor.locator] = cursor


def _new_locator() -> str:
    return ids.to_18(_LOCATOR_PREFIX + "".join(secrets.choice(ids.DIGITS) for _ in range(12)))


def _invalid_locator() -> OrgError:
    return Unsourced("bad_locator")
