"""Triggers of PostgreSQL: each has a function of its own, because the columns are not known to the trigger.

A trigger that names columns (UPDATE OF, WHEN) would forbid ALTER TYPE and vanish with DROP COLUMN CASCADE.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from sfsync.database.triggers.dialect import LOG, OURS, Dialect, Trigger
from sfsync.database.triggers.spec import TriggerSpec

EVENTS = {"I": "INSERT", "U": "UPDATE", "D": "DELETE"}
# The text of a value must not depend on the writer's session; only what a spec needs is set, for speed.
SESSION = {
    "datestyle": ("'ISO, YMD'", {"date", "datetime", "other"}),
    "timezone": ("'UTC'", {"datetime", "other"}),
    "intervalstyle": ("'postgres'", {"duration", "other"}),
    "bytea_output": ("'hex'", {"binary", "other"}),
    "extra_float_digits": ("1", {"float", "other"}),
}
# Equal only when their bytes are. All others are compared as text, which citext and json need.
PLAIN = {"number", "float", "boolean", "date", "datetime", "time", "duration", "uuid", "binary"}


class PostgreSQLDialect(Dialect):
    now = "pg_catalog.clock_timestamp()"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        self.schema_of = functools.cache(self.find_schema)

    def create_quiet(self) -> None:
        """Nothing: quiet is a setting of the transaction."""

    def find_schema(self, table: str) -> str | None:
        """Return the schema where the connection's search path finds a table."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
                "ON n.oid = c.relnamespace WHERE c.oid = to_regclass(%s)",
                [self.quote(table)],
            )
            row = cursor.fetchone()
        return row[0] if row else None

    def table(self, name: str) -> str:
        schema = self.schema_of(name)
        return f"{self.quote(schema)}.{self.quote(name)}" if schema else self.quote(name)

    def function(self, name: str) -> str:
        return f"{self.quote(self.schema_of(LOG) or 'public')}.{self.quote(name)}"

    def installed(self) -> dict[str, Trigger]:
        """Return our functions; `table` is "" where the trigger is missing or disabled."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.proname, COALESCE(c.relname, ''), p.prosrc FROM pg_catalog.pg_proc p "
                "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_catalog.pg_trigger t "
                "ON t.tgfoid = p.oid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') "
                "LEFT JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE n.nspname = %s",
                [self.schema_of(LOG) or "public"],
            )
            return {row[0]: Trigger(*row) for row in cursor.fetchall() if OURS.fullmatch(row[0])}

    def drop(self, trigger: Trigger) -> str:
        return f"DROP FUNCTION IF EXISTS {self.function(trigger.name)}() CASCADE"

    def definition(self, spec: TriggerSpec, operation: str) -> Trigger:
        name = spec.trigger_name(operation)
        quiet = f"COALESCE(pg_catalog.current_setting('sfsync.quiet', true), '') <> '{spec.quiet_key}'"
        source = f"-- WHEN {quiet}\n{self.body(spec, operation)}"
        function = (
            f"CREATE OR REPLACE FUNCTION {self.function(name)}() RETURNS trigger LANGUAGE plpgsql "
            f"SECURITY DEFINER SET search_path = pg_catalog, pg_temp {self.session(spec)} "
            f"AS $sfsync${source}$sfsync$"
        )
        trigger = (
            f"CREATE TRIGGER {self.quote(name)} AFTER {EVENTS[operation]} ON {self.table(spec.table)} "
            f"FOR EACH ROW WHEN ({quiet}) EXECUTE FUNCTION {self.function(name)}()"
        )
        return Trigger(name, spec.table, source, (function, trigger))

    def session(self, spec: TriggerSpec) -> str:
        links = [column for column in (spec.sf_id, spec.external_id) if column]
        kinds = {column.kind for column in (*spec.columns, *spec.keys.values(), *links)}
        return " ".join(
            f"SET {name} = {value}" for name, (value, needed) in SESSION.items() if kinds & needed
        )

    def body(self, spec: TriggerSpec, operation: str) -> str:
        if operation == "U":
            return self.update_body(spec)
        row, old = ("NEW", "'{}'") if operation == "I" else ("OLD", self.whole(spec))
        head, values = self.log(spec, operation, key=row, row=row, old=old)
        return f"BEGIN\n{head} VALUES ({values});\nRETURN NULL;\nEND"

    def update_body(self, spec: TriggerSpec) -> str:
        lines = ["DECLARE changed jsonb := '{}';", "BEGIN"]
        for column in spec.own:
            pair = self.json([(column.name, self.value(spec, column, "OLD"))])
            lines.append(f"IF {self.changed(spec, column)} THEN changed := changed || {pair}; END IF;")
        head, values = self.log(spec, "U", key="NEW", row="OLD", old="changed")
        condition = "changed <> '{}'"
        if spec.table == spec.model_table:
            moved = self.changed(spec, spec.keys[spec.table])
            condition += f" OR {moved}"
            gone = self.log(spec, "D", key="OLD", row="OLD", old=self.whole(spec))
            lines.append(f"IF {moved} THEN {gone[0]} VALUES ({gone[1]}); END IF;")
        else:
            condition += f" AND {self.record_exists(spec)}"
        lines += [f"IF {condition} THEN {head} VALUES ({values}); END IF;", "RETURN NULL;", "END"]
        return "\n".join(lines)

    def json(self, pairs: Iterable[tuple[str, str]]) -> str:
        """Join objects of 40 pairs: a function takes 100 arguments."""
        arguments = [f"{self.literal(name)}, {text}" for name, text in pairs]
        chunks = [arguments[start : start + 40] for start in range(0, len(arguments), 40)]
        return " || ".join(f"jsonb_build_object({', '.join(chunk)})" for chunk in chunks) or "'{}'::jsonb"

    def text(self, expression: str, kind: str) -> str:
        return f"{expression}::text"

    def differs(self, first: str, second: str, kind: str) -> str:
        if kind in PLAIN:
            return f"{first} IS DISTINCT FROM {second}"
        return f'{first}::text COLLATE "C" IS DISTINCT FROM {second}::text COLLATE "C"'
