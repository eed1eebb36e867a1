"""Keep the triggers right while `migrate` changes the tables they stand on.

RenameField and RemoveField of a column that a trigger reads would make every later write fail, and SQLite's
table remakes drop triggers. So `pre_migrate` rewrites the plan, as django.contrib.contenttypes does for its
own purpose: each stretch of schema operations on a mapped table, or on the log, is enclosed by operations
that drop the triggers and create them from the state that was reached. Data migrations run with triggers in
place. `post_migrate` repairs what is left, by the real columns.
"""

from __future__ import annotations

import itertools
from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.db import connections, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from sfsync.database.triggers import upkeep as triggers
from sfsync.database.triggers.dialect import LOG
from sfsync.database.triggers.history import Renames, Tracked, nested
from sfsync.database.triggers.spec import TriggerSpec
from sfsync.models import LocalChange

LOG_LABEL = LocalChange._meta.label_lower


class Stretch:
    """Some schema operations in a row, with the triggers they disturb."""

    def __init__(self, tracked: list[Tracked], *, log: bool) -> None:
        self.tracked = tracked
        self.log = log
        self.columns: dict[Tracked, dict[str, str]] = {}
        self.last_id = 0

    def begin(self, using: str, state: ProjectState) -> None:
        """Drop the triggers, and remember what the columns are called."""
        self.columns = {tracked: tracked.columns(state.apps) for tracked in self.tracked}
        wanted = [spec for tracked in self.tracked for spec in tracked.specs(state.apps)]
        triggers.drop(using, None if self.log else wanted)
        if self.log:
            self.last_id = last_id(using)

    def end(self, using: str, state: ProjectState) -> None:
        """Create the triggers of the new state; outstanding changes follow renamed columns."""
        if self.log and LOG not in connections[using].introspection.table_names():
            triggers.dialect_of(connections[using]).drop_quiet()
            return
        if self.log:
            keep_ids(using, self.last_id)
        for tracked, before in self.columns.items():
            after = tracked.columns(state.apps)
            renamed = {
                before[name]: after[name] for name in before if before[name] != after.get(name, before[name])
            }
            if renamed:
                rename_old_values(using, tracked, renamed)
        triggers.add(using, [spec for tracked in self.tracked for spec in tracked.specs(state.apps)])


class StretchOperation(Operation):
    """One end of a stretch. Backwards, the ends change places."""

    reduces_to_sql = False
    reversible = True

    def __init__(self, stretch: Stretch, *, first: bool) -> None:
        self.stretch = stretch
        self.first = first

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing: triggers are no part of the state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        step = self.stretch.begin if self.first else self.stretch.end
        step(schema_editor.connection.alias, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        step = self.stretch.end if self.first else self.stretch.begin
        step(schema_editor.connection.alias, to_state)

    def describe(self) -> str:
        return "Drop the triggers of sfsync" if self.first else "Create the triggers of sfsync"


def rewrite_plan(
    sender: AppConfig, using: str, plan: list[tuple[Migration, bool]] | None = None, **kwargs: Any
) -> None:
    """Receive `pre_migrate`: enclose the schema operations that concern triggers."""
    if not plan or not follows(using):
        return
    tracked = tracked_mappings(using)
    for migration, _ in plan:
        # The plan's own object: what the migration's class holds stays as it is.
        vars(migration)["operations"] = enclosed(migration, tracked)


def enclosed(migration: Migration, tracked: list[Tracked]) -> list[Operation]:
    """Return the operations of a migration with every stretch enclosed that disturbs triggers."""
    result: list[Operation] = []
    for schema, group in itertools.groupby(migration.operations, key=is_schema):
        operations = list(group)
        touched = [(one, inner) for one in tracked for outer in operations for inner in nested(outer)]
        disturbed = list(dict.fromkeys(o for o, inner in touched if o.touched_by(migration.app_label, inner)))
        log = migration.app_label == "sfsync" and any(concerns_log(inner) for inner in operations)
        if schema and (disturbed or log):
            stretch = Stretch(tracked if log else disturbed, log=log)
            operations = [
                StretchOperation(stretch, first=True),
                *operations,
                StretchOperation(stretch, first=False),
            ]
        result += operations
    return result


def is_schema(operation: Operation) -> bool:
    """Say whether an operation changes tables; RunSQL does when it tells the state so."""
    if isinstance(operation, RunSQL):
        return bool(operation.state_operations)
    return not isinstance(operation, RunPython)


def concerns_log(operation: Operation) -> bool:
    names = (getattr(operation, "name", None), getattr(operation, "model_name", None))
    return any(f"sfsync.{name}".lower() == LOG_LABEL for name in names if name)


def repair(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receive `post_migrate`: make the triggers right; after a flush, which has no plan, empty the log.

    On SQLite and MariaDB a flush deletes rows one by one, and the triggers log that.
    """
    if not follows(using):
        return
    if "plan" in kwargs:
        triggers.install(using, reached(using, kwargs["apps"]))
    elif LOG in connections[using].introspection.table_names():
        LocalChange.objects.using(using).all().delete()


def reached(using: str, state_apps: Apps) -> list[TriggerSpec]:
    """Return the specs for the tables as they are: of the code, or of an older state `migrate` ended at."""
    wanted = triggers.specs(using)
    real = triggers.dialect_of(connections[using]).columns({table for spec in wanted for table in spec.keys})
    if all(spec.limited_to(real) in (spec, None) for spec in wanted):
        return wanted
    return [
        spec
        for mapping, tracked in zip(triggers.pushing(using), tracked_mappings(using), strict=True)
        for spec in tracked.specs(state_apps) or triggers.mapping_specs(mapping)
    ]


def tracked_mappings(using: str) -> list[Tracked]:
    """Return the pushing mappings of a database, with the names of former migrations."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    renames = Renames(loader.disk_migrations.values())
    return [Tracked.of(mapping, renames) for mapping in triggers.pushing(using)]


def follows(using: str) -> bool:
    """Say whether a database has sfsync's tables and is of a kind that sfsync knows."""
    return connections[using].vendor in triggers.DIALECTS and router.allow_migrate_model(using, LocalChange)


def rename_old_values(using: str, tracked: Tracked, renamed: dict[str, str]) -> None:
    """Give the old values of outstanding changes the new names of their columns."""
    changes = LocalChange.objects.using(using).of(tracked.target)
    for pk, old in list(changes.exclude(old={}).values_list("pk", "old")):
        if renamed.keys() & old.keys():
            changes.filter(pk=pk).update(old={renamed.get(name, name): text for name, text in old.items()})


def last_id(using: str) -> int:
    """Return the newest id that SQLite gave to a change; servers keep it in the table or its sequence."""
    connection = connections[using]
    if connection.vendor != "sqlite" or LOG not in connection.introspection.table_names():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [LOG])
        row = cursor.fetchone()
    return row[0] if row else 0


def keep_ids(using: str, last: int) -> None:
    """Go on counting where SQLite stopped before it remade the table of the log: ids never repeat."""
    connection = connections[using]
    if not last:
        return
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s AND seq < %s", [LOG, last])
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT %s, %s WHERE NOT EXISTS "
            "(SELECT 1 FROM sqlite_sequence WHERE name = %s)",
            [LOG, last, LOG],
        )
