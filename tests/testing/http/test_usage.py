from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.http.usage import Concurrency, Usage

from .conftest import sign_in


def test_the_24_hours_roll() -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    usage = Usage(clock, limit=3)
    usage.count()
    clock.advance(3_600)
    usage.count()
    usage.count()
    with pytest.raises(OrgError, match="REQUEST_LIMIT_EXCEEDED"):
        usage.count()
    clock.advance(23 * 3_600)
    assert (usage.used, usage.remaining) == (2, 1)
    clock.advance(3_600)
    assert usage.used == 0


def test_usage_can_be_set() -> None:
    usage = Usage(Clock(datetime(2026, 1, 1, tzinfo=UTC)), limit=10)
    usage.set(9)
    usage.count()
    assert (usage.used, usage.remaining) == (10, 0)


def test_long_requests_refuse_others_while_they_run() -> None:
    with SimulatedOrg(concurrent_requests=1, long_request_seconds=0) as simulated:
        headers = {"Authorization": f"Bearer {sign_in(simulated)['access_token']}"}
        url = simulated.url + "/services/data/v66.0/limits"
        slow = simulated.faults.add("delay", seconds=600, times=1)
        answers: list[int] = []
        waiting = threading.Thread(
            target=lambda: answers.append(requests.get(url, headers=headers, timeout=20).status_code)
        )
        waiting.start()
        while not simulated.faults.acted(slow):
            simulated.faults.wait(0.01)
        refused = requests.get(url, headers=headers, timeout=20)
        simulated.faults.close()
        waiting.join()
        assert requests.get(url, headers=headers, timeout=20).status_code == 200
    error = {
        "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        "errorCode": "REQUEST_LIMIT_EXCEEDED",
    }
    assert (refused.status_code, refused.json(), answers) == (403, [error], [200])


def test_a_request_is_not_long_before_its_time() -> None:
    patient = Concurrency(limit=1, seconds=600)
    with patient.running(), ThreadPoolExecutor() as others:
        others.submit(patient.require).result()
