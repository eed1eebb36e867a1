"""The engine's row per record with unsettled changes: the base, what was sent, what came of it.

READY ──claim──▶ CLAIMED ──success──▶ SETTLED ──a fetch that began later has seen it──▶ (row removed)
  ▲                 │
  │                 ├──lock, limit, no answer that could have written──▶ RETRY ──time──▶ READY
  │                 ├──refused──▶ PROBLEM ──its cause changed──▶ READY
  │                 └──answer lost──▶ UNKNOWN ──looked up in the org──▶ SETTLED or READY
  └── a new local change, from every state but CLAIMED and UNKNOWN
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from sfsync.models.key import KeyField
from sfsync.models.target import Targeted, TargetQuerySet


class DeliveryOperation(models.TextChoices):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class DeliveryState(models.TextChoices):
    READY = "ready"  # differs from the org, may be claimed
    CLAIMED = "claimed"  # what will be sent is fixed; a call may be under way
    SETTLED = "settled"  # the org accepted it; kept until a later fetch has seen the record
    RETRY = "retry"  # nothing was written and the same again may succeed, at `next_attempt_at`
    PROBLEM = "problem"  # refused; waits for its cause to change
    UNKNOWN = "unknown"  # the answer was lost: the org may or may not hold it


class DeliveryQuerySet(TargetQuerySet["Delivery"]):
    def ready(self, now: datetime.datetime) -> DeliveryQuerySet:
        """Keep what may be claimed: ready, or due for another attempt."""
        due = Q(state=DeliveryState.RETRY) & (Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
        return self.filter(Q(state=DeliveryState.READY) | due)

    def unsettled(self) -> DeliveryQuerySet:
        """Keep what the org is not yet known to hold."""
        return self.exclude(state=DeliveryState.SETTLED)

    def settled(self) -> DeliveryQuerySet:
        """Keep what the org accepted and no fetch has seen yet."""
        return self.filter(state=DeliveryState.SETTLED)

    def left_behind(self, fence: int) -> DeliveryQuerySet:
        """Keep what an earlier run than `fence` claimed and never recorded the outcome of."""
        return self.filter(state=DeliveryState.CLAIMED).exclude(fence=fence)


class Delivery(Targeted):
    """One row per record with unsettled changes."""

    pk_text = KeyField(max_length=255)
    sf_id = models.CharField(max_length=18, null=True)
    operation = models.CharField(max_length=6, choices=DeliveryOperation.choices)
    state = models.CharField(max_length=7, choices=DeliveryState.choices, default=DeliveryState.READY)
    # {field name: canonical value}
    base = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    sent = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    # Frozen when the record's create is claimed: a repeated create carries the same one.
    external_id = KeyField(max_length=255, null=True)
    # The newest LocalChange this delivery covers.
    last_change = models.BigIntegerField(null=True)
    fence = models.BigIntegerField(null=True)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=100, default="", blank=True)
    # Our sentence; the org's own words, which can quote values, are the problem's.
    error_message = models.TextField(default="", blank=True)
    # When the org answered, by this database's clock: a copy fetched earlier is older than what was sent.
    answered_at = models.DateTimeField(null=True)
    # {field name: how often its value went back and forth with no person involved}
    flips = models.JSONField(default=dict)
    recreated = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["org", "mapping", "pk_text"], name="sfsync_delivery_record"),
        ]
        indexes = [
            models.Index(fields=["org", "mapping", "sf_id"], name="sfsync_delivery_sf_id"),
            models.Index(fields=["org", "mapping", "state"], name="sfsync_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} {self.operation} {self.state} #{self.pk}"

    def claim(
        self,
        operation: str,
        fence: int | None,
        sent: dict[str, Any],
        base: dict[str, Any] | None,
        last_change: int | None,
    ) -> None:
        """Fix what will be sent, before the call that sends it."""
        self.state, self.operation, self.fence = DeliveryState.CLAIMED, operation, fence
        self.sent, self.base, self.last_change = sent, base, last_change
        self.next_attempt_at = self.answered_at = None

    def settle(
        self, answered_at: datetime.datetime | None, sf_id: str | None, *, left_out: Iterable[str] = ()
    ) -> None:
        """Record that the org accepted what was sent; fields that were left out (empty after a create) follow."""
        empty = dict.fromkeys(left_out)
        self.state = DeliveryState.READY if empty else DeliveryState.SETTLED
        self.base = {**empty, **(self.base or {}), **(self.sent or {})}
        self.answered_at, self.sf_id, self.attempts = answered_at, sf_id, 0
        self.error_code = self.error_message = ""

    def delete_instead(self, sf_id: str) -> None:
        """Turn a create whose row is gone by now into the delete of what it created."""
        self.operation, self.state, self.sf_id = DeliveryOperation.DELETE, DeliveryState.READY, sf_id

    def give_back(self) -> None:
        """Undo a claim. What was sent is kept: it may have arrived."""
        self.state = DeliveryState.READY

    def retry(self, *, code: str, at: datetime.datetime) -> None:
        """Record that nothing was written and that the same may succeed later."""
        self.state, self.next_attempt_at, self.sent = DeliveryState.RETRY, at, None
        self._fail(code, "")

    def refuse(self, *, code: str, message: str, last_change: int | None = None) -> None:
        """Record that the record cannot be sent; `message` is our sentence, without record values."""
        self.state, self.next_attempt_at, self.sent = DeliveryState.PROBLEM, None, None
        self.last_change = last_change or self.last_change
        self._fail(code, message)

    def rebase(self, base: dict[str, Any], sf_id: str) -> None:
        """Take the org's values just seen for the base; a refused record may be tried again when they moved."""
        if self.state != DeliveryState.RETRY and (self.state != DeliveryState.PROBLEM or self.base != base):
            self.state = DeliveryState.READY
        self.base, self.sf_id, self.sent, self.answered_at = base, sf_id, None, None

    def blocks(self, newest_change: int, now: datetime.datetime) -> bool:
        """Tell whether the record must not be sent now, though it has changes up to `newest_change`."""
        if self.state == DeliveryState.PROBLEM:
            return newest_change <= (self.last_change or 0)
        if self.state == DeliveryState.RETRY:
            return self.next_attempt_at is not None and self.next_attempt_at > now
        return self.state in (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)

    def _fail(self, code: str, message: str) -> None:
        self.attempts += 1
        self.error_code, self.error_message = code[:100], message
