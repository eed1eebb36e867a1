"""Problems are counted, not repeated, and go away when they are cleared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sfsync.models import Problem

pytestmark = [pytest.mark.databases, pytest.mark.django_db]

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
TARGET = ("default", "ContactMapping")


def note(record: str = "1", **values: object) -> Problem:
    given = {"code": "STRING_TOO_LONG", "message": "too long", "now": NOW} | values
    return Problem.objects.note(TARGET, "push", record=record, **given)


def test_the_first_note() -> None:
    problem = note(field="title", org_message="data value too large: secret", next_look=NOW)
    assert (problem.first_seen, problem.last_seen, problem.times) == (NOW, NOW, 1)
    assert list(Problem.objects.due(NOW)) == [problem]


def test_the_same_again_is_counted_and_the_newest_reason_kept() -> None:
    note()
    later = NOW + timedelta(hours=1)
    problem = note(code="REQUIRED_FIELD_MISSING", message="missing", now=later)
    assert Problem.objects.count() == 1
    assert (problem.first_seen, problem.last_seen, problem.times) == (NOW, later, 2)
    assert (problem.code, problem.message) == ("REQUIRED_FIELD_MISSING", "missing")


def test_records_fields_and_directions_are_apart() -> None:
    note("1")
    note("2")
    note("1", field="title")
    Problem.objects.note(TARGET, "pull", record="1", code="X", message="x", now=NOW)
    assert Problem.objects.count() == 4


def test_clearing() -> None:
    for record in ("1", "2", "3"):
        note(record)
    note("1", field="title")
    assert Problem.objects.clear(TARGET, "push", ["1"], field="title") == 1
    assert Problem.objects.clear(TARGET, "push", ["1", "2"]) == 2
    assert Problem.objects.clear(TARGET, "pull") == 0
    assert Problem.objects.clear(TARGET, "push") == 1
