"""Eight clients at once lose nothing and corrupt nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sfsync.testing import SimulatedOrg

from .http.conftest import Api

CLIENTS = 8
ROUNDS = 12


def collection(client: int, turn: int) -> dict[str, Any]:
    return {
        "allOrNone": False,
        "records": [
            {"attributes": {"type": "Account"}, "Name": name, "Django_Id__c": name}
            for name in (f"{client}-{turn}-{number}" for number in range(10))
        ],
    }


def write(api: Api, client: int, shared: str) -> dict[str, str]:
    """Create, change, read and delete, alone and in collections; return what has to be there afterwards."""
    expected: dict[str, str] = {}
    for turn in range(ROUNDS):
        results = api("POST", "/composite/sobjects", json=collection(client, turn)).json()
        ids = [result["id"] for result in results]
        assert len(set(ids)) == 10
        changed = [
            {"attributes": {"type": "Account"}, "id": each, "Name": f"{each} changed"} for each in ids[:5]
        ]
        answers = api("PATCH", "/composite/sobjects", json={"records": changed}).json()
        assert [answer["success"] for answer in answers] == [True] * 5
        assert api("DELETE", f"/sobjects/Account/{ids[9]}").status_code == 204
        assert (
            api("PATCH", f"/sobjects/Account/{shared}", json={"Phone": f"{client}-{turn}"}).status_code == 204
        )
        upsert = api("PATCH", f"/sobjects/Account/Django_Id__c/shared-{turn}", json={"Name": "one for all"})
        # Two who create the same record at once: one of them may be told so, unless the org's switch is set.
        told = api.simulated.org.settings.racing_upsert
        assert upsert.status_code in (200, 201) or upsert.json()[0]["errorCode"] == told
        page = api.query(f"SELECT Id, Name FROM Account WHERE Django_Id__c LIKE '{client}-{turn}-%'")
        names = {each: f"{each} changed" for each in ids[:5]}
        names |= {each: f"{client}-{turn}-{number}" for number, each in enumerate(ids[5:9], 5)}
        assert {record["Id"]: record["Name"] for record in page["records"]} == names
        expected |= names
    return expected


def at_once(work: list[Callable[[], dict[str, str]]]) -> list[dict[str, str]]:
    """Run all of it at the same time, from one starting shot."""
    barrier = threading.Barrier(len(work))

    def started(each: Callable[[], dict[str, str]]) -> dict[str, str]:
        barrier.wait()
        return each()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(started, work))


@pytest.mark.parametrize(("kept", "racing"), [("memory", "update"), ("file", "DUPLICATE_VALUE")])
def test_eight_clients_lose_and_corrupt_nothing(kept: str, racing: str, tmp_path: Path) -> None:
    data = ":memory:" if kept == "memory" else tmp_path / "org.sqlite3"
    with SimulatedOrg(data=data, racing_upsert=racing) as simulated:
        apis = [Api(simulated) for _ in range(CLIENTS)]
        shared = apis[0].create("Account", Name="Shared")
        begin = simulated.api_calls
        work = [lambda client=client, api=api: write(api, client, shared) for client, api in enumerate(apis)]
        expected: dict[str, str] = {}
        for found in at_once(work):
            assert not expected.keys() & found.keys()
            expected |= found
        stored = simulated.org.storage.read('SELECT "Id", "Name" FROM "Account" WHERE "IsDeleted" = 0')
        rest = {row[0]: row[1] for row in stored}
        assert {each: rest.pop(each) for each in expected} == expected
        assert sorted(rest.values()) == ["Shared", *["one for all"] * ROUNDS]
        check_the_rest(simulated, apis[0], begin)
        for api in apis:
            api.session.close()


def check_the_rest(simulated: SimulatedOrg, api: Api, begin: int) -> None:
    """Nothing is counted twice or not at all, and the file is sound."""
    deleted = simulated.org.storage.read('SELECT count(*) FROM "Account" WHERE "IsDeleted" = 1')
    assert next(deleted)[0] == CLIENTS * ROUNDS
    assert simulated.api_calls - begin == CLIENTS * ROUNDS * 6
    assert api.get("/limits").json()["DailyApiRequests"]["Remaining"] == 15_000 - simulated.api_calls
    assert next(simulated.org.storage.read("PRAGMA integrity_check"))[0] == "ok"
