"""References whose parent is not here yet."""

from __future__ import annotations

from django.db import models

from sfsync.models.target import Targeted, TargetQuerySet


class WaitingReference(Targeted):
    """One row per record's Salesforce id and field, with the Salesforce id of the missing parent."""

    sf_id = models.CharField(max_length=18)
    field = models.CharField(max_length=100)
    parent_sf_id = models.CharField(max_length=18)

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "mapping", "sf_id", "field"], name="sfsync_waiting_reference"
            ),
        ]
        indexes = [models.Index(fields=["org", "parent_sf_id"], name="sfsync_waiting_parent")]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping}.{self.field} #{self.pk}"
