"""Quiet covers one statement on one table for one target, and ends with the transaction whatever happens."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from sfsync.database import backend
from sfsync.models import LocalChange
from tests.zoo.models import Bird, Keeper, Specimen

pytestmark = pytest.mark.databases
ABROAD = "SpecimenAbroadMapping"
HERE = "SpecimenMapping"


def logged() -> list[str]:
    return sorted(LocalChange.objects.values_list("mapping", flat=True))


def quiet(mapping: str = HERE, org: str = "default", table: str = "zoo_specimen"):
    return backend("default").quiet(org, mapping, table)


@pytest.mark.django_db
class TestInOneTransaction:
    def test_other_targets_still_log(self) -> None:
        with quiet():
            Specimen.objects.bulk_create([Specimen(name="a"), Specimen(name="b")])
        assert logged() == [ABROAD, ABROAD]

    def test_updates_and_deletes_too(self) -> None:
        Specimen.objects.bulk_create([Specimen(name="a")])
        LocalChange.objects.all().delete()
        with quiet(ABROAD, "abroad"):
            Specimen.objects.update(name="b")
        with quiet(ABROAD, "abroad"):
            Specimen.objects.all()._raw_delete("default")
        assert logged() == [HERE, HERE]

    def test_other_tables_still_log(self) -> None:
        with quiet(table="zoo_keeper"):
            Specimen.objects.create(name="a")
        assert logged() == [ABROAD, HERE]

    def test_it_ends(self) -> None:
        with quiet():
            Specimen.objects.create(name="a")
        Specimen.objects.create(name="b")
        assert logged() == [ABROAD, ABROAD, HERE]

    def test_it_ends_with_an_error_inside(self) -> None:
        Keeper.objects.create(code="a", name="Ann")
        with (
            pytest.raises(IntegrityError),
            quiet("KeeperMapping", table="zoo_keeper"),
            connection.cursor() as cursor,
        ):
            cursor.execute("INSERT INTO zoo_keeper (code, name) VALUES ('a', 'Bob')")
        Keeper.objects.update(name="Cleo")
        assert logged() == ["KeeperMapping", "KeeperMapping"]

    def test_it_ends_with_a_rollback_to_an_earlier_savepoint(self) -> None:
        with pytest.raises(RuntimeError), transaction.atomic(), quiet():
            Specimen.objects.create(name="a")
            raise RuntimeError
        Specimen.objects.create(name="b")
        assert logged() == [ABROAD, HERE]

    def test_it_covers_all_tables_of_an_inheritance(self) -> None:
        with quiet("BirdMapping", table="zoo_bird"):
            backend("default").insert(Bird, ["name", "ring"], [("Tit", "A1")])
        with quiet("BirdMapping", table="zoo_bird"):
            backend("default").update(Bird, ["name"], [(Bird.objects.get().pk, "Finch")])
        assert logged() == []
        assert Bird.objects.get().name == "Finch"


@pytest.mark.django_db(transaction=True)
class TestOutsideOfTests:
    def test_it_is_refused_outside_a_transaction(self) -> None:
        with pytest.raises(RuntimeError, match="transaction"), quiet():
            Specimen.objects.create(name="a")
        assert Specimen.objects.count() == 0

    def test_it_ends_with_the_transaction_that_broke(self) -> None:
        with pytest.raises(RuntimeError), transaction.atomic(), quiet():
            Specimen.objects.create(name="a")
            raise RuntimeError
        Specimen.objects.create(name="b")
        assert logged() == [ABROAD, HERE]

    def test_a_silence_left_behind_does_not_reach_the_next_transaction(self) -> None:
        """What a crash between the two halves would do: no commit may carry the silence on."""
        database = backend("default")
        from sfsync.database.triggers import quiet_key

        try:
            with transaction.atomic():
                database._silence(quiet_key("default", HERE, "zoo_specimen"))
                transaction.set_rollback(connection.vendor == "mysql")
        except DatabaseError:
            assert connection.vendor == "sqlite"
        Specimen.objects.create(name="b")
        assert logged() == [ABROAD, HERE]

    def test_other_connections_still_log(self) -> None:
        """Covers the connection of a user who writes while a quiet statement runs."""
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        Specimen.objects.bulk_create([Specimen(name="a")])
        LocalChange.objects.all().delete()
        other = connections.create_connection("default")
        try:
            with transaction.atomic(), quiet():
                with other.cursor() as cursor:
                    cursor.execute("UPDATE zoo_specimen SET name = 'b'")
                other.commit()
        finally:
            other.close()
        assert logged() == [ABROAD, HERE]
