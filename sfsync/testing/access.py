"""What a user may do, as data: permissions of the user, of objects and of fields, and records shared.

A user of whom nothing is said is an administrator. Access is kept with the records, in the org's own tables,
so that a data file or a snapshot has it, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from . import ids
from .schema.base import Schema
from .storage import Storage

Level = Literal["read", "edit"]
EVERYTHING = "crud"


@dataclass(frozen=True, kw_only=True)
class Access:
    """What one user may do.

    `objects` maps names of objects to the letters of what is allowed, out of "crud" (create, read, update,
    delete); without "r" the object does not exist for the user. `fields` maps "Account.Phone" to "r"
    (read only) or "" (hidden). What is not named is allowed. Without `view_all`
    (View All Data) a user has the records owned by or shared with them; without `modify_all` (Modify All
    Data) a user reads everything and edits those.
    `pre_authorized` lets the user in by JWT bearer. `password` None means that of the settings.
    """

    api_enabled: bool = True
    frozen: bool = False
    pre_authorized: bool = True
    view_all: bool = True
    modify_all: bool = True
    objects: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)

    def allows(self, sobject: str, operation: str) -> bool:
        """Say whether an operation, a letter of "crud", is allowed on an object by canonical name."""
        return operation in self.objects.get(sobject, EVERYTHING)

    def field_level(self, sobject: str, name: str) -> str:
        """Return "rw", "r" or "" for a field by canonical names."""
        return self.fields.get(f"{sobject}.{name}", "rw") if self.fields else "rw"


ADMINISTRATOR = Access()


class AccessTable:
    """The access of an org's users, as stored; reads are remembered until something is written."""

    def __init__(self, storage: Storage, schema: Schema) -> None:
        self._storage = storage
        self._schema = schema
        self._known: dict[str, Access] = {}

    def get(self, user: str) -> Access:
        found = self._known.get(user)
        return found if found is not None else self._read(user)

    def set(self, user: str, access: Access) -> None:
        """Store what a user may do; raise OrgError for unknown objects and fields, ValueError for letters."""
        access = self._canonical(access)
        with self._storage.transaction():
            document = json.dumps(asdict(access))
            self._storage.write('INSERT OR REPLACE INTO "_access" VALUES (?, ?)', (user, document))
        self.forget()

    def share(self, user: str, record_ids: Iterable[str], level: Level = "read") -> None:
        rows = [(user, ids.to_18(record_id), level) for record_id in record_ids]
        with self._storage.transaction():
            for row in rows:
                self._storage.write('INSERT OR REPLACE INTO "_share" VALUES (?, ?, ?)', row)

    def unshare(self, user: str, record_ids: Iterable[str]) -> None:
        with self._storage.transaction():
            for record_id in record_ids:
                sql = 'DELETE FROM "_share" WHERE "user" = ? AND "record_id" = ?'
                self._storage.write(sql, (user, ids.to_18(record_id)))

    def forget(self) -> None:
        """Read anew, after the tables were replaced."""
        self._known = {}

    def _read(self, user: str) -> Access:
        known = self._known  # a `forget` meanwhile gets a new one, so nothing stale outlives it
        sql = 'SELECT "document" FROM "_access" WHERE "user" = ?'
        row = next(self._storage.read(sql, (user,)), None)
        access = ADMINISTRATOR if row is None else access_of(json.loads(row[0]))
        known[user] = access
        return access

    def _canonical(self, access: Access) -> Access:
        objects = {self._schema.get(name).name: _letters(value) for name, value in access.objects.items()}
        levels: dict[str, str] = {}
        for path, value in access.fields.items():
            sobject, _, name = path.partition(".")
            spec = self._schema.get(sobject)
            levels[f"{spec.name}.{spec.field(name).name}"] = _level(value)
        return access_of({**asdict(access), "objects": objects, "fields": levels})


def access_of(document: Mapping[str, Any]) -> Access:
    """Make an Access from a JSON object; raise ValueError for an option there is none of."""
    unknown = set(document) - {option.name for option in fields(Access)}
    if unknown:
        raise ValueError(f"no such option of access: {', '.join(sorted(unknown))}")
    access = Access(**document)
    for option in fields(Access):
        _check_type(option.name, getattr(access, option.name))
    return access


def _check_type(name: str, value: Any) -> None:
    """Refuse, as TypeError, what only a JSON document from elsewhere can hold."""
    if name in ("objects", "fields"):
        right = isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())
    elif name == "password":
        right = value is None or isinstance(value, str)
    else:
        right = isinstance(value, bool)
    if not right:
        raise TypeError(
            f"{name} of access cannot be {value!r}" if name != "password" else "password is no text"
        )


def _letters(value: str) -> str:
    if set(value) - set(EVERYTHING):
        raise ValueError(f"{value!r} is not made of the letters of {EVERYTHING!r}")
    return value


def _level(value: str) -> str:
    if value not in ("", "r", "rw"):
        raise ValueError(f"{value!r} is none of '', 'r' and 'rw'")
    return value
