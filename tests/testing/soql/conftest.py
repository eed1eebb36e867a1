"""An org without a server, and queries against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.soql.query import Queries
from sfsync.testing.wording import TEXTS, Unsourced

Run = Callable[..., dict[str, Any]]


def reason(error: OrgError) -> str:
    """Return why a query was refused, told apart from the words: no source gives them.

    That is the name of the refusal and what it tells; errors with recorded words give their last line.
    """
    if not isinstance(error, Unsourced):
        return error.message.split("\n")[-1]
    code, text = TEXTS[error.name]
    assert error.code == code
    told = re.findall(re.sub(r"\\{\w+\\}", "(.+?)", re.escape(text)) + r"\Z", error.message, re.DOTALL)
    return " ".join([error.name, *(told[0] if isinstance(told[0], tuple) else told if "{" in text else ())])


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
