from __future__ import annotations

from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.http.references import resolve

ANSWERED = {
    "created": {"id": "001", "success": True},
    "found": {"records": [{"Id": "002", "Account": {"Name": "Edge"}}]},
    "list": [{"id": "003"}],
    "empty": None,
}


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("no reference @ {all}", "no reference @ {all}"),
        ("@{created.id}", "001"),
        ("/a/@{created.id}/@{found.records[0].Id}", "/a/001/002"),
        ("@{found.records[0].Account.Name}", "Edge"),
        ("@{list[0].id}", "003"),
        ({"a": ["@{created.id}", 5, None]}, {"a": ["001", 5, None]}),
        (True, True),
    ],
)
def test_references_are_replaced(value: Any, resolved: Any) -> None:
    assert resolve(value, ANSWERED) == resolved


@pytest.mark.parametrize(
    "reference",
    [
        "created.Id",
        "missing.id",
        "found.records[1].Id",
        "found.records",
        "empty.id",
        "",
        "[0]",
        "created.id.x",
    ],
)
def test_references_that_lead_nowhere(reference: str) -> None:
    with pytest.raises(OrgError) as caught:
        resolve(f"@{{{reference}}}", ANSWERED)
    assert caught.value.code == "PROCESSING_HALTED"
    assert caught.value.message.startswith(f"Invalid reference specified. No value for {reference} found in ")
