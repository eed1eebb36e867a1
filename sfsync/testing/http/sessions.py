"""Sessions: who signed in, known by an access token, until they expire or are revoked."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..clock import Clock
from ..errors import OrgError


@dataclass
class Session:
    """One session; `family` is that of the refresh token it was opened with."""

    token: str = field(repr=False)
    user: str
    last_used: datetime
    opened: datetime
    family: int | None = None


class Sessions:
    """The open sessions of an org. They end after some seconds without use, as its settings say."""

    def __init__(self, clock: Clock, org_id: str, seconds: int) -> None:
        self._clock = clock
        self._prefix = org_id[:15]
        self._lifetime = timedelta(seconds=seconds)
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()
        self.on_end: list[Callable[[str], None]] = []

    @property
    def lifetime(self) -> timedelta:
        return self._lifetime

    def open(self, user: str, family: int | None = None) -> Session:
        now = self._clock.now()
        session = Session(f"{self._prefix}!{secrets.token_urlsafe(72)}", user, now, now, family)
        with self._lock:
            self._sessions[session.token] = session
        return session

    def find(self, token: str) -> Session | None:
        """Return the live session of a token, which thereby counts as used."""
        session = self.peek(token)
        if session is not None:
            session.last_used = self._clock.now()
        return session

    def peek(self, token: str) -> Session | None:
        """Return the live session of a token, without using it."""
        now = self._clock.now()
        with self._lock:
            session = self._sessions.get(token)
            if session is not None and now - session.last_used < self._lifetime:
                return session
        if session is not None:
            self.end(token)
        return None

    def get(self, authorization: str) -> Session:
        """Return the session of an Authorization header, or raise OrgError 401 INVALID_SESSION_ID.

        `OAuth` is the scheme of old clients and means the same as `Bearer`.
        """
        scheme, _, token = authorization.strip().partition(" ")
        session = self.find(token.strip()) if scheme.lower() in ("bearer", "oauth") else None
        if session is None:
            raise OrgError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return session

    def end(self, token: str) -> bool:
        """End a session; say whether there was one."""
        with self._lock:
            ended = self._sessions.pop(token, None) is not None
        if ended:
            for callback in self.on_end:
                callback(token)
        return ended

    def end_all(self, user: str | None = None) -> None:
        """End every session, or those of one user, as an administrator can."""
        for session in list(self._sessions.values()):
            if user is None or session.user == user:
                self.end(session.token)

    def end_family(self, family: int) -> None:
        """End the sessions that came from the refresh tokens of one family."""
        for session in list(self._sessions.values()):
            if session.family == family:
                self.end(session.token)
