"""Where tokens are kept, and how they are renewed: once per expiry, whoever needs them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from copy import copy
from typing import Protocol

from ...exceptions import SalesforceError, SignInFailed
from .token import Secret, Token

# Salesforce locks a user out after as few as three refused sign-ins (Help, "Set Password Policies"), so a
# refusal stands for so many seconds before the same process asks again.
REFUSAL_STANDS = 60.0


class TokenStore(Protocol):
    """Where the tokens of one org are kept and renewed, by one caller at a time."""

    def current(self, sign_in: Callable[[], Token]) -> Token:
        """Return the token, signing in if there is none."""

    def renew(self, stale: Token, sign_in: Callable[[], Token]) -> Token:
        """Return a token that is not `stale`, signing in unless another caller has done so already."""


class RefreshTokenStore(TokenStore, Protocol):
    """A store that also keeps the refresh token, which a sign-in may replace."""

    def refresh_token(self) -> Secret:
        """Return the newest refresh token; it is stored before the token of the same answer is used."""


class MemoryTokenStore:
    """Share one token between the threads of this process; each expiry costs one sign-in.

    A sign-in that fails fails for all threads that waited for it, and a refusal stands for a minute. `now`
    counts seconds. `refresh_token` is the first one there is.
    """

    def __init__(self, refresh_token: str = "", *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._refresh_token = Secret(refresh_token)
        self._failures = 0
        self._failure: SalesforceError | None = None
        self._failed_at = 0.0

    def current(self, sign_in: Callable[[], Token]) -> Token:
        token = self._token
        return token if token is not None else self._replace(None, sign_in)

    def renew(self, stale: Token, sign_in: Callable[[], Token]) -> Token:
        return self._replace(stale, sign_in)

    def other_than(self, stale: Token | None) -> Token | None:
        """Return the token if there is one at once, and not `stale`."""
        token = self._token
        return token if token is not stale else None

    def refresh_token(self) -> Secret:
        return self._refresh_token

    def _replace(self, stale: Token | None, sign_in: Callable[[], Token]) -> Token:
        failures = self._failures
        with self._lock:
            if self._token is None or self._token is stale:
                self._token = None
                self._require_hope(waited=self._failures != failures)
                self._token = self._attempt(sign_in)
                self._refresh_token = self._token.refresh_token or self._refresh_token
            return self._token

    def _require_hope(self, *, waited: bool) -> None:
        """Raise the failure of the sign-in before, if another one would be the same."""
        if self._failure is None:
            return
        refused = isinstance(self._failure, SignInFailed)
        if waited or (refused and self._now() - self._failed_at < REFUSAL_STANDS):
            raise copy(self._failure)

    def _attempt(self, sign_in: Callable[[], Token]) -> Token:
        self._failure = None
        try:
            return sign_in()
        except SalesforceError as error:
            self._failures += 1
            self._failure, self._failed_at = copy(error), self._now()  # a copy has no traceback
            raise
