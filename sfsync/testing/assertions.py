"""Assertions of the JWT bearer flow: signature and claims, checked as an org checks them.

Sources: "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration" and "OAuth 2.0 Authorization Errors"
(Salesforce Help); the text for an assertion past its `exp` is recorded traffic.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .refusals import SignInRefused

LOGIN_AUDIENCE = "https://login.salesforce.com"
SANDBOX_AUDIENCE = "https://test.salesforce.com"
_ALGORITHM = "RS256"


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """The claims of an assertion whose signature is right; `expires` is `exp` in seconds since 1970."""

    subject: str
    audience: str
    expires: float

    def require(self, *, audiences: Iterable[str], now: datetime, longest: timedelta) -> None:
        """Refuse another audience, and an end that has passed or lies too far ahead."""
        if self.audience.rstrip("/").lower() not in {known.rstrip("/").lower() for known in audiences}:
            raise SignInRefused("invalid_grant", "Audience validation failed")
        seconds = now.timestamp()
        if not seconds < self.expires <= seconds + longest.total_seconds():
            raise SignInRefused("invalid_grant", "expired authorization code")


def read_assertion(token: str, *, consumer_key: str, certificate: str | None) -> Assertion:
    """Return the claims of a token that this consumer signed.

    `certificate` is a PEM certificate or public key. Raises SignInRefused, and RuntimeError where the
    libraries that check signatures are missing.
    """
    claims = _claims(token, key=None)
    if claims.get("iss") != consumer_key:
        raise SignInRefused("invalid_client_id", "client identifier invalid")
    if certificate is None:
        raise _invalid()
    claims = _claims(token, key=_public_key(certificate))
    subject, audience = claims.get("sub"), claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    if not isinstance(subject, str) or not isinstance(audience, str):
        raise _invalid()
    return Assertion(subject=subject, audience=audience, expires=_seconds(claims.get("exp")))


def new_key_pair() -> tuple[str, str]:
    """Return a private key for signing assertions and its public key, both as PEM."""
    _library()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def check_certificate(pem: str) -> None:
    """Raise ValueError unless a text is the PEM of a certificate or of a public key."""
    _public_key(pem)


def _claims(token: str, key: Any) -> dict[str, Any]:
    """Return the payload; with a key only if it made the signature."""
    jwt = _library()
    try:
        options = {"verify_signature": key is not None}
        payload = jwt.PyJWS().decode(token, key, algorithms=[_ALGORITHM], options=options)
        claims = json.loads(payload)
    except (jwt.PyJWTError, ValueError, TypeError):
        raise _invalid() from None
    if not isinstance(claims, dict):
        raise _invalid()
    return claims


def _public_key(pem: str) -> Any:
    _library()
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate

    if "CERTIFICATE" in pem:
        return load_pem_x509_certificate(pem.encode()).public_key()
    return load_pem_public_key(pem.encode())


def _library() -> Any:
    """Import what only this sign-in needs."""
    try:
        import cryptography  # noqa: F401  # what PyJWT checks RS256 with
        import jwt
    except ImportError as error:
        message = "Sign-in by JWT bearer needs PyJWT and cryptography: pip install 'sfsync[jwt]'"
        raise RuntimeError(message) from error
    return jwt


def _seconds(value: Any) -> float:
    """Return `exp`, which some clients send as text."""
    try:
        return float(value) if not isinstance(value, bool) else 0.0
    except (TypeError, ValueError):
        raise _invalid() from None


def _invalid() -> SignInRefused:
    return SignInRefused("invalid_grant", "invalid assertion")
