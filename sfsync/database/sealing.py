"""Texts that only this project can read, and only as long as the settings they came from stay the same."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from sfsync.exceptions import ConfigurationError

SALT = "sfsync.database.sealing"


def seal(text: str, bound_to: Iterable[str]) -> str:
    """Encrypt a text. It opens with the same values of `bound_to` alone, and while SECRET_KEY is known."""
    sealed: bytes = _cipher(bound_to).encrypt(text.encode())
    return sealed.decode("ascii")


def unseal(sealed: str, bound_to: Iterable[str]) -> str | None:
    """Return a text that was sealed; None when it was not by this project, or for other values."""
    from cryptography.fernet import InvalidToken

    try:
        text: bytes = _cipher(bound_to).decrypt(sealed.encode())
    except InvalidToken:
        return None
    return text.decode()


def require_cipher() -> None:
    """Raise ConfigurationError when the library that encrypts is missing."""
    try:
        import cryptography.fernet  # noqa: F401
    except ImportError:
        missing = True
    else:
        missing = False
    if missing:
        raise ConfigurationError(
            "Tokens are stored encrypted, which needs an extra.",
            hint="Type: pip install 'sfsync[jwt]'; or name another store in SF_TOKEN_STORE.",
            check="sfsync.E022",
        )


def _cipher(bound_to: Iterable[str]) -> Any:
    from cryptography.fernet import Fernet, MultiFernet

    what = "\0".join(bound_to)
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(what, secret)) for secret in secrets])


def _key(what: str, secret: str | bytes) -> bytes:
    digest = salted_hmac(SALT, what, secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
