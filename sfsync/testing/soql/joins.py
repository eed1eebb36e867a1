"""Semi-joins and anti-joins: what the inner query may be, and what it selects.

Source of the rules: "Comparison Operators", Semi-Joins with IN and Anti-Joins with NOT IN (SOQL and SOSL
Reference).
"""

from __future__ import annotations

from ..wording import Unsourced
from .scope import Column, Scope
from .tree import Join, Path, Query

MAX_JOINS = 2


class Joins:
    """Check the joins of one query's conditions, counting them."""

    def __init__(self, scope: Scope, *, nested: bool = False) -> None:
        self._scope = scope
        self._nested = nested
        self._count = 0

    def inside(self) -> Joins:
        """Return the rules for the conditions of an inner query, which may hold no join."""
        return Joins(self._scope, nested=True)

    def resolve(self, outer: Column, join: Join, *, under_or: bool) -> tuple[Scope, Column]:
        """Return the scope of the inner query and the column it selects; raise OrgError for what may not be."""
        self._count += 1
        if under_or:
            raise Unsourced("join_under_or")
        if self._nested:
            raise Unsourced("join_in_join")
        if self._count > MAX_JOINS:
            raise Unsourced("too_many_joins", most=MAX_JOINS)
        self._check_clauses(join.query)
        scope = Scope(self._scope.view, join.query)
        path = _only_path(join.query)
        selected = scope.column(path)
        self._check_types(outer, join, selected, scope, path)
        return scope, selected

    def _check_clauses(self, query: Query) -> None:
        extra = query.limit is not None or query.offset is not None or query.order
        if extra or query.fields is None or query.group is not None:
            raise Unsourced("join_with_clauses")

    def _check_types(self, outer: Column, join: Join, selected: Column, scope: Scope, path: Path) -> None:
        for column, place, error in ((outer, join.operand, self._scope.error), (selected, path, scope.error)):
            if column.field.type not in ("id", "reference"):
                raise error(place, Unsourced("join_of_no_ids", field=column.field.name))
        if scope.root.spec is self._scope.root.spec:
            raise Unsourced("join_of_same_object")
        ours, theirs = _targets(outer, self._scope), _targets(selected, scope)
        if not ours & theirs:
            raise Unsourced("join_of_other_object", field=selected.field.name, operand=join.operand)


def _only_path(query: Query) -> Path:
    fields = query.fields or ()
    if len(fields) != 1 or not isinstance(fields[0], Path):
        raise Unsourced("join_of_several_fields")
    return fields[0]


def _targets(column: Column, scope: Scope) -> set[str]:
    """Return the objects that an id field can name; the Id of an object names the object itself."""
    if column.field.type == "reference":
        return set(column.field.reference_to)
    return {scope.parent(column.relationships).spec.name}
