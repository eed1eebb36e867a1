"""The OAuth 2.0 refresh token flow.

Salesforce Help, "OAuth 2.0 Refresh Token Flow for Renewed Sessions" and "Refresh Token Rotation": with
rotation each use answers with a new token, and the use of an old one ends them all. So the token is asked
for anew at each sign-in, and the store of the connection keeps what the answer brings before it is used.
"""

from __future__ import annotations

from collections.abc import Callable

from ..exchange import Exchange
from .token import TOKEN_PATH, Secret, Token


class RefreshToken:
    """Sign in with what an earlier approval left. `newest` returns the token; apps may have no secret."""

    def __init__(self, consumer_key: str, consumer_secret: str, newest: Callable[[], Secret]) -> None:
        self._consumer_key = consumer_key
        self._consumer_secret = Secret(consumer_secret)
        self._newest = newest

    def __call__(self, exchange: Exchange) -> Token:
        client_secret = {"client_secret": self._consumer_secret} if self._consumer_secret else {}
        answer = exchange(
            "POST",
            TOKEN_PATH,
            form={
                "grant_type": "refresh_token",
                "client_id": self._consumer_key,
                **{name: secret.reveal() for name, secret in client_secret.items()},
                "refresh_token": self._newest().reveal(),
            },
        )
        return Token.from_answer(answer, exchange)
