from datetime import UTC, datetime, timedelta, timezone

from sfsync.testing.clock import Clock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_clock_with_a_moment_stands_still_until_it_is_moved() -> None:
    clock = Clock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.set(NOON)
    assert clock.now() == NOON


def test_a_clock_without_one_runs_and_keeps_running_when_it_is_set() -> None:
    clock = Clock()
    clock.set(NOON)
    first = clock.now()
    assert NOON <= first < NOON + timedelta(minutes=5)
    assert clock.now() >= first


def test_times_are_utc() -> None:
    assert Clock(NOON.astimezone(timezone(timedelta(hours=2)))).now().utcoffset() == timedelta()


def test_a_running_clock_can_be_stopped_and_a_standing_one_run() -> None:
    clock = Clock()
    clock.stand()
    assert clock.is_standing
    assert clock.now() == clock.now()
    clock.stand(NOON)
    assert clock.now() == NOON
    clock.run(skew=-600)
    assert not clock.is_standing
    behind = datetime.now(UTC) - clock.now()
    assert timedelta(minutes=9) < behind < timedelta(minutes=11)
