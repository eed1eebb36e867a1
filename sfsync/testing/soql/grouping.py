"""Grouped queries and aggregate functions as SQL; their records are of type AggregateResult.

Sources: "GROUP BY", "HAVING", "Aggregate Functions" and "Using Aliases with GROUP BY" (SOQL and SOSL
Reference).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..schema.base import FieldSpec
from ..schema.derive import field_properties
from ..storage.values import wire_decoder
from ..wording import Unsourced
from .compile import check_orderings, limited, order_sql
from .conditions import Params, Where, check_limits
from .scope import Column, Scope
from .tree import Aliased, Call, Operand, Ordering, Path, Query

AGGREGATES = ("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX")
_NUMBERS = ("int", "double", "currency", "percent")
# More groups than this are refused: an aggregate query has no cursor.
MAX_GROUPS = 2_000
# Sums are split at this number, because SQLite's SUM fails beyond 64 bits.
_SPLIT = 10**9


@dataclass(frozen=True)
class Output:
    """One key of a record: its name, the column in SQL and what turns its value that is not null into JSON."""

    name: str
    sql: str
    field: FieldSpec
    aggregate: bool
    decode: Callable[[Any], Any] | None


@dataclass(frozen=True)
class Grouped:
    """The SQL of one grouped query, and what its rows become."""

    sql: str
    params: tuple[str | int | float | None, ...]
    outputs: tuple[Output, ...]

    def record(self, row: Sequence[Any]) -> dict[str, Any]:
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for output, value in zip(self.outputs, row, strict=True):
            record[output.name] = value if value is None or output.decode is None else output.decode(value)
        return record


def is_grouped(query: Query) -> bool:
    """Say whether the answer is made of AggregateResults."""
    return query.group is not None or any(_is_aggregate(item) for item in query.fields or ())


def compile_grouped(query: Query, scope: Scope) -> Grouped:
    """Compile a grouped query in its scope; raises OrgError as `compile_query` does."""
    check_limits(query.limit, query.offset)
    if query.group is None and query.limit is not None:
        raise Unsourced("aggregate_with_limit")
    groups = Groups(query, scope)
    outputs = groups.outputs()
    where = Where(scope)
    conditions = [scope.alive]
    if query.where is not None:
        conditions.append(where.sql(query.where))
    tail = groups.having(where.params) + groups.order()
    columns = ", ".join(output.sql for output in outputs)
    sql = f"SELECT {columns} FROM {scope.from_sql} WHERE {' AND '.join(conditions)}{tail}{_limited(query)}"
    return Grouped(sql, tuple(where.params), outputs)


def _limited(query: Query) -> str:
    """Return LIMIT such that one group too many can be seen."""
    most = MAX_GROUPS + 1
    return limited(replace(query, limit=most if query.limit is None else min(most, query.limit)))


class Groups:
    """The columns of one query's groups."""

    def __init__(self, query: Query, scope: Scope) -> None:
        self._query = query
        self._scope = scope
        self._keys = {} if query.group is None else dict(map(self._key, query.group.paths))

    def outputs(self) -> tuple[Output, ...]:
        """Return the keys of a record; functions without an alias are expr0, expr1 and so on."""
        outputs: list[Output] = []
        unnamed = 0
        for item in self._query.fields or ():
            if isinstance(item, Query):
                raise Unsourced("group_with_subquery")
            operand, alias = (item.operand, item.alias) if isinstance(item, Aliased) else (item, None)
            column = self.column(operand)
            if isinstance(operand, Call):
                name = alias or f"expr{unnamed}"
                unnamed += alias is None
            else:
                name = alias or column.field.name
            if name.lower() in (output.name.lower() for output in outputs):
                raise Unsourced("alias_twice", name=name)
            sql = column.sql if isinstance(operand, Call) else f"MIN({column.sql})"
            outputs.append(Output(name, sql, column.field, isinstance(operand, Call), _decoder(column)))
        return tuple(outputs)

    def column(self, operand: Operand) -> Column:
        """Return what a path or function means for a group; raise OrgError where it means nothing."""
        if isinstance(operand, Call):
            return self._aggregate(operand)
        column = self._scope.column(operand)
        if column.sql not in self._keys:
            raise Unsourced("not_grouped", path=operand)
        return column

    def having(self, params: Params) -> str:
        """Return GROUP BY and HAVING, whose parameters come after those given."""
        if self._query.group is None:
            return ""
        sql = f" GROUP BY {', '.join(self._keys.values())}"
        if self._query.group.having is None:
            return sql
        return f"{sql} HAVING {Where(self._scope, self.column, params).sql(self._query.group.having)}"

    def order(self) -> str:
        check_orderings(self._query)
        terms = ", ".join(map(self._ordering, self._query.order))
        return f" ORDER BY {terms}" if terms else ""

    def _ordering(self, ordering: Ordering) -> str:
        column = self.column(ordering.operand)
        if not isinstance(ordering.operand, Call) and not column.field.sortable:
            raise self._scope.error(ordering.operand, Unsourced("not_sortable", field=column.field.name))
        return order_sql(column.sql, column.field, ordering)

    def _key(self, path: Path) -> tuple[str, str]:
        """Return a column that is grouped by, and its term of GROUP BY."""
        column = self._scope.column(path)
        field = column.field
        if not field.stored or not field_properties(field)["groupable"]:
            raise self._scope.error(path, Unsourced("not_groupable", field=field.name))
        ignores_case = field.is_text and not field.case_sensitive and self._scope.view.grouping_ignores_case
        return column.sql, f"{column.sql} COLLATE NOCASE" if ignores_case else column.sql

    def _aggregate(self, call: Call) -> Column:
        if call.function not in AGGREGATES:
            raise self._scope.misplaced(call)
        column = self._scope.column(call.path)
        if column.sql in self._keys:
            raise self._scope.error(call.path, Unsourced("grouped_and_aggregated", path=call.path))
        if not _allows(call.function, column.field):
            unfit = Unsourced("not_aggregatable", field=column.field.name, function=call.function)
            raise self._scope.error(call, unfit)
        return _aggregated(call.function, column)


