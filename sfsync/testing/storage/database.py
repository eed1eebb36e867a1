"""Connections and transactions.

One connection writes, under one lock. A file is read through further connections (WAL), so that readers do
not wait for a writer and never see what is not committed; an org in memory has the one connection only.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ..clock import Clock
from ..schema.base import Schema, SObjectSpec
from .history import Change, write_history
from .tables import create_table, create_tables, quote
from .values import format_moment


class Storage:
    """The tables of an org. Writes belong inside `transaction()`; a thread reads its own writes."""

    def __init__(self, path: str | Path, schema: Schema, clock: Clock) -> None:
        self.path = str(path)
        self._clock = clock
        self._lock = threading.RLock()
        self._owner: int | None = None
        self._depth = 0
        self._opened_at: datetime | None = None
        self._pending: list[Change] = []
        self._touched: set[str] = set()
        self._idle_readers: list[sqlite3.Connection] = []
        self._copies: list[sqlite3.Connection] = []
        self._closed = False
        self._writer = self._connect()
        create_tables(self._writer, schema)
        self._counters: dict[str, int] = {}
        self._read_counters()

    def read(self, sql: str, params: Sequence[Any] = ()) -> Iterator[sqlite3.Row]:
        """Run a SELECT and iterate over its rows, which answer to positions and to column names."""
        if self.path == ":memory:" or self._owner == threading.get_ident():
            with self._lock:
                return iter(self._writer.execute(sql, params).fetchall())
        with self._reader() as reader:
            return iter(reader.execute(sql, params).fetchall())

    def write(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement inside the open transaction and return the number of rows it touched."""
        if self._owner != threading.get_ident():
            raise RuntimeError("a write needs a transaction of its own thread")
        return int(self._writer.execute(sql, params).rowcount)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end, or roll back on an error; inside another one, back to this point."""
        with self._lock:
            yield from self._savepoint() if self._depth else self._outermost()

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Open a transaction unless there is one: for work that refuses before it writes, and writes once."""
        with self._lock:
            if self._depth:
                yield
            else:
                yield from self._outermost()

    def record_change(self, change: Change) -> None:
        """Add a row to the history, written with the commit's time when the transaction commits."""
        self._pending.append(change)

    def pending(self) -> list[Change]:
        """Return the changes of the open transaction that `record_change` has seen so far."""
        return list(self._pending)

    def next_number(self, key_prefix: str) -> int:
        """Return the next number for a record id; a number is never given out twice."""
        number = self._counters.get(key_prefix, 0) + 1
        self._counters[key_prefix] = number
        self._touched.add(key_prefix)
        return number

    def oldest_open_transaction(self) -> datetime | None:
        """Return when the oldest transaction began that is not committed yet, or None."""
        return self._opened_at

    def ensure(self, spec: SObjectSpec) -> None:
        """Make or widen the table of one object."""
        with self._lock:
            create_table(self._writer, spec)

    def note(self, name: str) -> str | None:
        """Return a note about the whole org, such as how it was seeded."""
        return next(
            (row[0] for row in self.read('SELECT "value" FROM "_note" WHERE "name" = ?', (name,))), None
        )

    def set_note(self, name: str, value: str) -> None:
        self.write('INSERT OR REPLACE INTO "_note" VALUES (?, ?)', (name, value))

    def copy(self) -> sqlite3.Connection:
        """Return everything that is committed, in memory."""
        with self._lock:
            self._require_no_transaction()
            data = sqlite3.connect(":memory:", check_same_thread=False)
            self._writer.backup(data)
            self._copies.append(data)
            return data

    def replace(self, data: sqlite3.Connection) -> None:
        """Put what `copy` returned in the place of everything."""
        with self._lock:
            self._require_no_transaction()
            data.backup(self._writer)
            self._read_counters()

    def clear(self, schema: Schema) -> None:
        """Forget everything, and make the tables of a schema anew; the org's own tables are emptied."""
        with self._lock:
            self._require_no_transaction()
            sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            for (name,) in self._writer.execute(sql).fetchall():
                verb = "DELETE FROM" if name.startswith("_") else "DROP TABLE"
                self._writer.execute(f"{verb} {quote(name)}")
            create_tables(self._writer, schema)
            self._read_counters()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._close_readers()
            while self._copies:
                self._copies.pop().close()
            self._writer.close()

    def _require_no_transaction(self) -> None:
        if self._depth:
            raise RuntimeError("the data cannot be copied or replaced inside a transaction")

    def _read_counters(self) -> None:
        rows = self._writer.execute('SELECT "key_prefix", "value" FROM "_counter"')
        self._counters = dict(rows.fetchall())
        self._touched.clear()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        reader = self._take_reader()
        try:
            yield reader
        finally:
            self._give_back(reader)

    def _take_reader(self) -> sqlite3.Connection:
        try:
            return self._idle_readers.pop()  # atomic, as is append
        except IndexError:
            return self._connect()

    def _give_back(self, reader: sqlite3.Connection) -> None:
        self._idle_readers.append(reader)
        if self._closed:  # after the line above: the org may be closed in between
            self._close_readers()

    def _close_readers(self) -> None:
        while True:
            try:
                self._idle_readers.pop().close()
            except IndexError:
                return

    def _outermost(self) -> Iterator[None]:
        self._opened_at = self._clock.now()
        self._owner = threading.get_ident()
        self._depth = 1
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            yield
            self._commit()
        finally:
            self._end()

    def _commit(self) -> None:
        write_history(self._writer, self._pending, format_moment(self._clock.now()))
        self._writer.executemany(
            'INSERT OR REPLACE INTO "_counter" VALUES (?, ?)', self._counter_rows(self._touched)
        )
        self._writer.execute("COMMIT")
        self._touched.clear()

    def _end(self) -> None:
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")
        self._pending.clear()
        self._owner, self._depth, self._opened_at = None, 0, None

    def _counter_rows(self, prefixes: Iterable[str]) -> list[tuple[str, int]]:
        return [(prefix, self._counters[prefix]) for prefix in prefixes]

    def _savepoint(self) -> Iterator[None]:
        name = f"s{self._depth}"
        changes = len(self._pending)
        self._depth += 1
        self._writer.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self._writer.execute(f"ROLLBACK TO {name}")
            del self._pending[changes:]
            raise
        finally:
            self._writer.execute(f"RELEASE {name}")
            self._depth -= 1
