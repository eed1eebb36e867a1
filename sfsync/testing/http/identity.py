"""Who is signed in: the identity URL of a token answer, and the OpenID userinfo."""

from __future__ import annotations

from typing import Any

from .. import ids
from ..errors import not_found
from .answer import Answer
from .call import Call


def identity_url(call: Call, user: str) -> str:
    return f"{call.base_url}/id/{call.org.settings.org_id}/{user}"


def identity(call: Call, org_id: str, user_id: str) -> Answer:
    """Answer the identity URL."""
    refusal = _admit(call)
    if refusal is not None:
        return refusal
    if not (_same_id(org_id, call.org.settings.org_id) and _same_id(user_id, call.user)):
        raise not_found()
    return Answer(200, _identity_body(call, _user(call)))


def userinfo(call: Call) -> Answer:
    refusal = _admit(call)
    if refusal is not None:
        return refusal
    user = _user(call)
    name = {"given_name": user.get("FirstName"), "family_name": user.get("LastName")}
    profile = f"{call.base_url}/{call.user}"
    body: dict[str, Any] = {
        "sub": identity_url(call, call.user),
        "user_id": call.user,
        "organization_id": call.org.settings.org_id,
        "preferred_username": user.get("Username"),
        "nickname": user.get("CommunityNickname"),
        "name": user.get("Name"),
        "email": user.get("Email"),
        "email_verified": True,
        **{key: value for key, value in name.items() if value is not None},
        "zoneinfo": user.get("TimeZoneSidKey"),
        "photos": _photos(call),
        "profile": profile,
        "picture": _photos(call)["picture"],
        "address": {},
        "is_salesforce_integration_user": False,
        "urls": _urls(call),
        "active": True,
        "user_type": "STANDARD",
        "language": user.get("LanguageLocaleKey"),
        "locale": user.get("LocaleSidKey"),
        "utcOffset": 0,
        "updated_at": str(user.get("LastModifiedDate", ""))[:19] + "Z",
    }
    return Answer(200, body)


def _admit(call: Call) -> Answer | None:
    """Find the session of a token in the header or in a parameter, or refuse ("Identity URLs")."""
    token = call.parameters.get("oauth_token") or call.parameters.get("access_token")
    token = token or call.headers.get("authorization", "").partition(" ")[2].strip()
    if not token:
        return Answer(403, "Missing_OAuth_Token", media_type="text/html;charset=UTF-8")
    call.session = call.site.sessions.find(token)
    if call.session is None or not call.org.permissions.is_active(call.session.user):
        return Answer(403, "Bad_OAuth_Token", media_type="text/html;charset=UTF-8")
    return None


def _identity_body(call: Call, user: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": identity_url(call, call.user),
        "asserted_user": True,
        "user_id": call.user,
        "organization_id": call.org.settings.org_id,
        "username": user.get("Username"),
        "nick_name": user.get("CommunityNickname"),
        "display_name": user.get("Name"),
        "email": user.get("Email"),
        "email_verified": True,
        "first_name": user.get("FirstName"),
        "last_name": user.get("LastName"),
        "timezone": user.get("TimeZoneSidKey"),
        "photos": _photos(call),
        "status": {"created_date": None, "body": None},
        "urls": _urls(call),
        "active": True,
        "user_type": "STANDARD",
        "language": user.get("LanguageLocaleKey"),
        "locale": user.get("LocaleSidKey"),
        "utcOffset": 0,
        "last_modified_date": user.get("LastModifiedDate"),
        "is_app_installed": True,
    }


def _user(call: Call) -> dict[str, Any]:
    return call.org.read("User", call.user, None, call.user)


def _photos(call: Call) -> dict[str, str]:
    return {size: f"{call.base_url}/profilephoto/005/{size[0].upper()}" for size in ("picture", "thumbnail")}


def _urls(call: Call) -> dict[str, str]:
    """Return the addresses a client fills its API version into."""
    base, data = call.base_url, f"{call.base_url}/services/data/v{{version}}/"
    return {
        "partner": f"{base}/services/Soap/u/{{version}}/{call.org.settings.org_id[:15]}",
        "rest": data,
        "sobjects": f"{data}sobjects/",
        "query": f"{data}query/",
        "profile": f"{base}/{call.user}",
        "custom_domain": base,
    }


def _same_id(given: str, right: str) -> bool:
    return ids.is_id(given) and given[:15] == right[:15]
