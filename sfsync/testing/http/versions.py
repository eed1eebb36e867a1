"""API versions: which there are, what they are called, and what becomes of calls to the others."""

from __future__ import annotations

import re

from ..errors import OrgError, not_found

# REST API Developer Guide, "API End-of-Life": 21 to 30 were retired in Summer '25.
RETIRED = range(21, 31)
OLDEST, NEWEST = 31, 68
_VERSION = re.compile(r"(\d{1,3})\.0", re.ASCII)
_SEASONS = ("Winter", "Spring", "Summer")


def check_version(version: str) -> None:
    """Raise OrgError 410 for a retired version, 404 for one that never was; `version` is like "66.0"."""
    found = _VERSION.fullmatch(version)
    if found and int(found[1]) in RETIRED:
        # The status is documented, the body is not.
        raise OrgError(410, "GONE", f"API version {version} is retired", code_first=True)
    if not found or not OLDEST <= int(found[1]) <= NEWEST:
        raise not_found()


def list_versions() -> list[dict[str, str]]:
    """Return the body of the versions resource, oldest first."""
    return [
        {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(OLDEST, NEWEST + 1)
    ]


def _label(number: int) -> str:
    # Three releases make a year, and version 32 is the first of 2015's.
    season = _SEASONS[(number - 32) % 3]
    apostrophe = "\u2019" if number == 42 else "'"  # a real org spells this one with a curly one
    return f"{season} {apostrophe}{15 + (number - 32) // 3}"
