"""Mapped models under the names they have in a state of the migrations, which may be an older one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps.registry import Apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.migrations import Migration
from django.db.migrations.operations import RenameField, RenameModel
from django.db.migrations.operations.base import Operation

from sfsync.database.triggers.spec import TriggerSpec, specs_of
from sfsync.mappings import Mapping
from sfsync.models import Target

Names = frozenset[str]


def nested(operation: Operation) -> Iterator[Operation]:
    """Yield an operation and those it tells the state about (RunSQL, SeparateDatabaseAndState)."""
    yield operation
    for inner in getattr(operation, "state_operations", None) or ():
        yield from nested(inner)


class Renames:
    """Every name a model or a field ever had, by all migrations on disk."""

    def __init__(self, migrations: Iterable[Migration]) -> None:
        self.models: list[tuple[str, str, str]] = []
        self.fields: list[tuple[str, str, str, str]] = []
        for migration in migrations:
            for operation in (inner for outer in migration.operations for inner in nested(outer)):
                if isinstance(operation, RenameModel):
                    pair = operation.old_name_lower, operation.new_name_lower
                    self.models.append((migration.app_label, *pair))
                elif isinstance(operation, RenameField):
                    place = migration.app_label, operation.model_name_lower
                    self.fields.append((*place, operation.old_name, operation.new_name))

    def of_model(self, app_label: str, name: str) -> Names:
        """Return the names of a model, its own included."""
        return closure(name, [pair for label, *pair in self.models if label == app_label])

    def of_field(self, app_label: str, model_name: str, name: str) -> Names:
        """Return the names of a model's field, its own included."""
        owners = self.of_model(app_label, model_name)
        mine = [pair for label, owner, *pair in self.fields if label == app_label and owner in owners]
        return closure(name, mine)


def closure(name: str, pairs: list[list[str]]) -> Names:
    """Return every name that leads to `name` through (old, new) pairs."""
    names = {name}
    while more := {old for old, new in pairs if new in names} - names:
        names |= more
    return frozenset(names)


@dataclasses.dataclass(frozen=True)
class Tracked:
    """A pushing mapping, found again in any state of the migrations."""

    target: Target
    app_label: str
    model_name: str
    attributes: tuple[str, ...]
    salesforce_id: str
    external_id: str | None
    relatives: Names
    renames: Renames = dataclasses.field(compare=False)

    @classmethod
    def of(cls, mapping: type[Mapping], renames: Renames) -> Tracked:
        """Describe a mapping."""
        meta, external_id = mapping.model()._meta, mapping.options.external_id
        return cls(
            target=mapping.target(),
            app_label=meta.app_label,
            model_name=meta.model_name or "",
            attributes=tuple(field.attribute for field in mapping.pushed_fields()),
            salesforce_id=mapping.options.salesforce_id,
            external_id=external_id.attribute if external_id else None,
            relatives=frozenset(
                label for model in related(mapping.model()) for label in labels(model, renames)
            ),
            renames=renames,
        )

    def touched_by(self, app_label: str, operation: Operation) -> bool:
        """Say whether a schema operation of that app concerns the mapped tables."""
        names = {getattr(operation, name, None) for name in ("name", "model_name", "old_name", "new_name")}
        return any(name and f"{app_label}.{name}".lower() in self.relatives for name in names)

    def model(self, state: Apps) -> type[models.Model] | None:
        """Return the model of a state, None where it does not exist."""
        for name in self.renames.of_model(self.app_label, self.model_name):
            try:
                return state.get_model(self.app_label, name)
            except LookupError:
                continue
        return None

    def columns(self, state: Apps) -> dict[str, str]:
        """Return {attribute as the code calls it: column in that state}."""
        model = self.model(state)
        names = {attribute: self.field(model, attribute) for attribute in self.attributes} if model else {}
        return {attribute: field.column for attribute, field in names.items() if field and field.column}

    def field(self, model: type[models.Model], attribute: str) -> models.Field[Any, Any] | None:
        """Return the field of a state's model that the code calls `attribute`."""
        former = self.renames.of_field(self.app_label, self.model_name, attribute) - {attribute}
        for name in (attribute, *sorted(former)):
            try:
                found = model._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            if isinstance(found, models.Field) and found.column is not None:
                return found
        return None

    def specs(self, state: Apps) -> list[TriggerSpec]:
        """Return what the triggers must do in a state."""
        model = self.model(state)
        if model is None:
            return []

        def name(attribute: str | None) -> str | None:
            field = self.field(model, attribute) if attribute else None
            return field.name if field else None

        return specs_of(
            model,
            target=self.target,
            attributes=[found for attribute in self.attributes if (found := name(attribute))],
            salesforce_id=name(self.salesforce_id),
            external_id=name(self.external_id),
        )


def related(model: type[models.Model]) -> set[type[models.Model]]:
    """Return the models whose changes can remake the mapped tables: parents, and targets of foreign keys."""
    tables = {model, *model._meta.all_parents}
    pointed = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
    return tables | {target for target in pointed if isinstance(target, type)}


def labels(model: type[models.Model], renames: Renames) -> set[str]:
    app_label, name = model._meta.app_label, model._meta.model_name or ""
    return {f"{app_label}.{former}" for former in renames.of_model(app_label, name)}
