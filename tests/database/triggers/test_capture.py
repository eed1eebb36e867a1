"""Every way to write a row leaves a change, in the writer's transaction, with the old values."""

from __future__ import annotations

import datetime
import math
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Upper

from sfsync.models import LocalChange
from tests.zoo.mappings import SpecimenMapping
from tests.zoo.models import Keeper, Specimen

pytestmark = [pytest.mark.databases, pytest.mark.django_db]

FULL: dict[str, Any] = {
    "name": 'O\'Hara \\ "quoted" żółw 🐢 \t\r\n end',
    "note": "",
    # SQLite keeps 15 digits: see sfsync.W102.
    "price": Decimal("1234567890123456.78" if connection.vendor != "sqlite" else "1234567890123.45"),
    "population": Decimal("123456789012345678" if connection.vendor != "sqlite" else "123456789012345"),
    "born": datetime.date(1066, 10, 14),
    "seen": datetime.datetime(2026, 3, 29, 1, 59, 59, 123456, tzinfo=datetime.UTC),
    "fed": datetime.time(23, 59, 59, 999999),
    "alive": True,
    "chip": uuid.UUID("00000000-0000-4000-8000-00000000beef"),
    "photo": bytes(range(256)),
    "ratio": 0.1 + 0.2,
    "legs": -2147483648,
    "cells": 9223372036854775807,
    "facts": {"a": [1, None, "ü"], "b": {"c": True}},
    "gestation": datetime.timedelta(days=-3, seconds=7, microseconds=11),
}


def changes(name: str = "SpecimenMapping") -> list[LocalChange]:
    return list(LocalChange.objects.filter(mapping=name).order_by("id"))


def forget() -> None:
    LocalChange.objects.all().delete()


def make(**values: Any) -> Specimen:
    """Return a specimen as the database holds it, with nothing in the log."""
    specimen = Specimen.objects.create(**{"name": "Rex", **values})
    forget()
    return Specimen.objects.get(pk=specimen.pk)


def only() -> LocalChange:
    (change,) = changes()
    return change


def test_save_of_a_new_row_leaves_an_insert() -> None:
    specimen = Specimen.objects.create(name="Rex", sf_id="a" * 18)
    change = only()
    assert (change.operation, change.pk_text, change.old) == ("I", str(specimen.pk), {})
    assert (change.org, change.table, change.sf_id) == ("default", "zoo_specimen", "a" * 18)
    assert change.external_id == str(specimen.uid)


def test_changed_at_is_the_clock_of_the_database() -> None:
    before = datetime.datetime.now(datetime.UTC)
    make_at = Specimen.objects.create(name="Rex")
    change = only()
    assert make_at.pk
    assert abs(change.changed_at - before) < datetime.timedelta(minutes=5)


@pytest.mark.parametrize("attribute", FULL)
def test_an_old_value_comes_back_without_loss(attribute: str) -> None:
    specimen = make(**FULL)
    Specimen.objects.filter(pk=specimen.pk).update(**{attribute: "x" if attribute == "name" else None})
    change = only()
    assert set(change.old) == {attribute}
    old = change.old_values(SpecimenMapping)[attribute]
    stored = getattr(specimen, attribute)
    if attribute == "photo":
        old, stored = bytes(old), bytes(stored)
    assert old == stored == FULL[attribute]
    assert type(old) is type(stored)


@pytest.mark.parametrize("attribute", [name for name in FULL if name != "name"])
def test_an_old_null_is_told_apart_from_absent(attribute: str) -> None:
    specimen = make()
    Specimen.objects.filter(pk=specimen.pk).update(**{attribute: FULL[attribute]})
    assert only().old == {attribute: None}
    assert only().old_values(SpecimenMapping) == {attribute: None}


