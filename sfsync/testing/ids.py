"""Record ids: 15 characters of base 62 that are told apart by case, and 3 that make them safe without it.

The last three characters are a checksum: bit i of each says whether character i of a group of five is an
upper-case letter (Object Reference, "Field Types": ID).
"""

from __future__ import annotations

import re

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
EMPTY_ID = "000000000000000AAA"
INSTANCE = "Sm0"  # the two characters of an instance and the reserved one; any org has its own
_UPPER_CASE = str.maketrans({char: str(int(char.isupper())) for char in DIGITS})
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?", re.ASCII)


def checksum(fifteen: str) -> str:
    """Return the three characters that belong after a 15-character id."""
    bits = fifteen.translate(_UPPER_CASE)
    groups = (bits[4::-1], bits[9:4:-1], bits[14:9:-1])  # the first character is the lowest bit
    return "".join([CHECKSUM[int(group, 2)] for group in groups])


def is_id(text: object) -> bool:
    """Say whether this is a 15-character id, or an 18-character one whose checksum fits."""
    if not isinstance(text, str) or not _SHAPE.fullmatch(text):
        return False
    return len(text) == 15 or checksum(text[:15]) == text[15:]


def to_18(text: str) -> str:
    """Return the 18-character form; raise ValueError for anything that is not an id."""
    if not is_id(text):
        raise ValueError("not a record id")
    return text if len(text) == 18 else text + checksum(text)


def make_id(key_prefix: str, number: int) -> str:
    """Return the 18-character id of the n-th record under a key prefix."""
    digits = []
    for _ in range(9):
        number, digit = divmod(number, 62)
        digits.append(DIGITS[digit])
    if number:
        raise ValueError("no more ids under this key prefix")
    fifteen = key_prefix + INSTANCE + "".join(reversed(digits))
    return fifteen + checksum(fifteen)
