"""Transactions that stay open while the org goes on: written now, visible when they are committed.

What they write is worked out at once, by the same rules as any other write, and put aside: ids and stamps are
those of the write, the rows appear with the commit. Until then `latestDateCovered` of getUpdated and getDeleted
does not pass the moment the transaction was opened ("Polling for Changes" in the SOAP guide: long-running
transactions), and nobody else can write the rows it has touched.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import errors
from .faults.actions import OPERATIONS
from .faults.rows import lock_message
from .ids import is_id, to_18
from .storage import format_moment
from .storage.history import Change
from .storage.replay import replay
from .uniqueness import require_unique

if TYPE_CHECKING:
    from .org import Org


class TransactionError(ValueError):
    """Refuse a write that is no write, or work on a transaction that is over."""


class _RollBack(Exception):
    """Undo what was only tried."""


@dataclass
class Transaction:
    """One open transaction. `written` are the ids of its writes, in their order."""

    number: int
    opened: datetime
    changes: list[Change] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        return {"id": self.number, "opened": format_moment(self.opened), "written": list(self.written)}


class _Writing(threading.local):
    """The transaction that a thread is writing into."""

    transaction: Transaction | None = None


class Transactions:
    """The open transactions of an org.

    A write is `{"operation": "create", "sobject": "Account", "values": {...}}`, `update` with an `id` too,
    `delete` with `sobject` and `id`, or `touch`, which changes nothing but the stamps: of the record with the
    `id`, or without one of every record of the object. `user` is who writes, the administrator by default.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._numbers = itertools.count(1)
        self._open: dict[int, Transaction] = {}
        self._lock = threading.Lock()
        self._writing = _Writing()

    def open(self) -> Transaction:
        """Open a transaction now."""
        with self._lock:
            opened = Transaction(next(self._numbers), self._org.clock.now())
            self._open[opened.number] = opened
            return opened

    def write(self, transaction: Transaction | int, writes: Iterable[Mapping[str, Any]]) -> list[str]:
        """Write into an open transaction and return the ids, in order.

        Raise OrgError where a rule refuses one (then none of these writes counts), and TransactionError for
        what is no write.
        """
        with self._lock:
            target = self.get(transaction)
            written, changes = self._try(target, list(writes))
            target.changes += changes
            target.written += written
            return written

    def commit(self, transaction: Transaction | int) -> list[str]:
        """Make everything visible, and return the ids written.

        Raise OrgError DUPLICATE_VALUE, and leave the transaction open, where somebody else has taken a unique
        value meanwhile (in a real org they would have waited for this commit).
        """
        with self._lock:
            target = self.get(transaction)
            with self._org.storage.transaction():
                replay(self._org.storage, target.changes, remember=True)
                self._require_unique(target.changes)
            # Only now: a reader must find either the rows or the transaction that holds them back.
            del self._open[target.number]
            return target.written

    def roll_back(self, transaction: Transaction | int) -> None:
        """Forget what was written."""
        with self._lock:
            del self._open[self.get(transaction).number]

    def write_at_once(self, writes: Iterable[Mapping[str, Any]]) -> list[str]:
        """Write and commit, in one transaction, and return the ids."""
        with self._org.transaction():
            return list(self._written(writes))

    def get(self, transaction: Transaction | int) -> Transaction:
        """Return an open transaction; raise TransactionError for one that is over, or never was."""
        number = transaction.number if isinstance(transaction, Transaction) else transaction
        found = self._open.get(number)
        if found is None:
            raise TransactionError(f"There is no open transaction {number}.")
        return found

    def oldest(self) -> datetime | None:
        """Return when the oldest open transaction was opened."""
        return min((one.opened for one in self), default=None)

    def require_unlocked(self, record_id: str) -> None:
        """Refuse a row that an open transaction has touched (real orgs wait for it, ten seconds at most)."""
        key = to_18(record_id) if len(record_id) == 15 else record_id
        for one in self:
            if one is not self._writing.transaction and any(
                change.record_id == key for change in one.changes
            ):
                raise errors.OrgError(400, "UNABLE_TO_LOCK_ROW", lock_message(key), [])

    def clear(self) -> None:
        with self._lock:
            self._open.clear()

    def __iter__(self) -> Iterator[Transaction]:
        # Without the lock: whoever asks may hold the storage's, which a commit waits for while it holds ours.
        return iter(list(self._open.values()))

    def _try(
        self, target: Transaction, writes: Sequence[Mapping[str, Any]]
    ) -> tuple[list[str], list[Change]]:
        """Return the ids and changes of writes that come after those the transaction holds."""
        storage = self._org.storage
        written: list[str] = []
        changes: list[Change] = []
        with self._inside(target), self._undone():
            before = len(storage.pending())
            replay(storage, target.changes, remember=False)
            written.extend(self._written(writes))
            changes.extend(storage.pending()[before:])
        return written, changes

    def _require_unique(self, changes: Iterable[Change]) -> None:
        for change in changes:
            spec = self._org.schema.find(change.sobject)
            if spec is not None and change.operation in ("create", "update"):
                require_unique(self._org.storage, spec, {"Id": change.record_id}, change.changed)

    @contextmanager
    def _inside(self, target: Transaction) -> Iterator[None]:
        """Let a transaction write the rows it has locked itself."""
        self._writing.transaction = target
        try:
            yield
        finally:
            self._writing.transaction = None

    @contextmanager
    def _undone(self) -> Iterator[None]:
        try:
            with self._org.transaction():
                yield
                raise _RollBack
        except _RollBack:
            return

    def _written(self, writes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        for write in writes:
            yield from self._one(write)

    def _one(self, write: Mapping[str, Any]) -> Iterator[str]:
        org = self._org
        operation, sobject, record_id = (write.get(key) for key in ("operation", "sobject", "id"))
        values, user = write.get("values", {}), write.get("user", org.settings.user_id)
        if operation not in OPERATIONS or not isinstance(sobject, str):
            raise TransactionError(f"A write needs an sobject and an operation of {', '.join(OPERATIONS)}.")
        if not isinstance(values, Mapping) or not isinstance(user, str):
            raise TransactionError("The values of a write are an object, and its user is an id.")
        if record_id is not None and not (isinstance(record_id, str) and is_id(record_id)):
            raise TransactionError("The id of a write is that of a record.")
        if operation == "touch":
            yield from self._touch(sobject, record_id)
            return
        if operation == "create":
            yield org.create(sobject, values, user)
            return
        if not isinstance(record_id, str):
            raise TransactionError(f"A write that is an {operation} needs an id.")
        if operation == "update":
            org.update(sobject, record_id, values, user)
        else:
            org.delete(sobject, record_id, user)
        yield to_18(record_id)

    def _touch(self, sobject: str, record_id: str | None) -> Iterator[str]:
        """Stamp records anew, as a renamed picklist value does with every record that has it."""
        org = self._org
        spec = org.schema.get(sobject)
        if spec.modstamp_field is None:
            raise TransactionError(f"{spec.name} has no stamp that could be touched.")
        condition, params = ('AND "Id" = ?', [to_18(record_id)]) if record_id else ("", [])
        sql = f'SELECT "Id" FROM "{spec.name}" WHERE "IsDeleted" = 0 {condition} ORDER BY "Id"'
        stamp = format_moment(org.clock.now())
        ids = [row[0] for row in org.storage.read(sql, params)]
        changes = [Change(spec.name, one, "update", stamp, {spec.modstamp_field: stamp}) for one in ids]
        replay(org.storage, changes, remember=True)
        yield from ids
