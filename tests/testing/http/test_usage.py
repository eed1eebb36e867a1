from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.http.usage import Usage


def test_the_24_hours_roll() -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    usage = Usage(clock, limit=3)
    usage.count()
    clock.advance(3_600)
    usage.count()
    usage.count()
    with pytest.raises(OrgError, match="REQUEST_LIMIT_EXCEEDED"):
        usage.count()
    clock.advance(23 * 3_600)
    assert (usage.used, usage.remaining) == (2, 1)
    clock.advance(3_600)
    assert usage.used == 0
