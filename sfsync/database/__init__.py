"""What differs between databases: triggers, quiet, locking, bulk writes, leases, the clock."""

from __future__ import annotations

from django.db import connections

from sfsync.database.base import Database
from sfsync.database.mysql import MySQL
from sfsync.database.postgresql import PostgreSQL
from sfsync.database.sqlite import SQLite
from sfsync.exceptions import ConfigurationError

__all__ = ["Database", "backend"]

BACKENDS: dict[str, type[Database]] = {"sqlite": SQLite, "postgresql": PostgreSQL, "mysql": MySQL}


def backend(using: str) -> Database:
    """Return the bulk statements, locks and clock of a database. Raises ConfigurationError."""
    vendor = connections[using].vendor
    if vendor not in BACKENDS:
        raise ConfigurationError(
            f"Database {using!r}: sfsync works with SQLite, PostgreSQL, MariaDB and MySQL, not with {vendor}."
        )
    return BACKENDS[vendor](using)
