"""SQLite: one prepared statement for all rows, under the one writer's lock."""

from __future__ import annotations

import datetime
import json
from typing import Any

from sfsync.database.base import Database
from sfsync.database.rows import Batch, first_of_each
from sfsync.database.triggers.dialect import QUIET


class SQLite(Database):
    """Bulk statements of SQLite."""

    def now(self) -> datetime.datetime:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')", [])
            return datetime.datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=datetime.UTC)

    def _silence(self, key: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {QUIET} (quiet_key) VALUES (%s)", [key])

    def _end_silence(self, key: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {QUIET} WHERE quiet_key = %s", [key])

    def _insert(self, batch: Batch) -> list[Any]:
        self._become_writer(batch)
        keys = batch.keys
        if keys is None:
            keys = self._new_keys(batch)
            rows = [(key, *row) for key, row in zip(keys, batch.rows, strict=True)]
            batch = Batch(batch.table, batch.pk, [batch.pk, *batch.fields], rows)
        taken = self._present(batch, keys)
        places = ", ".join(["%s"] * len(batch.fields))
        with self.connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self.quote(batch.table)} ({self.quote(*batch.columns)}) VALUES ({places}) "
                "ON CONFLICT DO NOTHING",
                batch.rows,
            )
        return first_of_each(keys, self._present(batch, keys) - taken)

    def _become_writer(self, batch: Batch) -> None:
        """Take the database's write lock: what is read from here on stays true until the commit."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.quote(batch.table)} WHERE 0")

    def _new_keys(self, batch: Batch) -> list[int]:
        """Number the rows as AUTOINCREMENT would."""
        with self.connection.cursor() as cursor:
            pk = self.quote(batch.pk_column)
            cursor.execute(
                f"SELECT max(coalesce((SELECT max({pk}) FROM {self.quote(batch.table)}), 0), "
                "coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0))",
                [batch.table],
            )
            first = cursor.fetchone()[0] + 1
        return list(range(first, first + len(batch.rows)))

    def _present(self, batch: Batch, keys: list[Any]) -> set[Any]:
        pk = self.quote(batch.pk_column)
        with self.connection.cursor() as cursor:
            # One parameter: SQLite limits their number.
            cursor.execute(
                f"SELECT {pk} FROM {self.quote(batch.table)} WHERE {pk} IN (SELECT value FROM json_each(%s))",
                [json.dumps(keys)],
            )
            return {row[0] for row in cursor.fetchall()}

    def _update(self, batch: Batch) -> int:
        pk, *others = [self.quote(column) for column in batch.columns]
        values = ", ".join(f"{column} = %s" for column in others)
        with self.connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {self.quote(batch.table)} SET {values} WHERE {pk} = %s",
                [(*row[1:], row[0]) for row in batch.rows],
            )
            return cursor.rowcount
