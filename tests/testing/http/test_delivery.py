"""Faults on the wire, as a client sees them."""

import json
import tracemalloc

import pytest
import requests

from sfsync.testing.faults import Faults
from sfsync.testing.faults.actions import Flood
from sfsync.testing.http.delivery import deliver

BROKEN = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    requests.exceptions.ConnectionError,
)


@pytest.fixture
def org(fresh_api):
    for number in range(20):
        fresh_api.create("Account", Name=f"Account {number}")
    return fresh_api.simulated


def ask(fresh_api, **headers: str) -> requests.Response:
    return fresh_api("GET", "/query", params={"q": "SELECT Id, Name FROM Account"}, headers=headers)


@pytest.mark.parametrize(
    "options", [{"action": "cut"}, {"action": "broken_gzip"}, {"action": "wrong_length"}]
)
@pytest.mark.parametrize("accepted", ["identity", "gzip"])
def test_answers_that_break_on_the_way(fresh_api, org, options, accepted):
    org.faults.add(**options, times=1)
    with pytest.raises(BROKEN):
        ask(fresh_api, **{"Accept-Encoding": accepted})
    assert ask(fresh_api).json()["totalSize"] == 20


@pytest.mark.parametrize(
    ("accepted", "options"),
    [
        ("identity", {"action": "truncate"}),
        ("gzip", {"action": "truncate"}),
        ("identity", {"action": "wrong_length", "by": -50}),
    ],
)
def test_answers_that_end_early_and_look_complete(fresh_api, org, options, accepted):
    whole = ask(fresh_api).text
    org.faults.add(**options, times=1)
    text = ask(fresh_api, **{"Accept-Encoding": accepted}).text
    assert 0 < len(text) < len(whole)
    assert whole.startswith(text)
    with pytest.raises(ValueError, match=r"line 1"):
        json.loads(text)


def test_a_trickle_is_slow_and_whole(fresh_api, org):
    whole = ask(fresh_api).text
    org.faults.add("trickle", piece=100, pause=0.001)
    assert ask(fresh_api, **{"Accept-Encoding": "identity"}).text == whole


@pytest.mark.parametrize("gzip", [False, True])
def test_a_flood_is_json_of_many_million_bytes(fresh_api, org, gzip):
    org.faults.add("flood", megabytes=3, gzip=gzip)
    response = ask(fresh_api)
    assert len(response.json()["records"][0]["Name"]) == 3_000_000
    assert response.headers.get("Content-Encoding") == ("gzip" if gzip else None)


def test_a_deep_flood_is_nested(fresh_api, org):
    org.faults.add("flood", depth=10_000)
    assert ask(fresh_api).text == "[" * 10_000 + "]" * 10_000


def test_a_flood_does_not_fill_the_memory_of_the_org(clock):
    pieces, _ = deliver([b""], {}, [(Flood(megabytes=300), None)], Faults(clock))
    tracemalloc.start()
    sent = sum(map(len, pieces))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > 300_000_000 > 20 * peak


def test_a_head_request_has_no_body_to_break(fresh_api, org):
    org.faults.add("cut")
    assert fresh_api("HEAD", "/limits").content == b""


def test_faults_on_the_wire_add_up(fresh_api, org):
    org.faults.add("edit", body={"totalSize": 7})
    org.faults.add("truncate", share=0.5)
    org.faults.add("trickle", piece=1_000, pause=0)
    text = ask(fresh_api).text
    assert text.startswith('{"totalSize":7')
    assert not text.endswith("}")
