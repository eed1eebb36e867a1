from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.schema import standard_schema
from sfsync.testing.settings import OrgSettings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # the clock stands at 30 seconds past
MINUTE = timedelta(minutes=1)


def create(org: Org, name: str = "A") -> str:
    return org.create("Account", {"Name": name}, org.settings.user_id)


def updated(org: Org, start: datetime, end: datetime) -> dict[str, Any]:
    return org.updated("Account", start, end, org.settings.user_id)


def deleted(org: Org, start: datetime, end: datetime) -> dict[str, Any]:
    return org.deleted("Account", start, end, org.settings.user_id)


def refusal(action: Any, *args: Any) -> str:
    with pytest.raises(OrgError) as caught:
        action(*args)
    assert (caught.value.status, caught.value.code) == (400, "INVALID_REPLICATION_DATE")
    return caught.value.message


def test_a_change_of_a_second_ago_is_seen_by_a_window_to_the_next_full_minute(org: Org, clock: Clock) -> None:
    account = create(org)
    clock.advance(1)
    assert updated(org, NOON - MINUTE, NOON + MINUTE) == {
        "ids": [account],
        "latestDateCovered": "2026-11-23T12:00:00.000+0000",
    }


def test_seconds_are_dropped(org: Org) -> None:
    create(org)
    assert updated(org, NOON - MINUTE, NOON + timedelta(seconds=59))["ids"] == []


def test_both_ends_belong_to_the_window(org: Org, clock: Clock) -> None:
    clock.set(NOON + 5 * MINUTE)
    account = create(org)
    clock.advance(3600)
    assert updated(org, NOON, NOON + 5 * MINUTE)["ids"] == [account]
    assert updated(org, NOON + 5 * MINUTE, NOON + 10 * MINUTE)["ids"] == [account]
    assert updated(org, NOON + 6 * MINUTE, NOON + 10 * MINUTE)["ids"] == []


def test_an_id_is_listed_once_by_its_last_change(org: Org, clock: Clock, user: str) -> None:
    account = create(org)
    clock.advance(600)
    org.update("Account", account, {"Site": "x"}, user)
    clock.advance(600)
    assert updated(org, NOON, NOON + 5 * MINUTE)["ids"] == []
    assert updated(org, NOON, NOON + 20 * MINUTE)["ids"] == [account]


def test_created_and_deleted_in_one_window(org: Org, clock: Clock, user: str) -> None:
    gone, alive = create(org), create(org)
    org.delete("Account", gone, user)
    clock.advance(600)
    assert updated(org, NOON, NOON + 5 * MINUTE)["ids"] == [alive]
    assert deleted(org, NOON, NOON + 5 * MINUTE) == {
        "deletedRecords": [{"id": gone, "deletedDate": "2026-11-23T12:00:30.000+0000"}],
        "earliestDateAvailable": "2020-01-01T00:00:00.000+0000",
        "latestDateCovered": "2026-11-23T12:05:00.000+0000",
    }


def test_children_of_a_deleted_account_have_their_own_entries(org: Org, user: str) -> None:
    account = create(org)
    contact = org.create("Contact", {"LastName": "C", "AccountId": account}, user)
    org.delete("Account", account, user)
    body = org.deleted("Contact", NOON - MINUTE, NOON + MINUTE, user)
    assert [entry["id"] for entry in body["deletedRecords"]] == [contact]


def test_a_cleared_lookup_counts_as_a_change(org: Org, clock: Clock, user: str) -> None:
    parent = create(org)
    child = org.create("Account", {"Name": "C", "ParentId": parent}, user)
    clock.advance(600)
    org.delete("Account", parent, user)
    clock.advance(600)
    assert updated(org, NOON + 5 * MINUTE, NOON + 15 * MINUTE)["ids"] == [child]


def test_windows_that_are_refused(org: Org) -> None:
    narrow = "startDate must be at least one minute greater than endDate"
    assert refusal(updated, org, NOON, NOON) == narrow
    assert refusal(updated, org, NOON, NOON - MINUTE) == narrow
    assert refusal(updated, org, NOON, NOON + timedelta(seconds=59)) == narrow
    assert refusal(deleted, org, NOON - MINUTE, NOON) == narrow
    old = "startDate cannot be more than 30 days ago"
    assert refusal(updated, org, NOON - timedelta(days=30, minutes=1), NOON) == old
    assert refusal(deleted, org, NOON - timedelta(days=31), NOON) == old
    assert updated(org, NOON - timedelta(days=30), NOON)["ids"] == []


