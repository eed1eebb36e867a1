"""One org over HTTP: signing in, and calls that are repeated where that is safe."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import requests

from ..exceptions import ConfigurationError, SalesforceError, UnsupportedVersion, WritesDisabled
from . import hosts, paths, payload, retries, versions
from .answers import Answer
from .auth import Bearer, MemoryTokenStore, SignIn, Token, TokenStore, refusal
from .clock import OrgClock
from .errors import has_moved, is_curable
from .exchange import Exchange
from .session import new_session
from .stream import Stream
from .transport import Content, Request, Transport
from .usage import Usage

T = TypeVar("T")
Repeatable = Callable[[SalesforceError], bool]

JSON = "application/json"
QUERY_JOB = re.compile(r"/services/data/v\d+\.\d+/jobs/query/\w+", re.ASCII)


def utcnow() -> datetime:
    return datetime.now(UTC)


class Connection:
    """Send requests to one org, signed in, each within `timeout` and `deadline`.

    `auth` gets the token. `timeout` is (connect, read) in seconds, `deadline` the seconds that one call may
    take in all, with its repetitions. `usage` counts the calls. Without `writes` nothing is sent that may change
    something in the org (WritesDisabled). `now`, `sleep` and `random` are the local
    clock, the way to wait, and numbers from 0 up to 1, for everything that works with this org. Safe to
    share between threads.
    """

    def __init__(
        self,
        *,
        auth_domain: str,
        auth: SignIn,
        api_version: str = "66.0",
        session: requests.Session | None = None,
        now: Callable[[], datetime] = utcnow,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
        timeout: tuple[float, float] = (10.0, 60.0),
        deadline: float = 300.0,
        token_store: TokenStore | None = None,
        trusted_hosts: Sequence[str] = (),
        usage: Usage | None = None,
        writes: bool = True,
    ) -> None:
        if not re.fullmatch(r"\d{2,3}\.0", api_version):
            raise ConfigurationError('The API version (SF_API_VERSION) has the form "66.0".')
        self.now = now
        self.sleep = sleep
        self.random = random
        self.timeout = timeout
        self.deadline = deadline
        self.api_version = api_version
        self.writes = writes
        self.spending = usage if usage is not None else Usage()
        self._trusted = tuple(trusted_hosts)
        self._auth_domain = hosts.auth_domain(auth_domain, self._trusted)
        self._auth = auth
        self._base = f"/services/data/v{api_version}/"
        self._tokens = token_store if token_store is not None else MemoryTokenStore()
        self._clock = OrgClock(now)
        self._session = session if session is not None else new_session()
        self._transport = Transport(self._session, self._clock, self.spending)

    @property
    def instance_url(self) -> str:
        """The address API calls go to; signs in if need be."""
        return self._token().instance_url

    @property
    def org_id(self) -> str:
        """The 18-character id of the org that the credentials lead to; signs in if need be."""
        return self._token().org_id

    @property
    def calls(self) -> int:
        """How many API calls were made so far, as the org counts them."""
        return self.spending.calls

    @property
    def usage(self) -> tuple[int, int] | None:
        """The org's (used, limit) API calls of the last 24 hours as its last answer said, or None."""
        return self.spending.said

    def org_now(self) -> datetime:
        """Return the org's time; asks the org if it has not answered yet, which costs no API call."""
        if self._clock.time() is None:
            self._token()
        if self._clock.time() is None:  # another client had signed in
            self.call("GET", versions.PATH)
        return self._clock.before(0)

    def path(self, resource: str) -> str:
        """Return the whole path of a resource, such as "sobjects/Contact"; one that is whole stays.

        Raises ValueError for one that would lead elsewhere.
        """
        return paths.inside(resource if resource.startswith("/services/") else self._base + resource)

    def call(
        self,
        method: str,
        resource: str,
        *,
        body: Any = None,
        content: Content = None,
        content_type: str | None = None,
        accept: str | None = None,
        headers: Mapping[str, str] | None = None,
        read: bool | None = None,
        timeout: tuple[float, float] | None = None,
        parse: bool = True,
        name: str = "",
    ) -> Answer:
        """Send one request, signing in before and once more if the session has expired.

        `body` is sent as JSON, `content` (bytes, or a function returning fresh pieces of bytes) as it is, with
        `content_type`. With `parse=False` the body of the answer is bytes. `read` says that the request
        changes nothing in the org, so that it may be sent again after a passing error, by the table of
        `retries`; that holds for GET and HEAD if nothing is said. An answer of 401 means that the org has done
        nothing, so any request is sent again with a new token, once. `name` is what messages and logs call the
        resource, if its path must not be seen. Raises SalesforceError.
        """
        reads = _reads(method) if read is None else read
        self._require_permission(method, resource, reads, name)
        if body is not None:
            content, content_type = payload.dumps(body), JSON
        sent = _headers(headers, content_type, accept)
        expires = time.monotonic() + self.deadline

        def send(token: Token, attempt: int) -> Answer:
            request = self._request(token, method, resource, sent, content, timeout, parse, attempt, name)
            return self._transport.send(request, expires)

        try:
            return self._signed_in(send, lambda error: reads, expires)
        except UnsupportedVersion as error:
            if resource == versions.PATH:
                raise
            failure = error
        raise versions.explained(failure, self.api_version, self._versions())

    def stream(
        self,
        method: str,
        resource: str,
        *,
        headers: Mapping[str, str] | None = None,
        accept: str | None = None,
        timeout: tuple[float, float] | None = None,
    ) -> Stream:
        """Open an answer that is read in pieces, in a `with` block; the read timeout holds for each piece.

        The deadline bounds the time up to the first byte, and until then the request is repeated like
        any other that reads. Raises SalesforceError, Unavailable also from the pieces.
        """
        self._require_permission(method, resource, _reads(method))
        sent = _headers(headers, None, accept)
        expires = time.monotonic() + self.deadline

        def send(token: Token, attempt: int) -> Stream:
            request = self._request(token, method, resource, sent, None, timeout, True, attempt)
            return self._transport.stream(request, expires)

        return self._signed_in(send, lambda error: _reads(method), expires)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def _require_permission(self, method: str, resource: str, reads: bool, name: str = "") -> None:
        """Raise WritesDisabled for what may write where that is forbidden; jobs that query are the client's own."""
        if self.writes or reads or _reads(method) or QUERY_JOB.fullmatch(resource):
            return
        raise WritesDisabled(
            f"SF_WRITES is False for this org: {method} {name or paths.label(resource)} was not sent. "
            "Set SF_WRITES = True to allow it."
        )

    def _versions(self) -> Any:
        """Return the versions of the API that the org lists, which costs no call; None if it does not."""
        try:
            return self.call("GET", versions.PATH, read=False).body
        except SalesforceError:
            return None

    def _signed_in(self, send: Callable[[Token, int], T], repeatable: Repeatable, expires: float) -> T:
        """Send with the token there is, and once more with a new one if the org has ended its session or moved."""
        token = self._token()
        try:
            return self._repeated(lambda attempt: send(token, attempt), repeatable, expires)
        except SalesforceError as error:
            if not (is_curable(error) or has_moved(error)):
                raise
            failure = error
        renewed = self._tokens.renew(token, self._sign_in)
        if has_moved(failure) and renewed.instance_url == token.instance_url:
            raise failure
        return self._repeated(lambda attempt: send(renewed, attempt), repeatable, expires)

    def _repeated(self, send: Callable[[int], T], repeatable: Repeatable, expires: float) -> T:
        """Send until it succeeds, as often as the table of `retries` allows within the deadline."""
        attempt = 1
        while True:
            try:
                return send(attempt)
            except SalesforceError as error:
                attempt += 1
                again = repeatable(error) and not has_moved(error)
                wait = retries.wait_before(attempt, error, self.random) if again else None
                if wait is None or time.monotonic() + wait > expires:
                    raise
            self.sleep(wait)

    def _request(
        self,
        token: Token,
        method: str,
        resource: str,
        headers: Mapping[str, str],
        content: Content,
        timeout: tuple[float, float] | None,
        parse: bool,
        attempt: int,
        name: str = "",
    ) -> Request:
        url = token.instance_url + self.path(resource)
        waits = timeout or self.timeout
        return Request(method, url, Bearer(token), waits, headers, content, parse, attempt, name)

    def _token(self) -> Token:
        return self._tokens.current(self._sign_in)

    def _sign_in(self) -> Token:
        exchange = Exchange(
            self._exchange,
            auth_domain=self._auth_domain,
            trusted=self._trusted,
            api_version=self.api_version,
            now=lambda: self._clock.time() or self.now(),
        )
        try:
            return self._auth(exchange)
        except SalesforceError as error:
            failure = refusal(error)
        raise failure

    def _exchange(self, method: str, url: str, sealed: Any, parse: bool) -> Answer:
        """Send one request of a sign-in, again only while the org answers that it cannot work at all.

        What was refused is not repeated, since that locks users out; nor is what got no answer, since its
        refresh token may have been used up.
        """
        expires = time.monotonic() + self.deadline

        def send(attempt: int) -> Answer:
            request = Request(method, url, sealed, self.timeout, parse=parse, attempt=attempt)
            return self._transport.send(request, expires)

        return self._repeated(send, lambda error: error.status is not None, expires)


def _headers(
    headers: Mapping[str, str] | None, content_type: str | None, accept: str | None
) -> dict[str, str]:
    """Return the headers of a request."""
    named = {"Content-Type": content_type, "Accept": accept}
    return dict(headers or {}) | {name: value for name, value in named.items() if value is not None}


def _reads(method: str) -> bool:
    return method in ("GET", "HEAD")
