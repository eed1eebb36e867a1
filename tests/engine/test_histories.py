"""Random histories against an oracle that knows who wrote what, knowing what.

Each history has a seed: people create, edit, delete and move records on both sides in every way Django offers, while
pulls and pushes run, meet each other, die at any statement or request, lose answers and run out of calls. In the
end both sides must be equal, every value that lost must be in a conflict row, and nothing may be written any more.

`SFSYNC_HISTORIES=100-200` runs these seeds instead of the usual ones of the long test.
"""

from __future__ import annotations

import os

import pytest
from django.db import connection

from tests.engine.conftest import Org
from tests.engine.findings import findings
from tests.engine.histories import History

SHORT = 14 if connection.vendor == "sqlite" else 5
FIRST, LAST = map(int, os.environ.get("SFSYNC_HISTORIES", "1000-1060").split("-"))


def check(crm: Org, seed: int, steps: int) -> None:
    history = History(crm, seed)
    try:
        with history.policies():
            history.live(steps)
            history.settle()
            found = findings(history)
    except BaseException as error:
        error.add_note("\n".join(history.world.log))
        raise
    assert not found, "\n".join([*history.world.log, "", *found])


@pytest.mark.databases
@pytest.mark.parametrize("seed", range(SHORT))
def test_a_history_ends_equal_with_nothing_lost(crm: Org, seed: int) -> None:
    """Covers F5, F6, F8, F18, F40, F41, F48, F50, F96."""
    check(crm, seed, steps=25)


@pytest.mark.slow
@pytest.mark.databases
@pytest.mark.parametrize("seed", range(FIRST, LAST))
def test_a_long_history_ends_equal_with_nothing_lost(crm: Org, seed: int) -> None:
    check(crm, seed, steps=60)
