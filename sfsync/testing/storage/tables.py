"""DDL: one table per object, one column per stored field, and the org's own tables."""

from __future__ import annotations

import sqlite3
from functools import cache

from ..schema.base import FieldSpec, Schema, SObjectSpec

OWN_TABLES = """
CREATE TABLE IF NOT EXISTS "_history" (
    "sequence" INTEGER PRIMARY KEY AUTOINCREMENT,
    "sobject" TEXT NOT NULL,
    "record_id" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "stamp" TEXT NOT NULL,
    "committed" TEXT NOT NULL,
    "changed" TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS "_history_record" ON "_history" ("record_id");
CREATE TABLE IF NOT EXISTS "_bin" (
    "sobject" TEXT NOT NULL, "record_id" TEXT NOT NULL, "root" TEXT NOT NULL, "lookup" TEXT, "parent" TEXT
);
CREATE INDEX IF NOT EXISTS "_bin_root" ON "_bin" ("root");
CREATE INDEX IF NOT EXISTS "_bin_record" ON "_bin" ("record_id");
CREATE TABLE IF NOT EXISTS "_purged" (
    "sobject" TEXT NOT NULL, "record_id" TEXT NOT NULL, "deleted" TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS "_purged_date" ON "_purged" ("sobject", "deleted");
CREATE TABLE IF NOT EXISTS "_counter" ("key_prefix" TEXT PRIMARY KEY, "value" INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS "_access" ("user" TEXT PRIMARY KEY, "document" TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS "_share" (
    "user" TEXT NOT NULL, "record_id" TEXT NOT NULL, "level" TEXT NOT NULL, PRIMARY KEY ("user", "record_id")
);
CREATE TABLE IF NOT EXISTS "_viewed" (
    "user" TEXT NOT NULL, "record_id" TEXT NOT NULL, "viewed" TEXT NOT NULL, PRIMARY KEY ("user", "record_id")
);
CREATE TABLE IF NOT EXISTS "_note" ("name" TEXT PRIMARY KEY, "value" TEXT NOT NULL);
"""


@cache
def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def create_tables(connection: sqlite3.Connection, schema: Schema) -> None:
    """Make every table that is missing, and every column that the schema has gained since."""
    connection.executescript(OWN_TABLES)
    for spec in schema:
        create_table(connection, spec)


def create_table(connection: sqlite3.Connection, spec: SObjectSpec) -> None:
    table = quote(spec.name)
    columns = [_column(field) for field in spec.stored_fields]
    if "IsDeleted" not in spec.fields:  # every table has the column, also of objects that cannot be deleted
        columns.append('"IsDeleted" INTEGER NOT NULL DEFAULT 0')
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(columns)})")
    present = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    for field in spec.stored_fields:
        if field.name not in present:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {_column(field)}")
    for statement in _indexes(spec):
        connection.execute(statement)


def _column(field: FieldSpec) -> str:
    name = quote(field.name)
    if field.type == "id":
        return f"{name} TEXT PRIMARY KEY NOT NULL"
    if field.type == "boolean":
        return f"{name} INTEGER NOT NULL DEFAULT {int(bool(field.default))}"
    return f"{name} {'INTEGER' if field.is_scaled or field.type == 'int' else 'TEXT'}"


def _has_children(field: FieldSpec) -> bool:
    """Say whether a delete looks for records by this lookup; users are never deleted."""
    return field.type == "reference" and field.createable and field.reference_to != ("User",)


def _indexes(spec: SObjectSpec) -> list[str]:
    """Return the indexes that unique checks, deletes of parents and replication need."""
    keys = {
        field.name: "" if field.case_sensitive else " COLLATE NOCASE"
        for field in spec.stored_fields
        if field.unique or field.external_id
    }
    keys |= {field.name: "" for field in spec.stored_fields if _has_children(field)}
    if spec.modstamp_field:
        keys[spec.modstamp_field] = ""
    return [
        f"CREATE INDEX IF NOT EXISTS {quote(f'{spec.name}_{name}')} "
        f"ON {quote(spec.name)} ({quote(name)}{collation})"
        for name, collation in keys.items()
    ]
