"""WHERE as SQL, with SOQL's two-valued logic.

In SOQL a condition on an empty field is true or false, never unknown: ``!=`` and ``NOT IN`` are true for it,
``=``, LIKE and the orders are false, and NOT turns that round.
"""

import json
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from ..errors import OrgError
from ..schema.base import FieldSpec
from .literals import Value, like_pattern, value_of
from .parse import malformed
from .scope import Column, Scope
from .tree import Combination, Comparison, Condition, Literal, LiteralKind, Membership, Negation, Path

# Deeper than any query a person or a program writes; SQLite itself stops at 1,000.
MAX_DEPTH = 100
_LARGEST = 2**63 - 1


class Where:
    """Compile conditions within a scope, collecting the parameters of their SQL in order."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.params: list[str | int | None] = []

    def sql(self, condition: Condition, depth: int = 0) -> str:
        if depth > MAX_DEPTH:
            raise OrgError(400, "QUERY_TOO_COMPLICATED", "The query's conditions are nested too deeply")
        if isinstance(condition, Combination):
            return _joined([self.sql(part, depth + 1) for part in condition.conditions], condition.word)
        if isinstance(condition, Negation):
            return f"NOT COALESCE({self.sql(condition.condition, depth + 1)}, 0)"
        column = self._filterable(condition.path)
        if isinstance(condition, Membership):
            return self._membership(column, condition)
        if condition.operator == "LIKE":
            return self._like(column, condition)
        return self._comparison(column, condition)

    def _filterable(self, path: Path) -> Column:
        column = self._scope.column(path)
        if not column.field.filterable or not column.field.stored:
            message = f"field '{column.field.name}' can not be filtered in a query call"
            raise self._scope.error(path, "INVALID_FIELD", message)
        return column

    def _value(self, path: Path, field: FieldSpec, literal: Literal) -> Value:
        try:
            return value_of(field, literal)
        except OrgError as error:
            raise self._scope.error(path, error.code, error.message) from None

    def _comparison(self, column: Column, comparison: Comparison) -> str:
        operator = comparison.operator
        # Ids have an order (Bulk API guide, "PK Chunking": WHERE Id >= '001...' AND Id < '001...').
        if operator not in ("=", "!=") and column.field.type == "boolean":
            message = f"invalid operator on {column.field.type} field"
            raise self._scope.error(comparison.path, "INVALID_QUERY_FILTER_OPERATOR", message)
        value = self._value(comparison.path, column.field, comparison.literal)
        sql = _collated(column)
        if value is None:
            return {"=": f"{sql} IS NULL", "!=": f"{sql} IS NOT NULL"}.get(operator, "0")
        if isinstance(value, Decimal):
            if operator in ("=", "!="):
                return "0" if operator == "=" else "1"
            operator, value = _next_integer(operator, value)
        self.params.append(_storable(value))
        return f"{sql} IS NOT ?" if operator == "!=" else f"{sql} {operator} ?"

    def _like(self, column: Column, comparison: Comparison) -> str:
        if not column.field.is_text:
            message = f"invalid operator on {column.field.type} field"
            raise self._scope.error(comparison.path, "INVALID_QUERY_FILTER_OPERATOR", message)
        if comparison.literal.kind is not LiteralKind.STRING:
            self._value(comparison.path, column.field, comparison.literal)
            return "0"
        self.params.append(like_pattern(comparison.literal))
        return f"{column.sql} LIKE ? ESCAPE '\\'"

    def _membership(self, column: Column, membership: Membership) -> str:
        values = [self._value(membership.path, column.field, literal) for literal in membership.literals]
        known = [_storable(value) for value in values if value is not None and not isinstance(value, Decimal)]
        # One parameter for the list: SQLite limits their number, SOQL only the length of the text.
        self.params.append(json.dumps(known))
        inside = f"{_collated(column)} IN (SELECT value FROM json_each(?))"
        has_null = None in values
        if membership.negated:
            return (
                f"({column.sql} IS NOT NULL AND NOT {inside})" if has_null else f"COALESCE(NOT {inside}, 1)"
            )
        return f"({inside} OR {column.sql} IS NULL)" if has_null else inside


def _collated(column: Column) -> str:
    ignores_case = column.field.is_text and not column.field.case_sensitive
    return f"{column.sql} COLLATE NOCASE" if ignores_case else column.sql


def _joined(parts: list[str], word: str) -> str:
    """Join conditions as a balanced tree: SQLite limits the depth of an expression, not its size."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_joined(parts[:middle], word)} {word} {_joined(parts[middle:], word)})"


def _next_integer(operator: str, value: Decimal) -> tuple[str, int]:
    """Return the comparison with a whole number that says the same of every whole number."""
    if operator in ("<", "<="):
        return "<=", int(value.to_integral_value(ROUND_FLOOR))
    return ">=", int(value.to_integral_value(ROUND_CEILING))


def _storable(value: str | int) -> str | int:
    return value if isinstance(value, str) else max(-_LARGEST, min(_LARGEST, value))


def check_limits(limit: int | None, offset: int | None) -> None:
    """Refuse an OFFSET that Salesforce refuses ("SOQL and SOSL Limits for Search Queries")."""
    if offset is not None and offset > 2_000:
        raise OrgError(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    if limit is not None and limit > _LARGEST:
        raise malformed(f"unexpected token: '{limit}'")
