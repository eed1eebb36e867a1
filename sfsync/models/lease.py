"""The right to run one target in one direction. `sfsync.database.leases` holds the rules.

free (expires_at in the past) ──take, fence + 1──▶ held ──release──▶ free
             ▲                                      │
             └───────── expires, by the database's clock
"""

from __future__ import annotations

from django.db import models

from sfsync.models.direction import LeaseDirection
from sfsync.models.target import Targeted, TargetQuerySet


class Lease(Targeted):
    """One row per target and direction. It is never deleted, so that fences never repeat."""

    direction = models.CharField(max_length=5, choices=LeaseDirection.choices)
    owner = models.CharField(max_length=200, default="", blank=True)
    expires_at = models.DateTimeField()
    fence = models.BigIntegerField(default=0)

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "mapping", "direction"], name="sfsync_lease_target"),
        ]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} {self.direction} #{self.fence}"
