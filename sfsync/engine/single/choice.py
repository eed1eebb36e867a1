"""Which mapping and which row an instance stands for; everything that can be refused before a call is."""

from __future__ import annotations

from typing import Any

from django.db import router, transaction
from django.db.models import Model

from sfsync import registry
from sfsync.exceptions import ConfigurationError, InsideTransaction, RecordError
from sfsync.mappings import Direction, Mapping

Wanted = type[Mapping] | str | None
"""A mapping, its Meta.name, or None for the only one of the model."""


def mapping_of(instance: Model, wanted: Wanted, direction: str) -> type[Mapping]:
    """Return the mapping an instance is synced by. Raises ConfigurationError when none, or not one, fits."""
    if not isinstance(instance, Model):
        # Of an object only its type, because the object can hold values.
        given = instance if isinstance(instance, type) else type(instance)
        raise TypeError(f"sfsync.{direction}() takes an instance of a model, not {given!r}")
    found = mappings_of(type(instance))
    mapping = _named(instance, wanted, found) if wanted is not None else _only(instance, found, direction)
    if mapping.options.direction not in (Direction.BOTH, direction):
        raise ConfigurationError(
            f"{mapping.options.name} has the direction {mapping.options.direction.value}: there is nothing to "
            f"{direction}.",
            hint="Type direction = sfsync.Direction.BOTH in its Meta to allow it.",
        )
    return mapping


def mappings_of(model: type[Model]) -> list[type[Mapping]]:
    """Return the mappings of a model, for a proxy without any those of the model behind it."""
    concrete = model._meta.concrete_model
    return registry.for_model(model) or (registry.for_model(concrete) if concrete else [])


def _named(instance: Model, wanted: type[Mapping] | str, found: list[type[Mapping]]) -> type[Mapping]:
    mapping = registry.get(wanted) if isinstance(wanted, str) else wanted
    if mapping not in found:
        names = ", ".join(each.options.name for each in found) or "none"
        raise ConfigurationError(
            f"{mapping.options.name} is no mapping of {instance._meta.label} in SF_MAPPINGS.",
            hint=f"Its mappings there: {names}.",
        )
    return mapping


def _only(instance: Model, found: list[type[Mapping]], direction: str) -> type[Mapping]:
    label = instance._meta.label
    if not found:
        raise ConfigurationError(
            f"No mapping of {label} is in SF_MAPPINGS.", hint="Type the dotted path of one there."
        )
    if len(found) > 1:
        names = [each.options.name for each in found]
        raise ConfigurationError(
            f"{label} has several mappings: {', '.join(names)}.",
            hint=f'Name one: sfsync.{direction}(instance, mapping="{names[0]}").',
        )
    return found[0]


def require_own_database(instance: Model, mapping: type[Mapping]) -> None:
    """Refuse an instance of a database that is not synced: there its primary key is another record's.

    An instance read from a replica belongs to the database its router writes to.
    """
    theirs = router.db_for_write(type(instance), instance=instance)
    if theirs != mapping.using():
        raise ConfigurationError(
            f"This {instance._meta.label} belongs to database {theirs!r}, but {mapping.options.name} syncs "
            f"{mapping.using()!r}.",
            hint=f'Read it from there: {type(instance).__name__}.objects.using("{mapping.using()}").',
        )


def require_no_transaction(using: str) -> None:
    """Refuse to ask the org inside a transaction: its locks would be held as long as the org takes.

    The transaction around a Django TestCase is none, as for `atomic(durable=True)`. Raises InsideTransaction.
    """
    try:
        with transaction.atomic(using=using, durable=True):
            return
    except RuntimeError:
        pass
    raise InsideTransaction(
        f"A transaction of database {using!r} is open: its locks would be held while Salesforce answers, and what "
        "is not committed cannot be sent. Call it after the commit: transaction.on_commit(lambda: "
        "sfsync.push(instance)); a view under ATOMIC_REQUESTS needs @transaction.non_atomic_requests or the same"
    )


def saved_values(mapping: type[Mapping], instance: Model) -> dict[str, Any] | None:
    """Return the row's Salesforce id, external id and mapped values by attribute name, None without a row."""
    rows = mapping.model()._base_manager.using(mapping.using())
    return rows.filter(pk=instance.pk).values(*attributes(mapping)).first()


def attributes(mapping: type[Mapping]) -> list[str]:
    """Name the attributes of the model that a sync may write."""
    names = [mapping.options.salesforce_id, *(each.attname for each in mapping.fields)]
    external = mapping.options.external_id
    if external is not None:
        names.append(external.model_field.attname)
    return list(dict.fromkeys(names))


def no_row(mapping: type[Mapping], instance: Model) -> RecordError:
    """Say that an instance that was saved once has no row any more."""
    return RecordError(
        f"{mapping.options.name}: there is no row {instance.pk} in database {mapping.using()!r}: it was deleted "
        f"since; 'manage.py sf_push {mapping.options.name}' takes care of deletes",
        code="NO_ROW",
    )
