"""What an org said about its API calls."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from sfsync.models import ApiUsage

pytestmark = [pytest.mark.databases, pytest.mark.django_db]

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_a_day_keeps_what_was_said_last() -> None:
    ApiUsage.objects.remember("default", 18, 5000, NOON)
    ApiUsage.objects.remember("default", 20, 6000, NOON + timedelta(hours=1))
    ApiUsage.objects.remember("default", 7, 6000, NOON + timedelta(days=1))
    ApiUsage.objects.remember("emea", 1, 100, NOON)
    kept = ApiUsage.objects.filter(org="default").order_by("day")
    assert [str(each) for each in kept] == ["default 2026-05-04: 20/6000", "default 2026-05-05: 7/6000"]


def test_the_day_is_one_of_utc() -> None:
    late = datetime(2026, 5, 4, 22, tzinfo=timezone(-timedelta(hours=5)))
    ApiUsage.objects.remember("default", 18, 5000, late)
    assert ApiUsage.objects.get().day.isoformat() == "2026-05-05"


def test_what_was_said_yesterday_counts_until_it_is_24_hours_old() -> None:
    ApiUsage.objects.remember("default", 18, 5000, NOON - timedelta(hours=13))
    ApiUsage.objects.remember("emea", 99, 5000, NOON)
    newest = ApiUsage.objects.newest("default", NOON)
    assert newest is not None and (newest.used, newest.said_at) == (18, NOON - timedelta(hours=13))
    assert ApiUsage.objects.newest("default", NOON + timedelta(hours=11)) is None


def test_the_newest_figure_is_taken() -> None:
    ApiUsage.objects.remember("default", 18, 5000, NOON - timedelta(hours=13))
    ApiUsage.objects.remember("default", 3, 5000, NOON)
    newest = ApiUsage.objects.newest("default", NOON)
    assert newest is not None and newest.used == 3


@pytest.mark.django_db(transaction=True)
def test_runs_that_end_together_keep_one_row() -> None:
    """On MySQL a lock on a row that is not there yet would end one of two such runs with a deadlock."""
    together = threading.Barrier(6)

    def end(number: int) -> None:
        together.wait(10)
        try:
            for day in range(10):
                ApiUsage.objects.remember("default", number, 5000, NOON + timedelta(days=day))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(end, range(6)))  # raises what one of them raised
    assert ApiUsage.objects.count() == 10
