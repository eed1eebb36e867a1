"""The SOAP login() call, for orgs in which nobody can make an app.

SOAP API Developer Guide, "login()": it ends with API version 64, is off in new orgs, and is retired with
Summer '27. The session it opens is good for the REST API of any version.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from ...exceptions import SignInFailed
from .. import xml
from ..answers import Answer, malformed
from ..exchange import Exchange
from .token import Secret, Token, secret_of

PATH = "/services/Soap/u/64.0"
ORIGIN = re.compile(r"[a-z]+://[^/?#]*")
PARTNER = "{urn:partner.soap.sforce.com}"
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
    '<login xmlns="urn:partner.soap.sforce.com"><username>{}</username><password>{}</password></login>'
    "</env:Body></env:Envelope>"
)
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "login", "Accept": "text/xml"}


class SoapLogin:
    """Sign in as a user, by name and password with the security token, without an app."""

    def __init__(self, username: str, password: str, security_token: str = "") -> None:
        self._username = username
        self._password = Secret(password + security_token)

    def __call__(self, exchange: Exchange) -> Token:
        answer = exchange("POST", PATH, content=self._envelope(), headers=HEADERS, parse=False)
        opened = _result(answer)
        if _text(opened, "passwordExpired") == "true":
            raise SignInFailed(
                "The password of the user has expired: set a new one in Salesforce, then in SF_PASSWORD.",
                resource=PATH.strip("/"),
            )
        return Token.checked(
            exchange,
            access_token=secret_of(_text(opened, "sessionId")),
            instance_url=_origin(_text(opened, "serverUrl")),
            org_id=_text(opened, "userInfo", "organizationId"),
        )

    def _envelope(self) -> bytes:
        return ENVELOPE.format(escape(self._username), escape(self._password.reveal())).encode()


def _result(answer: Answer) -> Element:
    """Return the element with the result of login()."""
    try:
        found = next(xml.parse(answer.body).iter(f"{PARTNER}result"), None)
    except ValueError:
        found = None
    if found is None:
        raise malformed(PATH.strip("/"), "something else than the result of login()")
    return found


def _text(element: Element, *names: str) -> str | None:
    return element.findtext("/".join(PARTNER + name for name in names))


def _origin(url: str | None) -> str | None:
    """Return an address without its path: that of API calls."""
    match = ORIGIN.match(url or "")
    return match[0] if match else None
