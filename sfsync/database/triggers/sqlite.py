"""Triggers of SQLite."""

from __future__ import annotations

from collections.abc import Iterable

from sfsync.database.triggers.dialect import OURS, QUIET, Dialect, Trigger
from sfsync.database.triggers.spec import Column, TriggerSpec

EVENTS = {"I": "INSERT", "U": "UPDATE", "D": "DELETE"}


class SQLiteDialect(Dialect):
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"

    def create_quiet(self) -> None:
        """A marker silences a target. Its deferred foreign key can never hold, so no COMMIT leaves one."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {self.quote(QUIET)} ("
                "quiet_key INTEGER NOT NULL PRIMARY KEY, "
                "never INTEGER NULL UNIQUE CHECK (never IS NULL), "
                f"forbidden INTEGER NOT NULL DEFAULT 1 REFERENCES {self.quote(QUIET)} (never) "
                "DEFERRABLE INITIALLY DEFERRED)"
            )

    def installed(self) -> dict[str, Trigger]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            return {row[0]: Trigger(*row) for row in cursor.fetchall() if OURS.fullmatch(row[0])}

    def drop(self, trigger: Trigger) -> str:
        return f"DROP TRIGGER IF EXISTS {self.quote(trigger.name)}"

    def definition(self, spec: TriggerSpec, operation: str) -> Trigger:
        name = spec.trigger_name(operation)
        condition = f"NOT EXISTS (SELECT 1 FROM {self.quote(QUIET)} WHERE quiet_key = {spec.quiet_key})"
        if operation == "U":
            condition += f" AND {self.update_condition(spec)}"
        source = (
            f"CREATE TRIGGER {self.quote(name)} AFTER {EVENTS[operation]} ON {self.quote(spec.table)} "
            f"FOR EACH ROW WHEN {condition} BEGIN {self.body(spec, operation)} END"
        )
        return Trigger(name, spec.table, source, (source,))

    def update_condition(self, spec: TriggerSpec) -> str:
        changed = [self.changed(spec, column) for column in spec.own]
        if spec.table == spec.model_table:
            return f"({' OR '.join([*changed, self.changed(spec, spec.keys[spec.table])])})"
        return f"({' OR '.join(changed)}) AND {self.record_exists(spec)}"

    def body(self, spec: TriggerSpec, operation: str) -> str:
        if operation == "I":
            head, values = self.log(spec, "I", key="NEW", row="NEW", old="'{}'")
            return f"{head} VALUES ({values});"
        if operation == "D":
            head, values = self.log(spec, "D", key="OLD", row="OLD", old=self.whole(spec))
            return f"{head} VALUES ({values});"
        head, values = self.log(spec, "U", key="NEW", row="OLD", old=self.changes(spec))
        update = f"{head} VALUES ({values});"
        if spec.table != spec.model_table:
            return update
        head, values = self.log(spec, "D", key="OLD", row="OLD", old=self.whole(spec))
        return f"{head} SELECT {values} WHERE {self.changed(spec, spec.keys[spec.table])}; {update}"

    def changes(self, spec: TriggerSpec) -> str:
        """Return the SQL for the old values of the columns that an update changed."""
        pieces = [
            f"CASE WHEN {self.changed(spec, column)} "
            f"THEN {self.pair(column, self.value(spec, column, 'OLD'))} ELSE '' END"
            for column in spec.own
        ]
        return f"'{{' || substr({' || '.join(pieces)}, 2) || '}}'" if pieces else "'{}'"

    def json(self, pairs: Iterable[tuple[str, str]]) -> str:
        pieces = [self.pair(Column("", name, ""), text) for name, text in pairs]
        return f"'{{' || substr({' || '.join(pieces)}, 2) || '}}'" if pieces else "'{}'"

    def pair(self, column: Column, text: str) -> str:
        return f"',' || {self.json_key(column)} || ':' || json_quote({text})"

    def text(self, expression: str, kind: str) -> str:
        if kind == "uuid":
            return self.hyphenated(expression)
        # SQLite's columns hold what they are given: the value decides, not the column's type. With 17 digits
        # its printf misses the last bit of some doubles, with 20 of none.
        return (
            f"CASE typeof({expression}) WHEN 'real' THEN printf('%!.20g', {expression}) "
            f"WHEN 'blob' THEN hex({expression}) ELSE CAST({expression} AS TEXT) END"
        )

    def hyphenated(self, expression: str) -> str:
        """Write a UUID, kept in 32 digits, as `str()` does."""
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        pieces = " || '-' || ".join(f"substr({expression}, {start}, {length})" for start, length in parts)
        return f"CASE length({expression}) WHEN 32 THEN {pieces} ELSE CAST({expression} AS TEXT) END"

    def differs(self, first: str, second: str, kind: str) -> str:
        return f"{first} COLLATE BINARY IS NOT {second}"
