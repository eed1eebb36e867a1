from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings
from sfsync.testing.soql.query import Queries
from sfsync.testing.soql.relative import Calendar

# A Monday.
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("literal", "start", "end"),
    [
        ("YESTERDAY", "2026-11-22", "2026-11-23"),
        ("today", "2026-11-23", "2026-11-24"),
        ("TOMORROW", "2026-11-24", "2026-11-25"),
        ("LAST_WEEK", "2026-11-15", "2026-11-22"),
        ("THIS_WEEK", "2026-11-22", "2026-11-29"),
        ("NEXT_WEEK", "2026-11-29", "2026-12-06"),
        ("LAST_MONTH", "2026-10-01", "2026-11-01"),
        ("THIS_MONTH", "2026-11-01", "2026-12-01"),
        ("NEXT_MONTH", "2026-12-01", "2027-01-01"),
        ("LAST_90_DAYS", "2026-08-25", "2026-11-24"),
        ("NEXT_90_DAYS", "2026-11-24", "2027-02-22"),
        ("LAST_N_DAYS:1", "2026-11-22", "2026-11-24"),
        ("LAST_N_DAYS:0", "2026-11-23", "2026-11-24"),
        ("NEXT_N_DAYS : 2", "2026-11-24", "2026-11-26"),
        ("N_DAYS_AGO:3", "2026-11-20", "2026-11-21"),
        ("LAST_N_WEEKS:2", "2026-11-08", "2026-11-22"),
        ("NEXT_N_WEEKS:2", "2026-11-29", "2026-12-13"),
        ("N_WEEKS_AGO:2", "2026-11-08", "2026-11-15"),
        ("LAST_N_MONTHS:2", "2026-09-01", "2026-11-01"),
        ("NEXT_N_MONTHS:2", "2026-12-01", "2027-02-01"),
        ("N_MONTHS_AGO:11", "2025-12-01", "2026-01-01"),
        ("THIS_QUARTER", "2026-10-01", "2027-01-01"),
        ("LAST_QUARTER", "2026-07-01", "2026-10-01"),
        ("NEXT_QUARTER", "2027-01-01", "2027-04-01"),
        ("LAST_N_QUARTERS:4", "2025-10-01", "2026-10-01"),
        ("N_QUARTERS_AGO:1", "2026-07-01", "2026-10-01"),
        ("THIS_YEAR", "2026-01-01", "2027-01-01"),
        ("LAST_N_YEARS:2", "2024-01-01", "2026-01-01"),
        ("N_YEARS_AGO:1", "2025-01-01", "2026-01-01"),
        ("THIS_FISCAL_YEAR", "2026-02-01", "2027-02-01"),
        ("LAST_FISCAL_QUARTER", "2026-08-01", "2026-11-01"),
        ("NEXT_N_FISCAL_YEARS:2", "2027-02-01", "2029-02-01"),
        ("N_FISCAL_QUARTERS_AGO:2", "2026-05-01", "2026-08-01"),
    ],
)
def test_the_days_of_a_literal(literal: str, start: str, end: str) -> None:
    days = Calendar(TODAY, fiscal_month=2).days(literal)
    assert (days.start.isoformat(), days.end.isoformat()) == (start, end)


def test_weeks_begin_as_the_locale_says() -> None:
    assert Calendar(TODAY, week_begins="monday").days("THIS_WEEK").start == TODAY
    assert Calendar(date(2026, 11, 22)).days("THIS_WEEK").start == date(2026, 11, 22)


@pytest.fixture
def found() -> Iterator[Callable[[str], str]]:
    """Return the function that names what a condition finds: contacts whose dates are a day apart."""
    org = Org(clock=Clock(datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)))
    user = org.settings.user_id
    for name, day in (("a", "2026-11-21"), ("b", "2026-11-22"), ("c", "2026-11-23"), ("d", "2026-11-24")):
        contact = {"LastName": name, "Birthdate": day, "EmailBouncedDate": f"{day}T00:00:00Z"}
        org.create("Contact", contact, user)
    org.create("Contact", {"LastName": "e"}, user)

    def names(where: str) -> str:
        soql = f"SELECT LastName FROM Contact WHERE {where} ORDER BY LastName"
        body: dict[str, Any] = Queries(org).run(soql, user=user, session="s", version="66.0")
        return "".join(record["LastName"] for record in body["records"])

    yield names
    org.close()


@pytest.mark.parametrize("field", ["Birthdate", "EmailBouncedDate"])
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("= TODAY", "c"),
        ("!= TODAY", "abde"),
        ("< TODAY", "ab"),
        ("<= TODAY", "abc"),
        ("> TODAY", "d"),
        (">= TODAY", "cd"),
        ("= LAST_N_DAYS:1", "bc"),
        ("> LAST_N_DAYS:1", "d"),
        ("IN (YESTERDAY, TOMORROW)", "bd"),
        ("NOT IN (YESTERDAY, TOMORROW, null)", "ac"),
    ],
)
def test_literals_compare_as_stretches_of_time(
    found: Callable[[str], str], field: str, condition: str, expected: str
) -> None:
    assert found(f"{field} {condition}") == expected


def test_negation_has_two_values(found: Callable[[str], str]) -> None:
    assert found("NOT Birthdate = TODAY") == "abde"
    assert found("NOT Birthdate > TODAY") == "abce"


def test_the_clock_of_the_org_says_what_today_is() -> None:
    clock = Clock(datetime(2026, 11, 23, 12, tzinfo=UTC))
    org = Org(clock=clock, settings=OrgSettings(week_begins="monday"))
    user = org.settings.user_id
    org.create("Account", {"Name": "A"}, user)
    known = {"user": user, "session": "s", "version": "66.0"}
    soql = "SELECT COUNT() FROM Account WHERE CreatedDate = {}"
    assert Queries(org).run(soql.format("TODAY"), **known)["totalSize"] == 1
    clock.advance(86_400)
    assert Queries(org).run(soql.format("TODAY"), **known)["totalSize"] == 0
    assert Queries(org).run(soql.format("THIS_WEEK"), **known)["totalSize"] == 1
    org.close()


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("Birthdate = LAST_N_DAYS:99999999999", "MALFORMED_QUERY"),
        ("Birthdate = N_YEARS_AGO:9999", "MALFORMED_QUERY"),
        (f"Birthdate = LAST_N_DAYS:{'9' * 5000}", "MALFORMED_QUERY"),
        ("LastName = TODAY", "INVALID_FIELD"),
        ("Birthdate = LAST_N_DAYS", "MALFORMED_QUERY"),
        ("Birthdate = TODAY:3", "MALFORMED_QUERY"),
    ],
)
def test_refusals(found: Callable[[str], str], condition: str, code: str) -> None:
    with pytest.raises(OrgError) as caught:
        found(condition)
    assert caught.value.code == code
