from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sfsync.testing import delete_log
from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def deleted(org: Org, start: datetime = NOON - 10 * MINUTE) -> dict[str, Any]:
    return org.deleted("Account", start, NOON + 600 * MINUTE, org.settings.user_id)


def ids(body: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in body["deletedRecords"]]


def gone(org: Org) -> str:
    """Return the id of an account that has been deleted and purged."""
    account = org.create("Account", {"Name": "A"}, org.settings.user_id)
    org.hard_delete("Account", account, org.settings.user_id)
    return account


def test_what_is_purged_stays_in_the_log(org: Org, user: str) -> None:
    purged = gone(org)
    binned = org.create("Account", {"Name": "B"}, user)
    org.delete("Account", binned, user)
    body = deleted(org)
    assert sorted(ids(body)) == sorted([purged, binned])
    assert body["deletedRecords"][0]["deletedDate"] == "2026-11-23T12:00:30.000+0000"


def test_a_purge_may_be_told_by_the_log_or_by_nobody(clock: Clock) -> None:
    for setting, earliest in (
        ("gap", "2026-11-23T12:00:31.000+0000"),
        ("silent", "2020-01-01T00:00:00.000+0000"),
    ):
        org = Org(clock=clock, settings=OrgSettings(purged_in_log=setting, delete_log_gap="short"))  # type: ignore[arg-type]
        gone(org)
        body = deleted(org)
        assert (ids(body), body["earliestDateAvailable"]) == ([], earliest)
        org.close()


def test_a_window_from_before_the_log_is_refused(org: Org, clock: Clock, user: str) -> None:
    early = gone(org)
    clock.advance(7200)
    late = gone(org)
    org.delete_log.purge(NOON + 60 * MINUTE)
    with pytest.raises(OrgError) as caught:
        deleted(org)
    assert (caught.value.status, caught.value.code) == (400, "INVALID_REPLICATION_DATE")
    body = deleted(org, NOON + 60 * MINUTE)
    assert (ids(body), body["earliestDateAvailable"]) == ([late], "2026-11-23T13:00:00.000+0000")
    assert early not in ids(body)


def test_a_full_log_forgets_what_is_older_than_two_hours(
    org: Org, clock: Clock, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete_log, "ENTRIES_PER_LICENCE", 1)  # two licences
    first = gone(org)
    assert ids(deleted(org)) == [first]
    clock.advance(3 * 3600)
    account = org.create("Account", {"Name": "B"}, user)
    org.delete("Account", account, user)
    assert ids(deleted(org)) == [first, account]
    clock.advance(1800)
    last = gone(org)
    clock.advance(5400)
    body = deleted(org, NOON + 210 * MINUTE)
    assert body["earliestDateAvailable"] == "2026-11-23T15:00:30.000+0000"
    assert ids(body) == [last]


def test_the_log_never_goes_back(org: Org) -> None:
    org.delete_log.purge(NOON)
    org.delete_log.purge(NOON - MINUTE)
    assert org.delete_log.start == NOON


def test_undeleted_records_are_not_in_the_log(org: Org, user: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    org.delete("Account", account, user)
    org.undelete("Account", account, user)
    assert ids(deleted(org)) == []
    assert org.updated("Account", NOON - MINUTE, NOON + MINUTE, user)["ids"] == [account]
