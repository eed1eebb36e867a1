"""The OAuth endpoints: token, revocation and introspection.

Sources: "OAuth Authorization Flows", "Revoke OAuth Tokens" and "OAuth 2.0 Token Introspection" (Salesforce
Help); the order of the keys is that of recorded answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl

from ..refusals import SignInRefused
from .answer import Answer
from .call import Call
from .grants import Form, Granted, check_client, grant
from .identity import identity_url
from .sessions import Session


def sign_in(call: Call) -> Answer:
    if call.method != "POST":
        return _refusal(SignInRefused("invalid_request", "must use HTTP POST"))
    try:
        return Answer(200, _token_body(call, grant(call, _form(call))))
    except SignInRefused as refused:
        return _refusal(refused)


def revoke(call: Call) -> Answer:
    """End the session of an access token, or all that a refresh token led to."""
    token = _form(call).get("token", "")
    family = call.site.refresh_tokens.revoke(token)
    if family is not None:
        call.site.sessions.end_family(family)
        return Answer(200)
    if call.site.sessions.end(token):
        return Answer(200)
    return _refusal(SignInRefused("invalid_token", "token does not exist"))


def introspect(call: Call) -> Answer:
    """Tell a client about a token of its own."""
    form = _form(call)
    try:
        check_client(call, form)
    except SignInRefused as refused:
        return Answer(401, refused.body())
    token = form.get("token", "")
    session = call.site.sessions.peek(token)
    if session is not None:
        return Answer(200, _introspected(call, session.user, "access_token", _times(call, session)))
    user = call.site.refresh_tokens.user_of(token)
    if user is not None:
        return Answer(200, _introspected(call, user, "refresh_token", {}))
    return Answer(200, {"active": False})


def _introspected(call: Call, user: str, kind: str, times: dict[str, int]) -> dict[str, Any]:
    return {
        "active": True,
        "scope": "api refresh_token",
        "client_id": call.org.settings.consumer_key,
        "username": call.org.read("User", user, ["Username"], user)["Username"],
        "sub": identity_url(call, user),
        "token_type": kind,
        **times,
    }


def _times(call: Call, session: Session) -> dict[str, int]:
    opened = int(session.opened.timestamp())
    expires = session.last_used + call.site.sessions.lifetime
    return {"exp": int(expires.timestamp()), "iat": opened, "nbf": opened}


def _refusal(refused: SignInRefused) -> Answer:
    return Answer(400, refused.body())


def _token_body(call: Call, granted: Granted) -> dict[str, str]:
    session = call.site.sessions.open(granted.user, granted.family)
    identity = identity_url(call, granted.user)
    issued_at = str(int(call.org.clock.now().timestamp() * 1000))
    secret = call.org.settings.consumer_secret.encode()
    signature = hmac.new(secret, (identity + issued_at).encode(), hashlib.sha256).digest()
    body = {
        "access_token": session.token,
        "instance_url": call.base_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
        "signature": base64.b64encode(signature).decode(),
        "scope": "api" if granted.family is None else "api refresh_token",
    }
    return body if granted.refresh_token is None else {**body, "refresh_token": granted.refresh_token}


def _form(call: Call) -> Form:
    """Return the parameters, which may stand in the query string or in the body."""
    text = call.content.decode("utf-8", "replace")
    return {**call.parameters, **dict(parse_qsl(text, keep_blank_values=True))}
