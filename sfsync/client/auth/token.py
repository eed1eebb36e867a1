"""A session of one org, as a value that shows its secrets to nobody who does not ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from requests import PreparedRequest
from requests.auth import AuthBase

from ...exceptions import ConversionError, MalformedResponse
from ...values import id18
from ..answers import Answer
from ..exchange import Exchange
from ..hosts import instance_url

TOKEN_PATH = "/services/oauth2/token"
PRINTABLE = re.compile(r"[\x21-\x7e]+")
# The id of a token answer is the identity URL .../id/<org id>/<user id> (Help, "Identity URLs").
IDENTITY = re.compile(r"/id/(\w{15,18})/\w{15,18}", re.ASCII)


class Secret:
    """A text that only `reveal()` shows: repr, vars, asdict and copies do not, and it cannot be pickled."""

    __slots__ = ("reveal",)

    def __init__(self, text: str) -> None:
        # Held by a function, so that what prints the attributes of objects finds nothing to print.
        self.reveal: Callable[[], str] = lambda: text

    def __repr__(self) -> str:
        return "<secret>"

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not to be pickled")


@dataclass(frozen=True)
class Token:
    """One session: the secret, where it is valid, and the 18-character id of the org it belongs to.

    `refresh_token` is what the next sign-in needs, if the answer replaced it.
    """

    access_token: Secret
    instance_url: str
    org_id: str
    refresh_token: Secret | None = None

    @classmethod
    def from_answer(cls, answer: Answer, exchange: Exchange) -> Token:
        """Read a token answer. Raise MalformedResponse for a missing or unsafe part."""
        return cls.checked(
            exchange,
            access_token=_secret(answer, "access_token"),
            instance_url=_part(answer, "instance_url"),
            org_id=_org_of(_part(answer, "id")),
            refresh_token=_secret(answer, "refresh_token"),
        )

    @classmethod
    def checked(
        cls,
        exchange: Exchange,
        *,
        access_token: Secret | None,
        instance_url: Any,
        org_id: Any,
        refresh_token: Secret | None = None,
    ) -> Token:
        """Return a token made of parts from outside. Raise MalformedResponse for a missing or unsafe part."""
        org = _org_id(org_id)
        if access_token is None or org is None:
            raise MalformedResponse(
                "The sign-in answered without a token or without the org's id. Check SF_AUTH_DOMAIN.",
                resource=TOKEN_PATH.strip("/"),
            )
        url = checked_url(instance_url, exchange)
        return cls(access_token, url, org, refresh_token)


class Bearer(AuthBase):
    """Send one token with one request."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.access_token.reveal()}"
        return request


def checked_url(url: Any, exchange: Exchange) -> str:
    """Return the address for API calls, or raise MalformedResponse if no token may travel there."""
    return instance_url(url, signed_in_at=exchange.auth_domain, trusted=exchange.trusted)


def secret_of(value: Any) -> Secret | None:
    """Return a text as a secret if it can stand in a header, else None."""
    return Secret(value) if isinstance(value, str) and PRINTABLE.fullmatch(value) else None


def _part(answer: Answer, name: str) -> Any:
    return answer.body.get(name) if isinstance(answer.body, dict) else None


def _secret(answer: Answer, name: str) -> Secret | None:
    return secret_of(_part(answer, name))


def _org_of(identity: Any) -> str | None:
    """Return the org's id in an identity URL; None if there is none in it."""
    match = IDENTITY.search(identity) if isinstance(identity, str) else None
    return match[1] if match else None


def _org_id(value: Any) -> str | None:
    """Return the 18-character id of an org; None for anything else."""
    if not isinstance(value, str) or not value.startswith("00D"):
        return None
    try:
        return id18(value)
    except ConversionError:
        return None
