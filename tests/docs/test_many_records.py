"""What docs/many_records.rst shows works as it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfsync.testing import SimulatedOrg

PAGE = (Path(__file__).parents[2] / "docs" / "many_records.rst").read_text()
CONNECT, COLLECTIONS, COMPOSITE, QUERY, LOAD, DESCRIBE = [
    re.sub(r"^    ", "", block, flags=re.M)
    for block in re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", PAGE)
]


@pytest.fixture
def simulated_org() -> Iterator[SimulatedOrg]:
    """Serve an org whose jobs are done when they are looked at, so that nobody waits."""
    with SimulatedOrg(bulk_runner="status") as served:
        yield served


@pytest.fixture
def run(org: SimulatedOrg, db: None) -> Any:
    def run(*blocks: str) -> dict[str, Any]:
        names: dict[str, Any] = {}
        for block in (CONNECT, *blocks):
            exec(block, names)
        return names

    return run


def test_collections(run: Any, org: SimulatedOrg) -> None:
    names = run(COLLECTIONS)
    assert names["refused"] == ["REQUIRED_FIELD_MISSING"]
    assert [result.created for result in names["upserted"]] == [False]
    ((id_, record),) = names["records"].items()
    assert (id_, record["FirstName"], record["LastName"]) == (names["ids"][0], "Jane", "Roe")
    assert [row["IsDeleted"] for row in org.records("Contact")] == [True]


def test_composite(run: Any, org: SimulatedOrg) -> None:
    names = run(COMPOSITE)
    assert len(names["answers"]) == 9
    (contact,) = org.records("Contact")
    assert contact["AccountId"] == names["answers"]["acme"].body["id"]
    assert org.api_calls == 2


def test_bulk_queries(run: Any, org: SimulatedOrg) -> None:
    names = run(LOAD, QUERY)
    assert sorted(names["names"]) == sorted(f"Company {number}" for number in range(1_000))
    assert names["kept"] is None


def test_bulk_loads(run: Any, org: SimulatedOrg) -> None:
    names = run(LOAD)
    assert (len(names["outcomes"]), names["refused"]) == (1_000, [])
    assert all(result.success for result in names["outcomes"].values())
    assert len(org.records("Account")) == 1_000


def test_describes(run: Any) -> None:
    names = run(DESCRIBE)
    assert all(each.description for each in names["first"].values())
    assert [each.description for each in names["again"].values()] == [None, None]