@pytest.mark.parametrize("attribute", FULL)
def test_writing_the_same_value_again_leaves_nothing(attribute: str) -> None:
    specimen = make(**FULL)
    Specimen.objects.filter(pk=specimen.pk).update(**{attribute: FULL[attribute]})
    assert changes() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("Rex", "rex"), ("Rex", "Rex "), ("cafe", "café"), ("", " "), ("ß", "ss"), ("Å", "A\u030a")],
)
def test_text_is_compared_byte_by_byte(before: str, after: str) -> None:
    specimen = make(name=before)
    Specimen.objects.filter(pk=specimen.pk).update(name=after)
    assert only().old == {"name": before}


def test_every_character_survives() -> None:
    codes = [*range(1, 0xD800), *range(0xE000, 0x11000), *range(0x1F600, 0x1F650), 0x10FFFF]
    specimen = make(note="".join(map(chr, codes)))
    Specimen.objects.filter(pk=specimen.pk).update(note=None)
    assert only().old_values(SpecimenMapping)["note"] == "".join(map(chr, codes))


@pytest.mark.parametrize(
    "ratio", [1e-300, 1.7976931348623157e308, -0.0, 5e-324, 123456789.123456789, math.pi]
)
def test_floats_keep_every_bit(ratio: float) -> None:
    specimen = make(ratio=ratio)
    Specimen.objects.filter(pk=specimen.pk).update(ratio=None)
    assert only().old_values(SpecimenMapping)["ratio"] == specimen.ratio


@pytest.mark.parametrize("price", ["0.10", "-0.01", "0.00", "1000000.00", "100"])
def test_decimals_look_as_the_model_reads_them(price: str) -> None:
    specimen = make(price=Decimal(price))
    Specimen.objects.filter(pk=specimen.pk).update(price=None)
    assert str(only().old_values(SpecimenMapping)["price"]) == str(specimen.price)


def test_save_leaves_the_changed_columns_only() -> None:
    specimen = make(legs=4, note="tame")
    specimen.legs = 3
    specimen.save()
    assert only().operation == "U"
    assert only().old_values(SpecimenMapping) == {"legs": 4}


def test_columns_that_are_not_pushed_leave_nothing() -> None:
    specimen = make()
    specimen.remark = "never synced"
    specimen.sf_id = "b" * 18
    specimen.save()
    assert changes() == []


def test_queryset_update_with_an_expression() -> None:
    first, second = make(name="a", legs=2), make(name="b", legs=4)
    Specimen.objects.update(name=Upper(F("name")), legs=F("legs") * Value(2))
    assert {change.pk_text: change.old_values(SpecimenMapping) for change in changes()} == {
        str(first.pk): {"name": "a", "legs": 2},
        str(second.pk): {"name": "b", "legs": 4},
    }


def test_bulk_update() -> None:
    herd = [make(name=str(number)) for number in range(5)]
    for specimen in herd:
        specimen.name += "!"
    Specimen.objects.bulk_update(herd, ["name"])
    assert sorted(change.old["name"] for change in changes()) == list("01234")


def test_bulk_create() -> None:
    created = Specimen.objects.bulk_create([Specimen(name=str(number)) for number in range(5)])
    assert [change.operation for change in changes()] == ["I"] * 5
    stored = Specimen.objects.filter(uid__in=[specimen.uid for specimen in created])
    assert {change.pk_text for change in changes()} == {str(pk) for pk in stored.values_list("pk", flat=True)}


def test_upsert_leaves_an_update_of_the_row_that_was_there() -> None:
    specimen = make(name="old", legs=4)
    upsert = {"update_conflicts": True, "update_fields": ["name"]}
    if connection.vendor != "mysql":
        upsert["unique_fields"] = ["uid"]
    Specimen.objects.bulk_create([Specimen(uid=specimen.uid, name="new"), Specimen(name="another")], **upsert)
    by_operation = {change.operation: change for change in changes()}
    assert by_operation["U"].pk_text == str(specimen.pk)
    assert by_operation["U"].old == {"name": "old"}
    assert set(by_operation) == {"U", "I"}


