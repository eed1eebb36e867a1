"""`migrate` changes mapped tables, forwards and backwards, and no edit is missed on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor

from sfsync.database import triggers
from sfsync.database.triggers import plan
from sfsync.models import LocalChange
from tests.zoo.models import Exhibit

pytestmark = [pytest.mark.databases, pytest.mark.django_db(transaction=True)]


def migrate(name: str, app: str = "zoo") -> None:
    call_command("migrate", app, name, verbosity=0)


def changes() -> list[tuple[str, dict[str, str | None]]]:
    logged = LocalChange.objects.filter(mapping="ExhibitMapping").order_by("id")
    return list(logged.values_list("operation", "old"))


@pytest.fixture(autouse=True)
def latest() -> Iterator[None]:
    """Begin and end with all migrations applied."""
    LocalChange.objects.all().delete()
    yield
    call_command("migrate", verbosity=0)


def write(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_back_and_forth_with_writes_at_every_stop() -> None:
    exhibit = Exhibit.objects.create(title="stone")
    columns = {"0001": "label", "0002": "title", "0003": "title", "0004": "title"}
    for name in ["0003", "0002", "0001", "0002", "0004"]:
        column = columns[name]
        migrate(name)
        write(f"UPDATE zoo_exhibit SET {column} = 'stone'")
        LocalChange.objects.all().delete()
        write(f"UPDATE zoo_exhibit SET {column} = 'iron'")
        write(f"UPDATE zoo_exhibit SET {column} = 'stone'")
        assert changes() == [("U", {column: "stone"}), ("U", {column: "iron"})]
        assert not [problem for problem in triggers.problems("default") if problem.kind == "foreign"]
    assert triggers.problems("default") == []
    assert Exhibit.objects.get(pk=exhibit.pk).title == "stone"


def test_a_data_migration_in_the_middle_is_captured() -> None:
    migrate("0001")
    write("INSERT INTO zoo_exhibit (label, floor) VALUES ('stone', 1)")
    LocalChange.objects.all().delete()
    migrate("0004")
    assert changes() == [("U", {"title": "stone"})]
    assert Exhibit.objects.get().title == "STONE"


def test_a_data_migration_is_captured_backwards() -> None:
    Exhibit.objects.create(title="STONE")
    LocalChange.objects.all().delete()
    migrate("0001")
    assert changes() == [("U", {"label": "STONE"})]


def test_outstanding_changes_follow_a_renamed_column() -> None:
    migrate("0001")
    write("INSERT INTO zoo_exhibit (label, floor) VALUES ('stone', 1)")
    write("UPDATE zoo_exhibit SET label = 'iron'")
    assert changes()[-1] == ("U", {"label": "stone"})
    migrate("0002")
    assert changes()[-1] == ("U", {"title": "stone"})


def test_the_log_itself_can_be_migrated() -> None:
    """A later version of sfsync alters the log's table: ids go on, and writes still work."""
    Exhibit.objects.create(title="stone")
    last = LocalChange.objects.latest("id").pk
    LocalChange.objects.all().delete()
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state()

    def alter(length: int) -> None:
        migration = migrations.Migration("9999_test", "sfsync")
        field = models.CharField(max_length=length)
        migration.operations = [migrations.AlterField("localchange", "table", field)]
        plan.rewrite_plan(apps.get_app_config("sfsync"), "default", [(migration, False)])
        assert len(migration.operations) == 3
        with connection.schema_editor(atomic=migration.atomic) as editor:
            migration.apply(state, editor)

    alter(130)
    try:
        assert triggers.problems("default") == []
        Exhibit.objects.update(title="iron")
        assert changes() == [("U", {"title": "stone"})]
        assert LocalChange.objects.latest("id").pk > last
    finally:
        alter(128)


def test_sfsync_can_be_removed_and_come_back() -> None:
    """Covers the order of first migrations: the mapped tables are there, sfsync's are not."""
    migrate("zero", "sfsync")
    assert not [name for name in connection.introspection.table_names() if name.startswith("sfsync")]
    Exhibit.objects.create(title="unseen")
    Exhibit.objects.update(title="still unseen")
    call_command("migrate", "sfsync", verbosity=0)
    assert triggers.problems("default") == []
    Exhibit.objects.update(title="seen")
    assert changes() == [("U", {"title": "still unseen"})]


def test_the_mapped_app_can_be_removed_and_come_back() -> None:
    migrate("zero")
    assert triggers.problems("default") == []
    migrate("0004")
    assert triggers.problems("default") == []
    Exhibit.objects.create(title="seen")
    assert changes() == [("I", {})]


def test_operations_that_concern_no_mapped_table_are_left_alone() -> None:
    migration = migrations.Migration("0002_test", "auth")
    migration.operations = [migrations.RemoveField("user", "email"), migrations.RunPython(lambda *_: None)]
    before = list(migration.operations)
    plan.rewrite_plan(apps.get_app_config("sfsync"), "default", [(migration, False)])
    assert migration.operations == before
