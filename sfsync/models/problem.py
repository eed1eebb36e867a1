"""What could not be applied or sent, kept with its reason until its cause changes.

(nothing) ──note──▶ noted ──note again: last_seen, times + 1──▶ noted ──clear──▶ (nothing)
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models import F

from sfsync.models.direction import RunDirection
from sfsync.models.key import KeyField
from sfsync.models.target import Target, Targeted, TargetQuerySet


class ProblemQuerySet(TargetQuerySet["Problem"]):
    def note(
        self,
        target: Target,
        direction: str,
        *,
        code: str,
        message: str,
        now: datetime.datetime,
        record: str = "",
        field: str = "",
        org_message: str = "",
        fingerprint: str = "",
        next_look: datetime.datetime | None = None,
    ) -> Problem:
        """Write a problem down, or count it once more when it is known already.

        `record` is a Salesforce id or a primary key, "" for the whole mapping; `message` is our sentence,
        without record values; `org_message` the org's, which may hold some; `fingerprint` names the cause.
        """
        key = {"org": target[0], "mapping": target[1], "direction": direction}
        key |= {"record": record, "field": field}
        seen: dict[str, Any] = {"code": code[:100], "message": message, "org_message": org_message}
        seen |= {"fingerprint": fingerprint, "last_seen": now, "next_look": next_look}
        problem, created = self.get_or_create(**key, defaults=seen | {"first_seen": now})
        if not created:
            self.filter(pk=problem.pk).update(**seen, times=F("times") + 1)
            problem.refresh_from_db()
        return problem

    def clear(
        self, target: Target, direction: str, records: list[str] | None = None, *, field: str | None = None
    ) -> int:
        """Forget the problems of these records (None: of all), of one field or of any; return how many."""
        problems = self.of(target).filter(direction=direction)
        if records is not None:
            problems = problems.filter(record__in=records)
        if field is not None:
            problems = problems.filter(field=field)
        return problems.delete()[0]

    def due(self, now: datetime.datetime) -> ProblemQuerySet:
        """Keep the problems that may be tried again by now."""
        return self.filter(next_look__lte=now)


class Problem(Targeted):
    """One row per direction and record, field of a record, or mapping."""

    direction = models.CharField(max_length=5, choices=RunDirection.choices)
    record = KeyField(max_length=255, default="", blank=True)
    field = models.CharField(max_length=100, default="", blank=True)
    code = models.CharField(max_length=100)
    message = models.TextField()
    # May hold record values: a protected column, never logged.
    org_message = models.TextField(default="", blank=True)
    fingerprint = models.CharField(max_length=64, default="", blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    next_look = models.DateTimeField(null=True)
    times = models.IntegerField(default=1)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "mapping", "direction", "record", "field"], name="sfsync_problem_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} {self.direction} {self.code} #{self.pk}"
