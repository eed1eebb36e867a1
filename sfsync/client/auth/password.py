"""The OAuth 2.0 username-password flow.

Salesforce Help, "OAuth 2.0 Username-Password Flow for Special Scenarios": the security token follows the
password without a gap. Orgs made since Summer '23 block the flow unless told otherwise, and External Client
Apps do not have it.
"""

from __future__ import annotations

from ..exchange import Exchange
from .token import TOKEN_PATH, Secret, Token


class Password:
    """Sign in as a user, by name and password, through an app."""

    def __init__(
        self, consumer_key: str, consumer_secret: str, username: str, password: str, security_token: str = ""
    ) -> None:
        self._consumer_key = consumer_key
        self._consumer_secret = Secret(consumer_secret)
        self._username = username
        self._password = Secret(password + security_token)

    def __call__(self, exchange: Exchange) -> Token:
        answer = exchange(
            "POST",
            TOKEN_PATH,
            form={
                "grant_type": "password",
                "client_id": self._consumer_key,
                "client_secret": self._consumer_secret.reveal(),
                "username": self._username,
                "password": self._password.reveal(),
            },
        )
        return Token.from_answer(answer, exchange)
