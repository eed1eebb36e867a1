"""What must not be seen: secrets that carry marks, and record values that carry one."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from uuid import UUID

MARK = "qzx7vk"
"""Is in every text of every record, in the texts of rules, and in what the org quotes; too long for chance to write."""

REVENUE, EMPLOYEES, AMOUNT, BIRTHDATE = 771234815162, 77481516, "4815162342.23", "1907-03-17"
VALUES = (MARK, str(REVENUE), str(EMPLOYEES), AMOUNT.partition(".")[0], BIRTHDATE, "dec0de77")

CREDENTIALS = {
    "consumer_secret": "hush9consumer",
    "password": "hush9password",
    "security_token": "hush9securitytoken",
    "refresh_token": "5Aep861.hush9refreshtoken",
}


def uid(number: int) -> UUID:
    """Return an external id that carries a mark."""
    return UUID(f"dec0de77-0000-4000-8000-{number:012d}")


def secrets_of(org: Any) -> tuple[str, ...]:
    """Return the marks of all secrets of a simulated org: settings, keys, and what every access token begins with."""
    key = [line for line in org.private_key.splitlines() if "-" not in line and len(line) > 10]
    assertion = "eyJhbGci"  # a JWT, which opens a session as long as it is new
    return ("hush9", f"{org.org.settings.org_id[:15]}!", assertion, *key)


def found(marks: tuple[str, ...], text: str) -> list[str]:
    """Return which of the marks are in a text, in any case."""
    return pattern(marks).findall(text)


@cache
def pattern(marks: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, marks)), re.IGNORECASE)
