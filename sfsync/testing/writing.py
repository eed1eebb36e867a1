"""Writing rows: into the table, into the history, and into the records whose computed fields follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .clock import Clock
from .computed import Computed
from .schema.base import SObjectSpec
from .settings import OrgSettings
from .storage import Storage, format_moment
from .storage.history import Change, Operation
from .storage.tables import quote


@dataclass
class Writer:
    """Write rows whose values have passed the rules, inside the open transaction."""

    storage: Storage
    clock: Clock
    settings: OrgSettings
    computed: Computed

    def insert(self, spec: SObjectSpec, record: dict[str, Any]) -> None:
        """Store a new record, after its formulas are put in."""
        self.computed.complete(spec, record, {})
        columns = ", ".join(map(quote, record))
        marks = ", ".join("?" * len(record))
        self.storage.write(
            f"INSERT INTO {quote(spec.name)} ({columns}) VALUES ({marks})", list(record.values())
        )
        set_values = {name: value for name, value in record.items() if value is not None}
        self.remember(spec, record, "create", set_values)
        self._follow(spec, {}, record)

    def store(
        self,
        spec: SObjectSpec,
        before: Mapping[str, Any],
        changed: Mapping[str, Any],
        operation: Operation = "update",
    ) -> None:
        """Change a stored record and what is computed of it; `before` is the whole row, as stored."""
        after = {**before, **changed}
        self.computed.complete(spec, after, before)
        changed = {name: value for name, value in after.items() if name in changed or value != before[name]}
        if changed:
            settings = ", ".join(f"{quote(name)} = ?" for name in changed)
            self.storage.write(
                f'UPDATE {quote(spec.name)} SET {settings} WHERE "Id" = ?', [*changed.values(), after["Id"]]
            )
        self.remember(spec, after, operation, changed)
        self._follow(spec, before, after)

    def refresh(self, spec: SObjectSpec) -> None:
        """Compute what is computed of every live record of an object, as after a change of the object."""
        if not spec.computed_fields:
            return
        sql = f'SELECT * FROM {quote(spec.name)} WHERE "IsDeleted" = 0'
        for row in self.storage.read(sql):
            self._refresh(spec, dict(row))

    def stamps(self, spec: SObjectSpec, user: str, *created: str) -> dict[str, Any]:
        """Return who and when of a write now, as far as the object has fields for them."""
        now = format_moment(self.clock.now())
        names = ("LastModifiedDate", "LastModifiedById", "SystemModstamp", *created)
        return {name: user if name.endswith("ById") else now for name in names if name in spec.fields}

    def note(self, table: str, **values: Any) -> None:
        """Add a row to one of the org's own tables, with the writes it belongs to."""
        columns, marks = ", ".join(map(quote, values)), ", ".join("?" * len(values))
        self.storage.write(f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})", list(values.values()))
        self.storage.record_change(Change(table, "", "create", format_moment(self.clock.now()), values))

    def remember(
        self, spec: SObjectSpec, record: Mapping[str, Any], operation: Operation, changed: Mapping[str, Any]
    ) -> None:
        stamp = record[spec.modstamp_field] if spec.modstamp_field else format_moment(self.clock.now())
        self.storage.record_change(Change(spec.name, record["Id"], operation, stamp, changed))

    def _follow(self, spec: SObjectSpec, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        for other, row in self.computed.followers(spec, before, after):
            self._refresh(other, row)

    def _refresh(self, spec: SObjectSpec, row: Mapping[str, Any]) -> None:
        fresh = self.computed.refreshed(spec, row)
        changed = {name: value for name, value in fresh.items() if value != row[name]}
        if changed:
            if self.settings.computing_stamps:
                changed |= self.stamps(spec, row["LastModifiedById"])
            self.store(spec, row, changed)
