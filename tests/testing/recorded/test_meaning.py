"""The comparison notices what it is there to notice, and nothing else."""

from typing import Any

import pytest

from .meaning import differences

ROW = {"attributes": {"type": "Account", "url": "/services/data/v59.0/sobjects/Account/001dM00003jU9GxQAK"}}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"b": 1, "a": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": "1"}, {"a": 1}),
        ({"a": "2026-01-01"}, {"a": "2026-01-01T00:00:00.000+0000"}),
        ({"a": "2026-01-01T00:00:00.000Z"}, {"a": "2026-01-01T00:00:00.000+0000"}),
        ({"message": "No"}, {"message": "no"}),
        ({"success": False}, {"success": True}),
        ({"url": "/services/data/v59.0/query/x"}, {"url": "/services/data/v60.0/query/x"}),
        ([{"success": True}], [{"success": True}, {"success": True}]),
        ({"records": []}, {"records": [ROW]}),
        ({"fields": [{"name": "A", "length": "1"}]}, {"fields": [{"name": "A", "length": 1}]}),
    ],
)
def test_what_differs(ours: Any, theirs: Any) -> None:
    assert differences(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"Name": "Edge"}, {"Name": "Grand"}),
        ({"Name": None}, {"Name": "Grand"}),
        ({"records": [ROW, ROW]}, {"records": [ROW]}),
        ({"url": "/a/001dM00003jU9GxQAK"}, {"url": "/a/001dM00003jU9GzQAK"}),
        ({"fields": [{"name": "A"}, {"name": "B"}]}, {"fields": [{"name": "B"}, {"name": "C"}]}),
    ],
)
def test_what_does_not(ours: Any, theirs: Any) -> None:
    assert differences(ours, theirs) == []


def test_partial_compares_the_keys_that_both_have_and_their_order() -> None:
    assert differences({"a": 1, "c": 1}, {"a": 1, "b": 2}, partial=True) == []
    assert differences({"a": 1, "b": 1}, {"b": 1, "a": 1}, partial=True)


def test_numbers_read_by_javascript_have_one_type() -> None:
    assert differences({"a": 5.0}, {"a": 5}, exact_numbers=False) == []
