"""Every test of this package runs with the mappings of the zoo, and with their triggers in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from sfsync.database import triggers

ZOO = [
    f"tests.zoo.mappings.{name}Mapping"
    for name in ("Keeper", "Specimen", "SpecimenAbroad", "Enclosure", "Bird", "Exhibit")
]


@pytest.fixture(scope="package", autouse=True)
def zoo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Install the zoo's triggers once: on MariaDB that commits, so no test's transaction may hold it."""
    with override_settings(SF_MAPPINGS=ZOO), django_db_blocker.unblock():
        triggers.install("default")
        yield
    with django_db_blocker.unblock():
        triggers.install("default")
