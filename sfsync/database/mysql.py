"""MariaDB and MySQL: rows travel through a temporary table.

Never INSERT IGNORE, which cuts values, nor ON DUPLICATE KEY, which overwrites through any unique key.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction

from sfsync.database.base import Database
from sfsync.database.rows import Batch
from sfsync.database.triggers.dialect import QUIET

STAGING = "sfsync_staging"
POSITION = "sfsync_position"
# Error 1062: duplicate entry for a unique key.
DUPLICATE = 1062
# Each attempt but the first follows a row that another connection inserted in between.
ATTEMPTS = 10


class MySQL(Database):
    """Bulk statements of MariaDB and MySQL."""

    def now(self) -> datetime.datetime:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT UTC_TIMESTAMP(6)")
            return cursor.fetchone()[0].replace(tzinfo=datetime.UTC)

    def _silence(self, key: int) -> None:
        """Set both keys: the variable makes the triggers look for the row, the row goes with the transaction.

        The variable alone would outlive a broken transaction and silence the connection's next user.
        """
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {QUIET} (connection_id, quiet_key) VALUES (CONNECTION_ID(), %s)", [key]
            )
            cursor.execute("SET @sfsync_quiet = 1")

    def _end_silence(self, key: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SET @sfsync_quiet = NULL")
            cursor.execute(
                f"DELETE FROM {QUIET} WHERE connection_id = CONNECTION_ID() AND quiet_key = %s", [key]
            )

    def _insert(self, batch: Batch) -> list[Any]:
        self._stage(batch)
        for _ in range(ATTEMPTS):
            try:
                with transaction.atomic(using=self.using):
                    return self._insert_staged(batch)
            except IntegrityError as error:
                if error.args[0] != DUPLICATE:
                    raise
                self._leave_out_duplicates(batch)
        raise IntegrityError(DUPLICATE, f"{batch.table}: other connections insert the same rows all the time")

    def _stage(self, batch: Batch) -> None:
        """Fill a temporary table whose columns have the types of the real ones."""
        places = ", ".join(["%s"] * (len(batch.fields) + 1))
        columns = self.quote(*batch.columns)
        with self.connection.cursor() as cursor:
            cursor.execute(f"DROP TEMPORARY TABLE IF EXISTS {STAGING}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {STAGING} ({POSITION} INT NOT NULL PRIMARY KEY) ENGINE = InnoDB "
                f"SELECT 0 AS {POSITION}, {columns} FROM {self.quote(batch.table)} WHERE FALSE"
            )
            # The driver packs as many rows into a statement as a packet of the server can hold.
            cursor.executemany(
                f"INSERT INTO {STAGING} ({POSITION}, {columns}) VALUES ({places})",
                [(position, *row) for position, row in enumerate(batch.rows)],
            )

    def _insert_staged(self, batch: Batch) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {POSITION} FROM {STAGING} ORDER BY {POSITION}")
            positions = [row[0] for row in cursor.fetchall()]
        keys: list[Any] = [None] * len(batch.rows)
        if not positions:
            return keys
        for position, key in zip(positions, self._write(batch, positions), strict=True):
            keys[position] = key
        return keys

    def _write(self, batch: Batch, positions: list[int]) -> list[Any]:
        """Insert the rows at these positions; return their primary keys in the same order."""
        columns, table = self.quote(*batch.columns), self.quote(batch.table)
        given = batch.keys
        with self.connection.cursor() as cursor:
            if given is not None or self.connection.features.can_return_rows_from_bulk_insert:
                returning = "" if given is not None else f" RETURNING {self.quote(batch.pk_column)}"
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {STAGING} "
                    f"ORDER BY {POSITION}{returning}"
                )
                return (
                    [given[position] for position in positions]
                    if given is not None
                    else [row[0] for row in cursor.fetchall()]
                )
            return self._write_values(cursor, batch, positions)

    def _write_values(self, cursor: Any, batch: Batch, positions: list[int]) -> list[int]:
        """Insert without RETURNING: only an INSERT with VALUES is promised keys in one stretch.

        See "AUTO_INCREMENT Handling in InnoDB" in the manual of MySQL, simple inserts.
        """
        row = f"({', '.join(['%s'] * len(batch.fields))})"
        cursor.execute(
            f"INSERT INTO {self.quote(batch.table)} ({self.quote(*batch.columns)}) "
            f"VALUES {', '.join([row] * len(positions))}",
            [value for position in positions for value in batch.rows[position]],
        )
        first = cursor.lastrowid
        cursor.execute("SELECT @@auto_increment_increment")
        step = cursor.fetchone()[0]
        return list(range(first, first + step * len(positions), step))

    def _leave_out_duplicates(self, batch: Batch) -> None:
        """Remove from the temporary table what a unique key of the table, or an earlier row, refuses."""
        for columns in self._unique_keys(batch):
            names = [self.quote(column) for column in columns]
            same = " AND ".join(f"staged.{name} = present.{name}" for name in names)
            known = " AND ".join(f"{name} IS NOT NULL" for name in names)
            with self.connection.cursor() as cursor:
                cursor.execute(
                    f"DELETE staged FROM {STAGING} staged JOIN {self.quote(batch.table)} present ON {same}"
                )
                cursor.execute(
                    f"SELECT {POSITION} FROM (SELECT {POSITION}, ROW_NUMBER() OVER (PARTITION BY "
                    f"{', '.join(names)} ORDER BY {POSITION}) AS place FROM {STAGING} WHERE {known}) ranked "
                    "WHERE place > 1"
                )
                later = [row[0] for row in cursor.fetchall()]
                if later:
                    cursor.execute(f"DELETE FROM {STAGING} WHERE {POSITION} IN %s", [later])

    def _unique_keys(self, batch: Batch) -> list[list[str]]:
        """Return the columns of each unique key that the batch gives values for."""
        with self.connection.cursor() as cursor:
            constraints = self.connection.introspection.get_constraints(cursor, batch.table)
        keys = [found["columns"] for found in constraints.values() if found["unique"] and found["columns"]]
        return [columns for columns in keys if set(columns) <= set(batch.columns)]

    def _update(self, batch: Batch) -> int:
        self._stage(batch)
        pk, *others = [self.quote(column) for column in batch.columns]
        values = ", ".join(f"old.{column} = new.{column}" for column in others)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.quote(batch.table)} old JOIN {STAGING} new ON old.{pk} = new.{pk} SET {values}"
            )
            return cursor.rowcount
