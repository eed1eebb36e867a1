"""SOAP `login()`, which old clients sign in with; version 65 no longer has it (SOAP API Developer Guide)."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

from .answer import Answer
from .call import Call
from .token import correct_password

_LAST_VERSION = 64
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns{suffix} '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
)
_MEDIA_TYPE = "text/xml; charset=utf-8"


def login(call: Call, org_id: str = "") -> Answer:
    """Sign in by username and password with security token, both in the body of a `login` element."""
    try:
        values = _login_values(call.content)
    except ElementTree.ParseError:
        return _fault("CLIENT", "The request body is no XML")
    if values is None:
        return _fault("INVALID_OPERATION", "Only login() is supported by this simulated org yet")
    if float(call.version) > _LAST_VERSION:
        message = f"login() is not available in API version {call.version}"
        return _fault("UNSUPPORTED_API_VERSION", message)
    if not correct_password(call, values.get("username", ""), values.get("password", "")):
        return _fault(
            "INVALID_LOGIN", "Invalid username, password, security token; or user locked out.", login=True
        )
    return _signed_in(call)


def _login_values(content: bytes) -> dict[str, str] | None:
    """Return username and password, or None when another operation is called."""
    if b"<!DOCTYPE" in content:
        raise ElementTree.ParseError("document types are refused")
    for element in ElementTree.fromstring(content).iter():
        if _local(element.tag) == "login":
            return {_local(child.tag): (child.text or "").strip() for child in element}
    return None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _signed_in(call: Call) -> Answer:
    settings = call.org.settings
    session = call.site.sessions.open(settings.user_id)
    user = call.org.read("User", settings.user_id, ["Email", "Name"], settings.user_id)
    server = f"{call.base_url}/services/Soap/{{}}/{call.version}/{settings.org_id[:15]}"
    info = {
        "organizationId": settings.org_id,
        "organizationName": settings.organization_name,
        "sessionSecondsValid": str(settings.session_seconds),
        "userEmail": user["Email"] or "",
        "userFullName": user["Name"] or "",
        "userId": settings.user_id,
        "userName": settings.username,
        "userType": "Standard",
    }
    result = {
        "metadataServerUrl": server.format("m"),
        "passwordExpired": "false",
        "sandbox": "false",
        "serverUrl": server.format("u"),
        "sessionId": session.token,
        "userId": settings.user_id,
    }
    inner = f"{_elements(result)}<userInfo>{_elements(info)}</userInfo>"
    body = f"<loginResponse><result>{inner}</result></loginResponse>"
    return _envelope(200, '="urn:partner.soap.sforce.com"', body)


def _elements(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())


def _fault(code: str, message: str, *, login: bool = False) -> Answer:
    kind = "LoginFault" if login else "UnexpectedErrorFault"
    detail = (
        f'<detail><sf:{kind} xsi:type="sf:{kind}"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{escape(message)}</sf:exceptionMessage></sf:{kind}></detail>"
    )
    body = (
        f"<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{code}: {escape(message)}</faultstring>"
        f"{detail}</soapenv:Fault>"
    )
    return _envelope(500, ':sf="urn:fault.partner.soap.sforce.com"', body)


def _envelope(status: int, namespace: str, body: str) -> Answer:
    return Answer(status, _ENVELOPE.format(suffix=namespace, body=body), media_type=_MEDIA_TYPE)
