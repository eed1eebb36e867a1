"""The whole state of an org put aside, and put back.

A snapshot holds the records with their history, the recycle bin, the ids given out, the access of users and
the objects of the schema. It does not hold the clock, sessions, faults or open transactions.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from .org import Org
from .schema import SObjectSpec
from .seed import NOTE, seed


class SnapshotError(ValueError):
    """Refuse to restore a snapshot that is not there."""


@dataclass(frozen=True)
class Snapshot:
    number: int
    data: sqlite3.Connection = field(repr=False)
    objects: dict[str, SObjectSpec] = field(repr=False)


class Snapshots:
    """The snapshots of an org, and the state it began with."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._numbers = itertools.count(1)
        self._taken: dict[int, Snapshot] = {}
        self._lock = threading.Lock()
        self._first_objects = dict(org.schema.objects)

    def take(self) -> Snapshot:
        """Put the state aside."""
        snapshot = Snapshot(next(self._numbers), self._org.storage.copy(), dict(self._org.schema.objects))
        with self._lock:
            self._taken[snapshot.number] = snapshot
        return snapshot

    def restore(self, snapshot: Snapshot | int) -> None:
        """Make the org what it was, as often as wanted; open transactions are forgotten.

        Raise SnapshotError for a snapshot that is not there.
        """
        wanted = self.get(snapshot)
        self._org.transactions.clear()
        self._org.storage.replace(wanted.data)
        self._replace_objects(wanted.objects)

    def drop(self, snapshot: Snapshot | int) -> None:
        """Free the memory of a snapshot."""
        wanted = self.get(snapshot)
        with self._lock:
            del self._taken[wanted.number]
        wanted.data.close()

    def get(self, snapshot: Snapshot | int) -> Snapshot:
        number = snapshot if isinstance(snapshot, int) else snapshot.number
        found = self._taken.get(number)
        if found is None:
            raise SnapshotError(f"There is no snapshot {number}.")
        return found

    def reset(self) -> None:
        """Make the org what it was in the beginning: empty, or with the records it was seeded with."""
        org = self._org
        seeded = org.storage.note(NOTE)
        org.transactions.clear()
        self._replace_objects(self._first_objects)
        org.storage.clear(org.schema)
        org.furnish()
        if seeded is not None:
            seed(org, **json.loads(seeded))

    def _replace_objects(self, objects: Mapping[str, SObjectSpec]) -> None:
        schema = self._org.schema
        schema.objects = dict(objects)
        schema.add(next(iter(objects.values())))  # which makes it forget what it derived from the others
        self._org.permissions.table.forget()

    def numbers(self) -> list[int]:
        return sorted(self._taken)

    def close(self) -> None:
        for number in self.numbers():
            self.drop(number)
