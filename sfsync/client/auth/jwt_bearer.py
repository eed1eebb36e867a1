"""The OAuth 2.0 JWT bearer flow.

Salesforce Help, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration": an assertion signed by the
key whose certificate the app holds, for a user whom the app's policies pre-authorise.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ...exceptions import ConfigurationError, SignInFailed
from ..exchange import Exchange
from .token import TOKEN_PATH, Secret, Token

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = timedelta(seconds=180)  # orgs take no assertion that ends later than in three to five minutes
SKEW = timedelta(seconds=60)  # with a smaller error of our clock an assertion still holds
SANDBOXES = ("sandbox", "scratch")  # Help, "My Domain URL Formats": acme--dev.sandbox.my.salesforce.com


class JWTBearer:
    """Sign in as a user, by an assertion. `private_key` returns the key as PEM, asked at each sign-in."""

    def __init__(
        self, consumer_key: str, username: str, private_key: Callable[[], Secret], audience: str = ""
    ) -> None:
        self._consumer_key = consumer_key
        self._username = username
        self._private_key = private_key
        self._audience = audience

    def __call__(self, exchange: Exchange) -> Token:
        signed_at = exchange.now()
        try:
            return self._attempt(exchange, signed_at)
        except SignInFailed:
            # The refusal told the org's time: if that was the reason, another assertion is due.
            if abs(exchange.now() - signed_at) < SKEW:
                raise
        return self._attempt(exchange, exchange.now())

    def _attempt(self, exchange: Exchange, now: datetime) -> Token:
        claims = {
            "iss": self._consumer_key,
            "sub": self._username,
            "aud": self._audience or audience_of(exchange.auth_domain),
            "exp": int((now + LIFETIME).timestamp()),
        }
        assertion = signed(claims, self._private_key())
        answer = exchange(
            "POST", TOKEN_PATH, form={"grant_type": GRANT_TYPE, "assertion": assertion.reveal()}
        )
        return Token.from_answer(answer, exchange)


def audience_of(auth_domain: str) -> str:
    """Return whom an assertion addresses: production or sandboxes, told by the name of the host."""
    host = urlsplit(auth_domain).hostname or ""
    first, second = [*host.split("."), "", ""][:2]
    is_sandbox = first == "test" or "--" in first or second in SANDBOXES
    return f"https://{'test' if is_sandbox else 'login'}.salesforce.com"


def signed(claims: dict[str, Any], private_key: Secret) -> Secret:
    """Return an assertion. Raise ConfigurationError when the key cannot sign, or the library is missing."""
    try:
        import jwt
        from cryptography.exceptions import UnsupportedAlgorithm
    except ImportError:
        missing = True
    else:
        missing = False
        try:
            return Secret(jwt.encode(claims, private_key.reveal(), algorithm="RS256"))
        except (jwt.PyJWTError, UnsupportedAlgorithm, ValueError, TypeError):
            pass  # their texts may quote the key
    if missing:
        raise ConfigurationError(
            'SF_AUTH = "jwt" needs an extra.', hint="Type: pip install 'sfsync[jwt]'.", check="sfsync.E022"
        )
    raise ConfigurationError(
        "The private key (SF_PRIVATE_KEY_FILE, SF_PRIVATE_KEY) is no RSA key in PEM without a passphrase.",
        hint="Type: openssl genrsa -out salesforce.key 2048, and give the app a certificate made with it.",
        check="sfsync.E022",
    )
