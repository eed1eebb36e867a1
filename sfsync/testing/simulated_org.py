"""A simulated org that serves HTTP from a thread of this process, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .access import Access, Level
from .apex import ApexRest
from .assertions import new_key_pair
from .automation import Automation
from .clock import Clock
from .faults import Faults
from .http.server import Server
from .http.site import RequestRecord, Site
from .inspection import history, stored
from .org import Org
from .seed import seed as seed_org
from .settings import OrgSettings
from .snapshots import Snapshots
from .transactions import Transactions


class SimulatedOrg:
    """Serve an org as long as the `with` block runs.

    `data` is a file that keeps the records, `seed` the numbers of records to begin with (`{"accounts": 50}`),
    `tls` a certificate and its key as PEM files, `objects` describe JSON of further objects and fields (see
    `schema.load`); further keywords are fields of `OrgSettings`. An error
    inside the server is raised again at the end of the block, so that no test passes over it.
    """

    def __init__(
        self,
        data: str | Path = ":memory:",
        port: int = 0,
        seed: Mapping[str, int] | None = None,
        clock: Clock | None = None,
        tls: tuple[str | Path, str | Path] | None = None,
        objects: Any = None,
        **settings: Any,
    ) -> None:
        self.org = Org(data, clock=clock, settings=OrgSettings(**settings))
        self._running = False
        with ExitStack() as on_failure:
            on_failure.callback(self.org.close)
            if objects is not None:
                self.org.objects.load(objects)
            if seed is not None:
                seed_org(self.org, **seed)
            self.site = Site(self.org)
            self._server = Server(self.site, port=port, tls=tls)
            on_failure.pop_all()

    def start(self) -> Self:
        """Listen; raise OSError where the port is in use."""
        try:
            self._server.start()
        except OSError:
            self.org.close()
            raise
        self._running = True
        return self

    def stop(self) -> None:
        """Stop listening and close the data; harmless when it is stopped already."""
        if self._running:
            self._running = False
            self.site.faults.close()
            self._server.stop()
            self.org.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        if error is None and self.site.failures:
            raise RuntimeError("the simulated org failed while it answered") from self.site.failures[0]

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def consumer_key(self) -> str:
        return self.org.settings.consumer_key

    @property
    def consumer_secret(self) -> str:
        return self.org.settings.consumer_secret

    @property
    def faults(self) -> Faults:
        """Return what shall go wrong: `simulated.faults.add("status", status=503, times=3)`."""
        return self.site.faults

    @property
    def private_key(self) -> str:
        """Return the PEM of a key that signs JWT bearer assertions, which the org knows from the first use on."""
        private, self.site.certificate = self._key_pair
        return private

    @cached_property
    def _key_pair(self) -> tuple[str, str]:
        return new_key_pair()

    def add_user(self, username: str, *, access: Access | None = None, **values: Any) -> str:
        """Create a user, who may do what `access` says, and return the id; see `Org.add_user`."""
        return self.org.add_user(username, access=access, **values)

    def set_access(self, username: str, **options: Any) -> None:
        """Say anew what a user may do; options are the fields of `Access`."""
        self.org.permissions.table.set(self._user(username), Access(**options))

    def share(self, username: str, *record_ids: str, level: Level = "read") -> None:
        """Let a user without View All Data see records, or edit them."""
        self.org.permissions.table.share(self._user(username), record_ids, level)

    def issue_refresh_token(self, username: str) -> str:
        return self.site.refresh_tokens.issue(self._user(username))

    def expire_sessions(self, username: str | None = None) -> None:
        """End every session, or those of one user."""
        self.site.sessions.end_all(None if username is None else self._user(username))

    def _user(self, username: str) -> str:
        found = self.org.user_named(username)
        if found is None:
            raise LookupError(f"no user is called {username!r}")
        return found

    @property
    def automation(self) -> Automation:
        """Return the rules that act on writes: validation rules, duplicate rules, triggers."""
        return self.org.automation

    @property
    def apex(self) -> ApexRest:
        """Return the org's own resources: `simulated.apex.add("invoices/{id}", function)`."""
        return self.site.apex

    @property
    def transactions(self) -> Transactions:
        """Return the transactions that can be held open."""
        return self.org.transactions

    @property
    def snapshots(self) -> Snapshots:
        """Return the states put aside: `take()`, and `restore()` what it returned."""
        return self.site.snapshots

    def records(self, sobject: str) -> list[dict[str, Any]]:
        """Return every stored row of an object, also of deleted records."""
        return stored(self.org, sobject)

    def history(self, record_id: str) -> list[dict[str, Any]]:
        """Return the committed writes of a record, oldest first."""
        return history(self.org, record_id)

    def reset(self) -> None:
        """Make everything what it was when the org was started; sessions end, the clock goes on."""
        self.site.reset()

    @property
    def requests(self) -> list[RequestRecord]:
        """Return the log of answered requests, oldest first."""
        return self.site.requests

    @property
    def api_calls(self) -> int:
        """Return how many calls against the API limit the log holds."""
        return self.site.api_calls

    def reset_requests(self) -> None:
        """Empty the log, so that only what follows is counted."""
        self.site.reset_requests()
