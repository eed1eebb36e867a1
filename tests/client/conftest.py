from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sfsync.client import Client, ClientCredentials
from sfsync.testing import SimulatedOrg

from .scripted import ScriptedOrg

Connect = Callable[..., Client]


def no_wait(seconds: float) -> None:
    """Take the time of a wait as passed."""


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Return a function that makes clients of an org, simulated or scripted."""
    clients: list[Client] = []

    def make(org: SimulatedOrg | ScriptedOrg, **options: Any) -> Client:
        key = getattr(org, "consumer_key", "a key")
        secret = getattr(org, "consumer_secret", "a secret")
        options = {"auth_domain": org.url, "auth": ClientCredentials(key, secret), "sleep": no_wait} | options
        clients.append(Client(**options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(simulated_org: SimulatedOrg, connect: Connect) -> Client:
    return connect(simulated_org)


@pytest.fixture
def scripted() -> Iterator[ScriptedOrg]:
    with ScriptedOrg() as org:
        yield org


@pytest.fixture
def scripted_client(scripted: ScriptedOrg, connect: Connect) -> Client:
    return connect(scripted)
