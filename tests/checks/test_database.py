"""The checks that look into a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from sfsync.checks import mysql
from sfsync.checks.database import check_databases
from sfsync.database import triggers
from tests.zoo import models as zoo

pytestmark = [pytest.mark.databases, pytest.mark.django_db(transaction=True)]

MAPPED = ["tests.zoo.mappings.KeeperMapping", "tests.zoo.mappings.EnclosureMapping"]


class Elsewhere:
    """A router that keeps sfsync out."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        return False if app_label == "sfsync" else None


@pytest.fixture(autouse=True)
def mapped(transactional_db: None) -> Iterator[None]:
    """Map two models; the triggers are the test settings' again afterwards."""
    with override_settings(SF_MAPPINGS=MAPPED):
        triggers.install("default")
        yield
    triggers.install("default")


def found() -> list[str]:
    messages = check_databases(databases=["default"])
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_a_sound_database() -> None:
    assert found() == []


def test_nothing_is_asked_of_databases_that_are_not_named() -> None:
    triggers.drop("default")
    assert check_databases(databases=None) == []


def test_nothing_is_asked_of_databases_without_mapped_models(settings) -> None:
    settings.SF_MAPPINGS = []
    assert found() == []


def test_missing_triggers() -> None:
    triggers.drop("default")
    (message,) = check_databases(databases=["default"])
    assert message.id == "sfsync.W101"
    assert "zoo_keeper" in message.msg
    assert "manage.py migrate" in message.hint
    call_command("migrate", verbosity=0)
    assert found() == []


def test_stale_triggers() -> None:
    without_columns = [
        spec.limited_to({table: [key.name] for table, key in spec.keys.items()})
        for spec in triggers.specs("default")
    ]
    triggers.install("default", [spec for spec in without_columns if spec])
    assert found() == ["sfsync.W104"]


def test_triggers_of_a_mapping_that_is_gone(settings) -> None:
    settings.SF_MAPPINGS = settings.SF_MAPPINGS[:1]
    assert found() == ["sfsync.W105"]


def test_missing_tables() -> None:
    call_command("migrate", "sfsync", "zero", verbosity=0)
    try:
        assert found() == ["sfsync.W103"]
    finally:
        call_command("migrate", "sfsync", verbosity=0)


def test_a_fresh_database_has_nothing_to_warn_of() -> None:
    """`migrate` runs these checks first: a newcomer's first command must not begin with warnings."""
    call_command("migrate", "zoo", "zero", verbosity=0)
    call_command("migrate", "sfsync", "zero", verbosity=0)
    try:
        assert found() == []
    finally:
        call_command("migrate", verbosity=0)


def test_a_router_that_keeps_sfsync_out(settings) -> None:
    settings.DATABASE_ROUTERS = [Elsewhere()]
    assert found() == ["sfsync.E102"]


def test_an_unknown_kind_of_database(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(connection, "vendor", "oracle")
        assert found() == ["sfsync.E101"]


def test_primary_keys_without_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo.Keeper._meta.pk, "max_length", 256)
    assert found() == ["sfsync.E107"]


def test_more_digits_than_sqlite_keeps(settings) -> None:
    settings.SF_MAPPINGS = ["tests.zoo.mappings.KeeperMapping", "tests.zoo.mappings.SpecimenMapping"]
    triggers.install("default")
    assert found() == (["sfsync.W102"] * 2 if connection.vendor == "sqlite" else [])


class TestMySQL:
    @pytest.fixture(autouse=True)
    def only_there(self) -> None:
        if connection.vendor != "mysql":
            pytest.skip("MariaDB and MySQL only")

    def test_cascades_inside_the_server(self) -> None:
        execute(
            "ALTER TABLE zoo_enclosure ADD COLUMN boss varchar(20) NULL, "
            "ADD CONSTRAINT boss FOREIGN KEY (boss) REFERENCES zoo_keeper (code) ON DELETE CASCADE"
        )
        try:
            assert found() == ["sfsync.E103"]
        finally:
            execute(
                "ALTER TABLE zoo_enclosure DROP FOREIGN KEY boss",
                "ALTER TABLE zoo_enclosure DROP COLUMN boss",
            )

    def test_isolation(self) -> None:
        execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        try:
            assert found() == ["sfsync.E104"]
        finally:
            connection.close()

    def test_strict_mode(self) -> None:
        execute("SET SESSION sql_mode = ''")
        try:
            assert found() == ["sfsync.E106"]
        finally:
            connection.close()

    def test_a_definer_that_is_gone(self) -> None:
        gone = "sfsync_test_gone@localhost"
        execute(f"CREATE OR REPLACE USER {gone}")
        execute(
            f"CREATE DEFINER = {gone} TRIGGER sfsync_ghost BEFORE DELETE ON zoo_animal "
            "FOR EACH ROW SET @a = 1"
        )
        execute(f"DROP USER {gone}")
        try:
            assert found() == ["sfsync.E108"]
        finally:
            execute("DROP TRIGGER sfsync_ghost")


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        (
            ["GRANT USAGE ON *.* TO `app`@`%`", "GRANT ALL PRIVILEGES ON `app`.* TO `app`@`%`"],
            ["sfsync.E105"],
        ),
        (["GRANT ALL PRIVILEGES ON *.* TO `root`@`%`"], []),
        (["GRANT SELECT, SUPER ON *.* TO `app`@`%`"], []),
    ],
)
def test_the_binary_log(grants: list[str], expected: list[str]) -> None:
    assert [message.id for message in mysql.binary_log_messages("default", grants)] == expected
