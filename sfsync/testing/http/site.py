"""What the handlers of one org share: its state, sessions, cursors, address and the log of requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ..apex import ApexRest
from ..faults import Faults
from ..org import Org
from ..refresh_tokens import RefreshTokens
from ..snapshots import Snapshots
from ..soql.query import Queries
from .freshness import Freshness
from .sessions import Session, Sessions
from .usage import Concurrency, Usage

# An org that runs for weeks must not fill the memory with its log.
MAX_LOGGED = 100_000


@dataclass(frozen=True)
class RequestRecord:
    """One request as it was answered; `path` has no query string, so there is neither token nor SOQL in it.

    `kind` names the resource, `subrequests` the kinds that a composite called, and `calls` is what the
    request cost of the daily API limit. `faults` names what went wrong on purpose; the status of a request
    that got no answer is 0.
    """

    method: str
    path: str
    status: int
    kind: str
    calls: int
    subrequests: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class Site:
    """One org as it is served. `url` is its own address, known once the server listens."""

    def __init__(self, org: Org, url: str = "") -> None:
        settings = org.settings
        self.org = org
        self.url = url
        self.sessions = Sessions(org.clock, settings.org_id, settings.session_seconds)
        self.refresh_tokens = RefreshTokens(rotate=settings.refresh_token_rotation)
        self.refresh_tokens.issue(settings.user_id, settings.refresh_token)
        self.certificate = settings.certificate  # of the consumer, who signs assertions with its key
        self.freshness = Freshness(org.clock)
        self.queries = Queries(org)
        self.usage = Usage(org.clock, settings.daily_api_requests)
        self.concurrency = Concurrency(settings.concurrent_requests, settings.long_request_seconds)
        self.sessions.on_end.append(self.queries.forget)
        self.faults = Faults(org.clock)
        self.apex = ApexRest()
        self.snapshots = Snapshots(org)
        self.started = org.clock.now()
        self.requests: list[RequestRecord] = []
        self.failures: list[BaseException] = []
        org.bulk.on_failure.append(self.failures.append)
        self._lock = threading.Lock()

    @property
    def api_calls(self) -> int:
        """Return how many API calls the logged requests cost."""
        return sum(record.calls for record in list(self.requests))

    def log(self, record: RequestRecord) -> None:
        with self._lock:
            self.requests.append(record)
            if len(self.requests) > MAX_LOGGED:
                del self.requests[: MAX_LOGGED // 2]

    def reset_requests(self) -> None:
        """Forget the log, so that a test counts only what follows."""
        with self._lock:
            self.requests.clear()

    def reset(self) -> None:
        """Make everything what it was when the org was started; all sessions end. The clock goes on."""
        self.faults.clear()
        self.sessions.end_all()
        self.refresh_tokens.clear()
        self.refresh_tokens.issue(self.org.settings.user_id, self.org.settings.refresh_token)
        self.certificate = self.org.settings.certificate
        self.org.automation.clear()
        self.apex.clear()
        self.snapshots.reset()
        self.usage.set(0)
        self.usage.limit = self.org.settings.daily_api_requests
        self.reset_requests()

    def admit(self, authorization: str) -> Session:
        """Return the session of an Authorization header; raise OrgError 401, or 403 without API access."""
        session = self.sessions.get(authorization)
        self.org.permissions.require_api(session.user)
        return session

    def base_url(self, forwarded_proto: str = "") -> str:
        """Return the address that answers carry: configured, or the server's, as https behind a TLS proxy."""
        url = (self.org.settings.base_url or self.url).rstrip("/")
        if forwarded_proto == "https" and url.startswith("http://"):
            return "https://" + url.removeprefix("http://")
        return url
