"""The fields of a mapping, against the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import models

from sfsync.exceptions import ConfigurationError
from sfsync.mappings import Direction, Field, Mapping, Reference


def field_messages(
    mapping: type[Mapping], obj: str, loaded: Sequence[type[Mapping]]
) -> Iterator[CheckMessage]:
    """Check every field, and that a record of the org can become a row."""
    found = True
    for field in mapping.fields:
        try:
            _ = field.model_field
        except ConfigurationError as error:
            found = False
            yield Error(error.message, hint=error.hint, obj=obj, id=error.check)
            continue
        kind = reference_messages(field, loaded) if isinstance(field, Reference) else value_messages(field)
        for message in [*kind, *write_messages(field)]:
            message.obj = obj
            yield message
    if found and mapping.options.direction is not Direction.PUSH:
        yield from insert_messages(mapping, obj)


def value_messages(field: Field) -> Iterator[CheckMessage]:
    """Check that the values of a plain field have a form on both sides."""
    model_field = field.model_field
    if isinstance(model_field, models.ForeignKey):
        yield Error(
            f"{field.label}: {field.attribute} is a foreign key.",
            hint=f'Type sfsync.Reference("{field.salesforce}", ParentMapping).',
            id="sfsync.E019",
        )
    elif field.conversion is None:
        pulled, pushed = field in field.mapping.pulled_fields(), field in field.mapping.pushed_fields()
        if (pulled and field.to_local is None) or (pushed and field.to_salesforce is None):
            yield Error(
                f"{field.label}: a {type(model_field).__name__} has no form in Salesforce.",
                hint="Give the field to_local= and to_salesforce=, or remove it.",
                id="sfsync.E021",
            )
    if isinstance(model_field, models.DateTimeField) and not settings.USE_TZ:
        yield Error(
            f"{field.label}: without USE_TZ nobody knows which moment a local time means.",
            hint="Type USE_TZ = True in your settings.",
            id="sfsync.E025",
        )


def reference_messages(field: Reference, loaded: Sequence[type[Mapping]]) -> Iterator[CheckMessage]:
    """Check that a reference is a foreign key to the model of a mapping that is in SF_MAPPINGS too."""
    try:
        relation, target = field.relation, field.target_mapping()
        pointed_at, mapped = relation.related_model, target.model()
    except ConfigurationError as error:
        yield Error(error.message, hint=error.hint, id=error.check)
        return
    if target not in loaded or target.options.org != field.mapping.options.org:
        yield Error(
            f"{field.label}: its target {target.__name__} is not mapped in the same org.",
            hint=f'Add "{target.__module__}.{target.__qualname__}" to SF_MAPPINGS.',
            id="sfsync.E017",
        )
    if pointed_at._meta.concrete_model is not mapped._meta.concrete_model:
        yield Error(
            f"{field.label}: {field.attribute} points at {pointed_at._meta.label}, "
            f"{target.__name__} maps {mapped._meta.label}.",
            hint=f"Name the mapping of {pointed_at._meta.label}.",
            id="sfsync.E018",
        )


def write_messages(field: Field) -> Iterator[CheckMessage]:
    """Check that a pull can write the attribute, and that a save does not change what is pushed."""
    model_field = field.model_field
    pulled, pushed = field in field.mapping.pulled_fields(), field in field.mapping.pushed_fields()
    if pulled and (model_field.primary_key or getattr(model_field, "generated", False)):
        yield Error(
            f"{field.label}: {field.attribute} is the primary key or computed; a pull cannot write it.",
            hint="Give the field push_only=True, or remove it.",
            id="sfsync.E027",
        )
    if pushed and getattr(model_field, "auto_now", False):
        yield Error(
            f"{field.label}: {field.attribute} has auto_now: each save would be pushed, whatever it changed.",
            hint="Give the field pull_only=True, or remove it.",
            id="sfsync.E024",
        )


def insert_messages(mapping: type[Mapping], obj: str) -> Iterator[CheckMessage]:
    """Warn of columns that a new row must have and nothing fills."""
    filled = {field.model_field for field in mapping.pulled_fields()}
    empty = [
        field.name
        for field in mapping.model()._meta.concrete_fields
        if field not in filled and needs_value(field)
    ]
    if empty:
        yield Warning(
            f"{mapping.__name__}: records created in Salesforce cannot be created here: "
            f"nothing fills {', '.join(empty)}.",
            hint="Give these model fields a default or null=True, or map them.",
            obj=obj,
            id="sfsync.W002",
        )


def needs_value(field: models.Field[Any, Any]) -> bool:
    """Say whether an insert that leaves the column out fails; Django fills texts with ""."""
    if field.null or field.has_default() or field.has_db_default() or field.auto_created:
        return False
    if isinstance(field, models.AutoField) or getattr(field, "generated", False):
        return False
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return False
    return field.unique or not field.empty_strings_allowed
