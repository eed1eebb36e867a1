from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.http.app import Application, StartResponse


def test_the_application_can_break_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Application.__call__

    def hang_up(
        application: Application, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        body = answer(application, environ, start_response)
        environ["sfsync.connection"].socket.shutdown(socket.SHUT_RDWR)
        return body

    monkeypatch.setattr(Application, "__call__", hang_up)
    with SimulatedOrg() as simulated:
        with pytest.raises(requests.ConnectionError):
            requests.get(simulated.url + "/services/data", timeout=20)
        assert [record.status for record in simulated.requests] == [200]


def test_an_idle_connection_ends_with_the_server() -> None:
    simulated = SimulatedOrg().start()
    with requests.Session() as session:
        session.get(simulated.url + "/services/data", timeout=20)
        simulated.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(simulated.url + "/services/data", timeout=20)
