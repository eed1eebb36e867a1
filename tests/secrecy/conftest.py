"""An org with marked credentials, and a project full of marked values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sfsync.orgs import connections
from sfsync.testing import SimulatedOrg
from tests.engine.conftest import Org
from tests.engine.conftest import crm as crm
from tests.secrecy.evidence import Evidence
from tests.secrecy.marks import CREDENTIALS, secrets_of
from tests.secrecy.world import World

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


@pytest.fixture
def simulated_org() -> Iterator[SimulatedOrg]:
    with SimulatedOrg(**CREDENTIALS) as served:
        yield served


@pytest.fixture
def world(crm: Org, settings: Settings) -> Iterator[World]:
    """Return a project that is in step with its org; everything that happens is listened to.

    At the end nothing may have leaked, whatever the test has looked at.
    """
    evidence = Evidence(secrets_of(crm.served))
    with pytest.MonkeyPatch.context() as monkeypatch, evidence.listening(monkeypatch):
        world = World(crm, settings, evidence)
        world.begin()
        settings.SF_DEADLINE = 0.6
        settings.SF_TIMEOUT = (0.5, 0.3)
        connections.close()
        yield world
        assert evidence.leaks == {}
