"""What the orgs said about their API calls, day by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import models

from sfsync.models.key import KeyField

PERIOD = timedelta(hours=24)
"""The hours whose calls count (Limits Quick Reference, "API Request Limits and Allocations")."""


class ApiUsageQuerySet(models.QuerySet["ApiUsage"]):
    def newest(self, org: str, now: datetime) -> ApiUsage | None:
        """Return what an org said last, or None if that says nothing about the calls that count at `now`."""
        return self.filter(org=org, said_at__gt=now - PERIOD).order_by("-said_at").first()

    def remember(self, org: str, used: int, limit: int, said_at: datetime) -> None:
        """Keep a figure in the row of its day, a day of UTC; `said_at` is aware.

        Two runs that end together may both do this: no statement waits for a lock that another holds for long.
        """
        day = said_at.astimezone(UTC).date()
        if not self.filter(org=org, day=day).update(used=used, limit=limit, said_at=said_at):
            new = self.model(org=org, day=day, used=used, limit=limit, said_at=said_at)
            self.bulk_create([new], ignore_conflicts=True)


class ApiUsage(models.Model):
    """What an org last said on one day (Sforce-Limit-Info): the calls of the 24 hours before, not of the day."""

    org = KeyField(max_length=40)
    day = models.DateField()
    used = models.IntegerField()
    limit = models.IntegerField()
    said_at = models.DateTimeField()

    objects = ApiUsageQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "API usage"
        constraints = [models.UniqueConstraint(fields=["org", "day"], name="sfsync_usage_day")]

    def __str__(self) -> str:
        return f"{self.org} {self.day}: {self.used}/{self.limit}"
