"""The SOAP API as far as REST clients use it: sign-in, who is signed in, and what `soap_records` has.

Version 65 no longer has login() (SOAP API Developer Guide, "login()").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.etree import ElementTree

from ..errors import OrgError
from ..refusals import SignInRefused
from . import soap_records
from .answer import Answer
from .call import Call
from .grants import check_user, user_of_password
from .sessions import Session
from .soap_message import SoapRequest, elements, fault, read_request, result
from .versions import NEWEST, OLDEST

_LAST_LOGIN_VERSION = 64
_NAMESPACES = ("partner.soap.sforce.com", "enterprise.soap.sforce.com")
_VERSION = re.compile(r"(\d{1,3})\.0", re.ASCII)


def answer(call: Call, wsdl: str, org_id: str = "") -> Answer:
    """Answer one SOAP request in the namespaces of a WSDL: enterprise (c) or partner (u)."""
    answered = _answer(call)
    if wsdl == "u":
        return answered
    # The namespace is declared once, at the start, and no text of the org comes before it.
    return replace(answered, body=answered.body.replace(*_NAMESPACES, 1))


def _answer(call: Call) -> Answer:
    """Answer one SOAP request; all but login() need the session id in the header."""
    found = _VERSION.fullmatch(call.version)
    if not found or not OLDEST <= int(found[1]) <= NEWEST:
        return fault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    try:
        request = read_request(call.content)
    except ElementTree.ParseError:
        return fault("CLIENT", "The request body is no XML", prefix="")
    if request is not None and request.operation == "login":
        return _login(call, request)
    operation = OPERATIONS.get(request.operation) if request is not None else None
    if request is None or operation is None:
        name = f"{request.operation}()" if request is not None else "A SOAP request without an operation"
        return fault("INVALID_OPERATION", f"{name} is not supported by this simulated org yet")
    try:
        call.session = call.site.admit(f"Bearer {request.session_id}")
        call.site.usage.count()
    except OrgError as error:
        return _refused(error)
    return operation(call, request)


def _login(call: Call, request: SoapRequest) -> Answer:
    """Sign in by username and password with security token."""
    if float(call.version) > _LAST_LOGIN_VERSION:
        message = f"login() is not available in API version {call.version}"
        return fault("UNSUPPORTED_API_VERSION", message, prefix="")
    user = user_of_password(call, request.text("username"), request.text("password"))
    try:
        if user is None:
            raise SignInRefused("INVALID_LOGIN", "")
        check_user(call, user)
        call.org.permissions.require_api(user)
    except SignInRefused:
        message = "Invalid username, password, security token; or user locked out."
        return fault("INVALID_LOGIN", message, kind="LoginFault", prefix="")
    except OrgError as error:
        return fault(error.code, error.message, kind="LoginFault", prefix="")
    return _signed_in(call, call.site.sessions.open(user))


def _signed_in(call: Call, session: Session) -> Answer:
    settings = call.org.settings
    server = f"{call.base_url}/services/Soap/{{}}/{call.version}/{settings.org_id[:15]}"
    wsdl = call.path.split("/")[3]
    opened = {
        "metadataServerUrl": server.format("m"),
        "passwordExpired": "false",
        "sandbox": "true" if settings.is_sandbox else "false",
        "serverUrl": server.format(wsdl),
        "sessionId": session.token,
        "userId": session.user,
    }
    return result("login", f"{elements(opened)}<userInfo>{_user_info(call, session.user)}</userInfo>")


def _get_user_info(call: Call, request: SoapRequest) -> Answer:
    return result("getUserInfo", _user_info(call, call.user))


def _get_server_timestamp(call: Call, request: SoapRequest) -> Answer:
    now = call.org.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return result("getServerTimestamp", elements({"timestamp": now}))


def _logout(call: Call, request: SoapRequest) -> Answer:
    call.site.sessions.end(request.session_id)
    return result("logout")


OPERATIONS: Mapping[str, Callable[[Call, SoapRequest], Answer]] = {
    "getUserInfo": _get_user_info,
    "getServerTimestamp": _get_server_timestamp,
    "delete": soap_records.delete,
    "emptyRecycleBin": soap_records.empty_recycle_bin,
    "merge": soap_records.merge,
    "undelete": soap_records.undelete,
    "logout": _logout,
}


def _user_info(call: Call, user_id: str) -> str:
    """Return the elements of GetUserInfoResult, in recorded order."""
    settings = call.org.settings
    user = call.org.read("User", user_id, None, user_id)
    return elements(
        {
            "accessibilityMode": "false",
            "chatterExternal": "false",
            "currencySymbol": "$",
            "orgAttachmentFileSizeLimit": "26214400",
            "orgDefaultCurrencyIsoCode": "USD",
            "orgDefaultCurrencyLocale": "en_US",
            "orgDisallowHtmlAttachments": "false",
            "orgHasPersonAccounts": "false",
            "organizationId": settings.org_id,
            "organizationMultiCurrency": "false",
            "organizationName": settings.organization_name,
            "profileId": user.get("ProfileId"),
            "roleId": user.get("UserRoleId"),
            "sessionSecondsValid": str(settings.session_seconds),
            "userDefaultCurrencyIsoCode": None,
            "userEmail": user.get("Email") or "",
            "userFullName": user.get("Name") or "",
            "userId": user_id,
            "userLanguage": user.get("LanguageLocaleKey"),
            "userLocale": user.get("LocaleSidKey"),
            "userName": user.get("Username"),
            "userTimeZone": user.get("TimeZoneSidKey"),
            "userType": "Standard",
            "userUiSkin": "Theme3",
        }
    )


def _refused(error: OrgError) -> Answer:
    if error.code == "INVALID_SESSION_ID":
        return fault(error.code, "Invalid Session ID found in SessionHeader: Illegal Session")
    return fault(error.code, error.message)
