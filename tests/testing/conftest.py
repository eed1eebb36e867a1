from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.org import Org


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC))


@pytest.fixture
def org(clock: Clock) -> Iterator[Org]:
    """An org in memory, whose clock stands still at 12:00:30."""
    org = Org(clock=clock)
    yield org
    org.close()


@pytest.fixture
def user(org: Org) -> str:
    return org.settings.user_id
