"""Queries as the API runs them: answers in pages, with cursors for what is left.

A cursor is the list of ids that matched when the query was run; the values are those of the moment a page is
read. It lives two days and dies with its session ("API Query Cursor Limits").
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .. import ids
from ..errors import OrgError
from .compile import Compiled, Selection, compile_query
from .page import Reader
from .parse import parse
from .scope import Scope

if TYPE_CHECKING:
    from ..org import Org

# "Query Options Header": the default is also the most, and the header is a hint.
SMALLEST_PAGE, LARGEST_PAGE = 200, 2_000
LIFETIME = timedelta(days=2)
_LOCATOR_PREFIX = "0r8"
_ID_LENGTH = 18
_LONG_TEXT = 255
_MANY_FIELDS = 20


@dataclass(frozen=True)
class Cursor:
    """An open query: `ids` are the matching ids, end to end in one text."""

    locator: str
    session: str
    compiled: Compiled
    ids: str
    page_size: int
    expires: datetime

    @property
    def total(self) -> int:
        return len(self.ids) // _ID_LENGTH

    def page_ids(self, start: int, size: int) -> list[str]:
        wanted = self.ids[start * _ID_LENGTH : (start + size) * _ID_LENGTH]
        return [wanted[at : at + _ID_LENGTH] for at in range(0, len(wanted), _ID_LENGTH)]


class Queries:
    """Run the queries of an org and keep their cursors."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._cursors: dict[str, Cursor] = {}
        self._lock = threading.Lock()

    def run(
        self,
        text: str,
        *,
        user: str,
        session: str,
        version: str,
        include_deleted: bool = False,
        page_size: int | None = None,
    ) -> dict[str, Any]:
        """Answer a query with its first page.

        `page_size` is the batch size that the client hopes for. The body has totalSize, done, nextRecordsUrl
        where there is more, and records. Raises OrgError for every query that Salesforce refuses.
        """
        compiled = self._compile(text, user, include_deleted=include_deleted)
        if compiled.selection is None:
            (count,) = next(iter(self._org.storage.read(compiled.count_sql, compiled.params)))
            return {"totalSize": count, "done": True, "records": []}
        size = _page_size(compiled.selection, page_size)
        cursor = self._open(compiled, session, size)
        if cursor.total > size:
            self._keep(cursor)
        return self._page(cursor, 0, size, version)

    def more(self, place: str, *, session: str, version: str) -> dict[str, Any]:
        """Answer the page at `place`, the last part of a nextRecordsUrl; pages keep the size of the first.

        Raises OrgError: INVALID_QUERY_LOCATOR, also for the cursor of another session.
        """
        locator, _, offset = place.partition("-")
        with self._lock:
            cursor = self._cursors.get(locator)
        if cursor is None or cursor.session != session or cursor.expires <= self._org.clock.now():
            raise _invalid_locator()
        if not (offset.isascii() and offset.isdigit()) or not 0 <= int(offset[:12]) < cursor.total:
            raise _invalid_locator()
        return self._page(cursor, int(offset[:12]), cursor.page_size, version)

    def forget(self, session: str) -> None:
        """Close the cursors of a session that has ended."""
        with self._lock:
            self._cursors = {key: value for key, value in self._cursors.items() if value.session != session}

    def _compile(self, text: str, user: str, *, include_deleted: bool) -> Compiled:
        query = parse(text.encode("utf-8", "replace").decode())  # half a surrogate pair is no character
        org = self._org
        scope = Scope(org.schema, org.permissions, query, user=user, include_deleted=include_deleted)
        return compile_query(query, scope, include_deleted=include_deleted)

    def _open(self, compiled: Compiled, session: str, size: int) -> Cursor:
        rows = self._org.storage.read(compiled.ids_sql, compiled.params)
        matching = "".join(row[0] for row in rows)
        locator = ids.to_18(_LOCATOR_PREFIX + "".join(secrets.choice(ids.DIGITS) for _ in range(12)))
        return Cursor(locator, session, compiled, matching, size, self._org.clock.now() + LIFETIME)

    def _keep(self, cursor: Cursor) -> None:
        now = self._org.clock.now()
        with self._lock:
            self._cursors = {key: value for key, value in self._cursors.items() if value.expires > now}
            self._cursors[cursor.locator] = cursor

    def _page(self, cursor: Cursor, start: int, size: int, version: str) -> dict[str, Any]:
        end = start + size
        body: dict[str, Any] = {"totalSize": cursor.total, "done": end >= cursor.total}
        if end < cursor.total:
            body["nextRecordsUrl"] = f"/services/data/v{version}/query/{cursor.locator}-{end}"
        body["records"] = self._records(cursor.compiled, cursor.page_ids(start, size), version)
        return body

    def _records(
        self, compiled: Compiled, wanted: Sequence[str], version: str
    ) -> list[dict[str, Any] | None]:
        if compiled.selection is None or not wanted:
            return []
        reader = Reader(compiled.selection, version)
        sql = f"SELECT {', '.join(reader.columns)} {compiled.page_from}"
        return [reader.read(row) for row in self._org.storage.read(sql, (json.dumps(wanted),))]


def _page_size(selection: Selection, hoped: int | None) -> int:
    """Return the size of a page: real orgs make it smaller for long texts and for many fields.

    Two long text areas bring it to 200 ("Change the Batch Size in Queries"); one, or 20 fields, to 1,000, as
    recorded.
    """
    fields = list(selection.all_fields())
    long_texts = sum(spec.type == "textarea" and spec.length > _LONG_TEXT for spec in fields)
    if long_texts >= 2:
        most = SMALLEST_PAGE
    elif long_texts or len(fields) >= _MANY_FIELDS:
        most = LARGEST_PAGE // 2
    else:
        most = LARGEST_PAGE
    return min(most, max(SMALLEST_PAGE, hoped or LARGEST_PAGE))


def _invalid_locator() -> OrgError:
    return OrgError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
