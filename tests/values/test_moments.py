from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync.exceptions import ConversionError
from sfsync.values import format_datetime, parse_date, parse_datetime, parse_time


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01T07:25:37.000+0000",
        "2026-05-01T07:25:37Z",
        "2026-05-01T09:25:37+02:00",
        "2026-05-01T05:25:37-0200",
    ],
)
def test_reads_every_way_an_offset_is_written(text):
    assert parse_datetime(text) == datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)
    assert parse_datetime(text).tzinfo is UTC


def test_keeps_the_fraction_of_a_second_that_was_sent():
    assert parse_datetime("2026-05-01T07:25:37.789Z").microsecond == 789_000
    assert parse_datetime("2026-05-01T07:25:37.123456789Z").microsecond == 123_456


@pytest.mark.parametrize("parse", [parse_datetime, parse_date, parse_time])
@pytest.mark.parametrize("text", ["", "now", "2026-13-01", "2026-13-01T00:00:00Z", "24:00:01", None, 5])
def test_refuses_what_it_cannot_read(parse, text):
    with pytest.raises(ConversionError):
        parse(text)


def test_a_moment_before_the_calendar_begins_is_refused():
    with pytest.raises(ConversionError):
        parse_datetime("0001-01-01T00:00:00+05:00")


@given(st.datetimes(timezones=st.just(UTC)))
def test_formatting_drops_the_fraction_and_nothing_else(moment):
    assert parse_datetime(format_datetime(moment)) == moment.replace(microsecond=0)


def test_formatting_refuses_a_naive_time():
    """Covers F13."""
    with pytest.raises(ConversionError):
        format_datetime(datetime(2026, 5, 1))


def test_formatting_turns_to_utc():
    zone = timezone(timedelta(hours=-5))
    assert format_datetime(datetime(2026, 5, 1, 20, tzinfo=zone)) == "2026-05-02T01:00:00Z"


def test_days_and_times_of_day():
    assert parse_date("2026-05-24") == date(2026, 5, 24)
    assert parse_time("09:30:00.250Z") == time(9, 30, 0, 250_000)
