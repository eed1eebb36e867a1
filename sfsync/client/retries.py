"""When a request that only reads is sent again: one table, by class of error, printed in docs/client.rst.

Waits grow exponentially with full jitter (each is chosen evenly between none and the longest), so that many
clients of an org that comes back do not all ask at the same moment. A longer Retry-After of the answer wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from ..exceptions import (
    ConcurrentLimit,
    MalformedResponse,
    Oversized,
    SalesforceError,
    Unavailable,
    Untrusted,
)


class Rule(NamedTuple):
    """How often a request is sent in all, and the longest waits in seconds: before attempt 2, and ever."""

    error: type[SalesforceError]
    attempts: int
    first: float = 0.0
    longest: float = 0.0


# The first row whose class fits decides. Ten attempts outlast half a minute of maintenance; five are what
# other clients of Salesforce make of an answer that does not hold together.
TABLE = (
    Rule(Untrusted, 1),
    Rule(Oversized, 1),
    Rule(MalformedResponse, 5, 1.0, 15.0),
    Rule(ConcurrentLimit, 10, 4.0, 60.0),
    Rule(Unavailable, 10, 2.0, 30.0),
    Rule(SalesforceError, 1),
)


def rule_for(error: SalesforceError) -> Rule:
    """Return the row of the table for an error."""
    return next(rule for rule in TABLE if isinstance(error, rule.error))


def wait_before(attempt: int, error: SalesforceError, random: Callable[[], float]) -> float | None:
    """Return the seconds to wait before an attempt (2 is the first repetition), None if there is to be none.

    `random` returns a number from 0 up to 1.
    """
    rule = rule_for(error)
    if attempt > rule.attempts:
        return None
    longest: float = min(rule.first * 2 ** (attempt - 2), rule.longest)
    return max(random() * longest, error.retry_after or 0.0)


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a Retry-After header asks to wait: a number, or a date by the org's own clock.

    RFC 9110, 10.2.3; None for no header, and for one that makes no sense.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError, OverflowError):  # one is no date, or only one of them has an offset
        return None
    return max(wait.total_seconds(), 0.0)
