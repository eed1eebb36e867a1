"""The simulated org: state and rules wired together. The HTTP layer talks to this class only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from . import errors, ids
from .access import Access
from .automation import Automation
from .bulk import Bulk
from .clock import Clock
from .computed import Computed
from .delete_log import DeleteLog
from .faults.rows import RowFailures
from .identity import ensure_identity, new_user
from .objects import Objects
from .permissions import Permissions
from .reading import Reader
from .record_types import RecordTypes
from .records import Records
from .recycling import Recycling
from .references import References
from .replication import Replication
from .schema import FieldSpec, Schema, SObjectSpec, standard_schema
from .schema.describe import basic_info_body, describe_body, global_body
from .settings import OrgSettings
from .storage import Storage
from .transactions import Transactions
from .writing import Writer

DEFAULT_VERSION = "66.0"


class Org:
    """One org. Objects, fields and ids may be named in any case and length; answers are canonical.

    Every call names the running user by id, and raises OrgError for what Salesforce would refuse. `version`
    is the API version that record URLs carry, such as "66.0". Safe to be called from several threads.
    """

    def __init__(
        self,
        storage_path: str | Path = ":memory:",
        *,
        clock: Clock | None = None,
        schema: Schema | None = None,
        settings: OrgSettings | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.schema = schema or standard_schema()
        self.settings = settings or OrgSettings()
        self.base_url = self.settings.base_url
        self.storage = Storage(storage_path, self.schema, self.clock)
        self.permissions = Permissions(self.schema, self.storage, self.settings)
        self.references = References(self.storage, self.schema, self.settings)
        writer = Writer(self.storage, self.clock, self.settings, Computed(self.storage, self.schema))
        self.record_types = RecordTypes(self.storage, self.schema)
        self.objects = Objects(self.storage, self.schema, writer)
        self.delete_log = DeleteLog(self.storage, self.schema, self.clock, self.settings)
        self.recycling = Recycling(
            self.storage, self.schema, self.settings, self.permissions, writer, self.delete_log
        )
        self.records = Records(
            self.storage,
            self.schema,
            self.clock,
            self.settings,
            self.permissions,
            self.references,
            writer,
            self.recycling,
            self.record_types,
        )
        self.reader = Reader(self.storage, self.clock, self.permissions)
        self.transactions = Transactions(self)
        self.row_failures = RowFailures()
        self.automation = Automation(self)
        self.replication = Replication(
            self.storage,
            self.clock,
            self.settings,
            self.permissions,
            self.delete_log,
            self.transactions.oldest,
        )
        self.furnish()
        self.bulk = Bulk(self)

    def furnish(self) -> None:
        """Create the records that every org has, where they are missing."""
        ensure_identity(self.records, self.settings)

    def create(self, sobject: str, values: Mapping[str, Any], user: str) -> str:
        """Create a record from JSON values and return its id."""
        self._open_row(None)
        spec = self._spec(sobject, user)
        if not self.automation.concerns(spec):
            return self.records.create(spec, values, user)
        with self.transaction():
            record_id = self.records.create(spec, values, user)
            self.automation.written(spec, record_id, "create", user)
        return record_id

    def update(
        self,
        sobject: str,
        record_id: str,
        values: Mapping[str, Any],
        user: str,
        *,
        unmodified_since: datetime | None = None,
    ) -> None:
        """Change the fields named; raise PRECONDITION_FAILED (412) if the record changed after a time."""
        self._open_row(record_id)
        spec = self._spec(sobject, user)
        if not self.automation.concerns(spec):
            self.records.update(spec, record_id, values, user, unmodified_since)
            return
        with self.transaction():
            self.records.update(spec, record_id, values, user, unmodified_since)
            self.automation.written(spec, ids.to_18(record_id), "update", user)

    def delete(self, sobject: str, record_id: str, user: str) -> None:
        """Delete a record and the children that belong to it."""
        self._open_row(record_id)
        spec = self._spec(sobject, user)
        with self.transaction():
            followers = self.automation.deleting(spec, record_id, user)
            self.records.delete(spec, record_id, user)
            for change_parent in followers:
                change_parent()

    def undelete(self, sobject: str, record_id: str, user: str) -> None:
        """Bring a deleted record back, with the children that went along; raise UNDELETE_FAILED if it is none."""
        self._open_row(record_id)
        self.recycling.undelete(self._spec(sobject, user), record_id, user)

    def merge(
        self,
        sobject: str,
        winner_id: str,
        loser_ids: Sequence[str],
        user: str,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Delete one or two records in favour of a third, which gets the values and what belonged to them."""
        with self.transaction():
            self.update(sobject, winner_id, values or {}, user)
            self.recycling.merge(self._spec(sobject, user), winner_id, loser_ids, user)

    def related(self, sobject: str, record_id: str, user: str) -> list[str]:
        """Return the ids of the live records that point at one."""
        return self.recycling.related(self._spec(sobject, user), ids.to_18(record_id))

    def purge(self, sobject: str, record_id: str, user: str) -> None:
        """Remove a deleted record for good: what emptying the recycle bin does, and a hard delete."""
        self.recycling.purge(self._spec(sobject, user), record_id, user)

    def hard_delete(self, sobject: str, record_id: str, user: str) -> None:
        """Delete a record past the recycle bin."""
        with self.transaction():
            self.delete(sobject, record_id, user)
            self.purge(sobject, record_id, user)

    def read(
        self,
        sobject: str,
        record_id: str,
        fields: Iterable[str] | None,
        user: str,
        *,
        version: str = DEFAULT_VERSION,
    ) -> dict[str, Any]:
        """Return one record as it goes out, with all fields or those named and Id."""
        return self.reader.read(self._spec(sobject, user), record_id, fields, user, version)

    def retrieve(
        self,
        sobject: str,
        ids: Sequence[str],
        fields: Iterable[str],
        user: str,
        *,
        version: str = DEFAULT_VERSION,
    ) -> list[dict[str, Any] | None]:
        """Return records in the order of the ids, None for what is unknown, deleted or of another object."""
        return self.reader.retrieve(self._spec(sobject, user), ids, fields, user, version)

    def last_modified(self, sobject: str, record_id: str, user: str) -> datetime:
        """Return a record's LastModifiedDate, for conditional requests; raise NOT_FOUND as `read` does."""
        return self.reader.last_modified(self._spec(sobject, user), record_id, user)

    def find_by_external_id(self, sobject: str, field: str, value: Any, user: str) -> list[str]:
        """Return the ids of the live records with this value in an external id or idLookup field."""
        spec = self._spec(sobject, user)
        found = spec.find(field)
        if found is None or found not in self.permissions.visible_fields(user, spec):
            raise errors.external_id_not_found(field)
        return [
            record_id
            for record_id in self.references.find(spec, found, value)
            if self.permissions.may(user, spec, record_id)
        ]

    def updated(self, sobject: str, start: datetime, end: datetime, user: str) -> dict[str, Any]:
        """Return the body of getUpdated."""
        return self.replication.updated(self._spec(sobject, user), start, end, user)

    def deleted(self, sobject: str, start: datetime, end: datetime, user: str) -> dict[str, Any]:
        """Return the body of getDeleted."""
        return self.replication.deleted(self._spec(sobject, user), start, end, user)

    def describe_global(self, user: str, version: str = DEFAULT_VERSION) -> dict[str, Any]:
        visible = self.permissions.visible_objects(user)
        return global_body((self.permissions.described(user, spec) for spec in visible), version)

    def describe(self, sobject: str, user: str, version: str = DEFAULT_VERSION) -> dict[str, Any]:
        spec = self.permissions.described(user, self._spec(sobject, user))
        types = self.record_types.of(spec)
        body = describe_body(self.schema, spec, spec.fields.values(), version, self.base_url, types)
        seen = {visible.name for visible in self.permissions.visible_objects(user)}
        children = body["childRelationships"]
        body["childRelationships"] = [child for child in children if child["childSObject"] in seen]
        return body

    def basic_info(self, sobject: str, user: str, version: str = DEFAULT_VERSION) -> dict[str, Any]:
        """Return the short description of an object, with the records that were read last."""
        spec = self._spec(sobject, user)
        recent = self.reader.recent([spec], user, version)
        return basic_info_body(self.permissions.described(user, spec), recent, version)

    def _open_row(self, record_id: str | None) -> None:
        """Refuse a row that a fault, or an open transaction, keeps from being written."""
        self.row_failures.check(record_id)
        if record_id is not None:
            self.transactions.require_unlocked(record_id)

    def recent(self, user: str, version: str = DEFAULT_VERSION, limit: int = 200) -> list[dict[str, Any]]:
        """Return id and name of the records of any object that were viewed last."""
        return self.reader.recent(self.permissions.visible_objects(user), user, version, limit)

    def count(self, sobject: str, user: str) -> int:
        """Return how many records of an object there are, those that the user does not see included."""
        return self.reader.count(self._spec(sobject, user))

    def transaction(self) -> AbstractContextManager[None]:
        """Make several writes one: all are undone if the block raises; inside another, only its own."""
        return self.storage.transaction()

    def add_user(
        self, username: str, *, access: Access | None = None, user: str | None = None, **values: Any
    ) -> str:
        """Create a user and return the id; `values` are further fields of the record.

        Without `access` the user is an administrator, who signs in with the password of the settings.
        """
        record = new_user(username, self.settings) | values
        user_id = self.create("User", record, user or self.settings.user_id)
        if access is not None:
            self.permissions.table.set(user_id, access)
        return user_id

    def users(self) -> list[tuple[str, str, int]]:
        """Return id, username and whether active of every user, the first ones first."""
        rows = self.storage.read('SELECT "Id", "Username", "IsActive" FROM "User" ORDER BY "Id"')
        return [(row[0], row[1], row[2]) for row in rows]

    def user_named(self, username: str) -> str | None:
        """Return the id of the user with a username, which has no case."""
        sql = 'SELECT "Id" FROM "User" WHERE "Username" = ? COLLATE NOCASE'
        return next((row[0] for row in self.storage.read(sql, (username,))), None)

    def add_object(self, spec: SObjectSpec) -> None:
        """Add an object to the schema, or replace one by a wider one, and make its table."""
        self.objects.add(spec)

    def add_field(self, sobject: str, field: FieldSpec) -> None:
        """Give an object a further field, or another one in the place of one it has."""
        self.objects.add_field(sobject, field)

    def close(self) -> None:
        self.bulk.close()
        self.storage.close()

    def visible(
        self, sobject: str, user: str, missing: Callable[[str], errors.OrgError] | None = None
    ) -> SObjectSpec:
        """Return an object by name in any case; one that the user does not see is missing, as in `Schema.get`."""
        spec = self.schema.get(sobject, missing)
        if not self.permissions.is_visible(user, spec):
            raise missing(sobject) if missing else errors.not_found()
        return spec

    def _spec(self, sobject: str, user: str) -> SObjectSpec:
        return self.visible(sobject, user)
