"""Executions, and what they wrote into the org.

RUNNING ──▶ SUCCESS   everything was done
        ──▶ PROBLEMS  it went through, and something is left for a person
        ──▶ FAILED    it could not finish; `error` says why
        ──▶ STOPPED   SIGTERM came; what was begun was finished or rolled back
        ──▶ PAUSED    the API calls were spent; the next run goes on from there
PAUSED, SKIPPED       never started: the target is paused, another run holds the lease
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from sfsync.models.direction import RunDirection
from sfsync.models.target import Targeted, TargetQuerySet


class RunStatus(models.TextChoices):
    RUNNING = "running"
    SUCCESS = "success"
    PROBLEMS = "problems"
    FAILED = "failed"
    PAUSED = "paused"
    SKIPPED = "skipped"
    STOPPED = "stopped"


class Run(Targeted):
    """One execution for one target and direction."""

    # Runs of one command share calls: the batch's calls are counted once, in `api_calls` of its first run.
    batch = models.UUIDField(db_index=True)
    direction = models.CharField(max_length=5, choices=RunDirection.choices)
    status = models.CharField(max_length=8, choices=RunStatus.choices, default=RunStatus.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    window_start = models.DateTimeField(null=True)
    window_end = models.DateTimeField(null=True)
    covered = models.DateTimeField(null=True)
    api_calls = models.IntegerField(default=0)
    error = models.TextField(default="", blank=True)
    owner = models.CharField(max_length=200)

    objects = TargetQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["org", "mapping", "started_at"], name="sfsync_run_started")]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} {self.direction} {self.status} #{self.pk}"


class JournalEntry(Targeted):
    """The org's values from before a record was written there. Canonical, so record values: protected."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="journal")
    sf_id = models.CharField(max_length=18)
    before = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField()

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [models.Index(fields=["org", "mapping", "sf_id"], name="sfsync_journal_record")]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} #{self.pk}"
