"""What a load that is resumed must neither lose nor repeat."""

from __future__ import annotations

from django.db import models

from sfsync.models.target import Targeted, TargetQuerySet


class LoadedId(Targeted):
    """The id of a record that the load under way has seen."""

    sf_id = models.CharField(max_length=18)

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "mapping", "sf_id"], name="sfsync_loaded_id"),
        ]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} #{self.pk}"


class BulkJob(Targeted):
    """A job of the Bulk API that this target started; `state` is the org's word for it."""

    job_id = models.CharField(max_length=18)
    operation = models.CharField(max_length=20)
    state = models.CharField(max_length=40)
    # Where the next page of results begins; "" at the first.
    locator = models.CharField(max_length=255, default="", blank=True)
    created_at = models.DateTimeField()

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "job_id"], name="sfsync_bulk_job")]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} {self.operation} {self.state}"
