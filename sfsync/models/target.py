"""What every row of sfsync's state belongs to: the mapping of one org, called its target."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from sfsync.models.key import KeyField

# The key of an org and the name of one of its mappings.
Target = tuple[str, str]
Row = TypeVar("Row", bound=models.Model, covariant=True)


class TargetQuerySet(models.QuerySet[Row]):
    """The verb that all state shares."""

    def of(self, target: Target) -> Self:
        """Keep the rows of one target."""
        org, mapping = target
        return self.filter(org=org, mapping=mapping)


class Targeted(models.Model):
    """Base of the rows that belong to a target."""

    org = KeyField(max_length=40)
    mapping = KeyField(max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping}"

    @property
    def target(self) -> Target:
        """The key of the org and the name of the mapping."""
        return self.org, self.mapping
