"""Windows and watermarks. Covers F12, F15, F31."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sfsync.engine import windows

NOON = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_window_ends_at_the_next_full_minute_and_reaches_back_behind_the_watermark() -> None:
    start, end = windows.window_from(NOON - timedelta(minutes=5), NOON)
    assert end == NOON.replace(minute=1, second=0)
    assert start == NOON.replace(hour=11, minute=53, second=0)


@pytest.mark.parametrize("ahead", [timedelta(0), MINUTE, timedelta(minutes=10), timedelta(days=1)])
def test_start_and_end_are_more_than_a_minute_apart_whatever_the_clock_says(ahead: timedelta) -> None:
    start, end = windows.window_from(NOON + ahead, NOON)
    assert end - start > MINUTE


def test_the_watermark_follows_the_org_back_and_never_runs_ahead_of_its_minute() -> None:
    assert windows.advanced(NOON - timedelta(hours=3), NOON) == NOON - timedelta(hours=3)
    assert windows.advanced(NOON + timedelta(hours=3), NOON) == NOON.replace(second=0)


@pytest.mark.parametrize(
    ("updated_days", "deleted_days", "expected"),
    [(1, 1, False), (29, 14, False), (31, 1, True), (1, 16, True), (20, 20, True)],
)
def test_a_log_that_no_longer_reaches_back_asks_for_a_load(
    updated_days: int, deleted_days: int, expected: bool
) -> None:
    updated, deleted = NOON - timedelta(days=updated_days), NOON - timedelta(days=deleted_days)
    assert windows.out_of_reach(updated, deleted, NOON) is expected
