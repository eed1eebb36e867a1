"""What the SQL of triggers has in common on all databases."""

from __future__ import annotations

import dataclasses
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from sfsync.database.triggers.spec import Column, TriggerSpec
from sfsync.models import LocalChange

LOG = LocalChange._meta.db_table
QUIET = "sfsync_quiet"
OURS = re.compile(r"sfsync_[0-9a-f]{16}_[iud]")


@dataclasses.dataclass(frozen=True)
class Trigger:
    """A trigger that exists or should. `source` is the part the database gives back unchanged."""

    name: str
    table: str
    source: str
    create: tuple[str, ...] = dataclasses.field(default=(), compare=False)


class Dialect(ABC):
    """Writes the triggers of one database."""

    # The expression for the time of the write, in the form of a DateTimeField's column.
    now: str

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    @abstractmethod
    def create_quiet(self) -> None:
        """Create what quiet statements need, when it is not there yet."""

    def drop_quiet(self) -> None:
        """Remove what `create_quiet` made."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.quote(QUIET)}")

    @abstractmethod
    def installed(self) -> dict[str, Trigger]:
        """Return our triggers that the database holds now, by name."""

    @abstractmethod
    def drop(self, trigger: Trigger) -> str:
        """Return the statement that removes a trigger."""

    @abstractmethod
    def definition(self, spec: TriggerSpec, operation: str) -> Trigger:
        """Return one trigger of a spec."""

    @abstractmethod
    def text(self, expression: str, kind: str) -> str:
        """Return the SQL for the text of a value, without loss, and null for null."""

    @abstractmethod
    def differs(self, first: str, second: str, kind: str) -> str:
        """Return the SQL that is true when two values differ in any byte."""

    @abstractmethod
    def json(self, pairs: Iterable[tuple[str, str]]) -> str:
        """Return the SQL for a JSON object of (key, SQL of a text)."""

    def definitions(self, spec: TriggerSpec) -> list[Trigger]:
        """Return all triggers of a spec."""
        return [self.definition(spec, operation) for operation in spec.operations]

    def quote(self, name: str) -> str:
        return self.connection.ops.quote_name(name)

    def literal(self, text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def json_key(self, column: Column) -> str:
        return self.literal(json.dumps(column.name))

    def table(self, name: str) -> str:
        """Return a table as a trigger must name it."""
        return self.quote(name)

    def cut(self, expression: str, length: int) -> str:
        """Keep what the log's column can hold: a trigger that fails would be the writer's failure."""
        return f"substr({expression}, 1, {length})"

    def value(self, spec: TriggerSpec, column: Column, row: str) -> str:
        """Return the SQL for the text of a column of the record behind `row` (OLD or NEW)."""
        if column.table == spec.table:
            return self.text(f"{row}.{self.quote(column.name)}", column.kind)
        key, own = spec.keys[column.table], spec.keys[spec.table]
        text = self.text(f"other.{self.quote(column.name)}", column.kind)
        same = f"other.{self.quote(key.name)} = {row}.{self.quote(own.name)}"
        return f"(SELECT {text} FROM {self.table(column.table)} other WHERE {same})"

    def changed(self, spec: TriggerSpec, column: Column) -> str:
        """Return the SQL that is true when an update changed this column."""
        name = self.quote(column.name)
        return self.differs(f"OLD.{name}", f"NEW.{name}", column.kind)

    def whole(self, spec: TriggerSpec) -> str:
        """Return the SQL for the old values of all pushed columns."""
        return self.json((column.name, self.value(spec, column, "OLD")) for column in spec.columns)

    def record_exists(self, spec: TriggerSpec) -> str:
        """Return the SQL that is true when a parent table's row belongs to a record of the mapped model."""
        key, own = spec.keys[spec.model_table], spec.keys[spec.table]
        same = f"leaf.{self.quote(key.name)} = OLD.{self.quote(own.name)}"
        return f"EXISTS (SELECT 1 FROM {self.table(spec.model_table)} leaf WHERE {same})"

    def log(self, spec: TriggerSpec, operation: str, *, key: str, row: str, old: str) -> tuple[str, str]:
        """Return the head and the values of the INSERT into the log.

        `key` is the row (OLD or NEW) that names the primary key, `row` the one with the two ids.
        """
        values = {
            "org": self.literal(spec.org),
            "mapping": self.literal(spec.mapping),
            "operation": self.literal(operation),
            "table": self.literal(spec.table[:128]),
            "pk_text": self.cut(self.value(spec, spec.keys[spec.table], key), 255),
            "sf_id": self.identity(spec, spec.sf_id, row, 18),
            "external_id": self.identity(spec, spec.external_id, row, 255),
            "old": old,
            "changed_at": self.now,
        }
        names = ", ".join(self.quote(name) for name in values)
        return f"INSERT INTO {self.table(LOG)} ({names})", ", ".join(values.values())

    def identity(self, spec: TriggerSpec, column: Column | None, row: str, length: int) -> str:
        return "NULL" if column is None else self.cut(self.value(spec, column, row), length)

    def columns(self, tables: Collection[str]) -> dict[str, set[str]]:
        """Return {table: columns} of those tables that exist."""
        with self.connection.cursor() as cursor:
            existing = set(self.connection.introspection.table_names(cursor))
            return {
                table: {
                    info.name for info in self.connection.introspection.get_table_description(cursor, table)
                }
                for table in tables
                if table in existing
            }
