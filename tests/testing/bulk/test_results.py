from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sfsync.testing.bulk import Job
from sfsync.testing.bulk.results import ingest_results, locator_of, page_locators, query_page
from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError

from .conftest import Loader, make_loader, rows

COUNT = 2_345


@pytest.fixture(scope="module")
def answered() -> Iterator[tuple[Loader, Job]]:
    """Give a finished job of 2,345 records, which lie in three portions."""
    loader = make_loader(Clock(datetime(2026, 11, 23, tzinfo=UTC)))
    with loader.org.transaction():
        for number in range(COUNT):
            loader.org.create("Account", {"Name": f"A{number:04}"}, loader.user)
    yield loader, loader.look(loader.ask("SELECT Name FROM Account ORDER BY Name"))
    loader.org.close()


@pytest.mark.parametrize("size", [1, 700, 1_000, 2_345, 100_000])
def test_pages_of_any_size_hold_every_record_once(answered: tuple[Loader, Job], size: int) -> None:
    loader, job = answered
    found: list[str] = []
    locator, pages = "", 0
    while True:
        page = query_page(loader.org.bulk.store, job, "66.0", locator, size)
        header, *records = rows(b"".join(page.content).decode())
        assert header == ["Name"]
        assert len(records) == page.records
        found += [record[0] for record in records]
        locator, pages = page.locator or "", pages + 1
        if not locator or pages == 20:
            break
    expected = [f"A{number:04}" for number in range(COUNT)]
    assert found == expected[: 20 * size]


def test_a_locator_is_stable(answered: tuple[Loader, Job]) -> None:
    loader, job = answered
    first, again = (query_page(loader.org.bulk.store, job, "66.0", "MTA", 5) for _ in range(2))
    assert list(first.content) == list(again.content)
    assert locator_of(10_000) == "MTAwMDA"


def test_lists_of_five_pages(answered: tuple[Loader, Job]) -> None:
    job = answered[1]
    first, following = page_locators(job, "66.0", "", 400)
    assert [first, following] == [[locator_of(start) for start in range(0, 2_000, 400)], locator_of(2_000)]
    assert page_locators(job, "66.0", following, 400) == ([locator_of(2_000)], None)


@pytest.mark.parametrize("locator", ["null", "?", "é", "LTE", locator_of(COUNT + 1), "MTAwMDAwMDAwMDAwMDAw"])
def test_locators_that_are_none(answered: tuple[Loader, Job], locator: str) -> None:
    loader, job = answered
    for read in (
        lambda: query_page(loader.org.bulk.store, job, "66.0", locator, 5),
        lambda: page_locators(job, "66.0", locator, 5),
    ):
        with pytest.raises(OrgError) as caught:
            read()
        assert (caught.value.status, caught.value.code) == (400, "INVALID_QUERY_LOCATOR")


def test_another_version(answered: tuple[Loader, Job]) -> None:
    loader, job = answered
    with pytest.raises(OrgError) as caught:
        query_page(loader.org.bulk.store, job, "65.0", "", 5)
    assert caught.value.status == 409


def test_results_of_jobs_that_have_not_ended(loader: Loader) -> None:
    with pytest.raises(OrgError) as caught:
        query_page(loader.org.bulk.store, loader.ask("SELECT Id FROM Account"), "66.0", "", 5)
    assert caught.value.code == "INVALIDJOBSTATE"
    with pytest.raises(OrgError) as caught:
        ingest_results(loader.org.bulk.store, loader.open(), "failedresults")
    assert caught.value.code == "INVALIDJOBSTATE"


def test_a_result_set_that_does_not_exist(loader: Loader) -> None:
    with pytest.raises(OrgError) as caught:
        ingest_results(loader.org.bulk.store, loader.load("Name\nA\n"), "allresults")
    assert caught.value.code == "NOT_FOUND"
