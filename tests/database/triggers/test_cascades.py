"""Foreign keys that the database itself cascades (Django 6.1's DB_CASCADE): who runs triggers then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from sfsync.database.triggers import Column, TriggerSpec, drop, upkeep
from sfsync.models import LocalChange
from tests.zoo.models import Keeper

pytestmark = [pytest.mark.databases, pytest.mark.django_db(transaction=True)]

CAGE = TriggerSpec(
    org="default",
    mapping="CageMapping",
    table="zoo_cage",
    model_table="zoo_cage",
    keys={"zoo_cage": Column("zoo_cage", "number", "number")},
    columns=(Column("zoo_cage", "keeper", "text"), Column("zoo_cage", "size", "number")),
    sf_id=None,
    external_id=None,
)


@pytest.fixture(autouse=True)
def cage() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE zoo_cage (number integer PRIMARY KEY, size integer, keeper varchar(20) NULL, "
            "FOREIGN KEY (keeper) REFERENCES zoo_keeper (code) ON DELETE CASCADE)"
        )
    upkeep.add("default", [CAGE])
    yield
    drop("default", [CAGE])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE zoo_cage")


def test_a_cascade_inside_the_database() -> None:
    """MariaDB keeps silent: there such foreign keys are an error, sfsync.E103."""
    Keeper.objects.create(code="a", name="Ann")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO zoo_cage (number, size, keeper) VALUES (1, 20, 'a')")
    LocalChange.objects.all().delete()
    Keeper.objects.all()._raw_delete("default")
    logged = list(LocalChange.objects.filter(mapping="CageMapping").values_list("operation", "old"))
    seen = [("D", {"keeper": "a", "size": "20"})]
    assert logged == ([] if connection.vendor == "mysql" else seen)
