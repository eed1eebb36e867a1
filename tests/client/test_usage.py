"""What calls cost, and the budgets that stop them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from sfsync.client.usage import TRUSTED, Usage
from sfsync.exceptions import BudgetSpent, LimitExceeded


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("api-usage=18/5000", (18, 5000)),
        ("api-usage=18/5000; per-app-api-usage=17/250(appName=sample-connected-app)", (18, 5000)),
        ("per-app-api-usage=17/250(appName=sample-connected-app); api-usage=18/5000", (18, 5000)),
        ("per-app-api-usage=17/250(appName=sample-connected-app)", None),
        ("api-usage=many/5000", None),
        ("", None),
        (None, None),
    ],
)
def test_the_orgs_figure_is_read_from_its_header(header: str | None, said: tuple[int, int] | None) -> None:
    usage = Usage()
    usage.hear(header)
    assert usage.said == said


def test_a_header_that_says_nothing_leaves_what_is_known() -> None:
    usage = Usage()
    usage.hear("api-usage=18/5000")
    usage.hear("")
    assert usage.said == (18, 5000)


def test_an_older_figure_does_not_replace_a_newer_one(clock: Clock) -> None:
    usage = Usage(now=clock)
    usage.hear("api-usage=18/5000")
    usage.recall(17, 5000, clock.time - timedelta(minutes=1))
    assert usage.said == (18, 5000)


def test_without_a_share_every_call_is_made() -> None:
    usage = Usage()
    usage.hear("api-usage=5000/5000")
    for _ in range(3):
        usage.before()
    assert usage.calls == 3


def test_the_call_that_would_reach_beyond_the_share_is_not_made(clock: Clock) -> None:
    """Covers F50."""
    usage = Usage(0.9, now=clock)
    usage.hear("api-usage=87/100")
    for _ in range(3):
        usage.before()
    with pytest.raises(
        BudgetSpent, match=r"90 of the org's 100 API calls .* at 90% .*SF_API_BUDGET"
    ) as caught:
        usage.before()
    assert usage.calls == 3
    assert isinstance(caught.value, LimitExceeded)


def test_the_orgs_figure_takes_the_place_of_the_estimate(clock: Clock) -> None:
    usage = Usage(0.9, now=clock)
    usage.hear("api-usage=88/100")
    usage.before()
    usage.hear("api-usage=10/100")  # calls of yesterday have come free
    usage.before()
    usage.hear("api-usage=95/100")  # another program has made many
    with pytest.raises(BudgetSpent):
        usage.before()


def test_an_old_figure_lets_one_call_find_out(clock: Clock) -> None:
    usage = Usage(0.9, now=clock)
    usage.recall(95, 100, clock.time - TRUSTED)
    usage.before()
    with pytest.raises(BudgetSpent):  # its answer is not here yet
        usage.before()
    usage.hear("api-usage=20/100")
    usage.before()
    assert usage.calls == 2


def test_a_fresh_figure_of_an_earlier_process_stops_the_first_call(clock: Clock) -> None:
    """Covers F50."""
    usage = Usage(0.9, now=clock)
    usage.recall(95, 100, clock.time - TRUSTED + timedelta(seconds=1))
    with pytest.raises(BudgetSpent):
        usage.before()
    assert usage.calls == 0


def test_a_run_makes_as_many_calls_as_it_may() -> None:
    usage = Usage()
    usage.before()
    with usage.run(2) as spent:
        usage.before()
        usage.before()
        with pytest.raises(BudgetSpent, match="made the 2 API calls that it may make;"):
            usage.before()
    usage.before()
    assert (spent.calls, usage.calls) == (2, 4)


def test_a_run_inside_of_a_run_spends_from_both() -> None:
    usage = Usage()
    with usage.run(3) as outer:
        with usage.run() as inner:
            usage.before()
            usage.before()
        usage.before()
        with pytest.raises(BudgetSpent), usage.run(5):
            usage.before()
    assert (outer.calls, inner.calls) == (3, 2)


def test_runs_of_two_threads_do_not_spend_from_each_other() -> None:
    usage = Usage()
    spent = []

    def work() -> None:
        with usage.run(50) as run:
            for _ in range(50):
                usage.before()
            spent.append(run.calls)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spent == [50] * 8
    assert usage.calls == 400


def test_budgets_are_named_as_the_settings_of_the_org_are_spelled() -> None:
    usage = Usage(0.5, setting='SF_ORGS["emea"]["API_BUDGET"]')
    usage.hear("api-usage=50/100")
    with pytest.raises(BudgetSpent, match=r'\(SF_ORGS\["emea"\]\["API_BUDGET"\]\)'):
        usage.before()
    usage.hear("api-usage=0/100")
    with usage.run(1, setting='SF_ORGS["emea"]["RUN_BUDGET"]'):
        usage.before()
        with pytest.raises(BudgetSpent, match=r'may make \(SF_ORGS\["emea"\]\["RUN_BUDGET"\]\);'):
            usage.before()
