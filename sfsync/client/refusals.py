"""What to do after a refused sign-in, by what the org said.

Help, "OAuth 2.0 Authorization Errors"; SOAP API Developer Guide, "ExceptionCode". One code stands for several
reasons, told apart by a text that is not shown itself.
"""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    """A code, a part of the text that comes with it, and what to check."""

    code: str
    text: str
    advice: str


WRONG_PASSWORD = (
    "the user is frozen or locked, or a name or password is wrong (SF_USER, SF_PASSWORD, SF_SECURITY_TOKEN), "
    "or the org does not allow this way to sign in"
)
USED_UP = (
    "the approval is used up or withdrawn; approve the app again and set SF_REFRESH_TOKEN to the new token"
)

# The first row that fits decides.
TABLE = (
    Refusal("invalid_client_id", "", "the org does not know the consumer key (SF_CONSUMER_KEY)"),
    Refusal(
        "invalid_client", "", "the consumer key or secret is wrong (SF_CONSUMER_KEY, SF_CONSUMER_SECRET)"
    ),
    Refusal(
        "invalid_grant", "not supported on this domain", "sign in at the org's My Domain (SF_AUTH_DOMAIN)"
    ),
    Refusal("invalid_grant", "no client credentials user", "name a Run-As user in the policies of the app"),
    Refusal("invalid_grant", "approved this consumer", "pre-authorise the user in the policies of the app"),
    Refusal("invalid_grant", "Audience", "the assertion is for another kind of org; set SF_JWT_AUDIENCE"),
    Refusal("invalid_grant", "expired authorization code", "the clock of this machine is wrong; set it"),
    Refusal("invalid_grant", "expired access/refresh token", USED_UP),
    Refusal(
        "invalid_grant",
        "assertion",
        "the private key is not that of the app's certificate, or that has expired",
    ),
    Refusal("invalid_grant", "authentication failure", WRONG_PASSWORD),
    Refusal("unsupported_grant_type", "", "enable in the app the flow that SF_AUTH names"),
    Refusal("invalid_app_access", "", "the policies of the app do not permit the user"),
    Refusal("inactive_user", "", "the integration user is inactive"),
    Refusal("inactive_org", "", "the org is locked, closed or suspended"),
    Refusal("INVALID_LOGIN", "", WRONG_PASSWORD),
    Refusal(
        "LOGIN_MUST_USE_SECURITY_TOKEN", "", "the security token is missing or wrong (SF_SECURITY_TOKEN)"
    ),
    Refusal(
        "LOGIN_DURING_RESTRICTED_DOMAIN",
        "",
        "the user's profile does not allow this address (login IP ranges)",
    ),
    Refusal("LOGIN_DURING_RESTRICTED_TIME", "", "the user's profile does not allow this time (login hours)"),
    Refusal("PASSWORD_LOCKOUT", "", "the user is locked after too many wrong passwords; unlock it in Setup"),
    Refusal("ORG_LOCKED", "", "the org is locked, closed or suspended"),
    Refusal("INVALID_OPERATION", "login()", "the org has SOAP login() turned off; choose another SF_AUTH"),
)


def advice(code: str, text: str) -> str:
    """Return what to check after a refused sign-in, or "" for any other error."""
    return next((row.advice for row in TABLE if row.code == code and row.text in text), "")
