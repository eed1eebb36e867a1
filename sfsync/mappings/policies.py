"""The choices an option can name."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices


class Direction(TextChoices):
    """Which way values travel."""

    BOTH = "both"
    PULL = "pull"  # from the org to the database only
    PUSH = "push"  # from the database to the org only


class ConflictPolicy(TextChoices):
    """Who wins when both sides changed a field to different values. The loser is kept in a conflict row."""

    SALESFORCE = "salesforce"
    LOCAL = "local"
    NEWEST = "newest"  # refused: not yet
    MANUAL = "manual"  # refused: not yet


class DeletePolicy(TextChoices):
    """What happens on one side when the record is deleted on the other."""

    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True)
class Mark:
    """Note a deletion in a model field instead of deleting. Refused: not yet."""

    field: str
