"""From a model and tuples of Python values to what one table is given."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeAlias

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import DatabaseDefault

Row = tuple[Any, ...]
ModelField: TypeAlias = "models.Field[Any, Any]"


@dataclasses.dataclass(frozen=True)
class Batch:
    """Rows for one table. The values are those the database's driver takes, in the order of `fields`."""

    table: str
    pk: ModelField
    fields: list[ModelField]
    rows: list[Row]

    @property
    def columns(self) -> list[str]:
        return [column_of(field) for field in self.fields]

    @property
    def pk_column(self) -> str:
        return column_of(self.pk)

    @property
    def keys(self) -> list[Any] | None:
        """The primary keys, None where the database gives them."""
        if self.pk not in self.fields:
            return None
        position = self.fields.index(self.pk)
        return [row[position] for row in self.rows]


def column_of(field: ModelField) -> str:
    """Return the column of a concrete field."""
    return str(field.column)


def table_models(model: type[models.Model]) -> list[type[models.Model]]:
    """Return the models whose tables hold a record, parents before children."""
    concrete = model._meta.concrete_model or model
    ancestors = [parent for parent in concrete._meta.all_parents if not parent._meta.proxy]
    ordered = sorted(ancestors, key=lambda parent: len(parent._meta.all_parents))
    return [*ordered, concrete]


def instances(model: type[models.Model], attnames: Sequence[str], rows: Sequence[Row]) -> list[models.Model]:
    """Return unsaved instances, whose other fields have their defaults."""
    return [model(**dict(zip(attnames, row, strict=True))) for row in rows]


def link_to_parents(table_model: type[models.Model], instance: models.Model) -> None:
    """Copy the primary keys of the parent rows, written before, into the row of a child table."""
    for parent, link in table_model._meta.parents.items():
        if link is not None:
            setattr(instance, link.attname, getattr(instance, parent._meta.pk.attname))


def insert_batch(
    table_model: type[models.Model],
    given: frozenset[str],
    records: Sequence[models.Model],
    connection: BaseDatabaseWrapper,
) -> Batch:
    """Return what one table of the records' model gets. `given` are the attributes the caller named."""
    meta = table_model._meta
    fields = [field for field in meta.local_concrete_fields if written(field, records[0], given)]
    rows = [
        tuple(
            field.get_db_prep_save(
                getattr(record, field.attname) if field.attname in given else field.pre_save(record, True),
                connection,
            )
            for field in fields
        )
        for record in records
    ]
    return Batch(meta.db_table, meta.pk, fields, rows)


def written(field: ModelField, record: models.Model, given: frozenset[str]) -> bool:
    """Say whether an INSERT names the field, and does not leave it to the database."""
    if field.attname in given:
        return True
    value = getattr(record, field.attname, None)
    if getattr(field, "generated", False) or isinstance(value, DatabaseDefault):
        return False
    return not (field.primary_key and isinstance(field, models.AutoField) and value is None)


def update_batches(
    model: type[models.Model], attnames: Sequence[str], rows: Sequence[Row], connection: BaseDatabaseWrapper
) -> list[Batch]:
    """Return one batch per table that holds one of the attributes; the primary key comes first in each."""
    by_attname = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_attname[attname] for attname in attnames]
    batches = []
    for table_model in table_models(model):
        meta = table_model._meta
        own = [
            (position, field)
            for position, field in enumerate(fields, 1)
            if field.model._meta.db_table == meta.db_table
        ]
        if own:
            places = [(0, meta.pk), *own]
            prepared = [
                tuple(field.get_db_prep_save(row[at], connection) for at, field in places) for row in rows
            ]
            batches.append(Batch(meta.db_table, meta.pk, [field for _, field in places], prepared))
    return batches


def first_of_each(keys: list[Any], inserted: set[Any]) -> list[Any]:
    """Return the keys that were inserted, None for the others; of equal keys only the first was."""
    left = set(inserted)
    result = []
    for key in keys:
        result.append(key if key in left else None)
        left.discard(key)
    return result
