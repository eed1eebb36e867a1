"""What is outstanding for a batch of records: local changes nobody has settled, and their deliveries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sfsync.engine.merging import ABSENT, Absent, Canonical
from sfsync.engine.parents import Parents
from sfsync.engine.target import Target
from sfsync.mappings import Field
from sfsync.models import Delivery, LocalChange, Operation


@dataclass
class Pending:
    """One record's outstanding changes, oldest first, and its delivery."""

    changes: list[LocalChange] = field(default_factory=list)
    delivery: Delivery | None = None
    _old: dict[str, Canonical] | None = None

    @property
    def last_change(self) -> int | None:
        return self.changes[-1].id if self.changes else None

    @property
    def is_new(self) -> bool:
        """Whether the row was inserted since the last sync: what it held then was never agreed on."""
        return bool(self.changes) and self.changes[0].operation == Operation.INSERT

    def sf_id(self) -> str | None:
        """Return the Salesforce id the record had when it was last written here."""
        if self.delivery is not None and self.delivery.sf_id:
            return self.delivery.sf_id
        return next((each.sf_id for each in reversed(self.changes) if each.sf_id), None)

    def base(self, name: str, old: dict[str, Canonical], default: Canonical | Absent) -> Canonical | Absent:
        """Return the base of one field: the delivery's, else the oldest old value, else `default`.

        What a row held when it was inserted is no base: the org has never had it.
        """
        if self.delivery is not None and self.delivery.base is not None and name in self.delivery.base:
            return self.delivery.base[name]
        return default if self.is_new else old.get(name, default)

    def sent(self, name: str) -> Canonical | Absent:
        if self.delivery is None or not self.delivery.sent:
            return ABSENT
        return self.delivery.sent.get(name, ABSENT)


class PendingRecords:
    """The outstanding changes and deliveries of many records, read by two statements.

    Read it after the row locks are held, by separate statements: a lock taken in the reading statement
    itself would show an older log than the row.
    """

    def __init__(self, target: Target, keys: Iterable[Any]) -> None:
        self.target = target
        self._records: dict[str, Pending] = defaultdict(Pending)
        wanted = sorted({target.key_text(key) for key in keys})
        for change in target.changes().filter(pk_text__in=wanted).order_by("id"):
            self._records[change.pk_text].changes.append(change)
        for delivery in target.stored(Delivery).filter(pk_text__in=wanted):
            self._records[delivery.pk_text].delivery = delivery

    def __getitem__(self, key: Any) -> Pending:
        return self._records[self.target.key_text(key)]

    def reference_keys(self, each: Field) -> set[Any]:
        """Return the foreign keys that old values of a reference hold, so that parents can be looked up."""
        values = (
            self._old_value(change, each) for record in self._records.values() for change in record.changes
        )
        return {value for value in values if value is not None and value is not ABSENT}

    def old_values(self, pending: Pending, parents: Parents) -> dict[str, Canonical]:
        """Return {field name: canonical value before the first outstanding change} of the changed fields."""
        found: dict[str, Canonical] = {}
        for change in pending.changes:
            for each in self.target.merged:
                value = self._old_value(change, each)
                if value is not ABSENT and each.name not in found:
                    found[each.name] = parents.canonical_local(each, value)
        return found

    def _old_value(self, change: LocalChange, each: Field) -> Any:
        return self._decoded(change).get(each.attname, ABSENT)

    def _decoded(self, change: LocalChange) -> dict[str, Any]:
        decoded = getattr(change, "_decoded", None)
        if decoded is None:
            decoded = change.old_values(self.target.mapping)
            change._decoded = decoded  # type: ignore[attr-defined]
        return decoded
