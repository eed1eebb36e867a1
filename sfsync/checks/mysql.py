"""What MariaDB and MySQL need besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connections

from sfsync.database import triggers
from sfsync.mappings import Mapping

# Error 1142: this user may not read the table.
NO_ACCESS = 1142


def rows(using: str, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def mysql_messages(using: str, mapped: Sequence[type[Mapping]]) -> Iterator[CheckMessage]:
    """Check one database of MariaDB or MySQL."""
    yield from cascade_messages(using)
    # The variable is called tx_isolation, transaction_isolation or both, by version.
    levels = rows(
        using, "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')"
    )
    yield from isolation_messages(using, {level for _, level in levels})
    variables = "@@log_bin, @@log_bin_trust_function_creators, @@sql_mode"
    ((log_bin, trusted, sql_mode),) = rows(using, f"SELECT {variables}")
    if log_bin and not trusted:
        yield from binary_log_messages(using, [row[0] for row in rows(using, "SHOW GRANTS")])
    if not {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"} & set(sql_mode.split(",")):
        yield Error(
            f"Database {using!r}: without strict mode, values that do not fit are cut and nobody is told.",
            hint='Type "init_command": "SET sql_mode=\'STRICT_TRANS_TABLES\'" in the database\'s OPTIONS.',
            id="sfsync.E106",
        )
    yield from definer_messages(using)


def cascade_messages(using: str) -> Iterator[CheckMessage]:
    """Check for foreign keys that change mapped rows inside the server: its triggers do not see that."""
    tables = sorted({table for spec in triggers.specs(using) for table in spec.keys})
    if not tables:
        return
    found = rows(
        using,
        "SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS "
        "WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME IN %s AND "
        "(DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT') OR UPDATE_RULE IN ('CASCADE', 'SET NULL'))",
        [tables],
    )
    for table, constraint in found:
        yield Error(
            f"Database {using!r}: the foreign key {constraint} of {table} deletes or changes rows inside the "
            "server, where triggers do not see it; such changes would never be pushed.",
            hint="Use on_delete=models.CASCADE (or SET_NULL), which Django carries out, and not DB_CASCADE.",
            id="sfsync.E103",
        )


def isolation_messages(using: str, levels: set[str]) -> Iterator[CheckMessage]:
    """Check the isolation level: under REPEATABLE READ a pull overwrites edits it cannot see."""
    if levels != {"READ-COMMITTED"}:
        yield Error(
            f"Database {using!r}: with {', '.join(sorted(levels))} a pull could overwrite local edits.",
            hint='Type "isolation_level": "read committed" (Django\'s default) in the database\'s OPTIONS.',
            id="sfsync.E104",
        )


def binary_log_messages(using: str, grants: Sequence[str]) -> Iterator[CheckMessage]:
    """Check that this user may create triggers although the binary log is on (error 1419)."""
    globally = [grant for grant in grants if " ON *.* " in grant]
    if not any("SUPER" in grant or "ALL PRIVILEGES" in grant for grant in globally):
        yield Error(
            f"Database {using!r}: the binary log is on, and this user may not create triggers.",
            hint="Run as the server's administrator: SET GLOBAL log_bin_trust_function_creators = 1",
            id="sfsync.E105",
        )


def definer_messages(using: str) -> Iterator[CheckMessage]:
    """Check that the users who created the triggers exist: without them every write fails (error 1449)."""
    definers = rows(
        using,
        "SELECT DISTINCT DEFINER FROM information_schema.TRIGGERS "
        "WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME LIKE %s",
        ["sfsync\\_%"],
    )
    for (gone,) in set(definers) - known_users(using, definers):
        yield Error(
            f"Database {using!r}: the user {gone}, who created triggers, is gone; every write will fail.",
            hint="Run: manage.py shell -c \"from sfsync.database import triggers as t; t.drop('"
            f"{using}'); t.install('{using}')\"",
            id="sfsync.E108",
        )


def known_users(using: str, definers: Sequence[tuple[str]]) -> set[tuple[str]]:
    """Return the users of the server; those in question when this user may not look."""
    try:
        return set(rows(using, "SELECT CONCAT(User, '@', Host) FROM mysql.user"))
    except DatabaseError as error:
        if error.args[0] != NO_ACCESS:
            raise
        return set(definers)
