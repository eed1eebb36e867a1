"""One table from Salesforce's error codes to exceptions.

The code decides before the HTTP status does (REST guide, "Status Codes and Error Responses"). Texts of the
org can quote record values, so they travel in `org_message` only; codes and field names are let through when
they look like ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeGuard

from .. import exceptions as errors
from . import refusals

BY_CODE: dict[str, type[errors.SalesforceError]] = {
    "INVALID_SESSION_ID": errors.SessionExpired,
    "REQUEST_LIMIT_EXCEEDED": errors.LimitExceeded,
    "SERVER_UNAVAILABLE": errors.Unavailable,
    "NOT_FOUND": errors.NotFound,
    "ENTITY_IS_DELETED": errors.Deleted,
    "INVALID_FIELD": errors.InvalidField,
    "INVALID_TYPE": errors.InvalidType,
    "DUPLICATE_VALUE": errors.DuplicateValue,
    "DUPLICATES_DETECTED": errors.DuplicateValue,
    "UNABLE_TO_LOCK_ROW": errors.RowLocked,
    "PRECONDITION_FAILED": errors.PreconditionFailed,
    "INVALID_REPLICATION_DATE": errors.InvalidReplicationDate,
    "EXCEEDED_ID_LIMIT": errors.TooManyIds,
    "QUERY_TIMEOUT": errors.QueryTimeout,
    "INVALID_QUERY_LOCATOR": errors.CursorLost,
    "NOT_ACCEPTABLE": errors.SalesforceError,  # what passes is a 406 without a code
    "API_CURRENTLY_DISABLED": errors.ApiDisabled,
    "API_DISABLED_FOR_ORG": errors.ApiDisabled,
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": errors.ApiDisabled,
    # The body is not documented; the names are those of REST, SOAP and Bulk (REST guide, "API End-of-Life").
    "GONE": errors.UnsupportedVersion,
    "UNSUPPORTED_API_VERSION": errors.UnsupportedVersion,
    "InvalidVersion": errors.UnsupportedVersion,
    # The token endpoint (Help, "OAuth 2.0 Authorization Errors").
    "invalid_grant": errors.SignInFailed,
    "invalid_client": errors.SignInFailed,
    "invalid_client_id": errors.SignInFailed,
    "unauthorized_client": errors.SignInFailed,
    "inactive_user": errors.SignInFailed,
    "inactive_org": errors.SignInFailed,
    "invalid_app_access": errors.SignInFailed,
    "unsupported_grant_type": errors.SignInFailed,
    # login() (SOAP API Developer Guide, "ExceptionCode").
    "INVALID_LOGIN": errors.SignInFailed,
    "LOGIN_MUST_USE_SECURITY_TOKEN": errors.SignInFailed,
    "LOGIN_DURING_RESTRICTED_DOMAIN": errors.SignInFailed,
    "LOGIN_DURING_RESTRICTED_TIME": errors.SignInFailed,
    "PASSWORD_LOCKOUT": errors.SignInFailed,
    "ORG_LOCKED": errors.SignInFailed,
}
BY_STATUS: dict[int, type[errors.SalesforceError]] = {
    401: errors.SessionExpired,
    404: errors.NotFound,
    410: errors.UnsupportedVersion,
    406: errors.Unavailable,  # Salesforce's edge has no room
    412: errors.PreconditionFailed,
    420: errors.Unavailable,  # Salesforce's edge has no route
    429: errors.Unavailable,
}
ADVICE: dict[type[errors.SalesforceError], str] = {
    errors.SalesforceError: "the request was refused",
    errors.Unavailable: "the org gave no usable answer; try again later, or look at status.salesforce.com",
    errors.SessionExpired: "the session is not valid, and a new one would not be either; check that the "
    "integration user is active and may use the API",
    errors.LimitExceeded: "the API calls of the last 24 hours are used up; wait, or buy more",
    errors.NotFound: "there is no such record or resource, or the integration user may not see it",
    errors.Deleted: "the record is deleted",
    errors.InvalidField: "a field does not exist or is hidden from the integration user; see sf_describe",
    errors.InvalidType: "there is no such sObject, or the integration user may not see it; see sf_describe",
    errors.DuplicateValue: "another record has this value already",
    errors.RowLocked: "another transaction of the org holds the record; try again",
    errors.PreconditionFailed: "the record has changed since it was read",
    errors.InvalidReplicationDate: "the window is out of the org's reach",
    errors.QueryTimeout: "the query took too long; ask for less, or for fewer fields",
    errors.CursorLost: "the rest of the result is gone with its session or its age; begin the query again",
    errors.ConcurrentLimit: "too many calls run for 20 seconds or more at once; try again later",
    errors.ApiDisabled: "the integration user may not use the API; give the permission 'API Enabled', and "
    "see that the password is not expired",
    errors.UnsupportedVersion: "the org does not speak this version of the API; check SF_API_VERSION",
    errors.TooManyIds: "too many ids in one request; ask for less",
    errors.SignInFailed: "the sign-in was refused; check the app's key, secret and policies",
}
# For mistakes of a request, where the class says too little.
ADVICE_BY_CODE = {
    "MALFORMED_QUERY": "the query is not as SOQL has to be; org_message of this error says where",
    "MALFORMED_SEARCH": "the search is not as SOSL has to be, such as FIND {Acme} RETURNING Account(Name); "
    "org_message of this error says where",
    "JSON_PARSER_ERROR": "the data has the wrong form; org_message of this error says where",
    "REQUIRED_FIELD_MISSING": "a required field has no value",
    "NOT_ACCEPTABLE": 'the resource has no answer in this format; leave out format="xml"',
}
NAME = re.compile(r"[A-Za-z][\w.]{0,254}", re.ASCII)
OF_THE_ORG = (
    errors.Unavailable,
    errors.SessionExpired,
    errors.SignInFailed,
    errors.LimitExceeded,
    errors.ApiDisabled,
    errors.UnsupportedVersion,
)
# Texts after INVALID_SESSION_ID that a new session answers again, so that renewing would loop.
INCURABLE = ("not valid for use with the REST API", "Connected app is not attached to Agent")


class Entry(NamedTuple):
    """One error of an answer, in words that are safe except for the message."""

    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()


def entries(body: Any) -> list[Entry]:
    """Read the errors of a body: of a resource, of one collections result, or of the token endpoint."""
    items = body if isinstance(body, list) else [body]
    return [_entry(item) for item in items if isinstance(item, dict)]


def from_body(status: int | None, body: Any, resource: str) -> errors.SalesforceError:
    """Return the exception for the body of an answer with an error."""
    return from_entries(entries(body), resource, status=status)


def from_entries(
    found: Sequence[Entry], resource: str, *, status: int | None = None
) -> errors.SalesforceError:
    """Return the exception for the errors of one request or record; the first known one decides."""
    entry = next((entry for entry in found if entry.code in BY_CODE), found[0] if found else Entry())
    kind = _kind(entry, status)
    said = " ".join(filter(None, (str(status or ""), entry.code))) or "no reason given"
    advice = refusals.advice(entry.code, entry.message) or ADVICE_BY_CODE.get(entry.code) or ADVICE[kind]
    return kind(
        f"Salesforce refused {resource} ({said}): {advice}.",
        status=status,
        code=entry.code,
        fields=entry.fields,
        resource=resource,
        org_message=entry.message,
    )


def is_curable(error: errors.SalesforceError) -> bool:
    """Say whether a new token can heal this error."""
    expired = isinstance(error, errors.SessionExpired) and error.code == "INVALID_SESSION_ID"
    return expired and not any(text in error.org_message for text in INCURABLE)


def has_moved(error: errors.SalesforceError) -> bool:
    """Say whether the host refers to another one or no longer knows the org, and so has done nothing."""
    return error.code == "REDIRECT" or (isinstance(error, errors.Unavailable) and error.status == 404)


def concerns_org(error: errors.SalesforceError) -> bool:
    """Say whether an error is about the org as a whole, so that asking for something else is of no use."""
    return isinstance(error, OF_THE_ORG)


def _kind(entry: Entry, status: int | None) -> type[errors.SalesforceError]:
    kind = BY_CODE.get(entry.code) or _by_status(status)
    # One code for two limits: of a day, and of the calls that run for 20 seconds or more at the same time.
    return errors.ConcurrentLimit if kind is errors.LimitExceeded and "Concurrent" in entry.message else kind


def _by_status(status: int | None) -> type[errors.SalesforceError]:
    if status is not None and status >= 500:
        return errors.Unavailable
    return BY_STATUS.get(status or 0, errors.SalesforceError)


def _entry(item: dict[str, Any]) -> Entry:
    code = item.get("errorCode") or item.get("statusCode") or item.get("error")
    text = item.get("message") or item.get("error_description")
    names = item.get("fields")
    return Entry(
        code if _is_name(code) else "",
        text if isinstance(text, str) else "",
        tuple(filter(_is_name, names)) if isinstance(names, list) else (),
    )


def _is_name(text: Any) -> TypeGuard[str]:
    return isinstance(text, str) and NAME.fullmatch(text) is not None
