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
    def of_records(self, pks: Iterable[Any]) -> DeliveryQuerySet:
        """Keep the deliveries of these primary keys."""
        return self.filter(pk_text__in=[str(pk) for pk in pks])

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
    # May hold record values: a protected column, never logged.
    error_message = models.TextField(default="", blank=True)
    # When the org answered, by its clock: a copy fetched earlier is older than what was sent.
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

    def mark_settled(self, answered_at: datetime.datetime) -> None:
        """Record that the org accepted what was sent, at this time of its clock."""
        self.state, self.answered_at = DeliveryState.SETTLED, answered_at
        self.error_code = self.error_message = ""
        self.next_attempt_at = None
        self._save("answered_at", "next_attempt_at")

    def mark_retry(self, *, code: str, message: str, next_attempt_at: datetime.datetime) -> None:
        """Record that nothing was written and that the same may succeed later."""
        self.state, self.next_attempt_at = DeliveryState.RETRY, next_attempt_at
        self._fail(code, message)

    def mark_problem(self, *, code: str, message: str) -> None:
        """Record that the org refused; the message is the org's and may hold record values."""
        self.state, self.next_attempt_at = DeliveryState.PROBLEM, None
        self._fail(code, message)

    def mark_unknown(self, *, code: str, message: str) -> None:
        """Record that the answer was lost after the call may have written."""
        self.state, self.next_attempt_at = DeliveryState.UNKNOWN, None
        self._fail(code, message)

    def _fail(self, code: str, message: str) -> None:
        self.attempts += 1
        self.error_code, self.error_message = code[:100], message
        self._save("attempts", "next_attempt_at")

    def _save(self, *fields: str) -> None:
        self.save(update_fields=["state", "error_code", "error_message", "updated_at", *fields])