def check_groups(records: Sequence[Any]) -> None:
    """Refuse more groups than one answer holds."""
    if len(records) > MAX_GROUPS:
        raise Unsourced("too_many_groups")


def _is_aggregate(item: object) -> bool:
    operand = item.operand if isinstance(item, Aliased) else item
    return isinstance(operand, Call) and operand.function in AGGREGATES


def _allows(function: str, field: FieldSpec) -> bool:
    """Say whether a function takes a field ("Support for Field Types in Aggregate Functions")."""
    if not field.stored:
        return False
    if function in ("SUM", "AVG"):
        return field.type in _NUMBERS
    if function == "COUNT":
        return bool(field_properties(field)["aggregatable"]) or field.type == "boolean"
    return bool(field_properties(field)["aggregatable"]) and field.type != "multipicklist"


def _aggregated(function: str, column: Column) -> Column:
    field, sql = column.field, column.sql
    collated = f"{sql} COLLATE NOCASE" if field.is_text and not field.case_sensitive else sql
    whole = f"(SUM({sql} / {_SPLIT}) * {_SPLIT} + SUM({sql} % {_SPLIT}))"
    if function in ("COUNT", "COUNT_DISTINCT"):
        counted = f"COUNT({sql})" if function == "COUNT" else f"COUNT(DISTINCT {collated})"
        number = replace(_plain(field), type="int", digits=18, scale=0)
        return Column(counted, number)
    if function == "SUM":
        return Column(whole, field)
    if function == "AVG":
        average = f"(CAST({whole} AS REAL) / COUNT({sql}))"
        return Column(average, replace(_plain(field), type="double"), fractional=True)
    return Column(f"{function}({collated})", field)


def _plain(field: FieldSpec) -> FieldSpec:
    """Return the field without what only a column of its type has."""
    return replace(field, reference_to=(), relationship_name=None, picklist_values=(), describe={})


def _decoder(column: Column) -> Callable[[Any], Any] | None:
    if not column.fractional:
        return wire_decoder(column.field)
    factor = float(10**column.field.scale)
    return lambda value: value / factor
