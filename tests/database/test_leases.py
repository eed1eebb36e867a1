"""One winner, a fence that never goes back, and expiry by the database's clock."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from sfsync.database import backend, leases
from sfsync.exceptions import LeaseLost, LeaseTaken
from sfsync.models import Lease

pytestmark = pytest.mark.databases


def take(owner: str = "first", seconds: float = 60, direction: str = "pull", using: str = "default") -> Lease:
    return leases.take(using, "default", "ContactMapping", direction, owner=owner, seconds=seconds)


def expire(lease: Lease) -> None:
    Lease.objects.filter(pk=lease.pk).update(expires_at=backend("default").now() - timedelta(seconds=1))


@pytest.mark.django_db
class TestTake:
    def test_a_held_lease_is_not_given_away(self) -> None:
        take("first")
        with pytest.raises(LeaseTaken, match="first") as caught:
            take("second")
        assert caught.value.owner == "first"

    def test_directions_and_targets_are_apart(self) -> None:
        take("first", direction="pull")
        assert take("second", direction="push").owner == "second"
        other = leases.take("default", "default", "AccountMapping", "pull", owner="third", seconds=60)
        assert other.owner == "third"

    def test_a_released_lease_is_free_and_the_fence_goes_on(self) -> None:
        first = take("first")
        leases.release(first)
        second = take("second")
        assert second.fence == first.fence + 1

    def test_an_expired_lease_is_free(self) -> None:
        first = take("first")
        expire(first)
        assert take("second").fence > first.fence

    def test_it_expires_by_the_clock_of_the_database(self) -> None:
        lease = take(seconds=60)
        left = lease.expires_at - backend("default").now()
        assert timedelta(seconds=30) < left <= timedelta(seconds=60)


@pytest.mark.django_db
class TestFence:
    def test_renewing_moves_the_expiry(self) -> None:
        lease = take(seconds=1)
        leases.renew(lease, 600)
        assert Lease.objects.get().expires_at - backend("default").now() > timedelta(seconds=300)
        with pytest.raises(LeaseTaken):
            take("second")

    def test_a_stale_run_can_neither_renew_nor_commit_nor_release(self) -> None:
        """Covers F9: a holder that was stopped for longer than its lease."""
        stale = take("first")
        expire(stale)
        new = take("second")
        with pytest.raises(LeaseLost):
            leases.renew(stale, 60)
        with transaction.atomic(), pytest.raises(LeaseLost):
            leases.check(stale)
        leases.release(stale)
        with transaction.atomic():
            leases.check(new)
        with pytest.raises(LeaseTaken):
            take("third")

    def test_expiry_alone_does_not_lose_a_lease(self) -> None:
        lease = take()
        expire(lease)
        with transaction.atomic():
            leases.check(lease)
        leases.renew(lease, 60)
        with pytest.raises(LeaseTaken):
            take("second")

    def test_the_check_is_one_write(self, django_assert_num_queries) -> None:
        lease = take()
        with django_assert_num_queries(1) as queries:
            leases.check(lease)
        assert queries[0]["sql"].startswith("UPDATE")

    def test_owners_differ_by_run(self) -> None:
        assert leases.owner_name() != leases.owner_name()
        assert len(leases.owner_name()) <= 200


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def race(self, runners: int = 8) -> list[str]:
        """Let several threads take the same lease at once; return the winners."""
        winners: list[str] = []
        barrier = threading.Barrier(runners)

        def run(name: str) -> None:
            barrier.wait()
            try:
                winners.append(take(name).owner)
            except LeaseTaken as error:
                assert error.owner != name
            finally:
                connections["default"].close()

        threads = [threading.Thread(target=run, args=[f"run {number}"]) for number in range(runners)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return winners

    def test_one_winner_the_first_time(self) -> None:
        assert len(self.race()) == 1
        assert Lease.objects.get().fence == 1

    def test_one_winner_of_an_expired_lease(self) -> None:
        expire(take())
        winners = self.race()
        assert [Lease.objects.get().owner] == winners
        assert Lease.objects.get().fence == 2

    def test_the_check_needs_a_transaction(self) -> None:
        with pytest.raises(RuntimeError, match="transaction"):
            leases.check(take())

    def test_nobody_takes_over_between_the_check_and_the_commit(self) -> None:
        """The successor waits for the batch that was checked, or finds it has to come back."""
        lease = take("first")
        expire(lease)
        order: list[str] = []

        def successor() -> None:
            take("second")
            order.append("taken over")
            connections["default"].close()

        with transaction.atomic():
            leases.check(lease)
            thread = threading.Thread(target=successor)
            thread.start()
            thread.join(0.5)
            order.append("committed")
        thread.join()
        assert order == ["committed", "taken over"]

    def test_taking_inside_a_transaction_is_refused(self) -> None:
        with transaction.atomic(), pytest.raises(RuntimeError):
            take()
