"""Who viewed which record when: LastViewedDate and LastReferencedDate are those of the user who asks.

They are null for whoever has not viewed the record (Object Reference: "when the current user last viewed this
record"). A read by id is a view, which touches no stamp and shows in the next read (recorded traffic); what
a query finds is not viewed.
"""

from __future__ import annotations

from .schema.base import FieldSpec, SObjectSpec
from .storage import Storage
from .storage.tables import quote

VIEWED_FIELDS = frozenset({"LastViewedDate", "LastReferencedDate"})


def field_sql(field: FieldSpec | str, alias: str, user: str) -> str:
    """Return what a field of the table under an alias is in SQL, for a user; the text has no parameters."""
    name = field if isinstance(field, str) else field.name
    if name not in VIEWED_FIELDS:
        return f"{alias}.{quote(name)}"
    who = "'" + user.replace("'", "''") + "'"
    return f'(SELECT "viewed" FROM "_viewed" WHERE "user" = {who} AND "record_id" = {alias}."Id")'


def mark_viewed(storage: Storage, spec: SObjectSpec, record_id: str, user: str, moment: str) -> None:
    """Note that a user views a record now; `moment` is the stored form of the time."""
    if "LastViewedDate" not in spec.fields:
        return
    with storage.transaction():
        storage.write('INSERT OR REPLACE INTO "_viewed" VALUES (?, ?, ?)', (user, record_id, moment))
