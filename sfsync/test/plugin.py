"""The pytest plugin: the fixture `salesforce_org`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .org import SalesforceOrg


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "salesforce(**options): options of sfsync.test.simulated_salesforce for salesforce_org"
    )


@pytest.fixture
def salesforce_org(request: pytest.FixtureRequest) -> Iterator[SalesforceOrg]:
    """Point the org `default` of the settings at an empty simulated org for the length of one test."""
    from .org import simulated_salesforce

    marker = request.node.get_closest_marker("salesforce")
    with simulated_salesforce(**(marker.kwargs if marker else {})) as simulated:
        yield simulated
