"""PostgreSQL: rows travel as one array per column."""

from __future__ import annotations

import datetime
import re
from typing import Any

from sfsync.database.base import Database
from sfsync.database.rows import Batch, ModelField, first_of_each


class PostgreSQL(Database):
    """Bulk statements of PostgreSQL."""

    def now(self) -> datetime.datetime:
        # now() would stand still during a transaction.
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0].astimezone(datetime.UTC)

    def _silence(self, key: int) -> None:
        self._set_quiet(str(key))

    def _end_silence(self, key: int) -> None:
        self._set_quiet("")

    def _set_quiet(self, value: str) -> None:
        with self.connection.cursor() as cursor:
            # `true`: for this transaction only; a rollback, also to a savepoint, takes it back.
            cursor.execute("SELECT set_config('sfsync.quiet', %s, true)", [value])

    def _insert(self, batch: Batch) -> list[Any]:
        keys = batch.keys
        if keys is None:
            keys = self._new_keys(batch)
            rows = [(key, *row) for key, row in zip(keys, batch.rows, strict=True)]
            batch = Batch(batch.table, batch.pk, [batch.pk, *batch.fields], rows)
        source, parameters = self._rows(batch)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.quote(batch.table)} ({self.quote(*batch.columns)}) "
                f"SELECT * FROM {source} ON CONFLICT DO NOTHING RETURNING {self.quote(batch.pk_column)}",
                parameters,
            )
            inserted = {row[0] for row in cursor.fetchall()}
        return first_of_each(keys, inserted)

    def _new_keys(self, batch: Batch) -> list[int]:
        """Take keys from the column's sequence: RETURNING alone would not tell which row got which."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [self.quote(batch.table), batch.pk_column, len(batch.rows)],
            )
            return [row[0] for row in cursor.fetchall()]

    def _update(self, batch: Batch) -> int:
        source, parameters = self._rows(batch)
        pk, *others = [self.quote(column) for column in batch.columns]
        values = ", ".join(f"{column} = new.{column}" for column in others)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.quote(batch.table)} old SET {values} FROM {source} WHERE old.{pk} = new.{pk}",
                parameters,
            )
            return cursor.rowcount

    def _rows(self, batch: Batch) -> tuple[str, list[list[Any]]]:
        """Return the rows as a table expression named `new`."""
        arrays = ", ".join(f"%s::{array_type(field, self)}" for field in batch.fields)
        columns = [list(column) for column in zip(*batch.rows, strict=True)]
        return f"unnest({arrays}) new ({self.quote(*batch.columns)})", columns


def array_type(field: ModelField, database: Database) -> str:
    """Return the type of an array of a column's values, without the length: a cast would cut to it."""
    db_type = (
        field.rel_db_type(database.connection)
        if field.is_relation
        else field.cast_db_type(database.connection)
    )
    return re.sub(r"\([^)]*\)", "", db_type or "text") + "[]"
