"""What all ways to sign in have in common."""

from __future__ import annotations

from typing import Protocol

from ..exchange import Exchange
from .token import Token


class SignIn(Protocol):
    """A way to sign in. Raises SalesforceError; ConfigurationError for what is missing on this side."""

    def __call__(self, exchange: Exchange) -> Token:
        """Get a token by requests that `exchange` sends."""
