"""Salesforce ids: 15 characters that tell case apart, and the 18 that survive a program that does not."""

from __future__ import annotations

import re

from sfsync.exceptions import ConversionError

EMPTY_ID = "000000000000000AAA"
CHECKSUM_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?", re.ASCII)


def id18(text: str) -> str:
    """Return the 18-character form of a Salesforce id of 15 or 18 characters.

    The three last characters say which letters before them are upper case (Object Reference, ID Field Type),
    so an id whose case was changed on its way is refused. Raises ConversionError.
    """
    if isinstance(text, str) and ID.fullmatch(text):
        complete = text[:15] + checksum(text[:15])
        if text in (text[:15], complete):
            return complete
    raise ConversionError("The value is not a Salesforce id.", code="MALFORMED_ID")


def checksum(id15: str) -> str:
    """Return the three characters that make 18 of 15: one per five, a bit for each upper-case letter."""
    return "".join(
        CHECKSUM_ALPHABET[sum(1 << bit for bit, char in enumerate(id15[start : start + 5]) if char.isupper())]
        for start in (0, 5, 10)
    )
