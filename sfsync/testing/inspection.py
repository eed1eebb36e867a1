"""What is really stored: every row, also of deleted records, and what happened to each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import ids
from .org import DEFAULT_VERSION, Org
from .rendering import Renderer
from .schema import SObjectSpec
from .storage.tables import quote
from .storage.values import wire_decoder


def counts(org: Org) -> dict[str, dict[str, int]]:
    """Return how many records of each object are stored, and how many of them are in the recycle bin."""
    found = {}
    for spec in sorted(org.schema, key=lambda spec: spec.name):
        sql = f'SELECT COUNT(*), TOTAL("IsDeleted") FROM {quote(spec.name)}'
        stored, deleted = next(org.storage.read(sql))
        found[spec.name] = {"stored": stored, "deleted": int(deleted)}
    return found


def stored(org: Org, sobject: str, record_id: str | None = None) -> list[dict[str, Any]]:
    """Return the rows of an object by id, or the one with an id, with all fields whoever may see them."""
    spec = org.schema.get(sobject)
    renderer = Renderer(spec, spec.fields.values(), DEFAULT_VERSION)
    columns = ", ".join(map(quote, [*renderer.columns, "IsDeleted"]))
    condition, params = ('WHERE "Id" = ?', [ids.to_18(record_id)]) if record_id else ("", [])
    rows = org.storage.read(f'SELECT {columns} FROM {quote(spec.name)} {condition} ORDER BY "Id"', params)
    return [{**renderer.render(row), "IsDeleted": bool(row[-1])} for row in rows]


def history(org: Org, record_id: str) -> list[dict[str, Any]]:
    """Return the committed writes of a record, oldest first.

    `stamp` is what the record said then (SystemModstamp), `committed` when it could be seen, and `changed` the
    new values of the fields that changed.
    """
    sql = (
        'SELECT "sequence", "sobject", "operation", "stamp", "committed", "changed" FROM "_history" '
        'WHERE "record_id" = ? ORDER BY "sequence"'
    )
    return [_entry(org, row) for row in org.storage.read(sql, (ids.to_18(record_id),))]


def _entry(org: Org, row: Any) -> dict[str, Any]:
    spec = org.schema.find(row["sobject"])
    changed = json.loads(row["changed"])
    return {
        "sequence": row["sequence"],
        "operation": row["operation"],
        "stamp": row["stamp"],
        "committed": row["committed"],
        "changed": dict(_on_wire(spec, changed)) if spec else changed,
    }


def _on_wire(spec: SObjectSpec, changed: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in changed.items():
        field = spec.find(name)
        decode = wire_decoder(field) if field else None
        yield name, decode(value) if decode and value is not None else value
