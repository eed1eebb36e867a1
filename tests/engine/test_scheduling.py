"""Schedules: a slot never runs twice, missed ones become one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm.mappings import AccountMapping, ContactMapping, OpportunityMapping
from sfsync.engine.scheduling import take_due
from sfsync.models import MappingState
from tests.engine.conftest import Org, option

# Once a year: no test begins before such a slot and ends behind it.
YEARLY = "0 0 1 1 *"
THIS_YEAR = datetime(timezone.now().year, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def yearly(crm: Org) -> Iterator[None]:
    with ExitStack() as stack:
        for mapping in (AccountMapping, ContactMapping, OpportunityMapping):
            stack.enter_context(option(mapping, schedule={"pull": YEARLY, "push": YEARLY}))
        yield


def state() -> MappingState:
    return MappingState.objects.get_for(("default", "AccountMapping"))


def test_what_never_ran_is_due() -> None:
    assert take_due([AccountMapping, ContactMapping], "pull") == [AccountMapping, ContactMapping]
    assert state().last_pull_slot == THIS_YEAR


def test_a_slot_is_taken_once() -> None:
    take_due([AccountMapping], "pull")
    assert take_due([AccountMapping], "pull") == []


def test_the_directions_have_slots_of_their_own() -> None:
    take_due([AccountMapping], "pull")
    assert take_due([AccountMapping], "push") == [AccountMapping]
    assert (state().last_pull_slot, state().last_push_slot) == (THIS_YEAR, THIS_YEAR)


def test_missed_slots_become_one() -> None:
    """Covers F14."""
    take_due([AccountMapping], "pull")
    MappingState.objects.update(last_pull_slot=THIS_YEAR - timedelta(days=3 * 366))
    assert take_due([AccountMapping], "pull") == [AccountMapping]
    assert take_due([AccountMapping], "pull") == []


def test_a_clock_that_was_set_back_takes_no_slot_again() -> None:
    take_due([AccountMapping], "pull")
    ahead = THIS_YEAR + timedelta(days=366)
    MappingState.objects.update(last_pull_slot=ahead)
    assert take_due([AccountMapping], "pull") == []
    assert state().last_pull_slot == ahead


def test_without_a_schedule_nothing_is_due() -> None:
    with option(AccountMapping, schedule={"pull": None, "push": YEARLY}):
        assert take_due([AccountMapping], "pull") == []
        assert take_due([AccountMapping], "push") == [AccountMapping]


@pytest.mark.databases
def test_of_many_that_ask_at_the_same_moment_one_gets_the_slot() -> None:
    """Covers F14."""
    together, taken = threading.Barrier(8), []

    def ask() -> None:
        try:
            together.wait()
            taken.extend(take_due([AccountMapping], "pull"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [AccountMapping]
    assert state().last_pull_slot == THIS_YEAR
