"""Compare the triggers a database holds with those it should, and make them equal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Literal

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from sfsync import registry
from sfsync.database.triggers.dialect import LOG, Dialect, Trigger
from sfsync.database.triggers.mysql import MySQLDialect
from sfsync.database.triggers.postgresql import PostgreSQLDialect
from sfsync.database.triggers.spec import TriggerSpec, specs_of
from sfsync.database.triggers.sqlite import SQLiteDialect
from sfsync.exceptions import ConfigurationError
from sfsync.mappings import Direction, Mapping

DIALECTS: dict[str, type[Dialect]] = {
    "sqlite": SQLiteDialect,
    "postgresql": PostgreSQLDialect,
    "mysql": MySQLDialect,
}


@dataclasses.dataclass(frozen=True)
class TriggerProblem:
    """A trigger that is missing, not as it should be (stale), or of no mapping (foreign)."""

    kind: Literal["missing", "stale", "foreign"]
    name: str
    table: str


def dialect_of(connection: BaseDatabaseWrapper) -> Dialect:
    """Return the SQL of a connection's database. Raises ConfigurationError for an unknown one."""
    try:
        return DIALECTS[connection.vendor](connection)
    except KeyError:
        raise ConfigurationError(
            f"Database {connection.alias!r}: sfsync works with SQLite, PostgreSQL, MariaDB and MySQL, "
            f"not with {connection.vendor}."
        ) from None


def mapping_specs(mapping: type[Mapping]) -> list[TriggerSpec]:
    """Return the specs of one mapping."""
    external_id = mapping.options.external_id
    return specs_of(
        mapping.model(),
        target=mapping.target(),
        attributes=[field.attribute for field in mapping.pushed_fields()],
        salesforce_id=mapping.options.salesforce_id,
        external_id=external_id.attribute if external_id else None,
    )


def pushing(using: str) -> list[type[Mapping]]:
    """Return the mappings that push from this database."""
    return [
        mapping
        for mapping in registry.mappings()
        if mapping.options.direction is not Direction.PULL and mapping.using() == using
    ]


def specs(using: str) -> list[TriggerSpec]:
    """Return the specs of all mappings that push from this database."""
    return [spec for mapping in pushing(using) for spec in mapping_specs(mapping)]


def definitions(using: str, wanted: Iterable[TriggerSpec] | None = None) -> dict[str, Trigger]:
    """Return the triggers that `wanted` (None: the registry) and the real tables ask for, by name."""
    dialect = dialect_of(connections[using])
    wanted = specs(using) if wanted is None else list(wanted)
    real = dialect.columns({table for spec in wanted for table in spec.keys} | {LOG})
    if LOG not in real:
        return {}
    possible = [limited for spec in wanted if (limited := spec.limited_to(real))]
    return {trigger.name: trigger for spec in possible for trigger in dialect.definitions(spec)}


def install(using: str, wanted: Iterable[TriggerSpec] | None = None) -> list[str]:
    """Make the triggers those of `wanted` (None: the registry); return the names that were touched.

    Triggers that are right stay as they are, others of sfsync are removed. On MariaDB and MySQL this commits.
    """
    connection = connections[using]
    dialect = dialect_of(connection)
    right, present = definitions(using, wanted), dialect.installed()
    gone = [trigger for name, trigger in present.items() if right.get(name) != trigger]
    new = [trigger for name, trigger in right.items() if present.get(name) != trigger]
    with transaction.atomic(using=using):
        if right:
            dialect.create_quiet()
        replace(connection, dialect, gone, new)
    return sorted({trigger.name for trigger in [*gone, *new]})


def drop(using: str, wanted: Iterable[TriggerSpec] | None = None) -> list[str]:
    """Remove the triggers of these specs (None: every trigger of sfsync); return their names."""
    connection = connections[using]
    dialect = dialect_of(connection)
    present = dialect.installed()
    if wanted is not None:
        names = {spec.trigger_name(operation) for spec in wanted for operation in spec.operations}
        present = {name: trigger for name, trigger in present.items() if name in names}
    replace(connection, dialect, present.values(), ())
    return sorted(present)


def add(using: str, wanted: Iterable[TriggerSpec]) -> None:
    """Create the triggers of these specs beside those that are there."""
    connection = connections[using]
    dialect = dialect_of(connection)
    right = definitions(using, wanted)
    if right:
        dialect.create_quiet()
    present = [trigger for name, trigger in dialect.installed().items() if name in right]
    replace(connection, dialect, present, right.values())


def replace(
    connection: BaseDatabaseWrapper, dialect: Dialect, gone: Iterable[Trigger], new: Iterable[Trigger]
) -> None:
    """Drop some triggers and create others."""
    with connection.cursor() as cursor:
        for trigger in gone:
            cursor.execute(dialect.drop(trigger))
        for trigger in new:
            for statement in trigger.create:
                cursor.execute(statement)


def problems(using: str) -> list[TriggerProblem]:
    """Return what is wrong with the database's triggers: with any of it local changes may be missed.

    A mapped table that does not exist yet is no problem here, a mapped column that does not exist is (stale).
    """
    dialect = dialect_of(connections[using])
    wanted = specs(using)
    real = dialect.columns({table for spec in wanted for table in spec.keys} | {LOG})
    whole = [spec for spec in wanted if spec.limited_to(real)]
    right = {trigger.name: trigger for spec in whole for trigger in dialect.definitions(spec)}
    present = dialect.installed()
    found = []
    for name, trigger in right.items():
        if name not in present or not present[name].table:
            found.append(TriggerProblem("missing", name, trigger.table))
        elif present[name] != trigger:
            found.append(TriggerProblem("stale", name, trigger.table))
    found += [TriggerProblem("foreign", name, present[name].table) for name in present if name not in right]
    return found
