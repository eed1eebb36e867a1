"""A field that both sides changed, to different values. The value that lost is kept here.

OPEN ──a person decides, or a side goes back──▶ DECIDED          (a policy decides at once: DECIDED)
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from sfsync.models.key import KeyField
from sfsync.models.target import Targeted, TargetQuerySet


class ConflictStatus(models.TextChoices):
    DECIDED = "decided"  # a winner was written
    OPEN = "open"  # neither side is written until somebody decides


class Loser(models.TextChoices):
    LOCAL = "local"
    SALESFORCE = "salesforce"


class ConflictQuerySet(TargetQuerySet["Conflict"]):
    def undecided(self) -> ConflictQuerySet:
        """Keep the conflicts that wait for a person."""
        return self.filter(status=ConflictStatus.OPEN)


class Conflict(Targeted):
    """One row per record, field and time that both sides collided. Values are canonical."""

    pk_text = KeyField(max_length=255)
    sf_id = models.CharField(max_length=18, null=True)
    field = models.CharField(max_length=100)
    base = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    local = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    salesforce = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    # "" while undecided.
    loser = models.CharField(max_length=10, choices=Loser.choices, default="", blank=True)
    policy = models.CharField(max_length=40)
    status = models.CharField(max_length=7, choices=ConflictStatus.choices, default=ConflictStatus.DECIDED)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["org", "mapping", "pk_text", "field"], name="sfsync_conflict_record")]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping}.{self.field} {self.status} #{self.pk}"
