"""An org whose jobs are done when they are looked at, and clients whose waits pass at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from sfsync.client import Client
from sfsync.testing import SimulatedOrg
from tests.client.conftest import Connect


@dataclass
class Waits:
    """Stands for time: remember how long a client wanted to wait, and do not wait."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def simulated_org() -> Iterator[SimulatedOrg]:
    with SimulatedOrg(bulk_runner="status", bulk_page_records=3) as served:
        yield served


@pytest.fixture
def client(simulated_org: SimulatedOrg, connect: Connect, waits: Waits) -> Client:
    return connect(simulated_org, sleep=waits)
