"""The OAuth token endpoint and revocation.

Sources: "OAuth 2.0 Client Credentials Flow", "OAuth 2.0 Username-Password Flow" and "OAuth Flow Errors"
(Salesforce Help); the order of the keys is that of recorded answers.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from .answer import Answer
from .call import Call
from .identity import identity_url

Form = Mapping[str, str]


class SignInRefused(Exception):
    """Refuse a sign-in with one of the documented pairs of error and description."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


def sign_in(call: Call) -> Answer:
    form = _form(call)
    try:
        grant = GRANTS.get(form.get("grant_type", ""))
        if grant is None:
            raise SignInRefused("unsupported_grant_type", "grant type not supported")
        _check_client(call, form)
        user = grant(call, form)
    except SignInRefused as refused:
        return Answer(400, {"error": refused.error, "error_description": refused.description})
    return Answer(200, _token_body(call, user))


def revoke(call: Call) -> Answer:
    """End the session of a token ("Revoke OAuth Tokens")."""
    if call.site.sessions.end(_form(call).get("token", "")):
        return Answer(200)
    return Answer(400, {"error": "invalid_token", "error_description": "token does not exist"})


def _client_credentials(call: Call, form: Form) -> str:
    return call.org.settings.user_id


def _password(call: Call, form: Form) -> str:
    if not correct_password(call, form.get("username", ""), form.get("password", "")):
        raise SignInRefused("invalid_grant", "authentication failure")
    return call.org.settings.user_id


GRANTS: Mapping[str, Callable[[Call, Form], str]] = {
    "client_credentials": _client_credentials,
    "password": _password,
}


def correct_password(call: Call, username: str, password: str) -> bool:
    """Say whether these sign in; the password ends with the security token, as from an unknown network."""
    settings = call.org.settings
    secret = settings.password + settings.security_token
    return _same(username.lower(), settings.username.lower()) and _same(password, secret)


def _check_client(call: Call, form: Form) -> None:
    key, secret = _basic(call) or (form.get("client_id", ""), form.get("client_secret", ""))
    if not _same(key, call.org.settings.consumer_key):
        raise SignInRefused("invalid_client_id", "client identifier invalid")
    if not _same(secret, call.org.settings.consumer_secret):
        raise SignInRefused("invalid_client", "invalid client credentials")


def _basic(call: Call) -> tuple[str, str] | None:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SignInRefused("invalid_client", "invalid client credentials") from None
    return key, secret


def _token_body(call: Call, user: str) -> dict[str, str]:
    session = call.site.sessions.open(user)
    identity = identity_url(call, user)
    issued_at = str(int(call.org.clock.now().timestamp() * 1000))
    secret = call.org.settings.consumer_secret.encode()
    signature = hmac.new(secret, (identity + issued_at).encode(), hashlib.sha256).digest()
    return {
        "access_token": session.token,
        "instance_url": call.base_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
        "signature": base64.b64encode(signature).decode(),
        "scope": "api",
    }


def _form(call: Call) -> Form:
    """Return the parameters, which may stand in the query string or in the body."""
    text = call.content.decode("utf-8", "replace")
    return {**call.parameters, **dict(parse_qsl(text, keep_blank_values=True))}


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode("utf-8", "replace"))
