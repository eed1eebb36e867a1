"""What is installed, what is missing, and what happens to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction

import sfsync
from sfsync.database import triggers
from sfsync.database.triggers.upkeep import dialect_of
from sfsync.models import LocalChange
from tests.zoo.models import Keeper, Specimen

pytestmark = [pytest.mark.databases, pytest.mark.django_db(transaction=True)]


class PullOnlyMapping(sfsync.Mapping):
    class Meta:
        model = "zoo.Keeper"
        sobject = "Keeper__c"
        direction = sfsync.Direction.PULL
        fields_map = {"Name": "name"}


@pytest.fixture(autouse=True)
def whole(zoo: None) -> Iterator[None]:
    """Leave the triggers as they should be."""
    triggers.install("default")
    LocalChange.objects.all().delete()
    yield
    triggers.install("default")


def found() -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for problem in triggers.problems("default"):
        result.setdefault(problem.kind, []).append(problem.table)
    return {kind: sorted(tables) for kind, tables in result.items()}


def test_installed_triggers_are_right() -> None:
    assert triggers.problems("default") == []
    assert len(dialect_of(connection).installed()) == 3 * 6 + 1


def test_installing_again_touches_nothing() -> None:
    assert triggers.install("default") == []


def test_a_missing_trigger_is_found_and_repaired() -> None:
    keeper = [spec for spec in triggers.specs("default") if spec.table == "zoo_keeper"]
    triggers.drop("default", keeper)
    assert found() == {"missing": ["zoo_keeper"] * 3}
    assert len(triggers.install("default")) == 3
    assert found() == {}


def test_a_stale_trigger_is_found_and_repaired() -> None:
    """As after a new mapping went out without `migrate`."""
    fewer = [
        spec.limited_to({table: [key.name, "name"] for table, key in spec.keys.items()})
        for spec in triggers.specs("default")
        if spec.mapping == "SpecimenMapping"
    ]
    rest = [spec for spec in triggers.specs("default") if spec.mapping != "SpecimenMapping"]
    triggers.install("default", [spec for spec in [*fewer, *rest] if spec])
    assert found() == {"stale": ["zoo_specimen"] * 3}
    triggers.install("default")
    Specimen.objects.create(name="Rex", legs=4)
    Specimen.objects.update(legs=3)
    assert LocalChange.objects.get(mapping="SpecimenMapping", operation="U").old == {"legs": "4"}


def test_triggers_of_a_mapping_that_is_gone_are_found_and_removed(settings) -> None:
    settings.SF_MAPPINGS = [path for path in settings.SF_MAPPINGS if "Keeper" not in path]
    assert found() == {"foreign": ["zoo_keeper"] * 3}
    triggers.install("default")
    Keeper.objects.create(code="a")
    assert not LocalChange.objects.exists()


def test_a_mapping_that_only_pulls_has_no_triggers(settings) -> None:
    settings.SF_MAPPINGS = ["tests.database.triggers.test_upkeep.PullOnlyMapping"]
    assert triggers.specs("default") == []


def test_dropping_all_makes_the_database_silent() -> None:
    triggers.drop("default")
    Keeper.objects.create(code="a")
    assert not LocalChange.objects.exists()
    assert dialect_of(connection).installed() == {}


def test_a_disabled_trigger_is_missing() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL disables triggers")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE zoo_keeper DISABLE TRIGGER USER")
    try:
        assert found() == {"missing": ["zoo_keeper"] * 3}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE zoo_keeper ENABLE TRIGGER USER")


def test_the_session_of_the_writer_does_not_change_the_text() -> None:
    """PostgreSQL writes dates and floats as the session wishes; the log must not depend on it."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has such settings")
    specimen = Specimen.objects.create(
        name="Rex", born="2026-02-01", ratio=0.1 + 0.2, seen="2026-02-01T12:00Z"
    )
    LocalChange.objects.all().delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'German'; SET LOCAL timezone = 'Asia/Tokyo'")
        cursor.execute("SET LOCAL extra_float_digits = 0; SET LOCAL search_path = ''")
        cursor.execute("UPDATE public.zoo_specimen SET born = NULL, ratio = NULL, seen = NULL")
    old = LocalChange.objects.get(mapping="SpecimenMapping", pk_text=str(specimen.pk)).old
    assert old == {"born": "2026-02-01", "ratio": "0.30000000000000004", "seen": "2026-02-01 12:00:00+00"}


def test_roles_that_may_not_write_the_log_can_still_write_the_table() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SECURITY DEFINER is PostgreSQL's")
    Keeper.objects.create(code="a")
    LocalChange.objects.all().delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE ROLE sfsync_test_clerk")
        cursor.execute("GRANT SELECT, UPDATE ON zoo_keeper TO sfsync_test_clerk")
        cursor.execute("SET LOCAL ROLE sfsync_test_clerk")
        cursor.execute("UPDATE zoo_keeper SET name = 'Ann'")
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY sfsync_test_clerk; DROP ROLE sfsync_test_clerk")
    assert LocalChange.objects.get().old == {"name": ""}


def test_a_flush_empties_the_log() -> None:
    Keeper.objects.create(code="a")
    call_command("flush", verbosity=0, interactive=False)
    assert not LocalChange.objects.exists()
    assert triggers.problems("default") == []


def test_ids_go_on_after_the_connection_was_closed() -> None:
    Keeper.objects.create(code="a")
    last = LocalChange.objects.get().pk
    LocalChange.objects.all().delete()
    connection.close()
    Keeper.objects.update(name="Ann")
    assert LocalChange.objects.get().pk > last
