"""What all ways to sign in have in common."""

from __future__ import annotations

from typing import Protocol

from ...exceptions import NotFound, SalesforceError, SessionExpired, SignInFailed
from ..exchange import Exchange
from .token import Token


class SignIn(Protocol):
    """A way to sign in. Raises SalesforceError; ConfigurationError for what is missing on this side."""

    def __call__(self, exchange: Exchange) -> Token:
        """Get a token by requests that `exchange` sends."""


def refusal(error: SalesforceError) -> SalesforceError:
    """Return an error of a sign-in as what it means there.

    Whatever is not about the org as a whole is a refusal, so that nobody asks again and locks the user out.
    """
    if isinstance(error, NotFound | SessionExpired):
        message = (
            f"The host of SF_AUTH_DOMAIN has no sign-in for this app ({error.status}). "
            "Check SF_AUTH_DOMAIN and the consumer key."
        )
    elif type(error) is SalesforceError:
        message = str(error)
    else:
        return error
    refused = SignInFailed(
        message, status=error.status, code=error.code, resource=error.resource, org_message=error.org_message
    )
    refused.request_id = error.request_id
    return refused
