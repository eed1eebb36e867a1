from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.http.usage import Concurrency, Usage


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


def test_usage_can_be_set() -> None:
    usage = Usage(Clock(datetime(2026, 1, 1, tzinfo=UTC)), limit=10)
    usage.set(9)
    usage.count()
    assert (usage.used, usage.remaining) == (10, 0)


def test_long_requests_refuse_others_while_they_run() -> None:
    concurrency = Concurrency(limit=1, seconds=0)
    concurrency.require()
    with concurrency.running(), pytest.raises(OrgError, match="REQUEST_LIMIT_EXCEEDED"):
        concurrency.require()
    concurrency.require()
    patient = Concurrency(limit=1, seconds=600)
    with patient.running():
        patient.require()
