"""Records of every key: text, UUID, changed, and spread over two tables."""

from __future__ import annotations

import pytest

from sfsync.models import LocalChange
from tests.zoo.mappings import BirdMapping
from tests.zoo.models import Animal, Bird, Enclosure, Keeper

pytestmark = [pytest.mark.databases, pytest.mark.django_db]


def changes(name: str) -> list[LocalChange]:
    return list(LocalChange.objects.filter(mapping=name).order_by("id"))


def forget() -> None:
    LocalChange.objects.all().delete()


def test_a_changed_primary_key_is_logged_under_both() -> None:
    keeper = Keeper.objects.create(code="one", name="Ann", sf_id="d" * 18)
    forget()
    Keeper.objects.filter(pk=keeper.pk).update(code="two", name="Bob")
    found = [
        (change.operation, change.pk_text, change.old, change.sf_id) for change in changes("KeeperMapping")
    ]
    assert found == [("D", "one", {"name": "Ann"}, "d" * 18), ("U", "two", {"name": "Ann"}, "d" * 18)]


def test_a_key_that_changed_its_case_only_is_logged_under_both() -> None:
    keeper = Keeper.objects.create(code="one", name="Ann")
    forget()
    Keeper.objects.filter(pk=keeper.pk).update(code="ONE")
    assert [(change.operation, change.pk_text) for change in changes("KeeperMapping")] == [
        ("D", "one"),
        ("U", "ONE"),
    ]


def test_uuid_keys_are_written_as_str_writes_them() -> None:
    enclosure = Enclosure.objects.create(name="Pond")
    assert [change.pk_text for change in changes("EnclosureMapping")] == [str(enclosure.pk)]


class TestMultiTableInheritance:
    def test_one_insert(self) -> None:
        bird = Bird.objects.create(name="Tit", ring="A1", sf_id="e" * 18)
        found = [(change.operation, change.pk_text, change.sf_id) for change in changes("BirdMapping")]
        assert found == [("I", str(bird.pk), "e" * 18)]

    def test_an_update_of_either_table(self) -> None:
        bird = Bird.objects.create(name="Tit", ring="A1", sf_id="e" * 18)
        forget()
        bird.name, bird.wingspan = "Great tit", 23
        bird.save()
        found = {
            change.table: (change.old, change.pk_text, change.sf_id) for change in changes("BirdMapping")
        }
        assert found == {
            "zoo_animal": ({"name": "Tit"}, str(bird.pk), "e" * 18),
            "zoo_bird": ({"wingspan": None}, str(bird.pk), "e" * 18),
        }

    def test_one_delete_with_the_columns_of_both_tables(self) -> None:
        bird = Bird.objects.create(name="Tit", ring="A1", sf_id="e" * 18)
        forget()
        bird.delete()
        (change,) = changes("BirdMapping")
        assert (change.operation, change.sf_id) == ("D", "e" * 18)
        assert change.old_values(BirdMapping) == {"name": "Tit", "ring": "A1", "wingspan": None}

    def test_rows_of_the_parent_alone_are_no_records(self) -> None:
        animal = Animal.objects.create(name="Ape")
        animal.name = "Gorilla"
        animal.save()
        animal.delete()
        assert changes("BirdMapping") == []
