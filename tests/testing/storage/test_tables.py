import sqlite3

import pytest

from sfsync.testing.schema import FieldSpec, Schema, columns, sobject
from sfsync.testing.storage.tables import create_tables, quote


def schema(*extra: FieldSpec) -> Schema:
    found = Schema()
    fields = [columns.record_id("Id"), columns.is_deleted(), *columns.stamps(), *extra]
    found.add(sobject(name="A__c", label="A", label_plural="As", key_prefix="a00", fields=fields))
    return found


@pytest.fixture
def connection() -> sqlite3.Connection:
    return sqlite3.connect(":memory:")


def test_columns_follow_the_schema(connection: sqlite3.Connection) -> None:
    create_tables(connection, schema(columns.currency("Price__c", "Price", 2), *columns.address("Home")))
    types = {row[1]: row[2] for row in connection.execute('PRAGMA table_info("A__c")')}
    connection.close()
    assert (types["Id"], types["IsDeleted"], types["Price__c"]) == ("TEXT", "INTEGER", "INTEGER")
    assert "HomeCity" in types and "HomeAddress" not in types


def test_a_new_field_widens_the_table(connection: sqlite3.Connection) -> None:
    create_tables(connection, schema())
    connection.execute('INSERT INTO "A__c" ("Id") VALUES (\'1\')')
    create_tables(
        connection, schema(columns.boolean("Vip__c", "Vip", default=True), columns.date("D__c", "D"))
    )
    [row] = connection.execute('SELECT "Vip__c", "D__c" FROM "A__c"')
    connection.close()
    assert row == (1, None)


def test_unique_checks_and_windows_use_an_index(connection: sqlite3.Connection) -> None:
    create_tables(connection, schema(columns.external_id("Key__c", "Key", 20)))
    for condition in ("\"Key__c\" = 'x' COLLATE NOCASE", "\"SystemModstamp\" >= 'x'"):
        [plan] = connection.execute(f'EXPLAIN QUERY PLAN SELECT "Id" FROM "A__c" WHERE {condition}')
        assert "USING INDEX" in plan[3]
    connection.close()


def test_quote() -> None:
    assert quote('a"b') == '"a""b"'
