"""What the query resource says of a query instead of running it: plans, or the columns of the answer.

Sources: "Query Performance Feedback" (REST guide) for plans; "Query & Search Optimization Cheat Sheet" for
the thresholds of indexes. Plans are made of the real numbers of records, so costs are those of this org.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..schema.base import FieldSpec
from .compile import compile_query
from .conditions import Where
from .grouping import compile_grouped, is_grouped
from .query import resolve
from .scope import Scope
from .tree import Call, Combination, Comparison, Condition, Inclusion, Membership, Query

if TYPE_CHECKING:
    from ..org import Org

_INDEXED = frozenset(
    {"Id", "Name", "OwnerId", "CreatedDate", "SystemModstamp", "LastModifiedDate", "RecordTypeId"}
)
_MILLION = 1_000_000
_UNINDEXED = "Not considering filter for optimization because unindexed"
# The plans of live orgs lie on this line: a scan costs more than the threshold, and more the more it finds.
_SCAN_SLOPE = 2.6


@dataclass(frozen=True)
class Filter:
    """One of the conditions that must all be met: its field and the number of records that meet it."""

    field: FieldSpec
    matches: int

    @property
    def indexed(self) -> bool:
        special = self.field.unique or self.field.external_id or self.field.type == "reference"
        return special or self.field.name in _INDEXED

    def cost(self, total: int) -> float:
        """Return the share of the records that an index is worth using for, which this filter needs."""
        first, beyond = (0.1, 0.05) if self.field.custom else (0.3, 0.15)
        threshold = first * min(total, _MILLION) + beyond * max(0, total - _MILLION)
        return self.matches / threshold if threshold else 0.0


def explain(org: Org, text: str, user: str) -> dict[str, Any]:
    """Return the plans of a query, the best first; raises OrgError as running the query does."""
    query, scope = resolve(org, text, user)
    if is_grouped(query):
        compile_grouped(query, scope)
    else:
        compile_query(query, scope)
    total = _count(org, Scope(scope.view, query), None)
    found = _count(org, Scope(scope.view, query), query.where)
    filters = [
        Filter(field, _count(org, Scope(scope.view, query), part)) for field, part in _filters(query, scope)
    ]
    plans = [
        _plan(scope, one.matches, [one.field.name], one.cost(total), total) for one in filters if one.indexed
    ]
    plans.append(_plan(scope, found, [], 1 + _SCAN_SLOPE * found / total if total else 1.0, total))
    unindexed = [one.field.name for one in filters if not one.indexed] or ["IsDeleted"]
    for plan in plans:
        plan["notes"] = [_note(scope, name) for name in unindexed]
    plans.sort(key=lambda plan: float(plan["relativeCost"]))
    return {"plans": plans, "sourceQuery": text}


def _plan(scope: Scope, cardinality: int, fields: list[str], cost: float, total: int) -> dict[str, Any]:
    return {
        "cardinality": cardinality,
        "fields": fields,
        "leadingOperationType": "Index" if fields else "TableScan",
        "notes": [],
        "relativeCost": cost,
        "sobjectCardinality": total,
        "sobjectType": scope.root.spec.name,
    }


def _note(scope: Scope, name: str) -> dict[str, Any]:
    return {"description": _UNINDEXED, "fields": [name], "tableEnumOrId": scope.root.spec.name}


def _filters(query: Query, scope: Scope) -> list[tuple[FieldSpec, Condition]]:
    """Return the conditions on fields of the object itself that every record must meet."""
    where = query.where
    parts = where.conditions if isinstance(where, Combination) and where.word == "AND" else (where,)
    filters: list[tuple[FieldSpec, Condition]] = []
    for part in parts:
        if isinstance(part, Comparison | Membership | Inclusion) and not isinstance(part.operand, Call):
            column = scope.column(part.operand)
            if not column.relationships:
                filters.append((column.field, part))
    return filters


def _count(org: Org, scope: Scope, condition: Condition | None) -> int:
    where = Where(scope)
    also = "" if condition is None else f" AND {where.sql(condition)}"
    sql = f"SELECT COUNT(*) FROM {scope.from_sql} WHERE {scope.alive}{also}"
    return int(next(iter(org.storage.read(sql, where.params)))[0])
