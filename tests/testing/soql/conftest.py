"""An org without a server, and queries against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sfsync.testing.org import Org
from sfsync.testing.soql.query import Queries

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def local_org() -> Iterator[Org]:
    org = Org()
    yield org
    org.close()


@pytest.fixture
def queries(local_org: Org) -> Queries:
    return Queries(local_org)


@pytest.fixture
def run(queries: Queries, local_org: Org) -> Run:
    """Return the function that runs a query."""
    known = {"user": local_org.settings.user_id, "session": "one", "version": "66.0"}
    return lambda text, **options: queries.run(text, **known, **options)


@pytest.fixture
def names(run: Run) -> Callable[[str], list[str]]:
    """Return the function that gives the names of the accounts that match a condition, in order of name."""
    return lambda where: [
        record["Name"] for record in run(f"SELECT Name FROM Account WHERE {where} ORDER BY Name")["records"]
    ]
