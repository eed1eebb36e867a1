"""The work of a query job: the ids are found at once, the records read and written down as CSV in steps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..schema.base import COMPOUND_TYPES
from ..soql.compile import Compiled, compile_query
from ..soql.query import resolve
from ..soql.scope import Column
from ..soql.tree import Path
from .dialect import DELIMITERS, LINE_ENDINGS
from .jobs import Job, unsupported_entity, unsupported_query
from .store import Store
from .text import quoted_line, writer

if TYPE_CHECKING:
    from ..org import Org

PORTION = 1_000
# "Get Results for a Query Job": from this API version on the columns come in the order of the SELECT.
ORDERED_SINCE = 50
# Objects that the Bulk API does not serve.
UNSUPPORTED = frozenset({"EntityDefinition", "FieldDefinition"})

_STRING = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_SELECTED = re.compile(r"\s*SELECT\b(.*?)\bFROM\b", re.IGNORECASE | re.DOTALL)
_SUBQUERY = re.compile(r"\(\s*SELECT\b", re.IGNORECASE)
_AGGREGATE = re.compile(r"\b(COUNT|COUNT_DISTINCT|SUM|AVG|MIN|MAX|GROUPING|FIELDS)\s*\(", re.IGNORECASE)
_REFUSED = re.compile(r"\b(GROUP\s+BY|OFFSET|TYPEOF)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """A query made ready: the object it reads, the SQL, and the columns of the CSV."""

    sobject: str
    compiled: Compiled
    columns: Sequence[Column]

    def header(self, delimiter: str, line_ending: str) -> str:
        return quoted_line(map(_name, self.columns), delimiter, line_ending)


def plan(org: Org, text: str, user: str, version: str, *, include_deleted: bool) -> Plan:
    """Compile the query of a job; raise OrgError for one that the Bulk API or SOQL refuses."""
    _check_text(text)
    query, scope = resolve(org, text, user, include_deleted=include_deleted)
    compiled = compile_query(query, scope)
    columns = [scope.column(path) for path in query.fields or () if isinstance(path, Path)]
    if scope.root.spec.name in UNSUPPORTED:
        raise unsupported_entity(scope.root.spec.name)
    for column in columns:
        if column.field.type in COMPOUND_TYPES:
            raise unsupported_query("Selecting compound data not supported in Bulk Query")
        if column.field.type == "base64":
            raise unsupported_query("Binary fields are not supported in bulk queries")
    if float(version) < ORDERED_SINCE and not org.settings.bulk_columns_ordered_before_50:
        columns.sort(key=_name)
    return Plan(scope.root.spec.name, compiled, columns)


def _name(column: Column) -> str:
    return ".".join([*column.relationships, column.field.name])


def _check_text(text: str) -> None:
    """Refuse what SOQL has and bulk queries have not ("Create a Query Job"); strings are data."""
    bare = _STRING.sub("''", text)
    selected = _SELECTED.match(bare)
    if selected and _SUBQUERY.search(selected[1]):
        raise unsupported_query("Aggregate Relationships not supported in Bulk Query")
    refused = (selected and _AGGREGATE.search(selected[1])) or _REFUSED.search(bare)
    if refused:
        raise unsupported_query(f"{' '.join(refused[1].upper().split())} is not supported in Bulk Query")


class Extraction:
    """Answer one job's query, `step` by `step`; what is deleted in between is missing from the answer."""

    def __init__(self, org: Org, store: Store, job: Job) -> None:
        self._org = org
        self._store = store
        self._plan = plan(
            org, str(job.query), job.user, job.version, include_deleted=job.operation == "queryAll"
        )
        settings = org.settings
        self._write: list[Callable[[Any], str]] = [
            writer(column.field, settings.bulk_doubles, settings.bulk_datetimes)
            for column in self._plan.columns
        ]
        columns = ", ".join(column.sql for column in self._plan.columns)
        self._sql = f"SELECT {columns} {self._plan.compiled.page_from}"

    def prepare(self, job: Job) -> None:
        """Find the ids, unless that was done before the org was stopped and started again."""
        if job.state == "UploadComplete":
            with self._org.transaction():
                self._store.save(replace(job, state="InProgress"))
                self._store.add_keys(job.id, self._plan.compiled.ids_sql, self._plan.compiled.params)

    def step(self, job: Job) -> Job:
        """Do the next portion inside the open transaction, and return the job as it then stands."""
        keys = self._store.take_keys(job.id, PORTION)
        rows = self._org.storage.read(self._sql, (json.dumps(keys),)) if keys else ()
        delimiter, line_ending = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
        lines = [quoted_line(self._texts(row), delimiter, line_ending) for row in rows]
        self._store.add_results(job.id, "result", job.processed, lines)
        return replace(
            job,
            state="InProgress" if len(keys) == PORTION else "JobComplete",
            processed=job.processed + len(lines),
        )

    def _texts(self, row: Sequence[Any]) -> list[str]:
        return [
            "" if stored is None else write(stored) for write, stored in zip(self._write, row, strict=True)
        ]
