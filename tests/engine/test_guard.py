"""The guard on deletes. Covers F25."""

from __future__ import annotations

import pytest

from sfsync.engine.guard import holds


@pytest.mark.parametrize(
    ("deletes", "linked", "expected"),
    [
        (0, 0, False),
        (0, 40, False),
        (5, 5, False),  # a table of five may lose all
        (6, 6, True),
        (40, 40, True),
        (39, 40, False),
        (50, 10_000, False),
        (1_000, 10_000, False),
        (1_001, 10_000, True),
        (1_000, 1_000_000, False),
        (1_001, 1_000_000, True),
        (51, 500, True),
        (50, 500, False),
    ],
)
def test_limits(deletes: int, linked: int, expected: bool) -> None:
    assert holds(deletes, linked) is expected
