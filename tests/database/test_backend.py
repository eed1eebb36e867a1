"""Bulk statements, locks and the clock, on each database."""

from __future__ import annotations

import datetime
import threading
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from sfsync.database import backend
from sfsync.database.base import Database
from sfsync.models import LocalChange
from tests.zoo.models import Animal, Bird, Enclosure, Keeper, Specimen

pytestmark = [pytest.mark.databases, pytest.mark.django_db]

VALUES: dict[str, Any] = {
    "name": "O'Hara \\ 🐢",
    "note": None,
    "price": Decimal("-12345678901.23"),
    "population": Decimal("123456789012345"),
    "born": datetime.date(1066, 10, 14),
    "seen": datetime.datetime(2026, 3, 29, 1, 59, 59, 123456, tzinfo=datetime.UTC),
    "fed": datetime.time(23, 59, 59, 999999),
    "alive": False,
    "chip": uuid.UUID("00000000-0000-4000-8000-00000000beef"),
    "photo": bytes(range(256)),
    "ratio": 0.1 + 0.2,
    "legs": -2147483648,
    "cells": 9223372036854775807,
    "facts": {"a": [1, None, "ü"]},
    "gestation": datetime.timedelta(days=-3, microseconds=11),
}


@pytest.fixture
def database() -> Database:
    return backend("default")


def read(specimen: Specimen) -> dict[str, Any]:
    found = {name: getattr(specimen, name) for name in VALUES}
    return found | {"photo": bytes(found["photo"])}


class TestInsert:
    def test_every_type_arrives(self, database: Database) -> None:
        (pk,) = database.insert(Specimen, list(VALUES), [tuple(VALUES.values())])
        assert read(Specimen.objects.get(pk=pk)) == VALUES

    def test_nulls_arrive(self, database: Database) -> None:
        names = [name for name in VALUES if name != "name"]
        (pk,) = database.insert(Specimen, ["name", *names], [("Rex", *[None] * len(names))])
        stored = Specimen.objects.get(pk=pk)
        assert [getattr(stored, name) for name in names] == [None] * len(names)

    def test_keys_come_in_the_order_of_the_rows(self, database: Database) -> None:
        rows = [(str(number),) for number in range(300)]
        keys = database.insert(Specimen, ["name"], rows)
        assert [(Specimen.objects.get(pk=key).name,) for key in keys[::50]] == rows[::50]
        assert len(set(keys)) == 300

    def test_unnamed_fields_get_their_defaults(self, database: Database) -> None:
        keys = database.insert(Specimen, ["name"], [("a",), ("b",)])
        first, second = (Specimen.objects.get(pk=key) for key in keys)
        assert first.uid != second.uid
        assert first.remark == ""
        assert first.entered_at is not None
        assert first.touched_at is not None

    def test_taken_values_are_refused_and_nothing_is_overwritten(self, database: Database) -> None:
        there = Specimen.objects.create(name="there", sf_id="a" * 18)
        rows = [
            ("new", "b" * 18),
            ("stranger", "a" * 18),
            ("twice", "b" * 18),
            ("last", None),
            ("nulls", None),
        ]
        keys = database.insert(Specimen, ["name", "sf_id"], rows)
        assert [key is None for key in keys] == [False, True, True, False, False]
        assert [Specimen.objects.get(pk=key).name for key in keys if key] == ["new", "last", "nulls"]
        there.refresh_from_db()
        assert there.name == "there"

    def test_all_refused(self, database: Database) -> None:
        Specimen.objects.create(name="there", sf_id="a" * 18)
        assert database.insert(Specimen, ["name", "sf_id"], [("x", "a" * 18)]) == [None]

    def test_text_keys(self, database: Database) -> None:
        Keeper.objects.create(code="b", name="Ben")
        rows = [("a", "Ann"), ("b", "Bob"), ("c", "Cleo"), ("c", "Carl")]
        assert database.insert(Keeper, ["code", "name"], rows) == ["a", None, "c", None]
        assert dict(Keeper.objects.values_list("code", "name")) == {"a": "Ann", "b": "Ben", "c": "Cleo"}

    def test_uuid_keys_by_default(self, database: Database) -> None:
        Enclosure.objects.create(name="Pond")
        keys = database.insert(Enclosure, ["name"], [("Cage",), ("Pond",)])
        assert keys == [Enclosure.objects.get(name="Cage").pk, None]

    def test_two_tables(self, database: Database) -> None:
        Bird.objects.create(name="there", ring="A1")
        keys = database.insert(Bird, ["name", "ring"], [("Tit", "A2"), ("thief", "A1"), ("Finch", "A3")])
        assert keys[1] is None
        assert [Bird.objects.get(pk=key).name for key in (keys[0], keys[2])] == ["Tit", "Finch"]
        assert not Animal.objects.filter(name="thief").exists()

    def test_ids_of_the_log_are_not_taken_for_the_rows(self, database: Database) -> None:
        database.insert(Specimen, ["name"], [("a",)] * 3)
        keys = database.insert(Specimen, ["name"], [("b",)] * 3)
        assert list(Specimen.objects.filter(name="b").order_by("pk").values_list("pk", flat=True)) == keys

    @pytest.mark.parametrize("column", ["name", "price"])
    def test_what_does_not_fit_is_refused_not_cut(self, database: Database, column: str) -> None:
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has no limits to break")
        value = "x" * 81 if column == "name" else Decimal("1" + "0" * 16)
        rows = [("ok", None), ("x" * 81, None) if column == "name" else ("ok", value)]
        with pytest.raises(DataError), transaction.atomic():
            database.insert(Specimen, ["name", "price"], rows)
        assert Specimen.objects.count() == 0

    def test_a_missing_parent_is_an_error(self, database: Database) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            database.insert(Specimen, ["name", "keeper_id"], [("a", "nobody")])
            connection.check_constraints()

    def test_a_null_where_none_may_be_is_an_error(self, database: Database) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            database.insert(Specimen, ["name"], [(None,)])

    def test_no_rows(self, database: Database) -> None:
        assert database.insert(Specimen, ["name"], []) == []

    def test_triggers_log_it(self, database: Database) -> None:
        keys = database.insert(Specimen, ["name"], [("a",), ("b",)])
        logged = LocalChange.objects.filter(mapping="SpecimenMapping").order_by("id")
        assert list(logged.values_list("pk_text", flat=True)) == [str(key) for key in keys]


