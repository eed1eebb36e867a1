from datetime import UTC, datetime, timedelta

import pytest

from sfsync.client.clock import OrgClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON_HEADER = "Mon, 23 Nov 2026 12:00:00 GMT"
# What a calendar of Python cannot hold, now or a second later.
BEYOND = [
    "Mon, 01 Jan 99999999999999999 00:00:00 GMT",
    "Mon, 01 Jan 2026 99999999999999999999:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 -0100",
    "Fri, 31 Dec 9999 23:59:59 GMT",
]


class LocalClock:
    def __init__(self) -> None:
        self.moment = datetime(2020, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def local() -> LocalClock:
    return LocalClock()


@pytest.fixture
def clock(local: LocalClock) -> OrgClock:
    return OrgClock(local)


def test_nothing_is_known_before_the_first_answer(clock):
    assert clock.time() is None


def test_the_orgs_time_goes_on_between_answers(clock, local):
    clock.hear(NOON_HEADER)
    local.advance(90)
    assert clock.time() == NOON + timedelta(seconds=90)


@pytest.mark.parametrize("header", [None, "", "yesterday", "Mon, 99 Nov 2026 12:00:00 GMT", *BEYOND])
def test_a_header_that_is_no_date_changes_nothing(clock, local, header):
    clock.hear(NOON_HEADER)
    clock.hear(header)
    local.advance(1)
    assert clock.time() == NOON + timedelta(seconds=1)


def test_the_fraction_that_a_header_drops_does_not_turn_time_back(clock, local):
    clock.hear(NOON_HEADER)
    local.advance(0.9)
    clock.hear(NOON_HEADER)
    assert clock.time() == NOON + timedelta(seconds=0.9)


def test_a_local_clock_that_jumped_is_corrected_by_the_next_answer(clock, local):
    """Covers F12."""
    clock.hear(NOON_HEADER)
    local.advance(600)
    clock.hear("Mon, 23 Nov 2026 12:00:05 GMT")
    assert clock.time() == NOON + timedelta(seconds=5)


def test_a_local_clock_set_back_does_not_turn_time_back(clock, local):
    """Covers F12."""
    clock.hear(NOON_HEADER)
    local.advance(-600)
    assert clock.time() == NOON
