"""The databases that hold mapped models. These checks run with `migrate` and `check --database`.

What `migrate` repairs is a warning here: an error would keep `migrate` from running.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections, models, router

from sfsync import registry
from sfsync.checks.mysql import mysql_messages
from sfsync.database import BACKENDS, triggers
from sfsync.exceptions import ConfigurationError
from sfsync.mappings import Mapping
from sfsync.models import LocalChange

# SQLite keeps decimals as doubles: https://www.sqlite.org/floatingpoint.html
SQLITE_DIGITS = 15
LONGEST_KEY = 255

Mappings = Sequence[type[Mapping]]


@register(Tags.database)
def check_databases(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check the databases that are named, as far as they hold mapped models."""
    return [message for using in databases or () for message in database_messages(using)]


def database_messages(using: str) -> Iterator[CheckMessage]:
    """Check one database."""
    try:
        mapped = [mapping for mapping in registry.mappings() if mapping.using() == using]
        triggers.specs(using)
    except ConfigurationError as error:
        # Mistakes in mappings have checks of their own; only the triggers know this one.
        if error.check == "sfsync.E107":
            yield Error(error.message, hint=error.hint, id="sfsync.E107")
        return
    if not mapped:
        return
    if unusable := place_message(using):
        yield unusable
        return
    for check in CHECKS[connections[using].vendor]:
        yield from check(using, mapped)


def place_message(using: str) -> CheckMessage | None:
    """Check that the database is one sfsync can work in, and may hold its tables."""
    vendor = connections[using].vendor
    if vendor not in BACKENDS:
        return Error(
            f"Database {using!r}: sfsync cannot follow local changes in {vendor}.",
            hint="Keep mapped models in SQLite, PostgreSQL, MariaDB or MySQL.",
            id="sfsync.E101",
        )
    if not router.allow_migrate_model(using, LocalChange):
        return Error(
            f"Database {using!r} holds mapped models, and a router keeps sfsync's tables out of it.",
            hint=f'Let allow_migrate("{using}", "sfsync") return True: the log lives beside what it follows.',
            id="sfsync.E102",
        )
    return None


def table_messages(using: str, mapped: Mappings) -> Iterator[CheckMessage]:
    """Check that sfsync's tables and triggers are there, once a mapped table is."""
    present = set(connections[using].introspection.table_names())
    if not present & {mapping.model()._meta.db_table for mapping in mapped}:
        return
    ours = {model._meta.db_table for model in apps.get_app_config("sfsync").get_models()}
    if missing := sorted(ours - present):
        yield Warning(
            f"Database {using!r}: the tables {', '.join(missing)} are missing; nothing can be synced.",
            hint=f"Run: manage.py migrate sfsync --database={using}",
            id="sfsync.W103",
        )
        return
    yield from trigger_messages(using)


KINDS = {
    "missing": ("sfsync.W101", "triggers are missing: local changes of these tables are lost"),
    "stale": ("sfsync.W104", "triggers are not those of the mappings: local changes may be lost"),
    "foreign": ("sfsync.W105", "triggers belong to no mapping: the log grows for nobody"),
}


def trigger_messages(using: str) -> Iterator[CheckMessage]:
    """Compare the triggers with those the mappings need, one message per kind of problem."""
    tables: dict[str, set[str]] = {}
    for problem in triggers.problems(using):
        tables.setdefault(problem.kind, set()).add(problem.table or problem.name)
    for kind, names in tables.items():
        identifier, text = KINDS[kind]
        yield Warning(
            f"Database {using!r}: {text} ({', '.join(sorted(names))}).",
            hint=f"Run: manage.py migrate --database={using}",
            id=identifier,
        )


def key_messages(using: str, mapped: Mappings) -> Iterator[CheckMessage]:
    """Check that primary keys fit into the log."""
    for mapping in mapped:
        pk = mapping.model()._meta.pk
        while isinstance(pk, models.ForeignKey):
            pk = pk.target_field
        if (pk.max_length or 0) > LONGEST_KEY or isinstance(pk, models.TextField | models.BinaryField):
            yield Error(
                f"{mapping.__name__}: primary keys of {mapping.model()._meta.label} can be longer than 255.",
                hint=f"Give {pk.name} a max_length of {LONGEST_KEY} at most.",
                obj=mapping,
                id="sfsync.E107",
            )


def digits_messages(using: str, mapped: Mappings) -> Iterator[CheckMessage]:
    """Check that SQLite keeps the digits of mapped decimals."""
    for mapping in mapped:
        for field in mapping.fields:
            column = field.model_field
            if isinstance(column, models.DecimalField) and (column.max_digits or 0) > SQLITE_DIGITS:
                yield Warning(
                    f"{field.label}: SQLite keeps {SQLITE_DIGITS} digits, the field has {column.max_digits}.",
                    hint="Use PostgreSQL or MariaDB where amounts can be that large.",
                    obj=mapping,
                    id="sfsync.W102",
                )


Check = Callable[[str, Mappings], Iterator[CheckMessage]]
EVERYWHERE: tuple[Check, ...] = (table_messages, key_messages)
CHECKS: dict[str, tuple[Check, ...]] = {
    "sqlite": (*EVERYWHERE, digits_messages),
    "postgresql": EVERYWHERE,
    "mysql": (*EVERYWHERE, mysql_messages),
}
