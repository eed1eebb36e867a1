"""What the triggers of one target on one table must do, told without any SQL."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import models

from sfsync.exceptions import ConfigurationError
from sfsync.models import Target

# How a value becomes text and is compared. Whatever is not listed is "other".
KINDS = {
    "AutoField": "number",
    "BigAutoField": "number",
    "SmallAutoField": "number",
    "IntegerField": "number",
    "BigIntegerField": "number",
    "SmallIntegerField": "number",
    "PositiveIntegerField": "number",
    "PositiveBigIntegerField": "number",
    "PositiveSmallIntegerField": "number",
    "DecimalField": "number",
    "FloatField": "float",
    "BooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "datetime",
    "TimeField": "time",
    "DurationField": "duration",
    "UUIDField": "uuid",
    "BinaryField": "binary",
    "CharField": "text",
    "TextField": "text",
    "SlugField": "text",
    "FileField": "text",
    "FilePathField": "text",
}


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of `table`; `kind` says how its values become text."""

    table: str
    name: str
    kind: str

    @classmethod
    def of(cls, field: models.Field[Any, Any]) -> Column:
        """Describe the column of a Django field; a foreign key has the kind of what it points at."""
        source = field
        while isinstance(source, models.ForeignKey):
            source = source.target_field
        kind = KINDS.get(source.get_internal_type(), "other")
        return cls(field.model._meta.db_table, str(field.column), kind)


@dataclasses.dataclass(frozen=True)
class TriggerSpec:
    """The triggers of one target on one table.

    A model has one table, or one per class of a multi-table inheritance. `own` are the pushed columns of
    `table`, whose updates are logged; `columns` those of all tables, which a delete logs. `keys` maps each
    table to the column that holds the record's primary key there.
    """

    org: str
    mapping: str
    table: str
    model_table: str
    keys: Mapping[str, Column]
    columns: tuple[Column, ...]
    sf_id: Column | None
    external_id: Column | None

    @property
    def target(self) -> Target:
        return self.org, self.mapping

    @property
    def own(self) -> tuple[Column, ...]:
        """The pushed columns of this table."""
        return tuple(column for column in self.columns if column.table == self.table)

    @property
    def operations(self) -> str:
        """The letters of the triggers: a record begins and ends with its row in the model's own table."""
        return "IUD" if self.table == self.model_table else "U"

    @property
    def quiet_key(self) -> int:
        """The number that silences this target on its model's tables."""
        return quiet_key(self.org, self.mapping, self.model_table)

    def trigger_name(self, operation: str) -> str:
        """Return `sfsync_<hash of target and table>_<i, u or d>`."""
        return f"sfsync_{digest(self.org, self.mapping, self.table)[:16]}_{operation.lower()}"

    def limited_to(self, real: Mapping[str, Collection[str]]) -> TriggerSpec | None:
        """Return the spec without the columns that `real` ({table: columns}) lacks, None without a table."""
        if any(key.name not in real.get(table, ()) for table, key in self.keys.items()):
            return None

        def kept(column: Column | None) -> Column | None:
            return column if column and column.name in real.get(column.table, ()) else None

        columns = tuple(column for column in self.columns if kept(column))
        return dataclasses.replace(
            self, columns=columns, sf_id=kept(self.sf_id), external_id=kept(self.external_id)
        )


def digest(*parts: str) -> str:
    """Return a hash of some texts that no other texts share by being cut elsewhere."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def quiet_key(org: str, mapping: str, table: str) -> int:
    """Return the number that stands for a target and its model's table: 63 bits, for any BIGINT."""
    return int(digest(org, mapping, table)[:16], 16) >> 1


def specs_of(
    model: type[models.Model],
    *,
    target: Target,
    attributes: Iterable[str],
    salesforce_id: str | None,
    external_id: str | None,
) -> list[TriggerSpec]:
    """Return the specs of one target: one for the model's table and each parent table with a pushed column.

    `attributes` name the pushed model fields. Raises ConfigurationError for what no trigger can follow.
    """
    pushed = tuple(Column.of(concrete(model, name)) for name in attributes)
    links = [Column.of(concrete(model, name)) for name in (salesforce_id, external_id) if name]
    model_table = model._meta.db_table
    keys = {
        model_table: Column.of(model._meta.pk),
        **ancestor_keys(model, {column.table for column in [*pushed, *links]}),
    }
    tables = [model_table, *(table for table in keys if any(column.table == table for column in pushed))]
    return [
        TriggerSpec(
            *target,
            table=table,
            model_table=model_table,
            keys=keys,
            columns=pushed,
            sf_id=Column.of(concrete(model, salesforce_id)) if salesforce_id else None,
            external_id=Column.of(concrete(model, external_id)) if external_id else None,
        )
        for table in dict.fromkeys(tables)
    ]


def concrete(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """Return a model field that has a column."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field) or field.column is None:
        raise ConfigurationError(f"{model._meta.label}.{name} has no column.")
    return field


def ancestor_keys(model: type[models.Model], tables: set[str]) -> dict[str, Column]:
    """Return {table: primary key column} of the parent tables among `tables`."""
    keys = {}
    for ancestor in model._meta.all_parents:
        table = ancestor._meta.db_table
        if table not in tables or table == model._meta.db_table:
            continue
        link = model._meta.get_ancestor_link(ancestor)
        if link is None or not link.primary_key:
            raise ConfigurationError(
                f"{model._meta.label}: the columns it inherits from {ancestor._meta.label} cannot be pushed, "
                "because the two tables have different primary keys.",
                hint=f"Map {ancestor._meta.label} by itself.",
                check="sfsync.E107",
            )
        keys[table] = Column.of(ancestor._meta.pk)
    return keys
