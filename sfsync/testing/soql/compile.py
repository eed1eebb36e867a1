"""Tree and schema -> SQL over the store: which records match, and what a page of them holds.

The first statement fixes the ids when the query is run, the second reads the values when a page is fetched,
so an open cursor costs 18 bytes a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import OrgError
from ..schema.base import FieldSpec, SObjectSpec
from .conditions import Where, check_limits
from .parse import malformed
from .scope import Column, Scope, Table
from .tree import Ordering, Path, Query


@dataclass
class Selection:
    """What a record of the answer holds, in order: fields, and parents with selections of their own."""

    table: Table
    items: dict[str, FieldSpec | Selection] = field(default_factory=dict)

    @property
    def spec(self) -> SObjectSpec:
        return self.table.spec

    @property
    def parents(self) -> dict[str, Selection]:
        return {name: item for name, item in self.items.items() if isinstance(item, Selection)}

    @property
    def fields(self) -> list[FieldSpec]:
        return [item for item in self.items.values() if isinstance(item, FieldSpec)]

    def all_fields(self) -> Iterator[FieldSpec]:
        """Yield every selected field, those of parents included."""
        yield from self.fields
        for parent in self.parents.values():
            yield from parent.all_fields()


@dataclass(frozen=True)
class Compiled:
    """The SQL of one query.

    `ids_sql` and `count_sql` take `params`. `page_from` is what stands behind SELECT and the columns to read
    the records of a JSON list of ids, its only parameter, in that order. `selection` is None for `COUNT()`.
    """

    ids_sql: str
    count_sql: str
    params: tuple[str | int | None, ...]
    page_from: str
    selection: Selection | None


def compile_query(query: Query, scope: Scope, *, include_deleted: bool = False) -> Compiled:
    """Compile a query in its scope; records in the recycle bin take part only with `include_deleted`.

    Raises OrgError: INVALID_TYPE, INVALID_FIELD, MALFORMED_QUERY, NUMBER_OUTSIDE_VALID_RANGE,
    QUERY_TOO_COMPLICATED and INVALID_QUERY_FILTER_OPERATOR.
    """
    check_limits(query.limit, query.offset)
    selection = None if query.fields is None else _selection(query.fields, scope)
    alive = "1" if include_deleted else 't0."IsDeleted" = 0'
    # Built before WHERE and ORDER BY join parents of their own, which a page has no use for.
    page = f'json_each(?) AS page CROSS JOIN {scope.from_sql} WHERE t0."Id" = page.value AND {alive}'
    matching, params = _matching(query, scope, alive)
    return Compiled(
        ids_sql=f'SELECT t0."Id" FROM {matching}',
        count_sql=f"SELECT COUNT(*) FROM (SELECT 1 FROM {matching})",
        params=params,
        page_from=f"FROM {page} ORDER BY page.key",
        selection=selection,
    )


def _matching(query: Query, scope: Scope, alive: str) -> tuple[str, tuple[str | int | None, ...]]:
    """Return what stands behind FROM in the statement that finds the records, with its parameters."""
    where = Where(scope)
    condition = alive if query.where is None else f"{alive} AND {where.sql(query.where)}"
    order = ", ".join(_order(scope, ordering) for ordering in query.order)
    sql = f"{scope.from_sql} WHERE {condition}" + (f" ORDER BY {order}" if order else "")
    if query.limit is not None or query.offset:
        sql += f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset or 0}"
    return sql, tuple(where.params)


def _order(scope: Scope, ordering: Ordering) -> str:
    column = scope.column(ordering.path)
    if not column.field.sortable or not column.field.stored:
        message = f"field '{column.field.name}' can not be sorted in a query call"
        raise scope.error(ordering.path, "INVALID_FIELD", message)
    collation = " COLLATE NOCASE" if column.field.is_text else ""
    direction = "DESC" if ordering.descending else "ASC"
    # Nulls come first in both directions unless the query says otherwise ("ORDER BY").
    return f"{column.sql}{collation} {direction} NULLS {'LAST' if ordering.nulls_last else 'FIRST'}"


def _selection(paths: tuple[Path, ...], scope: Scope) -> Selection:
    root = Selection(scope.root)
    for path in paths:
        column = scope.column(path)
        items = _parent(root, column, scope).items
        if column.field.name in items:
            raise OrgError(400, "INVALID_FIELD", f"duplicate field selected: {path}")
        items[column.field.name] = column.field
    return root


def _parent(root: Selection, column: Column, scope: Scope) -> Selection:
    """Return the selection that the last name of a path belongs to, made on the way."""
    selection = root
    for depth, name in enumerate(column.relationships, start=1):
        item = selection.items.setdefault(name, Selection(scope.parent(column.relationships[:depth])))
        if isinstance(item, FieldSpec):
            raise malformed(f"{name} is both a field and a relationship")
        selection = item
    return selection
