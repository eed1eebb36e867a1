"""What came back from one HTTP request, and what to make of it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from ..exceptions import MalformedResponse, Oversized, SalesforceError, Unavailable, Untrusted
from . import errors, faults, payload


@dataclass(frozen=True)
class Answer:
    """A usable answer. `body` is parsed JSON (None if empty), `began` the org's time when the call began."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    began: datetime


def parse(status: int, content: bytes, resource: str) -> Any:
    """Return the body of an answer, or raise the exception it stands for."""
    if 300 <= status < 400 and status != 304:
        raise _diverted(status, resource)
    if not content and status < 400:
        return None
    body: Any = None
    failure: SalesforceError | None = None
    try:
        body = payload.loads(content)
    except payload.TooDeep:
        failure = oversized(resource, f"JSON nested more than {payload.DEEPEST} levels deep")
    except ValueError:
        failure = _unreadable(status, content, resource)
    if failure is None and status >= 400:
        failure = errors.from_body(status, body, resource)
    if failure is not None:  # outside of the except block, as json's error holds the whole document
        raise failure
    return body


def of_head(status: int, resource: str) -> None:
    """Raise the exception an answer to HEAD stands for; it has no body that could say more than its status."""
    if 300 <= status < 400 and status != 304:
        raise _diverted(status, resource)
    if status >= 400:
        ended = [{"errorCode": "INVALID_SESSION_ID"}] if status == 401 else None
        raise errors.from_body(status, ended, resource)


def malformed(resource: str, what: str) -> MalformedResponse:
    """Return the exception for an answer of status 200 that breaks the protocol."""
    return MalformedResponse(
        f"Salesforce answered {resource} with {what}; nothing of it was used. Try again; "
        "if it stays so, look for a proxy in between.",
        resource=resource,
    )


def oversized(resource: str, what: str) -> Oversized:
    """Return the exception for an answer that sfsync does not read, whatever its status."""
    return Oversized(
        f"Salesforce answered {resource} with {what}; nothing of it was used. Ask for fewer records or fields.",
        resource=resource,
    )


def too_late(resource: str) -> Unavailable:
    """Return the exception for a request that was not sent, as the time for its call has passed."""
    return Unavailable(
        f"{resource} was not asked: signing in took all the time of the call (SF_DEADLINE). Try again later.",
        resource=resource,
    )


def unanswered(error: OSError, resource: str) -> Unavailable:
    """Return the exception for a request without an answer; requests' own holds headers and addresses."""
    kinds: tuple[tuple[type[OSError], str], ...] = (
        (
            requests.exceptions.SSLError,
            "the encrypted connection broke or could not be made; try again later",
        ),
        (requests.exceptions.ProxyError, "the proxy refused; check HTTPS_PROXY"),
        (requests.exceptions.ConnectTimeout, "no connection in time; check the network"),
        (requests.exceptions.Timeout, "no answer in time; try again later"),
        (requests.exceptions.ChunkedEncodingError, "the answer was cut off; try again"),
        (requests.exceptions.ContentDecodingError, "the answer could not be decompressed; try again"),
        (
            requests.exceptions.ConnectionError,
            "the connection failed or was cut off; check the network and SF_AUTH_DOMAIN",
        ),
        (requests.RequestException, "the request could not be sent"),
        (OSError, "there are no certificates to verify it with; check REQUESTS_CA_BUNDLE"),
    )
    reason = next(text for kind, text in kinds if isinstance(error, kind))
    failure = Unavailable if isinstance(error, requests.RequestException) else Untrusted
    if _is_unverified(error):
        reason, failure = "the certificate could not be verified; check SF_AUTH_DOMAIN", Untrusted
    return failure(f"No answer of Salesforce for {resource}: {reason}.", resource=resource)


def _is_unverified(error: BaseException | None) -> bool:
    """Say whether the certificate was refused: requests words everything that goes wrong in TLS as one error."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__context__
    return error is not None


def _diverted(status: int, resource: str) -> SalesforceError:
    if status == 300:  # REST guide, "Status Codes": an external id that several records carry
        text, code = "several records carry this external id", "MULTIPLE_CHOICES"
    else:
        text, code = "it sent a redirect, which is never followed; check SF_AUTH_DOMAIN", "REDIRECT"
    return SalesforceError(
        f"Salesforce refused {resource} ({status}): {text}.", status=status, code=code, resource=resource
    )


def _unreadable(status: int, content: bytes, resource: str) -> SalesforceError:
    """Return the exception for a body that is not JSON: edge servers and maintenance pages send HTML."""
    found = faults.items(content)
    if found:  # SOAP faults all come with 500, so there the code decides alone
        return errors.from_body(None if status == 500 else status, found, resource)
    if status in (401, 412, 413, 414, 431):
        return errors.from_body(status, None, resource)
    if status < 400 and content.lstrip()[:1] in (b"{", b"["):
        return malformed(resource, "broken JSON")
    return Unavailable(
        f"Salesforce answered {resource} ({status}) with a page instead of data: "
        f"{errors.ADVICE[Unavailable]}.",
        status=status,
        resource=resource,
    )
