"""WHERE and HAVING as SQL, with SOQL's two-valued logic.

In SOQL a condition on an empty field is true or false, never unknown: ``!=`` and ``NOT IN`` are true for it,
``=``, LIKE and the orders are false, and NOT turns that round.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from ..errors import OrgError
from ..schema.base import FieldSpec
from ..wording import Unsourced
from .joins import Joins
from .literals import Value, like_pattern, midnight, options_of, value_of
from .parse import malformed
from .scope import Column, Scope
from .tree import (
    Combination,
    Comparison,
    Condition,
    Inclusion,
    Join,
    Literal,
    LiteralKind,
    Membership,
    Negation,
    Operand,
)

# Deeper than any query a person or a program writes; SQLite itself stops at 1,000.
MAX_DEPTH = 100
MAX_OFFSET = 2_000
_LARGEST = 2**63 - 1
_DATES = ("date", "datetime")

Params = list[str | int | float | None]


class Where:
    """Compile conditions within a scope, collecting the parameters of their SQL in order.

    `columns` says what the operands mean: the columns of the records, or in HAVING those of the groups.
    `params` are those that the SQL before the conditions has.
    """

    def __init__(
        self, scope: Scope, columns: Callable[[Operand], Column] | None = None, params: Params | None = None
    ) -> None:
        self._scope = scope
        self._columns = columns or self._filterable
        self._joins = Joins(scope)
        self.params: Params = [] if params is None else params

    def sql(self, condition: Condition, depth: int = 0, *, under_or: bool = False) -> str:
        if depth > MAX_DEPTH:
            raise Unsourced("too_deep")
        if isinstance(condition, Combination):
            under_or = under_or or condition.word == "OR"
            parts = [self.sql(part, depth + 1, under_or=under_or) for part in condition.conditions]
            return _joined(parts, condition.word)
        if isinstance(condition, Negation):
            return f"NOT COALESCE({self.sql(condition.condition, depth + 1, under_or=under_or)}, 0)"
        column = self._columns(condition.operand)
        if isinstance(condition, Join):
            return self._join(column, condition, under_or)
        if isinstance(condition, Membership):
            return self._membership(column, condition)
        if isinstance(condition, Inclusion):
            return self._inclusion(column, condition)
        return (
            self._like(column, condition)
            if condition.operator == "LIKE"
            else self._comparison(column, condition)
        )

    def _filterable(self, operand: Operand) -> Column:
        column = self._scope.column(operand)
        if not column.field.filterable or not column.field.stored:
            raise self._scope.error(operand, Unsourced("not_filterable", field=column.field.name))
        return column

    def _value(self, place: Operand, field: FieldSpec, literal: Literal) -> Value:
        try:
            return value_of(field, literal)
        except OrgError as error:
            raise self._scope.error(place, error) from None

    def _wrong_operator(self, place: Operand, field: FieldSpec) -> OrgError:
        return self._scope.error(place, Unsourced("wrong_operator", type=field.type))

    def _comparison(self, column: Column, comparison: Comparison) -> str:
        operator = comparison.operator
        # Ids have an order (Bulk API guide, "PK Chunking": WHERE Id >= '001...' AND Id < '001...').
        if operator not in ("=", "!=") and column.field.type == "boolean":
            raise self._wrong_operator(comparison.operand, column.field)
        if comparison.literal.kind is LiteralKind.RELATIVE_DATE and column.field.type in _DATES:
            return self._within(column, operator, comparison.literal)
        value = self._value(comparison.operand, column.field, comparison.literal)
        if value is None and operator in (">", ">=") and comparison.literal.kind is LiteralKind.STRING:
            operator = "!="  # clients ask `Name > ''` for the records that have one, and live orgs give them
        return self._compared(column, operator, value)

    def _compared(self, column: Column, operator: str, value: Value) -> str:
        sql = _collated(column)
        if value is None:
            return {"=": f"{sql} IS NULL", "!=": f"{sql} IS NOT NULL"}.get(operator, "0")
        if isinstance(value, Decimal) and not column.fractional:
            if operator in ("=", "!="):
                return "0" if operator == "=" else "1"
            operator, value = _next_integer(operator, value)
        self.params.append(_storable(value))
        return f"{sql} IS NOT ?" if operator == "!=" else f"{sql} {operator} ?"

    def _within(self, column: Column, operator: str, literal: Literal) -> str:
        """Compare with a stretch of days: equal is within, less is before its start, greater after its end."""
        start, end = self._bounds(column, literal)
        if operator in ("=", "!="):
            self.params += [start, end]
            within = f"({column.sql} >= ? AND {column.sql} < ?)"
            return within if operator == "=" else f"NOT COALESCE({within}, 0)"
        self.params.append(start if operator in ("<", ">=") else end)
        return f"{column.sql} {'<' if operator in ('<', '<=') else '>='} ?"

    def _bounds(self, column: Column, literal: Literal) -> tuple[str, str]:
        """Return the first value of a date literal's stretch of days, and the first after it."""
        try:
            days = self._scope.view.calendar.days(literal.text)
        except (OverflowError, ValueError):
            raise Unsourced("bad_date_literal", text=literal.text) from None
        if column.field.type == "date":
            return days.start.isoformat(), days.end.isoformat()
        return midnight(days.start), midnight(days.end)

    def _like(self, column: Column, comparison: Comparison) -> str:
        if not column.field.is_text or column.field.type == "multipicklist":
            raise self._wrong_operator(comparison.operand, column.field)
        if comparison.literal.kind is not LiteralKind.STRING:
            self._value(comparison.operand, column.field, comparison.literal)
            return "0"
        self.params.append(like_pattern(comparison.literal))
        return f"{column.sql} LIKE ? ESCAPE '\\'"

    def _membership(self, column: Column, membership: Membership) -> str:
        relative = [one for one in membership.literals if one.kind is LiteralKind.RELATIVE_DATE]
        if relative and column.field.type in _DATES:
            return self._among_dates(column, membership, relative)
        values = [self._value(membership.operand, column.field, one) for one in membership.literals]
        known = [_storable(one) for one in values if one is not None and _is_held(column, one)]
        # One parameter for the list: SQLite limits their number, SOQL only the length of the text.
        self.params.append(json.dumps(known))
        inside = f"{_collated(column)} IN (SELECT value FROM json_each(?))"
        has_null = None in values
        if membership.negated:
            return (
                f"({column.sql} IS NOT NULL AND NOT {inside})" if has_null else f"COALESCE(NOT {inside}, 1)"
            )
        return f"({inside} OR {column.sql} IS NULL)" if has_null else inside

    def _among_dates(self, column: Column, membership: Membership, relative: list[Literal]) -> str:
        """Compile a list with date literals, each of which stands for a stretch of days."""
        stretches = [self._bounds(column, literal) for literal in relative]
        self.params.append(json.dumps(stretches))
        within = " AND ".join(
            f"{column.sql} {operator} json_extract(stretch.value, '$[{end}]')"
            for end, operator in enumerate((">=", "<"))
        )
        inside = f"EXISTS (SELECT 1 FROM json_each(?) AS stretch WHERE {within})"
        plain = tuple(one for one in membership.literals if one.kind is not LiteralKind.RELATIVE_DATE)
        if plain:
            inside = f"({inside} OR {self._membership(column, replace(membership, literals=plain, negated=False))})"
        return f"NOT COALESCE({inside}, 0)" if membership.negated else inside

    def _inclusion(self, column: Column, inclusion: Inclusion) -> str:
        """Compile INCLUDES: one of the options must be there with all its parts ("Query Multi-Select Picklists")."""
        if column.field.type != "multipicklist":
            raise self._wrong_operator(inclusion.operand, column.field)
        values = [self._value(inclusion.operand, column.field, one) for one in inclusion.literals]
        self.params.append(json.dumps(options_of(values)))
        missing = f"instr(lower(';' || {column.sql} || ';'), lower(';' || part.value || ';')) = 0"
        lacking = f"EXISTS (SELECT 1 FROM json_each(option.value) AS part WHERE {missing})"
        inside = f"EXISTS (SELECT 1 FROM json_each(?) AS option WHERE NOT {lacking})"
        inside = f"({column.sql} IS NOT NULL AND {inside})"
        if None in values:
            inside = f"({column.sql} IS NULL OR {inside})"
        return f"NOT {inside}" if inclusion.negated else inside

    def _join(self, column: Column, join: Join, under_or: bool) -> str:
        """Compile a semi-join; an anti-join is true for an empty field, as NOT IN with a list is."""
        scope, selected = self._joins.resolve(column, join, under_or=under_or)
        inner = Where(scope, params=self.params)
        inner._joins = self._joins.inside()
        conditions = [scope.alive, f"{selected.sql} IS NOT NULL"]
        if join.query.where is not None:
            conditions.append(inner.sql(join.query.where))
        # The conditions may join parents, so the FROM clause comes last.
        sql = (
            f"{column.sql} IN (SELECT {selected.sql} FROM {scope.from_sql} WHERE {' AND '.join(conditions)})"
        )
        return f"COALESCE(NOT {sql}, 1)" if join.negated else sql


def _is_held(column: Column, value: Value) -> bool:
    return column.fractional or not isinstance(value, Decimal)


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


def _storable(value: str | int | Decimal) -> str | int | float:
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, str) else max(-_LARGEST, min(_LARGEST, value))


def check_limits(limit: int | None, offset: int | None) -> None:
    """Refuse an OFFSET that Salesforce refuses ("SOQL and SOSL Limits for Search Queries")."""
    if offset is not None and offset > MAX_OFFSET:
        raise Unsourced("offset_too_large", most=MAX_OFFSET)
    if limit is not None and limit > _LARGEST:
        raise malformed(f"unexpected token: '{limit}'")
