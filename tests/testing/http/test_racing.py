"""Two upserts that create the same record at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import requests

from sfsync.testing import SimulatedOrg

from .conftest import Api

Upsert = Callable[[Api], requests.Response]


def alone(api: Api) -> requests.Response:
    return api("PATCH", "/sobjects/Account/Django_Id__c/k", json={"Name": "A"})


def collected(api: Api) -> requests.Response:
    record = {"attributes": {"type": "Account"}, "Name": "A", "Django_Id__c": "k"}
    return api("PATCH", "/composite/sobjects/Account/Django_Id__c", json={"records": [record]})


def race(simulated: SimulatedOrg, upsert: Upsert) -> tuple[Any, Any]:
    """Start a second upsert when the first has found no record; return the answers of both."""
    first, second = Api(simulated), Api(simulated)
    find = simulated.org.find_by_external_id
    with ThreadPoolExecutor(1) as pool:
        started: list[Any] = []

        def find_late(*arguments: Any) -> list[str]:
            found = find(*arguments)
            if not started:
                started.append(None)
                started[0] = pool.submit(upsert, second)
                wait(started, timeout=0.5)  # where it may not overtake us it is still waiting after this
            return found

        simulated.org.find_by_external_id = find_late  # type: ignore[assignment, method-assign]
        answers = upsert(first), started[0].result()
    first.session.close()
    second.session.close()
    return answers


def code(answer: requests.Response) -> str:
    """Return the code of the error, or what was done."""
    [item] = answer.json() if isinstance(answer.json(), list) else [answer.json()]
    error = item.get("errorCode") or next((one["statusCode"] for one in item["errors"]), None)
    return error or ("created" if item.get("created") else "updated")


def test_the_late_one_is_told() -> None:
    with SimulatedOrg() as simulated:
        assert [*map(code, race(simulated, alone))] == ["DUPLICATE_VALUE", "created"]


def test_a_collection_is_one_transaction() -> None:
    with SimulatedOrg() as simulated:
        assert [*map(code, race(simulated, collected))] == ["created", "updated"]


def test_the_late_one_updates_where_the_switch_says_so() -> None:
    with SimulatedOrg(racing_upsert="update") as simulated:
        assert [*map(code, race(simulated, alone))] == ["created", "updated"]
