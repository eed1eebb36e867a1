"""The OAuth 2.0 client credentials flow.

Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration": the request goes to
the org's My Domain, and the app names a run-as user.
"""

from __future__ import annotations

from ..exchange import Exchange
from .token import TOKEN_PATH, Secret, Token


class ClientCredentials:
    """Sign in as the app itself."""

    def __init__(self, consumer_key: str, consumer_secret: str) -> None:
        self._consumer_key = consumer_key
        self._consumer_secret = Secret(consumer_secret)

    def __call__(self, exchange: Exchange) -> Token:
        answer = exchange(
            "POST",
            TOKEN_PATH,
            form={
                "grant_type": "client_credentials",
                "client_id": self._consumer_key,
                "client_secret": self._consumer_secret.reveal(),
            },
        )
        return Token.from_answer(answer, exchange)
