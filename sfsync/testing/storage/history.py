"""The history: a row for every committed write, its commit time apart from the record's stamp."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .values import dumps

Operation = Literal["create", "update", "delete", "undelete", "purge"]


@dataclass(frozen=True, slots=True)
class Change:
    """One write of one record; `changed` maps field names to the new values as stored.

    A name that begins with an underscore is a table of the org's own: rows that belong to the writes beside
    them, and no history.
    """

    sobject: str
    record_id: str
    operation: Operation
    stamp: str
    changed: Mapping[str, Any]


def write_history(connection: sqlite3.Connection, changes: Iterable[Change], committed: str) -> None:
    connection.executemany(
        'INSERT INTO "_history" ("sobject", "record_id", "operation", "stamp", "committed", "changed") '
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                change.sobject,
                change.record_id,
                change.operation,
                change.stamp,
                committed,
                dumps(change.changed),
            )
            for change in changes
            if not change.sobject.startswith("_")
        ),
    )