class TestUpdate:
    def test_every_type_arrives(self, database: Database) -> None:
        specimen = Specimen.objects.create(name="Rex")
        assert database.update(Specimen, list(VALUES), [(specimen.pk, *VALUES.values())]) == 1
        assert read(Specimen.objects.get(pk=specimen.pk)) == VALUES

    def test_only_named_columns_of_named_rows_change(self, database: Database) -> None:
        first, second = (Specimen.objects.create(name=name, legs=4, touched_at=None) for name in "ab")
        database.update(Specimen, ["legs"], [(first.pk, 3)])
        stored = Specimen.objects.get(pk=first.pk)
        assert (stored.name, stored.legs, stored.touched_at) == ("a", 3, first.touched_at)
        assert Specimen.objects.get(pk=second.pk).legs == 4

    def test_nulls_and_foreign_keys(self, database: Database) -> None:
        keeper = Keeper.objects.create(code="K1", name="Ann")
        specimen = Specimen.objects.create(name="Rex", legs=4)
        database.update(Specimen, ["legs", "keeper_id"], [(specimen.pk, None, keeper.pk)])
        specimen.refresh_from_db()
        assert (specimen.legs, specimen.keeper) == (None, keeper)

    def test_rows_that_are_gone_are_not_counted(self, database: Database) -> None:
        specimen = Specimen.objects.create(name="Rex")
        assert database.update(Specimen, ["name"], [(specimen.pk, "a"), (specimen.pk + 1, "b")]) == 1

    def test_rows_that_stay_equal_are_counted(self, database: Database) -> None:
        specimen = Specimen.objects.create(name="Rex")
        assert database.update(Specimen, ["name"], [(specimen.pk, "Rex")]) == 1

    def test_text_and_uuid_keys(self, database: Database) -> None:
        keeper, enclosure = Keeper.objects.create(code="a"), Enclosure.objects.create(name="Pond")
        assert database.update(Keeper, ["name"], [(keeper.pk, "Ann")]) == 1
        assert database.update(Enclosure, ["name"], [(enclosure.pk, "Lake")]) == 1
        assert Enclosure.objects.get().name == "Lake"

    def test_a_taken_value_is_an_error_and_changes_nothing(self, database: Database) -> None:
        first, second = (Enclosure.objects.create(name=name) for name in ("Pond", "Cage"))
        with pytest.raises(IntegrityError), transaction.atomic():
            database.update(Enclosure, ["name"], [(first.pk, "Lake"), (second.pk, "Lake")])
        assert set(Enclosure.objects.values_list("name", flat=True)) == {"Pond", "Cage"}

    def test_two_tables(self, database: Database) -> None:
        bird = Bird.objects.create(name="Tit", ring="A1")
        assert database.update(Bird, ["ring", "name"], [(bird.pk, "A2", "Finch")]) == 1
        bird.refresh_from_db()
        assert (bird.name, bird.ring) == ("Finch", "A2")


