"""Records that a person took out of the sync: deleted on one side, kept on the other."""

from __future__ import annotations

from django.db import models

from sfsync.models.target import Targeted, TargetQuerySet


class Excluded(Targeted):
    """One row per Salesforce id."""

    sf_id = models.CharField(max_length=18)
    reason = models.TextField()
    since = models.DateTimeField()

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "excluded"
        constraints = [
            models.UniqueConstraint(fields=["org", "mapping", "sf_id"], name="sfsync_excluded_record"),
        ]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} #{self.pk}"
