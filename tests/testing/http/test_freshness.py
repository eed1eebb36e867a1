from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sfsync.testing.clock import Clock
from sfsync.testing.http.freshness import Freshness

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_body_is_as_old_as_the_org_until_it_changes() -> None:
    clock = Clock(START)
    freshness = Freshness(clock)
    clock.advance(60)
    assert freshness.changed("Account", {"fields": [1]}) == START
    assert freshness.changed("Account", {"fields": [1]}) == START
    clock.advance(60)
    assert freshness.changed("Account", {"fields": [1, 2]}) == START + timedelta(seconds=120)
    clock.advance(60)
    assert freshness.changed("Account", {"fields": [1, 2]}) == START + timedelta(seconds=120)
    assert freshness.changed("Contact", {"fields": [1, 2]}) == START


def test_two_changes_in_one_second_are_told_apart() -> None:
    freshness = Freshness(Clock(START))
    moments = [freshness.changed("Account", number) for number in range(3)]
    assert moments == [START, START + timedelta(seconds=1), START + timedelta(seconds=2)]
