"""Columns that hold keys: compared byte by byte on every database."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class KeyField(models.CharField):
    """A CharField whose values are equal only when their bytes are.

    SQLite and PostgreSQL compare so anyway. The default collations of MariaDB and MySQL take
    'a', 'A' and 'a ' for the same value, so there the column gets a binary collation without padding.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            mariadb = getattr(connection, "mysql_is_mariadb", False)
            parameters["collation"] = "utf8mb4_nopad_bin" if mariadb else "utf8mb4_0900_bin"
        return parameters
