"""Refused sign-ins, each with the pair of error and description that OAuth answers carry.

Source: "OAuth 2.0 Authorization Errors" (Salesforce Help).
"""

from __future__ import annotations


class SignInRefused(Exception):
    """Refuse a sign-in with one of the documented pairs."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description

    def body(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}


def wrong_password() -> SignInRefused:
    return SignInRefused("invalid_grant", "authentication failure")


def inactive_user() -> SignInRefused:
    return SignInRefused("inactive_user", "user is inactive")


def expired_token() -> SignInRefused:
    return SignInRefused("invalid_grant", "expired access/refresh token")


def not_approved() -> SignInRefused:
    return SignInRefused("invalid_grant", "user hasn't approved this consumer")
