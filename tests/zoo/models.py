"""Models of every shape that triggers and bulk writes must cope with."""

from __future__ import annotations

import uuid

from django.db import models


class Linked(models.Model):
    sf_id = models.CharField(max_length=18, unique=True, null=True, blank=True)

    class Meta:
        abstract = True


class Keeper(Linked):
    """Has a text key."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.code


class Specimen(Linked):
    """Has a column of every type."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=80)
    note = models.TextField(null=True)
    price = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    population = models.DecimalField(max_digits=18, decimal_places=0, null=True)
    born = models.DateField(null=True)
    seen = models.DateTimeField(null=True)
    fed = models.TimeField(null=True)
    alive = models.BooleanField(null=True)
    chip = models.UUIDField(null=True)
    photo = models.BinaryField(null=True)
    ratio = models.FloatField(null=True)
    legs = models.IntegerField(null=True)
    cells = models.BigIntegerField(null=True)
    facts = models.JSONField(null=True)
    gestation = models.DurationField(null=True)
    keeper = models.ForeignKey(Keeper, models.CASCADE, null=True)
    remark = models.CharField(max_length=80, default="", blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Enclosure(Linked):
    """Has a UUID for a primary key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=80, unique=True)
    keeper = models.ForeignKey(Keeper, models.CASCADE, null=True)

    def __str__(self) -> str:
        return self.name


class Animal(Linked):
    """The parent table of a multi-table inheritance."""

    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Bird(Animal):
    """Its child table."""

    ring = models.CharField(max_length=20, unique=True, null=True)
    wingspan = models.IntegerField(null=True)


class Exhibit(Linked):
    """Has been renamed, altered and trimmed by migrations."""

    title = models.CharField(max_length=120)
    opened = models.DateField(null=True)

    def __str__(self) -> str:
        return self.title
