"""Tree and schema -> SQL over the store: which records match, and what a page of them holds.

The first statement fixes the ids when the query is run, the second reads the values when a page is fetched,
so an open cursor costs 18 bytes a record.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..schema.base import FieldSpec, SObjectSpec
from ..wording import Unsourced
from .conditions import Params, Where, check_limits
from .excerpt import located
from .scope import Scope, View
from .selection import Children, Selection
from .tree import Aliased, Call, Ordering, Path, Query, Selected

# "Relationship Query Limitations".
MAX_SUBQUERIES = 20
MAX_LEVELS = 5
# "ORDER BY".
MAX_ORDERINGS = 32
# "FIELDS()": what may contain every field may not be long.
MAX_WITH_FIELDS = 200


@dataclass(frozen=True)
class Compiled:
    """The SQL of one query.

    `ids_sql` and `count_sql` take `params`. `page_from` is what stands behind SELECT and the columns to read
    the records of a JSON list of ids, its only parameter, in that order. `selection` is None for `COUNT()`.
    """

    ids_sql: str
    count_sql: str
    params: tuple[str | int | float | None, ...]
    page_from: str
    selection: Selection | None


def compile_query(query: Query, scope: Scope) -> Compiled:
    """Compile a query that is not grouped, in its scope.

    Raises OrgError: INVALID_TYPE, INVALID_FIELD, MALFORMED_QUERY, NUMBER_OUTSIDE_VALID_RANGE,
    QUERY_TOO_COMPLICATED and INVALID_QUERY_FILTER_OPERATOR.
    """
    check_limits(query.limit, query.offset)
    selection = None if query.fields is None else _selection(query, query.fields, scope, level=1)
    page_from = _page_from(scope)
    matching, params = _matching(query, scope, [])
    matching += limited(query)
    return Compiled(
        ids_sql=f'SELECT t0."Id" FROM {matching}',
        count_sql=f"SELECT COUNT(*) FROM (SELECT 1 FROM {matching})",
        params=params,
        page_from=page_from,
        selection=selection,
    )


def limited(query: Query) -> str:
    """Return the LIMIT clause of a query in SQL."""
    if query.limit is None and not query.offset:
        return ""
    return f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset or 0}"


def _page_from(scope: Scope) -> str:
    # Built before WHERE and ORDER BY join parents of their own, which a page has no use for.
    alive = scope.alive
    page = f'json_each(?) AS page CROSS JOIN {scope.from_sql} WHERE t0."Id" = page.value AND {alive}'
    return f"FROM {page} ORDER BY page.key"


def _matching(
    query: Query, scope: Scope, params: Params, *also: str
) -> tuple[str, tuple[str | int | float | None, ...]]:
    """Return what stands behind FROM in the statement that finds the records, with its parameters."""
    where = Where(scope, params=params)
    conditions = [scope.alive, *also]
    if query.where is not None:
        conditions.append(where.sql(query.where))
    check_orderings(query)
    order = ", ".join(_order(scope, ordering) for ordering in query.order)
    sql = f"{scope.from_sql} WHERE {' AND '.join(conditions)}" + (f" ORDER BY {order}" if order else "")
    return sql, tuple(where.params)


def _order(scope: Scope, ordering: Ordering) -> str:
    column = scope.column(ordering.operand)
    if not column.field.sortable or not column.field.stored:
        raise scope.error(ordering.operand, Unsourced("not_sortable", field=column.field.name))
    return order_sql(column.sql, column.field, ordering)


def check_orderings(query: Query) -> None:
    if len(query.order) > MAX_ORDERINGS:
        raise Unsourced("too_many_orderings", most=MAX_ORDERINGS)


def order_sql(sql: str, field: FieldSpec, ordering: Ordering) -> str:
    """Return one term of ORDER BY: text without regard to case, nulls first unless told otherwise."""
    collation = " COLLATE NOCASE" if field.is_text else ""
    direction = "DESC" if ordering.descending else "ASC"
    # Nulls come first in both directions unless the query says otherwise ("ORDER BY").
    return f"{sql}{collation} {direction} NULLS {'LAST' if ordering.nulls_last else 'FIRST'}"


def _selection(query: Query, selected: tuple[Selected, ...], scope: Scope, level: int) -> Selection:
    root = Selection(scope.root)
    if sum(isinstance(item, Query) for item in selected) > MAX_SUBQUERIES:
        raise Unsourced("too_many_subqueries", most=MAX_SUBQUERIES)
    for item in selected:
        if isinstance(item, Query):
            root.add_children(_children(item, scope, level + 1))
        elif isinstance(item, Aliased):
            raise Unsourced("alias_without_aggregate")
        elif isinstance(item, Call):
            for path in _fields(item, query, scope):
                root.add_field(path, scope)
        else:
            root.add_field(item, scope)
    return root


def _fields(call: Call, query: Query, scope: Scope) -> list[Path]:
    """Return the fields that FIELDS() stands for: those that the user sees ("FIELDS()")."""
    which = str(call.path).upper()
    if call.function != "FIELDS" or which not in ("ALL", "STANDARD", "CUSTOM"):
        raise scope.misplaced(call)
    if which != "STANDARD" and (query.limit is None or query.limit > MAX_WITH_FIELDS):
        raise Unsourced("fields_without_limit", most=MAX_WITH_FIELDS)
    view = scope.view
    fields = view.permissions.visible_fields(view.user, scope.root.spec)
    wanted = [field for field in fields if which == "ALL" or field.custom == (which == "CUSTOM")]
    return [Path((field.name,), call.offset) for field in wanted]


def _children(query: Query, parent: Scope, level: int) -> Children:
    """Compile a subquery, whose source is the name of a child relationship of its parent's object."""
    if level > MAX_LEVELS:
        raise Unsourced("too_many_levels", most=MAX_LEVELS)
    check_limits(query.limit, query.offset)
    spec, lookup = _child(query, parent.view, parent.root.spec)
    if query.fields is None or query.group is not None:
        raise Unsourced("grouped_subquery")
    scope = Scope(parent.view, query, spec)
    selection = _selection(query, query.fields, scope, level)
    page_from = _page_from(scope)
    link = scope.root.sql(lookup)
    params: Params = []
    matching, params_of_where = _matching(query, scope, params, f"{link} IN (SELECT value FROM json_each(?))")
    compiled = Compiled(
        ids_sql=f'SELECT t0."Id", {link} FROM {matching}',
        count_sql=f"SELECT COUNT(*) FROM (SELECT 1 FROM {matching})",
        params=params_of_where,
        page_from=page_from,
        selection=selection,
    )
    return Children(str(lookup.child_relationship), compiled, query.limit, query.offset or 0)


def _child(query: Query, view: View, parent: SObjectSpec) -> tuple[SObjectSpec, FieldSpec]:
    name = query.source.name
    for spec, lookup in view.schema.children(parent.name):
        if (lookup.child_relationship or "").lower() == name.lower() and view.sees(spec, lookup):
            return spec, lookup
    raise located(view.text, query.source.offset, Unsourced("no_such_children", name=name))