def test_a_young_org(clock: Clock) -> None:
    org = Org(clock=clock, settings=OrgSettings(replication_enabled=NOON - MINUTE))
    before = "startDate before org replication enabled date"
    assert refusal(updated, org, NOON - 2 * MINUTE, NOON) == before
    assert refusal(deleted, org, NOON - 3 * MINUTE, NOON) == before
    assert updated(org, NOON - MINUTE, NOON)["ids"] == []
    org.close()


def test_deletes_before_the_horizon_of_15_days(org: Org, clock: Clock, user: str) -> None:
    gone = create(org)
    org.delete("Account", gone, user)
    clock.advance(timedelta(days=14).total_seconds())
    assert len(deleted(org, NOON, NOON + 5 * MINUTE)["deletedRecords"]) == 1
    clock.advance(timedelta(days=2).total_seconds())
    assert deleted(org, NOON, NOON + 5 * MINUTE)["deletedRecords"] == []


def test_switches(clock: Clock) -> None:
    settings = OrgSettings(
        updated_lists_deleted=True, deletes_before_horizon="error", deleted_window_over_one_minute=False
    )
    org = Org(clock=clock, settings=settings)
    gone = create(org)
    org.delete("Account", gone, org.settings.user_id)
    assert updated(org, NOON, NOON + MINUTE)["ids"] == [gone]
    assert len(deleted(org, NOON, NOON + MINUTE)["deletedRecords"]) == 1
    assert "15 days" in refusal(deleted, org, NOON - timedelta(days=16), NOON)
    org.close()


@pytest.mark.parametrize(
    ("switch", "covered"),
    [
        ("minute", "2026-11-23T12:00:00.000+0000"),
        ("now", "2026-11-23T12:00:30.000+0000"),
        ("end", "2026-11-24T12:00:00.000+0000"),
    ],
)
def test_latest_date_covered_of_a_future_end(clock: Clock, switch: Any, covered: str) -> None:
    org = Org(clock=clock, settings=OrgSettings(latest_date_covered_for_future_end=switch))
    assert updated(org, NOON, NOON + timedelta(days=1))["latestDateCovered"] == covered
    org.close()


def test_an_open_transaction_holds_latest_date_covered_back(org: Org, clock: Clock) -> None:
    clock.set(NOON + timedelta(seconds=7))
    with org.transaction():
        clock.advance(600)
        body = updated(org, NOON - MINUTE, NOON + 5 * MINUTE)
        assert org.replication.oldest_open_transaction() == NOON + timedelta(seconds=7)
    assert body["latestDateCovered"] == "2026-11-23T12:00:07.000+0000"
    assert org.replication.oldest_open_transaction() is None


def test_other_threads_see_neither_the_rows_nor_the_time_of_an_open_transaction(
    tmp_path: Path, clock: Clock
) -> None:
    org = Org(tmp_path / "org.sqlite3", clock=clock)
    with ThreadPoolExecutor(1) as other:
        with org.transaction():
            account = create(org)
            clock.advance(480)
            during = other.submit(updated, org, NOON, NOON + 5 * MINUTE).result(timeout=30)
        after = other.submit(updated, org, NOON, NOON + 5 * MINUTE).result(timeout=30)
    org.close()
    assert during == {"ids": [], "latestDateCovered": "2026-11-23T12:00:30.000+0000"}
    assert after == {"ids": [account], "latestDateCovered": "2026-11-23T12:05:00.000+0000"}


def test_too_many_ids(clock: Clock) -> None:
    org = Org(clock=clock, settings=OrgSettings(replication_id_limit=2))
    create(org), create(org)
    assert len(updated(org, NOON, NOON + MINUTE)["ids"]) == 2
    create(org)
    with pytest.raises(OrgError) as caught:
        updated(org, NOON, NOON + MINUTE)
    org.close()
    assert caught.value.code == "EXCEEDED_ID_LIMIT"


def test_an_object_that_is_not_replicateable(clock: Clock) -> None:
    schema = standard_schema()
    schema.add(replace(schema.get("Account"), replicateable=False))
    org = Org(clock=clock, schema=schema)
    with pytest.raises(OrgError) as caught:
        updated(org, NOON, NOON + MINUTE)
    org.close()
    assert 400 <= caught.value.status < 500
