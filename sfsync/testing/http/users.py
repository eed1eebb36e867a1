"""Users, what is shared with them and what they sign in with, for other processes, under `/__org__/`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .. import ids
from ..access import access_of
from ..assertions import check_certificate, new_key_pair
from .answer import Answer, no_content
from .call import Call, parser_error
from .inspection import refusal


def users(call: Call) -> Answer:
    """List the users with what they may do; passwords stay here."""
    return Answer(200, {"users": [_user(call, *row) for row in call.org.users()]})


def add_user(call: Call) -> Answer:
    """Add a user: `Username`, further fields of the record, and `access` as `Access` has it."""
    values = call.json_object()
    access, username = values.pop("access", None), values.pop("Username", None)
    right = isinstance(username, str) and (access is None or isinstance(access, dict))
    if not right or "user" in values:
        raise parser_error("A user is an object with Username and, where it is limited, access")
    try:
        given = None if access is None else access_of(access)
        with call.org.transaction():
            user = call.org.add_user(username, access=given, **values)
    except (TypeError, ValueError) as error:
        raise refusal(error) from None
    return Answer(201, {"id": user})


def share(call: Call) -> Answer:
    """Share `records` with `user` at a `level`, "read" or "edit"; null takes them back."""
    document = call.json_object()
    user, records, level = str(document.get("user")), document.get("records"), document.get("level")
    if not ids.is_id(user) or not isinstance(records, list) or not all(map(ids.is_id, records)):
        raise parser_error("Sharing needs the id of a user and an array of record ids")
    table = call.org.permissions.table
    if level in ("read", "edit"):
        table.share(ids.to_18(user), records, level)
    elif level is None:
        table.unshare(ids.to_18(user), records)
    else:
        raise parser_error("level is read, edit or null")
    return no_content()


def add_refresh_token(call: Call) -> Answer:
    """Issue a refresh token for `username`, as if the user had signed in with a browser."""
    user = call.org.user_named(str(call.json_object().get("username", "")))
    if user is None:
        raise parser_error("username is that of no user")
    return Answer(201, {"refresh_token": call.site.refresh_tokens.issue(user)})


def set_certificate(call: Call) -> Answer:
    """Know the consumer by `certificate`, a PEM; without one make a key pair and return the private key."""
    pem = call.json_object().get("certificate")
    if pem is None:
        private_key, call.site.certificate = new_key_pair()
        return Answer(201, {"private_key": private_key})
    try:
        check_certificate(str(pem))
    except ValueError:
        raise parser_error("certificate is no PEM of a certificate or a public key") from None
    call.site.certificate = str(pem)
    return no_content()


def _user(call: Call, user_id: str, username: str, active: int) -> dict[str, Any]:
    access = asdict(call.org.permissions.access(user_id))
    del access["password"]
    return {"id": user_id, "username": username, "active": bool(active), "access": access}
