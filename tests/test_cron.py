from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync import cron
from sfsync.exceptions import ConfigurationError

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("expression", "last", "now", "expected"),
    [
        ("*/5 * * * *", NOON, NOON + 5 * MINUTE, NOON + 5 * MINUTE),  # exactly on the tick
        ("*/5 * * * *", NOON, NOON + 5 * MINUTE + timedelta(microseconds=1), NOON + 5 * MINUTE),
        ("*/5 * * * *", NOON, NOON + 5 * MINUTE - timedelta(microseconds=1), None),
        ("*/5 * * * *", NOON, NOON, None),  # the slot was run
        ("*/5 * * * *", NOON, NOON + 4 * MINUTE, None),
        ("*/5 * * * *", NOON, NOON + 63 * MINUTE, NOON + 60 * MINUTE),  # missed slots become one
        ("*/5 * * * *", NOON, NOON - 30 * MINUTE, None),  # the clock was put back
        ("*/5 * * * *", None, NOON + 7 * MINUTE, NOON + 5 * MINUTE),  # never ran
        ("0 6 * * *", NOON, NOON + timedelta(days=400), datetime(2027, 5, 3, 6, tzinfo=UTC)),
        ("0 0 29 2 *", None, NOON, datetime(2024, 2, 29, tzinfo=UTC)),
        ("@hourly", NOON - MINUTE, NOON, NOON),
    ],
)
def test_due_slot(expression, last, now, expected):
    """Covers F14."""
    assert cron.due_slot(expression, last, now) == expected


def test_slots_are_utc_wherever_the_clock_hangs():
    """Covers F13."""
    zone = timezone(timedelta(hours=5, minutes=30))
    slot = cron.due_slot("0 12 * * *", None, (NOON + SECOND).astimezone(zone))
    assert slot == NOON
    assert slot.utcoffset() == timedelta(0)


EXPRESSIONS = st.sampled_from(["* * * * *", "*/5 * * * *", "7,37 */2 * * *", "0 6 * * 1-5", "30 4 1 * *"])
TIMES = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


@given(EXPRESSIONS, TIMES, st.lists(st.integers(-3600, 86400), max_size=8))
def test_a_slot_never_runs_twice_and_is_never_in_the_future(expression, now, steps):
    last, seen = None, []
    for step in [0, *steps]:
        now += timedelta(seconds=step)
        slot = cron.due_slot(expression, last, now)
        if slot is not None:
            assert slot <= now
            seen.append(slot)
            last = slot
    assert seen == sorted(set(seen))


@given(EXPRESSIONS, TIMES)
def test_after_the_slot_nothing_is_due_until_the_next(expression, now):
    slot = cron.due_slot(expression, None, now)
    assert cron.due_slot(expression, slot, now) is None
    assert cron.due_slot(expression, slot - SECOND, now) == slot


@pytest.mark.parametrize(
    "expression",
    ["* * * * *", "*/5 * * * *", "0 6 * * mon-fri", "0 0 29 2 *", "0 0 l * *", "@daily", "5,35 * * MAR *"],
)
def test_valid(expression):
    assert cron.validate(expression) is None


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "often",
        "61 * * * *",
        "* * * *",
        "* * * * * *",
        "* * * * * * *",
        "0 0 31 2 *",
        "@reboot",
        "R * * * *",
        None,
        5,
    ],
)
def test_invalid(expression):
    with pytest.raises(ConfigurationError) as caught:
        cron.validate(expression)
    assert repr(expression) in caught.value.message
    assert caught.value.check == "sfsync.E016"
    assert "*/5 * * * *" in caught.value.hint


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("*/20 * * * *", [0, 20, 40]),
        ("7,37 * * * *", [7, 37]),
        ("@hourly", [0]),
        ("* 6 * * *", list(range(60))),
    ],
)
def test_minutes(expression, minutes):
    assert cron.minutes(expression) == minutes
