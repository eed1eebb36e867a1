from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sfsync.testing import SimulatedOrg
from sfsync.testing.clock import Clock

from .conftest import Api

START, END = "2026-01-01T12:00:00+00:00", "2026-01-01T12:05:00Z"


def test_what_changed_and_what_was_deleted() -> None:
    with SimulatedOrg(clock=Clock(datetime(2026, 1, 1, 12, 3, 20, tzinfo=UTC))) as simulated:
        api = Api(simulated)
        with api.session:
            kept, deleted = api.create("Account", Name="A"), api.create("Account", Name="B")
            api("DELETE", f"/sobjects/Account/{deleted}")
            updated = api.get("/sobjects/Account/updated/", start=START, end=END).json()
            assert list(updated) == ["ids", "latestDateCovered"]
            assert updated["ids"] == [kept]
            body = api.get("/sobjects/Account/deleted", start=START, end=END).json()
            assert list(body) == ["deletedRecords", "earliestDateAvailable", "latestDateCovered"]
            assert body["deletedRecords"] == [{"deletedDate": "2026-01-01T12:03:20.000+0000", "id": deleted}]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (None, END, "MISSING_ARGUMENT"),
        ("nonsense", END, "INVALID_INPUT"),
        ("2026-01-01T12:00:00", END, "INVALID_INPUT"),
        ("2026-01-01", END, "INVALID_INPUT"),
        ("9999-12-31T23:59:59-23:59", END, "INVALID_INPUT"),
        ("2026-01-01T12:00:00 00:00", END, "INVALID_INPUT"),
        (END, START, "INVALID_REPLICATION_DATE"),
    ],
)
def test_windows_that_are_refused(api: Api, start: str | None, end: str, code: str) -> None:
    parameters = {"end": end} | ({} if start is None else {"start": start})
    response = api.get("/sobjects/Account/updated", **parameters)
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, code)
