"""Triggers of MariaDB and MySQL."""

from __future__ import annotations

from collections.abc import Iterable

from sfsync.database.triggers.dialect import OURS, QUIET, Dialect, Trigger
from sfsync.database.triggers.spec import Column, TriggerSpec

EVENTS = {"I": "INSERT", "U": "UPDATE", "D": "DELETE"}
# Compared by their bytes or numbers; the collation of a text column takes 'a' and 'A' for equal.
PLAIN = {"number", "float", "boolean", "date", "datetime", "time", "duration", "binary"}


class MySQLDialect(Dialect):
    now = "UTC_TIMESTAMP(6)"

    def create_quiet(self) -> None:
        """A row silences a target for one connection, and only while its transaction is open."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM information_schema.TABLES "
                "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
                [QUIET],
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute(
                f"CREATE TABLE {self.quote(QUIET)} (connection_id BIGINT UNSIGNED NOT NULL, "
                "quiet_key BIGINT NOT NULL, PRIMARY KEY (connection_id, quiet_key)) ENGINE = InnoDB"
            )

    def installed(self) -> dict[str, Trigger]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_STATEMENT FROM information_schema.TRIGGERS "
                "WHERE TRIGGER_SCHEMA = DATABASE()"
            )
            return {row[0]: Trigger(*row) for row in cursor.fetchall() if OURS.fullmatch(row[0])}

    def drop(self, trigger: Trigger) -> str:
        return f"DROP TRIGGER IF EXISTS {self.quote(trigger.name)}"

    def literal(self, text: str) -> str:
        return super().literal(text.replace("\\", "\\\\"))

    def definition(self, spec: TriggerSpec, operation: str) -> Trigger:
        name = spec.trigger_name(operation)
        source = self.body(spec, operation)
        create = (
            f"CREATE TRIGGER {self.quote(name)} AFTER {EVENTS[operation]} ON {self.quote(spec.table)} "
            f"FOR EACH ROW {source}"
        )
        return Trigger(name, spec.table, source, (create,))

    def heard(self, spec: TriggerSpec) -> str:
        """Return the SQL that is true unless a quiet statement runs. Two keys: see `Database.quiet`."""
        return (
            f"@sfsync_quiet IS NULL OR NOT EXISTS (SELECT 1 FROM {self.quote(QUIET)} "
            f"WHERE connection_id = CONNECTION_ID() AND quiet_key = {spec.quiet_key})"
        )

    def body(self, spec: TriggerSpec, operation: str) -> str:
        if operation == "U":
            return self.update_body(spec)
        row, old = ("NEW", "'{}'") if operation == "I" else ("OLD", self.whole(spec))
        head, values = self.log(spec, operation, key=row, row=row, old=old)
        return f"BEGIN IF {self.heard(spec)} THEN {head} VALUES ({values}); END IF; END"

    def update_body(self, spec: TriggerSpec) -> str:
        lines = ["BEGIN DECLARE sfsync_changed LONGTEXT CHARACTER SET utf8mb4 DEFAULT '';"]
        lines.append(f"IF {self.heard(spec)} THEN")
        for column in spec.own:
            pair = self.pair(column.name, self.value(spec, column, "OLD"))
            lines.append(
                f"IF {self.changed(spec, column)} "
                f"THEN SET sfsync_changed = CONCAT(sfsync_changed, {pair}); END IF;"
            )
        old = self.braces("sfsync_changed")
        head, values = self.log(spec, "U", key="NEW", row="OLD", old=old)
        condition = "sfsync_changed IS NULL OR sfsync_changed <> ''"
        if spec.table == spec.model_table:
            moved = self.changed(spec, spec.keys[spec.table])
            condition += f" OR {moved}"
            gone = self.log(spec, "D", key="OLD", row="OLD", old=self.whole(spec))
            lines.append(f"IF {moved} THEN {gone[0]} VALUES ({gone[1]}); END IF;")
        else:
            condition = f"({condition}) AND {self.record_exists(spec)}"
        lines.append(f"IF {condition} THEN {head} VALUES ({values}); END IF; END IF; END")
        return " ".join(lines)

    def json(self, pairs: Iterable[tuple[str, str]]) -> str:
        pieces = ", ".join(self.pair(name, text) for name, text in pairs)
        return self.braces(f"CONCAT({pieces})") if pieces else "'{}'"

    def pair(self, name: str, text: str) -> str:
        key = self.json_key(Column("", name, ""))
        return f"',', {key}, ':', COALESCE(JSON_QUOTE({text}), 'null')"

    def braces(self, pairs: str) -> str:
        """Close a JSON object. Beyond max_allowed_packet CONCAT gives null: the old values are unknown."""
        return f"COALESCE(CONCAT('{{', SUBSTRING({pairs}, 2), '}}'), '{{}}')"

    def text(self, expression: str, kind: str) -> str:
        if kind == "binary":
            return f"HEX({expression})"
        text = f"CAST({expression} AS CHAR CHARACTER SET utf8mb4)"
        if kind == "uuid":
            return self.hyphenated(text)
        return text

    def hyphenated(self, text: str) -> str:
        """Write a UUID as `str()` does, whether it is kept as 32 digits or in a column of type uuid."""
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        pieces = ", ".join(f"SUBSTR({text}, {start}, {length})" for start, length in parts)
        return f"IF(CHAR_LENGTH({text}) = 32, CONCAT_WS('-', {pieces}), {text})"

    def differs(self, first: str, second: str, kind: str) -> str:
        if kind in PLAIN:
            return f"NOT ({first} <=> {second})"
        return f"NOT (CAST({first} AS BINARY) <=> CAST({second} AS BINARY))"
