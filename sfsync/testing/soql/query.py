"""Queries as the API runs them: answers in pages, with cursors for what is left.

A cursor is the list of ids that matched when the query was run; the values are those of the moment a page is
read. It lives two days and dies with its session ("API Query Cursor Limits").
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..wording import Unsourced
from .compile import Compiled, compile_query
from .cursors import Cursor, Cursors
from .grouping import Grouped, check_groups, compile_grouped, is_grouped
from .page import Reader
from .parse import parse
from .relative import Calendar
from .scope import Scope, View
from .selection import Children, Selection
from .tree import Query

if TYPE_CHECKING:
    from ..org import Org

# "Query Options Header": the default is also the most, and the header is a hint.
SMALLEST_PAGE, LARGEST_PAGE = 200, 2_000
_LONG_TEXT = 255
_MANY_FIELDS = 20
_TOO_MUCH = re.compile(r"too (many|large|long|deep|big)|parser stack overflow|at most \d+ tables")

Record = dict[str, Any]


class Queries:
    """Run the queries of an org and keep their cursors."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._cursors = Cursors(org.clock)

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
        query, scope = resolve(self._org, text, user, include_deleted=include_deleted)
        if is_grouped(query):
            return self._groups(compile_grouped(query, scope))
        compiled = compile_query(query, scope)
        if compiled.selection is None:
            (count,) = next(iter(self._read(compiled.count_sql, compiled.params)))
            return {"totalSize": count, "done": True, "records": []}
        found = [row[0] for row in self._read(compiled.ids_sql, compiled.params)]
        size = page_size_of(compiled.selection, page_size)
        return self._page(self._cursors.make(compiled, found, session, size), 0, version)

    def more(self, place: str, *, session: str, version: str) -> dict[str, Any]:
        """Answer the page at `place`, the last part of a nextRecordsUrl; pages keep the size of the first.

        Raises OrgError: INVALID_QUERY_LOCATOR, also for the cursor of another session.
        """
        cursor, start = self._cursors.find(place, session)
        return self._page(cursor, start, version)

    def forget(self, session: str) -> None:
        """Close the cursors of a session that has ended."""
        self._cursors.forget(session)

    def _read(self, sql: str, params: Sequence[Any]) -> Iterator[Any]:
        """Read rows; what SQLite finds too long or too deep is too complicated for Salesforce, too."""
        try:
            return self._org.storage.read(sql, params)
        except (sqlite3.OperationalError, sqlite3.DataError) as error:
            if _TOO_MUCH.search(str(error)) is None:
                raise
            raise Unsourced("too_complicated") from None

    def _groups(self, grouped: Grouped) -> dict[str, Any]:
        records = [grouped.record(row) for row in self._read(grouped.sql, grouped.params)]
        check_groups(records)
        return {"totalSize": len(records), "done": True, "records": records}

    def _page(self, cursor: Cursor, start: int, version: str) -> dict[str, Any]:
        records = self._records(cursor.compiled, cursor.page_ids(start), cursor, version)
        return _body(cursor, start, version, list(records.values()))

    def _records(
        self, compiled: Compiled, wanted: Sequence[str], cursor: Cursor, version: str
    ) -> dict[str, Record | None]:
        """Return records by id, in the order of the ids; their children have the page size of the cursor."""
        if compiled.selection is None or not wanted:
            return {}
        reader = Reader(compiled.selection, version)
        sql = f"SELECT {', '.join(reader.columns)} {compiled.page_from}"
        records = {row[0]: reader.read(row) for row in self._read(sql, (json.dumps(wanted),))}
        for children in compiled.selection.children:
            self._fill(children, records, cursor, version)
        return records

    def _fill(
        self, children: Children, records: dict[str, Record | None], cursor: Cursor, version: str
    ) -> None:
        """Give each record its children: a body with its own nextRecordsUrl when they are many, or null."""
        found: dict[str, list[str]] = {}
        params = (json.dumps(list(records)), *children.compiled.params)
        for child, parent in self._read(children.compiled.ids_sql, params):
            found.setdefault(parent, []).append(child)
        opened = {
            parent: self._cursors.make(children.compiled, some, cursor.session, cursor.page_size)
            for parent, all_of_it in found.items()
            if (some := children.some(all_of_it))
        }
        shown = [child for one in opened.values() for child in one.page_ids(0)]
        of_pages = self._records(children.compiled, shown, cursor, version)
        for parent, one in opened.items():
            record = records[parent]
            if record is not None:
                first = [of_pages[child] for child in one.page_ids(0) if child in of_pages]
                record[children.name] = _body(one, 0, version, first)


def resolve(org: Org, text: str, user: str, *, include_deleted: bool = False) -> tuple[Query, Scope]:
    """Return the tree of a query and what its names mean to a user at this moment.

    Raises OrgError: MALFORMED_QUERY, QUERY_TOO_COMPLICATED, INVALID_TYPE.
    """
    query = parse(text.encode("utf-8", "replace").decode())  # half a surrogate pair is no character
    return query, Scope(view_of(org, user, include_deleted=include_deleted), query)


def view_of(org: Org, user: str, *, include_deleted: bool = False) -> View:
    """Return what a user sees of an org at this moment."""
    settings = org.settings
    return View(
        org.schema,
        org.permissions,
        user,
        Calendar(org.clock.now().date(), settings.week_begins, settings.fiscal_year_month),
        include_deleted=include_deleted,
        polymorphic_type="Name" if settings.polymorphic_parents_are_names else None,
        grouping_ignores_case=settings.grouping_ignores_case,
    )


def _body(cursor: Cursor, start: int, version: str, records: list[Record | None]) -> dict[str, Any]:
    end = start + cursor.page_size
    body: dict[str, Any] = {"totalSize": cursor.total, "done": end >= cursor.total}
    if end < cursor.total:
        body["nextRecordsUrl"] = f"/services/data/v{version}/query/{cursor.locator}-{end}"
    body["records"] = records
    return body


def page_size_of(selection: Selection, hoped: int | None) -> int:
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
