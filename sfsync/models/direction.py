"""The two ways records move, and the third thing a lease can stand for."""

from __future__ import annotations

from django.db import models


class RunDirection(models.TextChoices):
    PULL = "pull"  # from the org into this database
    PUSH = "push"  # from this database into the org


class LeaseDirection(models.TextChoices):
    PULL = "pull"
    PUSH = "push"
    TOKEN = "token"  # nosec: the right to renew the org's access token
