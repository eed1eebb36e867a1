"""Signing in: tokens, where they are kept, and the OAuth flow that gets them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from requests import PreparedRequest
from requests.auth import AuthBase

from ..exceptions import ConversionError, MalformedResponse
from ..values import id18
from .exchange import Exchange
from .hosts import instance_url

TOKEN_PATH = "/services/oauth2/token"
SECRET = re.compile(r"[\x21-\x7e]+")
# The id of a token answer is the identity URL .../id/<org id>/<user id> (Help, "Identity URLs").
IDENTITY = re.compile(r"/id/(\w{15,18})/\w{15,18}", re.ASCII)


@dataclass(frozen=True)
class Token:
    """One session: the secret, where it is valid, and the 18-character id of the org it belongs to."""

    access_token: str = field(repr=False)
    instance_url: str
    org_id: str

    @classmethod
    def from_answer(cls, body: Any, *, signed_in_at: str, trusted: tuple[str, ...] = ()) -> Token:
        """Read the body of a token answer. Raise MalformedResponse for a missing or unsafe part."""
        answer = body if isinstance(body, dict) else {}
        secret, org = answer.get("access_token"), _org_id(answer.get("id"))
        if not isinstance(secret, str) or not SECRET.fullmatch(secret) or org is None:
            raise MalformedResponse(
                "The sign-in answered without a token or without the org's id. Check SF_AUTH_DOMAIN.",
                resource=TOKEN_PATH.strip("/"),
            )
        url = instance_url(answer.get("instance_url"), signed_in_at=signed_in_at, trusted=trusted)
        return cls(secret, url, org)

    def __reduce__(self) -> Any:
        raise TypeError("a token is not to be pickled")


class TokenStore(Protocol):
    """Where the tokens of one org are kept and renewed, by one caller at a time."""

    def current(self, sign_in: Callable[[], Token]) -> Token:
        """Return the token, signing in if there is none."""

    def renew(self, stale: Token, sign_in: Callable[[], Token]) -> Token:
        """Return a token that is not `stale`, signing in unless another caller has done so already."""


class MemoryTokenStore:
    """Share one token between the threads of this process; each expiry costs one sign-in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token: Token | None = None

    def current(self, sign_in: Callable[[], Token]) -> Token:
        token = self._token
        return token if token is not None else self._replace(None, sign_in)

    def renew(self, stale: Token, sign_in: Callable[[], Token]) -> Token:
        return self._replace(stale, sign_in)

    def _replace(self, stale: Token | None, sign_in: Callable[[], Token]) -> Token:
        with self._lock:
            if self._token is None or self._token is stale:
                self._token = None
                self._token = sign_in()
            return self._token


class SignIn(Protocol):
    """A way to sign in. Raises SalesforceError; ConfigurationError for what is missing on this side."""

    def __call__(self, exchange: Exchange) -> Token:
        """Get a token by requests that `exchange` sends."""


class ClientCredentials:
    """The OAuth 2.0 client credentials flow.

    Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration": the request goes
    to the org's My Domain, and the app names a run-as user.
    """

    def __init__(self, consumer_key: str, consumer_secret: str) -> None:
        self._consumer_key = consumer_key
        self._consumer_secret = consumer_secret

    def __call__(self, exchange: Exchange) -> Token:
        answer = exchange(
            "POST",
            TOKEN_PATH,
            form={
                "grant_type": "client_credentials",
                "client_id": self._consumer_key,
                "client_secret": self._consumer_secret,
            },
        )
        return Token.from_answer(answer.body, signed_in_at=exchange.auth_domain, trusted=exchange.trusted)


class Bearer(AuthBase):
    """Send one token with one request."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.access_token}"
        return request


def _org_id(identity: object) -> str | None:
    """Return the org's 18-character id from an identity URL; None if there is none in it."""
    match = IDENTITY.search(identity) if isinstance(identity, str) else None
    if match is None or not match[1].startswith("00D"):
        return None
    try:
        return id18(match[1])
    except ConversionError:
        return None
