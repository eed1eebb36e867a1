"""The model fields that link a row with its record: the Salesforce id and the external id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import models

from sfsync.exceptions import ConfigurationError
from sfsync.mappings import Direction, ExternalId, Mapping

FIELD = "sf_id = models.CharField(max_length=18, unique=True, null=True, blank=True, editable=False)"


def link_messages(mapping: type[Mapping], obj: str) -> Iterator[CheckMessage]:
    """Check the fields that Meta.salesforce_id and Meta.external_id name."""
    yield from salesforce_id_messages(mapping, obj)
    if mapping.options.external_id is not None:
        yield from external_id_messages(mapping, mapping.options.external_id, obj)
    elif mapping.options.direction is not Direction.PULL:
        yield Warning(
            f"{mapping.__name__} has no external id: a lost answer leaves open whether a record was created.",
            hint='Type external_id = sfsync.ExternalId("Django_Id__c", "uid") in Meta.',
            obj=obj,
            id="sfsync.W001",
        )


def salesforce_id_messages(mapping: type[Mapping], obj: str) -> Iterator[CheckMessage]:
    """Check that the Salesforce id's field exists, is unique, may be null and holds 18 characters."""
    label, name = mapping.model()._meta.label, mapping.options.salesforce_id
    hint = f"Type {FIELD.replace('sf_id', name)} in the model."
    try:
        field = mapping.model_field(name)
    except ConfigurationError:
        yield Error(
            f"{label} has no field {name!r} for the Salesforce id.", hint=hint, obj=obj, id="sfsync.E010"
        )
        return
    if not is_unique(field):
        yield Error(f"{label}.{name} is not unique.", hint=hint, obj=obj, id="sfsync.E011")
    if not field.null:
        yield Error(
            f"{label}.{name} may not be null: new rows have no id.", hint=hint, obj=obj, id="sfsync.E012"
        )
    if not isinstance(field, models.CharField) or (field.max_length or 18) < 18:
        yield Error(f"{label}.{name} is no text of 18 characters.", hint=hint, obj=obj, id="sfsync.E013")


def external_id_messages(mapping: type[Mapping], external_id: ExternalId, obj: str) -> Iterator[CheckMessage]:
    """Check that the external id's attribute exists, is unique, and comes back as it was sent."""
    hint = "Type uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False) in the model."
    try:
        field = external_id.model_field
    except ConfigurationError as error:
        yield Error(error.message, hint=hint, obj=obj, id="sfsync.E014")
        return
    if not is_unique(field):
        message = f"{mapping.model()._meta.label}.{field.name}, the external id, is not unique."
        yield Error(message, hint=hint, obj=obj, id="sfsync.E015")
    if not isinstance(field, (models.CharField, models.UUIDField, models.IntegerField)):
        message = f"{mapping.model()._meta.label}.{field.name} is no UUID, text or integer."
        yield Error(message, hint=hint, obj=obj, id="sfsync.E014")


def is_unique(field: models.Field[Any, Any]) -> bool:
    """Say whether the database keeps a column's values unique, by itself and without a condition."""
    constraints = field.model._meta.total_unique_constraints
    return field.unique or any(constraint.fields == (field.name,) for constraint in constraints)
