import threading

import pytest

from sfsync.testing.faults import FaultError, Faults, Target

TARGET = Target("GET", "/services/data/v66.0/query", "query", "q=SELECT Id FROM Account")


@pytest.fixture
def faults(clock):
    return Faults(clock)


def acting(faults: Faults, count: int, target: Target = TARGET) -> list[int]:
    """Return which of so many requests, from 1, a fault acted on."""
    return [number for number in range(1, count + 1) if faults.matching(target)]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"nth": 3}, [3]),
        ({"times": 2}, [1, 2]),
        ({"skip": 3}, [4, 5]),
        ({"skip": 1, "times": 2}, [2, 3]),
        ({"kind": "row"}, []),
    ],
)
def test_which_of_the_matching_requests_a_fault_acts_on(faults, options, numbers):
    faults.add("drop", **options)
    assert acting(faults, 5) == numbers


def test_probability_is_drawn_with_the_seed(faults, clock):
    first, second, other = (Faults(clock) for _ in range(3))
    first.add("drop", probability=0.3, seed=1)
    second.add("drop", probability=0.3, seed=1)
    other.add("drop", probability=0.3, seed=2)
    drawn = acting(first, 200)
    assert drawn == acting(second, 200) != acting(other, 200)
    assert 30 < len(drawn) < 90


def test_a_fault_lasts_by_the_clock_of_the_org(faults, clock):
    faults.add("status", lasting=30)
    clock.advance(29)
    assert acting(faults, 1) == [1]
    clock.advance(1)
    assert acting(faults, 1) == []


def test_all_that_match_act_in_the_order_they_were_added(faults):
    faults.add("delay", contains="from account")
    faults.add("status", method="POST")
    faults.add("drop")
    assert [fault.action.name for fault, _ in faults.matching(TARGET)] == ["delay", "drop"]


def test_bodies_are_read_for_the_faults_that_wait_for_something_in_them(faults):
    faults.add("drop", path="*/batches")
    faults.add("drop", contains="x", method="POST")
    assert not faults.look_at_body("PUT", "/jobs/ingest/1/batches")
    faults.add("drop", contains="X", path="*/batches", kind="ingest_upload")
    assert faults.look_at_body("PUT", "/jobs/ingest/1/batches")
    assert not faults.look_at_body("PUT", "/jobs/ingest/1")


def test_faults_of_the_wire_leave_subrequests_alone(faults):
    faults.add("drop")
    faults.add("status")
    inner = Target("GET", TARGET.path, is_subrequest=True)
    assert [fault.action.name for fault, _ in faults.matching(inner)] == ["status"]


def test_counts_and_removal(faults):
    fault = faults.add("drop", skip=1)
    acting(faults, 3)
    assert (faults.matched(fault), faults.acted(fault)) == (3, 2)
    assert faults.body() == [{"id": fault.number, "action": "drop", "skip": 1, "matched": 3, "acted": 2}]
    faults.remove(fault)
    assert (len(faults), list(faults), faults.acted(fault)) == (0, [], 0)
    with pytest.raises(FaultError, match="There is no fault with the id"):
        faults.remove(fault.number)


def test_nobody_waits_for_an_org_that_is_closed(faults):
    waiting = threading.Thread(target=faults.wait, args=(600,))
    waiting.start()
    faults.close()
    waiting.join(timeout=20)
    assert not waiting.is_alive()


def test_threads_share_the_counts(faults):
    faults.add("drop", times=100)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.extend(acting(faults, 50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 100
