"""Refresh tokens, in families: what one sign-in leads to, token after token.

With rotation each use answers with a new token, and the use of an old one ends the family, because two
parties hold it ("Refresh Token Rotation", Salesforce Help).
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

_PREFIX = "5Aep861"


@dataclass
class Family:
    """The tokens of one sign-in; `number` ties sessions to it."""

    number: int
    user: str
    current: str = field(repr=False)
    used: set[str] = field(default_factory=set, repr=False)


@dataclass(frozen=True)
class Redeemed:
    """What a refresh token is worth: a session of `user`, and with rotation the token that follows."""

    user: str
    family: int
    successor: str | None = field(default=None, repr=False)


class RefreshTokens:
    """The refresh tokens of one org."""

    def __init__(self, *, rotate: bool) -> None:
        self._rotate = rotate
        self._families: dict[int, Family] = {}
        self._count = 0
        self._lock = threading.Lock()

    def issue(self, user: str, token: str | None = None) -> str:
        """Begin a family for a user and return its first token, a given one or a new one."""
        token = token or _new_token()
        with self._lock:
            self._count += 1
            self._families[self._count] = Family(self._count, user, token)
        return token

    def redeem(self, token: str) -> Redeemed | int | None:
        """Use a token; return the number of the family that ended when the token was used before, or None."""
        with self._lock:
            family = self._find(token)
            if family is None:
                return None
            if token in family.used:
                return self._families.pop(family.number).number
            if not self._rotate:
                return Redeemed(family.user, family.number)
            family.used.add(token)
            family.current = _new_token()
            return Redeemed(family.user, family.number, family.current)

    def revoke(self, token: str) -> int | None:
        """End the family of a token and return its number, or None for a token that there is not."""
        with self._lock:
            family = self._find(token)
            return None if family is None else self._families.pop(family.number).number

    def clear(self) -> None:
        """End every family."""
        with self._lock:
            self._families.clear()

    def user_of(self, token: str) -> str | None:
        """Return whose token this is, as long as it can be used."""
        with self._lock:
            family = self._find(token)
            return family.user if family is not None and family.current == token else None

    def _find(self, token: str) -> Family | None:
        families = self._families.values()
        return next((family for family in families if token == family.current or token in family.used), None)


def _new_token() -> str:
    return f"{_PREFIX}{secrets.token_urlsafe(60)}"
