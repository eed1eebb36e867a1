"""Fixtures of the engine's tests: the example's mappings against a simulated org, with triggers in place."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from sfsync.database import triggers
from sfsync.mappings import Mapping
from sfsync.orgs import connections

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from sfsync.testing import SimulatedOrg

CRM = ["crm.mappings.AccountMapping", "crm.mappings.ContactMapping", "crm.mappings.OpportunityMapping"]

Counts = dict[str, Any]
Command = Callable[..., dict[str, Counts]]


@contextmanager
def option(mapping: type[Mapping], **values: Any) -> Iterator[None]:
    """Change options of a mapping for the length of a block; the triggers follow, as with `migrate`."""
    before = mapping.options
    mapping.options = dataclasses.replace(before, **values)
    triggers.install("default")
    try:
        yield
    finally:
        mapping.options = before
        triggers.install("default")


class Org:
    """The simulated org, as a test writes to it: behind sfsync's back, as an admin would."""

    def __init__(self, served: SimulatedOrg) -> None:
        self.served = served
        self.user = served.org.settings.user_id

    def create(self, sobject: str, **values: Any) -> str:
        return self.served.org.create(sobject, values, self.user)

    def update(self, sobject: str, sf_id: str, **values: Any) -> None:
        self.served.org.update(sobject, sf_id, values, self.user)

    def delete(self, sobject: str, sf_id: str) -> None:
        self.served.org.delete(sobject, sf_id, self.user)

    def read(self, sobject: str, sf_id: str, *fields: str) -> Any:
        record = self.served.org.read(sobject, sf_id, list(fields), self.user)
        return record[fields[0]] if len(fields) == 1 else record

    def count(self, sobject: str) -> int:
        rows = self.served.org.storage.read(f'SELECT count(*) FROM "{sobject}" WHERE "IsDeleted" = 0', ())
        return int(next(iter(rows))[0])

    def seed(self, **numbers: int) -> None:
        from sfsync.testing.seed import seed

        seed(self.served.org, **numbers)

    def hide(self, sobject: str, sf_id: str) -> None:
        """Make a record vanish without a trace, as lost sharing or a purged recycle bin does."""
        with self.served.org.storage.transaction():
            self.served.org.storage.write(f'DELETE FROM "{sobject}" WHERE "Id" = ?', (sf_id,))

    def pass_time(self, minutes: float) -> None:
        """Move the org's clock on; the next command signs in afresh, as a process of its own would."""
        self.served.org.clock.advance(minutes * 60)
        connections.close()

    @property
    def calls(self) -> int:
        return self.served.api_calls


@pytest.fixture
def crm(transactional_db: None, org: SimulatedOrg, settings: Settings) -> Iterator[Org]:
    """Sync the example's three models with a simulated org; the database commits for real."""
    settings.SF_MAPPINGS = CRM
    triggers.install("default")
    yield Org(org)
    connections.close()


def run(name: str, *arguments: str) -> dict[str, Counts]:
    """Run a command with --json; return its lines by mapping, the total under "total"."""
    out = StringIO()
    try:
        call_command(name, *arguments, "--json", stdout=out)
    except SystemExit as stop:
        code = stop.code
    else:
        code = 0
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    found = {line.get("mapping", "total"): line for line in lines}
    found["total"]["code"] = code
    return found


@pytest.fixture
def pull() -> Command:
    return lambda *arguments: run("sf_pull", *arguments)


@pytest.fixture
def push() -> Command:
    return lambda *arguments: run("sf_push", *arguments)
