"""Fixtures and rules that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from sfsync.testing import SimulatedOrg


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out slow tests unless asked for, and on a server everything that does not concern databases."""
    left_out = [item for item in items if not _wanted(item, slow=config.getoption("--slow"))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _wanted(item: pytest.Item, *, slow: bool) -> bool:
    if item.get_closest_marker("slow") and not slow:
        return False
    return connection.vendor == "sqlite" or item.get_closest_marker("databases") is not None


@pytest.fixture
def simulated_org() -> Iterator[SimulatedOrg]:
    """Serve an empty simulated org over HTTP for the length of one test."""
    from sfsync.testing import SimulatedOrg

    with SimulatedOrg() as served:
        yield served


@pytest.fixture
def org(simulated_org: SimulatedOrg, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> SimulatedOrg:
    """Point the org `default` of the settings at the simulated org; calls are repeated without a wait."""
    from sfsync.orgs import connections

    monkeypatch.setattr(connections, "random", lambda: 0.0)
    settings.SF_AUTH_DOMAIN = simulated_org.url
    settings.SF_CONSUMER_KEY = simulated_org.consumer_key
    settings.SF_CONSUMER_SECRET = simulated_org.consumer_secret
    return simulated_org
