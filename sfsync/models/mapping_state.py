"""What is known about one target between runs: how far it is complete, and what its fields looked like.

never loaded ──▶ loading (load_covered set, load_position moves) ──▶ loaded (loaded_at set)
     ▲                                                                  │
     └──────────── the org's log no longer reaches the watermark ◀──────┘
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from sfsync.models.target import Target, Targeted, TargetQuerySet


class MappingStateQuerySet(TargetQuerySet["MappingState"]):
    def get_for(self, target: Target) -> MappingState:
        """Return the state of a target, created empty when it is asked for the first time."""
        org, mapping = target
        return self.get_or_create(org=org, mapping=mapping)[0]


class MappingState(Targeted):
    """One row per target. All times are aware UTC, and the org's, not this host's."""

    org_id = models.CharField(max_length=18, null=True)
    updated_watermark = models.DateTimeField(null=True)
    deleted_watermark = models.DateTimeField(null=True)
    # End of the newest window already fetched while the watermark stands still.
    seen_to = models.DateTimeField(null=True)
    loaded_at = models.DateTimeField(null=True)
    # latestDateCovered of getUpdated when the load began: the first poll starts there.
    load_covered = models.DateTimeField(null=True)
    # The last Id of the load's last committed page; "" before the first page.
    load_position = models.CharField(max_length=18, default="", blank=True)
    described = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    described_at = models.DateTimeField(null=True)
    # Of the visible fields and `where`: when it changes, fields are read again for all records.
    fingerprint = models.CharField(max_length=64, default="", blank=True)
    paused = models.BooleanField(default=False)
    paused_reason = models.TextField(default="", blank=True)
    requested_at = models.DateTimeField(null=True)
    last_pull_slot = models.DateTimeField(null=True)
    last_push_slot = models.DateTimeField(null=True)

    objects = MappingStateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "mapping"], name="sfsync_state_target")]

    @property
    def loaded(self) -> bool:
        """Whether a load has been completed and polls can go on from the watermark."""
        return self.loaded_at is not None and self.updated_watermark is not None

    def pause(self, reason: str) -> None:
        """Stop the target until a person lifts it; `reason` is shown to that person."""
        self.paused, self.paused_reason = True, reason
        self.save(update_fields=["paused", "paused_reason"])

    def resume(self) -> None:
        """Let the target run again."""
        self.paused, self.paused_reason = False, ""
        self.save(update_fields=["paused", "paused_reason"])
