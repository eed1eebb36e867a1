"""What becomes of deleted records: the recycle bin, undelete, merge, and the end of them.

A deleted row stays in its table until it is purged. Records that went along with their parent come back with
it, and lookups that the delete cleared are set again (SOAP guide, "delete()", "undelete()", "merge()" and
"emptyRecycleBin()"). What has been purged is known to the delete log alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from . import errors, ids, record_refusals
from .delete_log import DeleteLog
from .permissions import Permissions
from .schema.base import FieldSpec, Schema, SObjectSpec
from .settings import OrgSettings
from .storage import Storage, parse_moment
from .storage.tables import quote
from .uniqueness import require_unique
from .writing import Writer

MAX_MERGED = 2  # SOAP guide, "merge()": up to three records, one of which remains


@dataclass
class Recycling:
    storage: Storage
    schema: Schema
    settings: OrgSettings
    permissions: Permissions
    writer: Writer
    log: DeleteLog

    def delete(
        self, spec: SObjectSpec, record: Mapping[str, Any], user: str, root: str | None = None
    ) -> None:
        """Move a live record to the recycle bin; `root` is the record whose delete takes it along."""
        root = root or record["Id"]
        changed = {"IsDeleted": 1, **self.writer.stamps(spec, user)}
        self.writer.note("_bin", sobject=spec.name, record_id=record["Id"], root=root)
        self.writer.store(spec, record, changed, "delete")
        for child, lookup in self.schema.children(spec.name):
            for row in self._children(child, lookup, record["Id"]):
                self._release(spec, record, child, lookup, row, user, root)

    def undelete(self, spec: SObjectSpec, record_id: str, user: str) -> None:
        """Bring a record back, with what went along with it; raise UNDELETE_FAILED where it is in no bin."""
        if not spec.undeletable:
            raise record_refusals.unsupported_operation(spec.name, "undelete")
        self.permissions.require_delete(user, spec)
        with self.storage.transaction():
            record = self._any(spec, record_id)
            if not record["IsDeleted"]:
                raise record_refusals.not_in_recycle_bin()
            self.permissions.require_edit(user, spec, record)
            for member, row in self._deleted_with(spec, record):
                self._restore(member, row, user)
            self._relink(record["Id"], user)
            self.storage.write('DELETE FROM "_bin" WHERE "root" = ? OR "record_id" = ?', [record["Id"]] * 2)

    def merge(self, spec: SObjectSpec, winner_id: str, loser_ids: Sequence[str], user: str) -> None:
        """Delete one or two records in favour of a third, which takes over what belonged to them.

        The records that point at a loser point at the winner afterwards; their stamps stay as they are.
        """
        if not spec.describe.get("mergeable"):
            raise record_refusals.unsupported_operation(spec.name, "merge")
        self.permissions.require_delete(user, spec)
        winner = self._live(spec, winner_id)
        losers = [self._live(spec, loser_id) for loser_id in loser_ids]
        distinct = {row["Id"] for row in losers} - {winner["Id"]}
        if not 1 <= len(losers) <= MAX_MERGED or len(distinct) != len(losers):
            raise record_refusals.merge_refused()
        with self.storage.transaction():
            for loser in losers:
                self.permissions.require_edit(user, spec, loser)
                self._hand_over(spec, loser["Id"], winner["Id"], user)
                changed = {"IsDeleted": 1, "MasterRecordId": winner["Id"], **self.writer.stamps(spec, user)}
                self.writer.note("_bin", sobject=spec.name, record_id=loser["Id"], root=loser["Id"])
                self.writer.store(spec, self._any(spec, loser["Id"]), changed, "delete")

    def purge(self, spec: SObjectSpec, record_id: str, user: str) -> None:
        """Remove a deleted record, and what went along with it, for good."""
        self.permissions.require_delete(user, spec)
        with self.storage.transaction():
            record = self._any(spec, record_id)
            if not record["IsDeleted"]:
                raise record_refusals.not_in_recycle_bin()
            for member, row in self._deleted_with(spec, record):
                self._remove(member, row)

    def purge_all(self) -> int:
        """Empty the recycle bin of the whole org and return how many records are gone."""
        purged = 0
        with self.storage.transaction():
            for spec in self.schema:
                for row in self.storage.read(f'SELECT * FROM {quote(spec.name)} WHERE "IsDeleted" = 1'):
                    self._remove(spec, dict(row))
                    purged += 1
        return purged

    def _release(
        self,
        spec: SObjectSpec,
        parent: Mapping[str, Any],
        child: SObjectSpec,
        lookup: FieldSpec,
        row: dict[str, Any],
        user: str,
        root: str,
    ) -> None:
        """Do with a child of a deleted record what its lookup says."""
        if lookup.on_parent_delete == "restrict":
            numbers = [_name(child, other) for other in self._children(child, lookup, parent["Id"])]
            name = " ".join(filter(None, (parent.get("Salutation"), _name(spec, parent))))
            raise errors.delete_restricted(name, child.label_plural.lower(), numbers)
        if lookup.on_parent_delete == "cascade":
            self.delete(child, row, user, root)
            return
        changed = {lookup.name: None}
        if self.settings.clearing_stamps:
            changed |= self.writer.stamps(child, user)
        self.writer.note(
            "_bin",
            sobject=child.name,
            record_id=row["Id"],
            root=root,
            lookup=lookup.name,
            parent=parent["Id"],
        )
        self.writer.store(child, row, changed)

    def _restore(self, spec: SObjectSpec, row: dict[str, Any], user: str) -> None:
        for lookup in spec.fields.values():
            if lookup.on_parent_delete == "cascade" and row.get(lookup.name) is not None:
                self._require_parent(row[lookup.name])
        changed = {"IsDeleted": 0, **self.writer.stamps(spec, user)}
        if row.get("MasterRecordId") is not None:
            changed["MasterRecordId"] = None
        require_unique(self.storage, spec, row, row)
        self.writer.store(spec, row, changed, "undelete")

    def _relink(self, root: str, user: str) -> None:
        """Set the lookups again that the delete cleared, unless they have another value by now."""
        sql = 'SELECT "sobject", "record_id", "lookup", "parent" FROM "_bin" WHERE "root" = ? AND "lookup" > \'\''
        for name, record_id, lookup, parent in self.storage.read(sql, (root,)):
            spec = self.schema.get(name)
            row = self._find(spec, record_id)
            if row is not None and not row["IsDeleted"] and row[lookup] is None:
                stamps = self.writer.stamps(spec, user) if self.settings.clearing_stamps else {}
                self.writer.store(spec, row, {lookup: parent, **stamps})

    def related(self, spec: SObjectSpec, record_id: str) -> list[str]:
        """Return the ids of the live records that point at one."""
        children = self.schema.children(spec.name)
        return [
            str(row["Id"]) for child, lookup in children for row in self._children(child, lookup, record_id)
        ]

    def _hand_over(self, spec: SObjectSpec, loser: str, winner: str, user: str) -> None:
        for child, lookup in self.schema.children(spec.name):
            for row in self._children(child, lookup, loser):
                changed = {lookup.name: None if row["Id"] == winner else winner}
                if self.settings.merging_stamps_children:
                    changed |= self.writer.stamps(child, user)
                self.writer.store(child, row, changed)

    def _remove(self, spec: SObjectSpec, row: Mapping[str, Any]) -> None:
        self.storage.write(f'DELETE FROM {quote(spec.name)} WHERE "Id" = ?', (row["Id"],))
        self.storage.write('DELETE FROM "_bin" WHERE "record_id" = ?', (row["Id"],))
        self._log(spec, row)
        self.writer.remember(spec, row, "purge", {})

    def _log(self, spec: SObjectSpec, row: Mapping[str, Any]) -> None:
        """Note in the delete log that a row is gone, as the settings say."""
        if spec.modstamp_field is None:
            return
        deleted = row[spec.modstamp_field]
        if self.settings.purged_in_log == "listed":
            self.writer.note("_purged", sobject=spec.name, record_id=row["Id"], deleted=deleted)
        elif self.settings.purged_in_log == "gap":
            self.log.purge(parse_moment(deleted) + timedelta(seconds=1))

    def _deleted_with(
        self, spec: SObjectSpec, record: dict[str, Any]
    ) -> Iterator[tuple[SObjectSpec, dict[str, Any]]]:
        """Yield a deleted record, and then those that went along with it."""
        yield spec, record
        sql = (
            'SELECT "sobject", "record_id" FROM "_bin" '
            'WHERE "root" = ? AND "record_id" != "root" AND "lookup" IS NULL ORDER BY rowid'
        )
        for name, record_id in self.storage.read(sql, (record["Id"],)):
            member = self.schema.get(name)
            row = self._find(member, record_id)
            if row is not None and row["IsDeleted"]:
                yield member, row

    def _children(self, child: SObjectSpec, lookup: FieldSpec, parent_id: str) -> list[dict[str, Any]]:
        sql = f'SELECT * FROM {quote(child.name)} WHERE {quote(lookup.name)} = ? AND "IsDeleted" = 0'
        return [dict(row) for row in self.storage.read(sql, (parent_id,))]

    def _require_parent(self, parent_id: str) -> None:
        spec = self.schema.find_by_prefix(parent_id[:3])
        row = self._find(spec, parent_id) if spec else None
        if row is not None and row["IsDeleted"]:
            raise errors.entity_is_deleted(400)

    def _live(self, spec: SObjectSpec, record_id: str) -> dict[str, Any]:
        row = self._any(spec, record_id)
        if row["IsDeleted"]:
            raise errors.entity_is_deleted()
        return row

    def _any(self, spec: SObjectSpec, record_id: str) -> dict[str, Any]:
        """Return a row, deleted or not; refuse any other id."""
        if not ids.is_id(record_id) or record_id[:3] != spec.key_prefix:
            raise errors.malformed_id(spec.fields["Id"].label, "Id", str(record_id))
        row = self._find(spec, ids.to_18(record_id))
        if row is None:
            raise errors.unknown_record()
        return row

    def _find(self, spec: SObjectSpec, record_id: str) -> dict[str, Any] | None:
        sql = f'SELECT * FROM {quote(spec.name)} WHERE "Id" = ?'
        return next((dict(row) for row in self.storage.read(sql, (record_id,))), None)


def _name(spec: SObjectSpec, record: Mapping[str, Any]) -> str:
    return str(record.get(spec.name_field.name if spec.name_field else "Id"))
