"""The tokens of an org that every process uses, encrypted. `sfsync.database.tokens` holds the rules."""

from __future__ import annotations

from django.db import models

from sfsync.models.key import KeyField


class StoredToken(models.Model):
    """One row per org. Without the settings of this project nothing can be made of it."""

    org = KeyField(max_length=40, unique=True)
    sealed = models.TextField()
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.org
