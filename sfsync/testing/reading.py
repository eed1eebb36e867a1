"""Reading records by id, one or many, as they go out."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import errors, ids
from .clock import Clock
from .permissions import Permissions
from .rendering import Renderer
from .schema.base import FieldSpec, SObjectSpec
from .storage import Storage, format_moment, parse_moment
from .storage.tables import quote
from .viewing import field_sql, mark_viewed


@dataclass
class Reader:
    storage: Storage
    clock: Clock
    permissions: Permissions

    def read(
        self, spec: SObjectSpec, record_id: str, fields: Iterable[str] | None, user: str, version: str
    ) -> dict[str, Any]:
        """Return one live record; raise NOT_FOUND for any other id, also of a deleted record."""
        if not ids.is_id(record_id):
            raise errors.external_id_not_found(record_id)
        renderer = Renderer(spec, self._fields(spec, fields, user), version)
        key = ids.to_18(record_id)
        row = next(self._rows(spec, renderer.columns, [key], user), None)
        if row is None:
            raise errors.not_found()
        mark_viewed(self.storage, spec, key, user, format_moment(self.clock.now()))
        return renderer.render(row)

    def retrieve(
        self, spec: SObjectSpec, record_ids: Sequence[str], fields: Iterable[str], user: str, version: str
    ) -> list[dict[str, Any] | None]:
        """Return records in the order of the ids; None where there is no live record with that id."""
        renderer = Renderer(spec, self._fields(spec, fields, user), version)
        keys = [ids.to_18(record_id) if ids.is_id(record_id) else None for record_id in record_ids]
        wanted = [key for key in keys if key is not None]
        found = {row[0]: renderer.render(row) for row in self._rows(spec, renderer.columns, wanted, user)}
        return [found.get(key) if key is not None else None for key in keys]

    def blob(self, spec: SObjectSpec, record_id: str, field: FieldSpec, user: str) -> bytes:
        """Return the bytes of a field of a live record; raise NOT_FOUND where there are none."""
        visible = field in self.permissions.visible_fields(user, spec)
        row = next(self._rows(spec, [field.name], [ids.to_18(record_id)], user), None) if visible else None
        if row is None or row[0] is None:
            raise errors.not_found()
        return b64decode(row[0])

    def last_modified(self, spec: SObjectSpec, record_id: str, user: str) -> datetime:
        """Return the time that Last-Modified and the conditional headers speak of."""
        if not ids.is_id(record_id):
            raise errors.external_id_not_found(record_id)
        column = "LastModifiedDate" if "LastModifiedDate" in spec.fields else spec.modstamp_field
        row = next(self._rows(spec, [column] if column else [], [ids.to_18(record_id)], user), None)
        if row is None or column is None:
            raise errors.not_found()
        return parse_moment(row[0])

    def recent(
        self, specs: Iterable[SObjectSpec], user: str, version: str, limit: int = 5
    ) -> list[dict[str, Any]]:
        """Return id and name of the records of these objects that were viewed last, the latest first."""
        viewed = [entry for spec in specs for entry in self._viewed(spec, user, version, limit)]
        viewed.sort(key=lambda entry: entry[0], reverse=True)
        return [record for _, record in viewed[:limit]]

    def count(self, spec: SObjectSpec) -> int:
        """Return how many live records there are, whoever asks."""
        sql = f'SELECT COUNT(*) FROM {quote(spec.name)} WHERE "IsDeleted" = 0'
        return int(next(self.storage.read(sql))[0])

    def _viewed(
        self, spec: SObjectSpec, user: str, version: str, limit: int
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the last records of one object with the time they were viewed."""
        if "LastViewedDate" not in spec.fields or spec.name_field is None:
            return
        renderer = Renderer(spec, [spec.fields["Id"], spec.name_field], version)
        sql = (
            f'SELECT {", ".join(map(quote, renderer.columns))}, "viewed" FROM "_viewed" '
            f'JOIN {quote(spec.name)} ON "Id" = "record_id" WHERE "_viewed"."user" = ? AND "IsDeleted" = 0 '
            f'AND {self.permissions.record_filter(user, spec)} ORDER BY "viewed" DESC LIMIT ?'
        )
        for row in self.storage.read(sql, (user, limit)):
            yield row[-1], renderer.render(row)

    def _fields(self, spec: SObjectSpec, names: Iterable[str] | None, user: str) -> list[FieldSpec]:
        """Return the fields asked for, with Id at the end unless it is among them."""
        visible = self.permissions.visible_fields(user, spec)
        if names is None:
            return visible
        asked = [spec.field(name) for name in names]
        for field in asked:
            if field not in visible:
                raise errors.no_such_column(field.name, spec.name)
        return [*asked, spec.fields["Id"]]

    def _rows(self, spec: SObjectSpec, columns: Iterable[str], keys: Sequence[str], user: str) -> Any:
        table = quote(spec.name)
        selected = [field_sql(name, table, user) for name in columns]
        sql = (
            f"SELECT {', '.join(selected)} FROM {table} "
            'WHERE "Id" IN (SELECT value FROM json_each(?)) AND "IsDeleted" = 0 '
            f"AND {self.permissions.record_filter(user, spec)}"
        )
        return self.storage.read(sql, (json.dumps(keys),))
