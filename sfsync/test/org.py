"""The org of a test, and the settings that lead to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.test import override_settings

from sfsync.client.session import new_session
from sfsync.conf import DEFAULT_ORG
from sfsync.orgs import connections

from .transport import InProcess

try:
    from sfsync.testing import SimulatedOrg
    from sfsync.testing.http.app import Application
except ModuleNotFoundError as error:
    raise ImportError("The simulated org needs an extra. Type: pip install 'sfsync[testing]'") from error


class SalesforceOrg(SimulatedOrg):
    """A simulated org with the verbs of a test, which writes behind sfsync's back, as people in the org do.

    They raise `sfsync.testing.errors.OrgError` for what Salesforce would refuse. Unless `socket` is true the
    org listens nowhere: requests reach `application` (WSGI), which answers for the address `url`.
    """

    _numbers = itertools.count(1)

    def __init__(self, *, socket: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._socket = socket
        self._address = f"https://simulated-org-{next(self._numbers)}.my.salesforce.com"
        self.application = Application(self.site)

    def start(self) -> Self:
        if self._socket:
            return super().start()
        self.site.url = self._address
        self.org.base_url = self.org.settings.base_url or self._address
        return self

    def stop(self) -> None:
        if self._socket:
            super().stop()
        else:
            self.site.faults.close()
            self.org.close()

    @property
    def url(self) -> str:
        return super().url if self._socket else self._address

    def create(self, sobject: str, **values: Any) -> str:
        """Create a record and return its id."""
        return self.org.create(sobject, values, self.org.settings.user_id)

    def update(self, sobject: str, sf_id: str, **values: Any) -> None:
        self.org.update(sobject, sf_id, values, self.org.settings.user_id)

    def delete(self, sobject: str, sf_id: str) -> None:
        self.org.delete(sobject, sf_id, self.org.settings.user_id)

    def read(self, sobject: str, sf_id: str, *fields: str) -> dict[str, Any]:
        """Return a record as the API gives it: all of its fields, or those named."""
        record = self.org.read(sobject, sf_id, fields or None, self.org.settings.user_id)
        return {name: value for name, value in record.items() if name != "attributes"}

    def ids(self, sobject: str) -> list[str]:
        """Return the ids of the records that are not deleted, oldest first."""
        table = self.org.schema.get(sobject).name
        rows = self.org.storage.read(f'SELECT "Id" FROM "{table}" WHERE "IsDeleted" = 0 ORDER BY "Id"')
        return [row[0] for row in rows]

    def pass_time(self, minutes: float) -> None:
        """Move the org's clock on; whatever talks to the org next signs in afresh."""
        self.org.clock.advance(minutes * 60)
        connections.close()


@contextmanager
def simulated_salesforce(
    org: str = DEFAULT_ORG, *, socket: bool = False, **options: Any
) -> Iterator[SalesforceOrg]:
    """Point an org of the settings at a simulated one as long as the `with` block runs.

    Requests stay in this process; `socket=True` serves the org over HTTP, for tests that start processes or
    wait for timeouts. Calls that are repeated after a fault do not wait. Further keywords are those of
    `SimulatedOrg` (`seed={"accounts": 50}`).
    """
    with (
        SalesforceOrg(socket=socket, **options) as simulated,
        override_settings(**_settings(org, simulated)),
        _no_waits(),
    ):
        if socket:
            connections.close()
            yield simulated
            return
        with _in_process(simulated):
            yield simulated


def _settings(org: str, simulated: SalesforceOrg) -> dict[str, Any]:
    values = {
        "AUTH": "client_credentials",
        "TOKEN_STORE": "",
        "AUTH_DOMAIN": simulated.url,
        "CONSUMER_KEY": simulated.consumer_key,
        "CONSUMER_SECRET": simulated.consumer_secret,
    }
    if org == DEFAULT_ORG:
        return {"SF_WRITES": True} | {f"SF_{name}": value for name, value in values.items()}
    others = getattr(settings, "SF_ORGS", {})
    return {"SF_WRITES": True, "SF_ORGS": {**others, org: {**others.get(org, {}), **values}}}


@contextmanager
def _no_waits() -> Iterator[None]:
    """Let calls be repeated at once."""
    before, connections.random = connections.random, lambda: 0.0
    try:
        yield
    finally:
        connections.random = before


@contextmanager
def _in_process(simulated: SalesforceOrg) -> Iterator[None]:
    """Let every session lead to the org, and to those of the blocks around this one."""
    host, before = urlsplit(simulated.url).netloc, connections.new_session
    around = getattr(before, "applications", {})
    connections.new_session = _Sessions({**around, host: simulated.application})
    connections.close()
    try:
        yield
    finally:
        connections.new_session = before
        connections.close()


class _Sessions:
    """Make sessions that know nothing but some applications."""

    def __init__(self, applications: dict[str, Any]) -> None:
        self.applications = applications

    def __call__(self) -> requests.Session:
        session = new_session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, InProcess(self.applications))
        return session
