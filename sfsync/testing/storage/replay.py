"""Changes put into the tables as they were worked out before, without any rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .history import Change
from .tables import quote

if TYPE_CHECKING:
    from .database import Storage


def replay(storage: Storage, changes: Iterable[Change], *, remember: bool) -> None:
    """Write changes inside the open transaction; with `remember` they go into the history, too."""
    for change in changes:
        table, names = quote(change.sobject), [quote(name) for name in change.changed]
        if change.operation == "create":
            marks = ", ".join("?" * len(names))
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
            storage.write(sql, list(change.changed.values()))
        elif change.operation == "purge":
            storage.write(f'DELETE FROM {table} WHERE "Id" = ?', [change.record_id])
        elif names:
            settings = ", ".join(f"{name} = ?" for name in names)
            sql = f'UPDATE {table} SET {settings} WHERE "Id" = ?'
            storage.write(sql, [*change.changed.values(), change.record_id])
        if remember:
            storage.record_change(change)
