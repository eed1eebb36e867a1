"""The working context of one mapping in one run."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import OperationalError, connections
from django.db import models as django_models

from sfsync import database
from sfsync.client import Client
from sfsync.database import leases
from sfsync.database.base import Database
from sfsync.engine.hooks import Hooks
from sfsync.engine.report import Line, MappingReport
from sfsync.mappings import Field, Mapping
from sfsync.models import Lease, LocalChange, MappingState
from sfsync.values import FieldType

RENEW_AFTER = 0.1
"""Part of the lease after which it is renewed: what is left outlasts the deadline of one HTTP call."""

SYSTEM_FIELDS = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "IsDeleted")


@dataclass
class Target:
    """A mapping with its org, database, lease and report. `lease` is None in a dry run, which writes nothing.

    `new_values` are what a row that is created here holds besides the org's values, by attribute name.
    """

    mapping: type[Mapping]
    client: Client
    state: MappingState
    report: MappingReport
    lease: Lease | None = None
    hooks: Hooks = field(default_factory=Hooks)
    types: dict[str, FieldType] = field(default_factory=dict)
    left_behind: list[str] = field(default_factory=list)
    held_back: set[str] = field(default_factory=set)
    started: float = field(default_factory=time.monotonic)
    renewed: float = field(default_factory=time.monotonic)
    refuses_conditions: bool = False
    batch: list[Target] = field(default_factory=list)
    new_values: dict[str, Any] = field(default_factory=dict)

    @property
    def org(self) -> str:
        return self.mapping.options.org

    @property
    def name(self) -> str:
        return self.mapping.options.name

    @property
    def sobject(self) -> str:
        return self.mapping.options.sobject

    @property
    def dry_run(self) -> bool:
        return self.lease is None

    @cached_property
    def model(self) -> type[django_models.Model]:
        return self.mapping.model()

    @cached_property
    def using(self) -> str:
        return self.mapping.using()

    @cached_property
    def database(self) -> Database:
        return database.backend(self.using)

    @property
    def key(self) -> dict[str, str]:
        """The two columns every table of sfsync starts with."""
        return {"org": self.org, "mapping": self.name}

    @property
    def id_attribute(self) -> str:
        return self.mapping.options.salesforce_id

    def now(self) -> datetime:
        """Return the time by which reads of the org and answers to writes are put in order.

        It is the database's: the only clock that all processes share. What each knows of the org's own time
        is up to a second off, because Date headers drop the fraction. A connection that ended while the org
        was asked is opened again.
        """
        try:
            return self.database.now()
        except OperationalError:
            connection = connections[self.using]
            if connection.in_atomic_block:
                raise
            connection.close_if_unusable_or_obsolete()
            return self.database.now()

    def rows(self) -> django_models.QuerySet[Any]:
        return self.model._base_manager.using(self.using)

    def linked_rows(self) -> django_models.QuerySet[Any]:
        return self.rows().exclude(**{self.id_attribute: None})

    def stored(self, model: type[Any]) -> django_models.QuerySet[Any]:
        """Return the rows of one of sfsync's own models that belong to this target."""
        return model.objects.using(self.using).filter(**self.key)

    def changes(self) -> django_models.QuerySet[LocalChange]:
        return self.stored(LocalChange)

    def linked_id(self, row: django_models.Model) -> str | None:
        return getattr(row, self.id_attribute) or None

    def visible(self, fields: Iterable[Field]) -> list[Field]:
        """Leave out the fields the org does not show; their local values stay as they are."""
        return [each for each in fields if each.salesforce in self.types]

    @cached_property
    def pulled(self) -> list[Field]:
        return self.visible(self.mapping.pulled_fields())

    @cached_property
    def pushed(self) -> list[Field]:
        return self.visible(self.mapping.pushed_fields())

    @cached_property
    def merged(self) -> list[Field]:
        """Every visible field once, pulled ones first."""
        return [*self.pulled, *(each for each in self.pushed if each not in self.pulled)]

    @cached_property
    def fetched_names(self) -> list[str]:
        """Name the Salesforce fields every fetch asks for."""
        names = [name for name in SYSTEM_FIELDS if name in self.types]
        names += [each.salesforce for each in self.merged]
        external = self.mapping.options.external_id
        if external and external.salesforce in self.types:
            names.append(external.salesforce)
        return list(dict.fromkeys(names))

    @staticmethod
    def key_text(key: Any) -> str:
        """Return a primary key as the triggers write it; lookups by primary key take the text back."""
        return str(key)

    def checkpoint(self) -> None:
        """Stop here if the run was asked to, else make sure the leases last."""
        self.hooks.checkpoint()
        self.keep_leases()

    def keep_leases(self) -> None:
        """Renew the leases of the batch: those of the mappings whose turn comes later must last as well."""
        now = time.monotonic()
        for each in self.batch or [self]:
            if each.lease is not None and now - each.renewed > self.hooks.lease_seconds * RENEW_AFTER:
                leases.renew(each.lease, seconds=self.hooks.lease_seconds)
                each.renewed = now

    def progress(self, records: int) -> None:
        self.hooks.progress(self.name, records)

    def leave(self, sf_ids: Iterable[str]) -> None:
        """Set records aside that a push holds: the watermark stands still until they could be applied."""
        ids = list(sf_ids)
        self.left_behind += ids
        self.report.counts.add("held", len(ids))

    def release(self, sf_ids: Iterable[str]) -> None:
        """Take back that these records were held: their parent has come in the same run."""
        released = self.held_back & set(sf_ids)
        self.held_back -= released
        self.report.counts.add("held", -len(released))

    def loaded_today(self) -> bool:
        loaded_at = self.state.loaded_at
        return loaded_at is not None and self.client.org_now() - loaded_at < timedelta(days=1)

    def note(self, record: Any, action: str, detail: str = "") -> None:
        self.report.lines.append(Line(self.name, str(record), action, detail))
