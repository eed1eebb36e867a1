"""The states of a delivery, and what the verbs keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sfsync.models import Delivery, DeliveryState

pytestmark = [pytest.mark.databases, pytest.mark.django_db]

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
TARGET = ("default", "ContactMapping")


def deliver(pk: str, state: str = DeliveryState.READY, **values: object) -> Delivery:
    return Delivery.objects.create(
        org=TARGET[0], mapping=TARGET[1], pk_text=pk, operation="update", state=state, **values
    )


def keys(found) -> list[str]:
    return sorted(found.values_list("pk_text", flat=True))


def test_ready_is_what_may_be_claimed_by_now() -> None:
    deliver("ready")
    deliver("due", DeliveryState.RETRY, next_attempt_at=NOW)
    deliver("later", DeliveryState.RETRY, next_attempt_at=NOW + timedelta(seconds=1))
    deliver("at once", DeliveryState.RETRY)
    for state in (DeliveryState.CLAIMED, DeliveryState.SETTLED, DeliveryState.PROBLEM, DeliveryState.UNKNOWN):
        deliver(state, state)
    assert keys(Delivery.objects.of(TARGET).ready(NOW)) == ["at once", "due", "ready"]
    assert keys(Delivery.objects.settled()) == ["settled"]
    assert "settled" not in keys(Delivery.objects.unsettled())


def test_what_an_earlier_run_left_behind() -> None:
    deliver("mine", DeliveryState.CLAIMED, fence=7)
    deliver("theirs", DeliveryState.CLAIMED, fence=6)
    deliver("done", DeliveryState.SETTLED, fence=6)
    assert keys(Delivery.objects.left_behind(7)) == ["theirs"]


def test_other_targets_are_apart() -> None:
    deliver("1")
    Delivery.objects.create(org="emea", mapping=TARGET[1], pk_text="1", operation="update")
    assert Delivery.objects.of(TARGET).count() == 1
    assert Delivery.objects.of(TARGET).get().org == "default"


def test_from_the_claim_to_the_end() -> None:
    delivery = deliver("1", base={"title": "old"})
    delivery.claim("update", 7, {"title": "new"}, {"title": "old"}, 42)
    delivery.save()
    assert (delivery.blocks(99, NOW), delivery.fence, delivery.last_change) == (True, 7, 42)
    delivery.settle(NOW, "a" * 18)
    delivery.save()
    stored = Delivery.objects.get()
    assert (stored.state, stored.answered_at, stored.sf_id) == (DeliveryState.SETTLED, NOW, "a" * 18)
    assert stored.base == {"title": "new"}
    assert not stored.blocks(99, NOW)


def test_a_retry_waits_for_its_time() -> None:
    delivery = deliver("1", DeliveryState.CLAIMED)
    delivery.retry(code="UNABLE_TO_LOCK_ROW", at=NOW)
    delivery.save()
    assert keys(Delivery.objects.ready(NOW)) == ["1"]
    assert delivery.attempts == 1
    assert delivery.blocks(99, NOW - timedelta(seconds=1))
    assert not delivery.blocks(99, NOW)


def test_a_refusal_waits_for_another_change() -> None:
    delivery = deliver("1", DeliveryState.CLAIMED)
    delivery.refuse(code="X" * 150, message="refused", last_change=42)
    delivery.save()
    stored = Delivery.objects.get()
    assert (stored.state, stored.error_code) == (DeliveryState.PROBLEM, "X" * 100)
    assert stored.blocks(42, NOW)
    assert not stored.blocks(43, NOW)