def test_ignored_conflicts_leave_nothing() -> None:
    specimen = make()
    rows = [Specimen(uid=specimen.uid, name="refused"), Specimen(name="another")]
    Specimen.objects.bulk_create(rows, ignore_conflicts=True)
    assert [change.operation for change in changes()] == ["I"]


def test_delete_leaves_all_pushed_columns() -> None:
    specimen = make(**FULL, sf_id="c" * 18)
    pk = specimen.pk
    specimen.delete()
    change = only()
    assert (change.operation, change.pk_text, change.sf_id) == ("D", str(pk), "c" * 18)
    assert change.external_id == str(specimen.uid)
    old = change.old_values(SpecimenMapping)
    assert bytes(old.pop("photo")) == FULL["photo"]
    assert old == {name: FULL[name] for name in FULL if name != "photo"} | {"keeper_id": None}


def test_queryset_delete() -> None:
    for number in range(3):
        Specimen.objects.create(name=str(number))
    forget()
    Specimen.objects.filter(name__in="02").delete()
    assert sorted((change.operation, change.old["name"]) for change in changes()) == [("D", "0"), ("D", "2")]


def test_cascade_delete() -> None:
    keeper = Keeper.objects.create(code="K'1", name="Ann")
    Specimen.objects.create(name="Rex", keeper=keeper)
    forget()
    keeper.delete()
    assert only().operation == "D"
    assert only().old_values(SpecimenMapping)["keeper_id"] == "K'1"
    assert [change.pk_text for change in changes("KeeperMapping")] == ["K'1"]


def test_raw_sql() -> None:
    specimen = make(name="old")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE zoo_specimen SET name = %s WHERE id = %s", ["new", specimen.pk])
        cursor.execute("DELETE FROM zoo_specimen WHERE id = %s", [specimen.pk])
    assert [(change.operation, change.old["name"]) for change in changes()] == [("U", "old"), ("D", "new")]


def test_a_rolled_back_edit_leaves_nothing() -> None:
    specimen = make(name="old")
    with pytest.raises(IntegrityError), transaction.atomic():
        Specimen.objects.filter(pk=specimen.pk).update(name="new")
        raise IntegrityError
    assert changes() == []


def test_a_rollback_to_a_savepoint_leaves_what_was_before_it() -> None:
    specimen = make(name="1")
    Specimen.objects.filter(pk=specimen.pk).update(name="2")
    with transaction.atomic():
        Specimen.objects.filter(pk=specimen.pk).update(name="3")
        transaction.set_rollback(True)
    assert [change.old for change in changes()] == [{"name": "1"}]


def test_each_target_gets_its_own_change() -> None:
    specimen = make(name="old", legs=4)
    Specimen.objects.filter(pk=specimen.pk).update(name="new", legs=3)
    Specimen.objects.filter(pk=specimen.pk).update(legs=2)
    assert [change.old for change in changes()] == [{"name": "old", "legs": "4"}, {"legs": "3"}]
    assert [(change.org, change.old) for change in changes("SpecimenAbroadMapping")] == [
        ("abroad", {"name": "old"})
    ]


def test_ids_go_on_after_all_rows_are_gone() -> None:
    specimen = make()
    Specimen.objects.filter(pk=specimen.pk).update(name="a")
    last = only().id
    forget()
    Specimen.objects.filter(pk=specimen.pk).update(name="b")
    assert only().id > last


def test_an_insert_into_the_log_is_not_taken_for_the_insert_of_the_row() -> None:
    """The driver asks for the last id: it must be the row's, not that of the trigger's insert."""
    LocalChange.objects.bulk_create(
        LocalChange(operation="I", pk_text="0", changed_at=datetime.datetime.now(datetime.UTC))
        for _ in range(3)
    )
    specimens = [Specimen.objects.create(name=name) for name in "abc"]
    assert [Specimen.objects.get(pk=specimen.pk).name for specimen in specimens] == ["a", "b", "c"]
