"""Loads whose queries end early: sessions that die between two pages, and queries that take the org too long."""

from __future__ import annotations

import pytest
from django.core.management import CommandError

from crm.models import Account
from sfsync.engine import loading
from sfsync.models import MappingState
from tests.engine.conftest import Command, Org

NEXT_PAGE = "*/query/*"
TIMEOUT = {"status": 400, "code": "QUERY_TIMEOUT", "message": "Your query request was running for too long."}


def queries(crm: Org) -> list[str]:
    return [request.kind for request in crm.served.requests if "/query" in request.path]


@pytest.fixture
def five_pages(crm: Org) -> Org:
    crm.seed(accounts=9_000, contacts=0, opportunities=0)
    return crm


def test_a_session_that_dies_amid_a_load_costs_one_query_more(five_pages: Org, pull: Command) -> None:
    """Covers F20."""
    five_pages.served.faults.add("expire_token", path=NEXT_PAGE, nth=2)  # of page 3
    lines = pull("AccountMapping")
    assert (lines["AccountMapping"]["created"], lines["total"]["code"]) == (9_000, 0)
    assert Account.objects.count() == 9_000
    kinds = [request.kind for request in five_pages.served.requests]
    assert kinds.count("token") == 2
    # Pages 1 and 2; page 3 with the old session, then with the new one, whose cursor it is not; then the
    # three pages behind page 2.
    assert len(queries(five_pages)) == 2 + 2 + 3


def test_a_cursor_that_dies_at_every_page_still_leads_to_the_end(five_pages: Org, pull: Command) -> None:
    """Covers F20."""
    five_pages.served.faults.add(
        "status", path=NEXT_PAGE, status=400, code="INVALID_QUERY_LOCATOR", message="invalid query locator"
    )
    assert pull("AccountMapping")["AccountMapping"]["created"] == 9_000
    assert Account.objects.count() == 9_000


def test_a_query_that_takes_too_long_is_cut_into_parts(five_pages: Org, pull: Command) -> None:
    """Covers F34."""
    five_pages.served.faults.add("status", contains="ORDER BY Id", times=2, **TIMEOUT)
    lines = pull("AccountMapping")
    assert (lines["AccountMapping"]["created"], lines["total"]["code"]) == (9_000, 0)
    # All at once, 20,000, then parts of 2,000, the last of which is not full.
    assert len(queries(five_pages)) == 2 + 5


def test_a_query_that_times_out_between_two_pages_goes_on_behind_the_last(
    five_pages: Org, pull: Command
) -> None:
    """Covers F34."""
    five_pages.served.faults.add("status", path=NEXT_PAGE, nth=3, **TIMEOUT)
    assert pull("AccountMapping")["AccountMapping"]["created"] == 9_000
    assert Account.objects.count() == 9_000


def test_a_load_that_always_times_out_is_no_success_and_goes_on_later(crm: Org, pull: Command) -> None:
    """Covers F34."""
    crm.seed(accounts=20, contacts=0, opportunities=0)
    crm.served.faults.add("status", contains="ORDER BY Id", **TIMEOUT)
    with pytest.raises(CommandError, match="QUERY_TIMEOUT"):
        pull("AccountMapping")
    assert len(queries(crm)) == len(loading.PART_SIZES)
    assert MappingState.objects.get(mapping="AccountMapping").updated_watermark is None
    crm.served.faults.clear()
    assert pull("AccountMapping")["AccountMapping"]["created"] == 20


def test_a_session_that_dies_amid_a_look_up_costs_one_query_more(crm: Org, pull: Command) -> None:
    """Covers F20."""
    crm.seed(accounts=300, contacts=0, opportunities=0)
    pull("AccountMapping")
    for sf_id in Account.objects.values_list("sf_id", flat=True):
        crm.hide("Account", sf_id)
    crm.served.faults.add(
        "status", path="*/queryAll", nth=1, status=400, code="INVALID_QUERY_LOCATOR", message="invalid"
    )
    assert pull("AccountMapping", "--full", "--allow-deletes")["total"]["code"] == 3
    assert Account.objects.count() == 300