class TestStatements:
    @pytest.mark.parametrize("refused", [False, True])
    def test_their_number_does_not_depend_on_that_of_the_rows(
        self, database: Database, refused: bool
    ) -> None:
        def statements(size: int) -> int:
            Specimen.objects.all().delete()
            if refused:
                Specimen.objects.create(name="there", sf_id="0")
            rows = [(str(number), str(number)) for number in range(size)]
            with CaptureQueriesContext(connection) as queries:
                keys = database.insert(Specimen, ["name", "sf_id"], rows)
                database.update(Specimen, ["name"], [(key, "x") for key in keys if key])
            assert Specimen.objects.filter(name="x").count() == size - refused
            return len(queries)

        assert statements(3) == statements(2000)

    def test_two_thousand_rows_of_all_columns(self, database: Database) -> None:
        keys = database.insert(Specimen, list(VALUES), [tuple(VALUES.values())] * 2000)
        assert len(set(keys)) == 2000
        assert database.update(Specimen, list(VALUES), [(key, *VALUES.values()) for key in keys]) == 2000

    def test_without_returning_the_keys_are_still_right(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """MySQL has no INSERT .. RETURNING; MariaDB can do what MySQL does."""
        if connection.vendor != "mysql":
            pytest.skip("another way of inserting")
        monkeypatch.setattr(type(connection.features), "can_return_rows_from_bulk_insert", False)
        Specimen.objects.create(name="there", sf_id="1")
        keys = database.insert(
            Specimen, ["name", "sf_id"], [(str(number), str(number)) for number in range(50)]
        )
        assert keys.pop(1) is None
        assert [Specimen.objects.get(pk=key).sf_id for key in keys] == ["0", *map(str, range(2, 50))]


class TestLock:
    def test_rows_come_in_the_order_of_their_keys(self, database: Database) -> None:
        for name in "abc":
            Specimen.objects.create(name=name)
        found = database.lock(Specimen.objects.order_by("-name"))
        assert [specimen.name for specimen in found] == ["a", "b", "c"]

    def test_two_tables(self, database: Database) -> None:
        bird = Bird.objects.create(name="Tit")
        assert database.lock(Bird.objects.filter(pk=bird.pk)) == [bird]


@pytest.mark.django_db(transaction=True)
class TestOutsideOfTests:
    def test_writing_needs_a_transaction(self, database: Database) -> None:
        with pytest.raises(RuntimeError, match="transaction"):
            database.insert(Specimen, ["name"], [("a",)])
        with pytest.raises(RuntimeError, match="transaction"):
            database.update(Specimen, ["name"], [(1, "a")])

    def test_locked_rows_can_be_skipped(self, database: Database) -> None:
        if not connection.features.has_select_for_update_skip_locked:
            pytest.skip("no row locks")
        first, second = (Specimen.objects.create(name=name) for name in "ab")
        found: list[list[Specimen]] = []

        def elsewhere() -> None:
            with transaction.atomic():
                found.append(database.lock(Specimen.objects.all(), skip_locked=True))
            connections["default"].close()

        with transaction.atomic():
            database.lock(Specimen.objects.filter(pk=first.pk))
            thread = threading.Thread(target=elsewhere)
            thread.start()
            thread.join()
        assert found == [[second]]

    def test_children_can_be_inserted_while_the_parent_is_locked(self, database: Database) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("only PostgreSQL has FOR NO KEY UPDATE")
        keeper = Keeper.objects.create(code="a")

        def elsewhere() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            Specimen.objects.create(name="child", keeper=keeper)
            connections["default"].close()

        with transaction.atomic():
            database.lock(Keeper.objects.all())
            thread = threading.Thread(target=elsewhere)
            thread.start()
            thread.join()
            assert Specimen.objects.count() == 1


def test_the_clock_is_aware_and_goes_on_during_a_transaction(database: Database) -> None:
    first, second = database.now(), database.now()
    assert first.tzinfo is datetime.UTC
    assert abs(first - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=5)
    assert second >= first
    if connection.vendor == "postgresql":
        assert second > first
