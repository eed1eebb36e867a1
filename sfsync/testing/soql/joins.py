"""Semi-joins and anti-joins: what the inner query may be, and what it selects.

Source of the rules: "Comparison Operators", Semi-Joins with IN and Anti-Joins with NOT IN (SOQL and SOSL
Reference). Where the page gives no text, the text is that of the rule.
"""

from __future__ import annotations

from ..errors import OrgError
from .parse import malformed
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
            raise malformed("Semi join sub-selects are not allowed with the 'OR' operator")
        if self._nested:
            raise malformed("Nesting of semi join sub-selects is not supported")
        if self._count > MAX_JOINS:
            raise malformed(f"Cannot have more than {MAX_JOINS} semi join sub-selects")
        self._check_clauses(join.query)
        scope = Scope(self._scope.view, join.query)
        path = _only_path(join.query)
        selected = scope.column(path)
        self._check_types(outer, join, selected, scope, path)
        return scope, selected

    def _check_clauses(self, query: Query) -> None:
        extra = query.limit is not None or query.offset is not None or query.order
        if extra or query.fields is None or query.group is not None:
            raise malformed("Semi join sub-selects cannot use COUNT, GROUP BY, ORDER BY, LIMIT or OFFSET")

    def _check_types(self, outer: Column, join: Join, selected: Column, scope: Scope, path: Path) -> None:
        for column, place, error in ((outer, join.operand, self._scope.error), (selected, path, scope.error)):
            if column.field.type not in ("id", "reference"):
                message = f"Semi join sub-selects can only query id fields, cannot use: '{column.field.name}'"
                raise error(place, "INVALID_FIELD", message)
        if scope.root.spec is self._scope.root.spec:
            raise malformed("The inner and outer selects should not be on the same object type")
        ours, theirs = _targets(outer, self._scope), _targets(selected, scope)
        if not ours & theirs:
            message = (
                f"The selected field '{selected.field.name}' in the subquery and the left operand field in the where "
                f"expression in the outer query '{join.operand}' should point to the same object type"
            )
            raise OrgError(400, "MALFORMED_QUERY", message)


def _only_path(query: Query) -> Path:
    fields = query.fields or ()
    if len(fields) != 1 or not isinstance(fields[0], Path):
        raise malformed("Semi join sub-selects must select exactly one field")
    return fields[0]


def _targets(column: Column, scope: Scope) -> set[str]:
    """Return the objects that an id field can name; the Id of an object names the object itself."""
    if column.field.type == "reference":
        return set(column.field.reference_to)
    return {scope.parent(column.relationships).spec.name}
