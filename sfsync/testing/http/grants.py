"""The grants of the token endpoint: each makes sure who signs in, or refuses.

Sources: "OAuth Authorization Flows" and "OAuth 2.0 Authorization Errors" (Salesforce Help).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ..assertions import LOGIN_AUDIENCE, SANDBOX_AUDIENCE, read_assertion
from ..refresh_tokens import Redeemed
from ..refusals import SignInRefused, expired_token, inactive_user, not_approved, wrong_password
from .call import Call

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

Form = Mapping[str, str]


@dataclass(frozen=True)
class Granted:
    """Who signed in, and for a refresh the family of its token and the token that follows it."""

    user: str
    family: int | None = None
    refresh_token: str | None = field(default=None, repr=False)


def grant(call: Call, form: Form) -> Granted:
    """Return who signs in; raise SignInRefused."""
    found = GRANTS.get(form.get("grant_type", ""))
    if found is None:
        raise SignInRefused("unsupported_grant_type", "grant type not supported")
    granted = found(call, form)
    check_user(call, granted.user)
    return granted


def check_client(call: Call, form: Form) -> None:
    """Refuse other credentials than those of the consumer, which stand in the body or in a Basic header."""
    key, secret = _basic(call) or (form.get("client_id", ""), form.get("client_secret", ""))
    if not _same(key, call.org.settings.consumer_key):
        raise SignInRefused("invalid_client_id", "client identifier invalid")
    if not _same(secret, call.org.settings.consumer_secret):
        raise SignInRefused("invalid_client", "invalid client credentials")


def check_user(call: Call, user: str) -> None:
    """Refuse a user who may not sign in (which error a frozen user gets is not documented)."""
    if not call.org.permissions.is_active(user):
        raise inactive_user()
    if call.org.permissions.access(user).frozen:
        raise wrong_password()


def user_of_password(call: Call, username: str, password: str) -> str | None:
    """Return the user of a name and a password, which ends with the security token.

    The token is needed as from a network that the org does not trust.
    """
    settings = call.org.settings
    user = call.org.user_named(username)
    own = call.org.permissions.access(user).password if user else None
    secret = (settings.password if own is None else own) + settings.security_token
    return user if _same(password, secret) else None


def _client_credentials(call: Call, form: Form) -> Granted:
    settings = call.org.settings
    if not settings.my_domain:
        raise SignInRefused("invalid_grant", "request not supported on this domain")
    check_client(call, form)
    if not settings.client_credentials_flow:
        raise SignInRefused("invalid_grant", "no client credentials user enabled")
    return Granted(settings.user_id)


def _password(call: Call, form: Form) -> Granted:
    check_client(call, form)
    user = user_of_password(call, form.get("username", ""), form.get("password", ""))
    if user is None or not call.org.settings.password_flow:
        raise wrong_password()
    return Granted(user)


def _jwt_bearer(call: Call, form: Form) -> Granted:
    settings = call.org.settings
    assertion = read_assertion(
        form.get("assertion", ""), consumer_key=settings.consumer_key, certificate=call.site.certificate
    )
    login = SANDBOX_AUDIENCE if settings.is_sandbox else LOGIN_AUDIENCE
    assertion.require(
        audiences=(login, call.site.base_url(), call.base_url),
        now=call.org.clock.now(),
        longest=timedelta(seconds=settings.assertion_seconds),
    )
    user = call.org.user_named(assertion.subject)
    if user is None or not call.org.permissions.access(user).pre_authorized:
        raise not_approved()
    return Granted(user)


def _refresh(call: Call, form: Form) -> Granted:
    check_client(call, form)
    redeemed = call.site.refresh_tokens.redeem(form.get("refresh_token", ""))
    if isinstance(redeemed, Redeemed):
        return Granted(redeemed.user, redeemed.family, redeemed.successor)
    if redeemed is not None:
        call.site.sessions.end_family(redeemed)
    raise expired_token()


GRANTS: Mapping[str, Callable[[Call, Form], Granted]] = {
    "client_credentials": _client_credentials,
    "password": _password,
    JWT_BEARER: _jwt_bearer,
    "refresh_token": _refresh,
}


def _basic(call: Call) -> tuple[str, str] | None:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SignInRefused("invalid_client", "invalid client credentials") from None
    return key, secret


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode("utf-8", "replace"))
