"""One org over HTTP: the only place that sends a request."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from ..exceptions import ConfigurationError, NotFound, SessionExpired, SignInFailed
from . import answers, hosts, payload
from .answers import Answer
from .auth import TOKEN_PATH, Bearer, MemoryTokenStore, Token, TokenStore
from .clock import OrgClock
from .errors import is_curable
from .paths import label
from .session import new_session, read

logger = logging.getLogger("sfsync.client")

MILLISECOND = timedelta(milliseconds=1)
API_USAGE = re.compile(r"\bapi-usage=(\d{1,12})/(\d{1,12})")
DIRECT: Any = {"http": None, "https": None, "all": None}  # no proxy between two programs of one machine


def utcnow() -> datetime:
    return datetime.now(UTC)


class Connection:
    """Send requests to one org, signed in, each within `timeout` and `deadline`.

    `auth` completes the token request. `timeout` is (connect, read) in seconds, `deadline` the seconds that
    one request may take in all. `now` and `sleep` are the local clock and the way to wait, for everything
    that works with this org. Safe to share between threads.
    """

    def __init__(
        self,
        *,
        auth_domain: str,
        auth: AuthBase,
        api_version: str = "66.0",
        session: requests.Session | None = None,
        now: Callable[[], datetime] = utcnow,
        sleep: Callable[[float], None] = time.sleep,
        timeout: tuple[float, float] = (10.0, 60.0),
        deadline: float = 300.0,
        token_store: TokenStore | None = None,
        trusted_hosts: Sequence[str] = (),
    ) -> None:
        if not re.fullmatch(r"\d{2,3}\.0", api_version):
            raise ConfigurationError('The API version (SF_API_VERSION) has the form "66.0".')
        self.now = now
        self.sleep = sleep
        self.timeout = timeout
        self.deadline = deadline
        self.usage: tuple[int, int] | None = None
        self.calls = 0
        self._trusted = tuple(trusted_hosts)
        self._auth_domain = hosts.auth_domain(auth_domain, self._trusted)
        self._auth = auth
        self._base = f"/services/data/v{api_version}/"
        self._session = session if session is not None else new_session()
        self._tokens = token_store if token_store is not None else MemoryTokenStore()
        self._clock = OrgClock(now)
        self._lock = threading.Lock()

    @property
    def instance_url(self) -> str:
        """The address API calls go to; signs in if need be."""
        return self._token().instance_url

    @property
    def org_id(self) -> str:
        """The 18-character id of the org that the credentials lead to; signs in if need be."""
        return self._token().org_id

    def org_now(self) -> datetime:
        """Return the org's time; asks the org if it has not answered yet, which costs no API call."""
        if self._clock.time() is None:
            self._token()
        if self._clock.time() is None:  # another client had signed in
            self.call("GET", "/services/data/")
        return self._org_time()

    def path(self, resource: str) -> str:
        """Return the whole path of a resource, such as "sobjects/Contact"; one that is whole stays."""
        return resource if resource.startswith("/services/data/") else self._base + resource

    def call(
        self,
        method: str,
        resource: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request, signing in before and once more if the session has expired.

        An answer of 401 means that the org has done nothing, so the request is sent again with a new token.
        No other request is ever repeated here. Raises SalesforceError.
        """
        path = self.path(resource)
        content = None if body is None else payload.dumps(body)
        token = self._token()
        try:
            return self._send(token, method, path, content, headers)
        except SessionExpired as error:
            if not is_curable(error):
                raise
        token = self._tokens.renew(token, self._sign_in)
        return self._send(token, method, path, content, headers)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def _token(self) -> Token:
        return self._tokens.current(self._sign_in)

    def _sign_in(self) -> Token:
        url = self._auth_domain + TOKEN_PATH
        try:
            answer = self._request("POST", url, auth=self._auth)
        except (NotFound, SessionExpired) as error:
            status = error.status
        else:
            return Token.from_answer(answer.body, signed_in_at=self._auth_domain, trusted=self._trusted)
        raise SignInFailed(
            f"The host of SF_AUTH_DOMAIN has no sign-in for this app ({status}). "
            "Check SF_AUTH_DOMAIN and the consumer key.",
            status=status,
            resource=label(TOKEN_PATH),
        )

    def _send(
        self, token: Token, method: str, path: str, content: bytes | None, headers: Mapping[str, str] | None
    ) -> Answer:
        sent = dict(headers or {})
        if content is not None:
            sent["Content-Type"] = "application/json"
        return self._request(
            method, token.instance_url + path, auth=Bearer(token), content=content, headers=sent
        )

    def _request(
        self,
        method: str,
        url: str,
        *,
        auth: AuthBase,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        parts = urlsplit(url)
        resource = label(parts.path)
        started = time.monotonic()
        began = self._clock.time()
        self._count(parts.path)
        failure = None
        try:
            with self._session.request(
                method,
                url,
                data=content,
                headers=headers,
                auth=auth,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
                verify=True,
                proxies=DIRECT if hosts.is_loopback(parts.hostname) else None,
            ) as response:
                self._observe(response)
                received = read(response, started + self.deadline)
        except requests.RequestException as error:
            failure = answers.unanswered(error, resource)
        if failure is not None:  # outside of the except block, so that the request hangs on no traceback
            raise failure
        elapsed = timedelta(seconds=time.monotonic() - started)
        logger.debug("%s %s %s in %d ms", method, resource, response.status_code, elapsed / MILLISECOND)
        body = answers.parse(response.status_code, received, resource)
        return Answer(response.status_code, response.headers, body, began or self._org_time() - elapsed)

    def _observe(self, response: requests.Response) -> None:
        self._clock.hear(response.headers.get("Date"))
        usage = API_USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
        if usage:
            self.usage = int(usage[1]), int(usage[2])

    def _count(self, path: str) -> None:
        """Count a call against the limit; the token endpoint and /services/data/ are free."""
        if path.startswith("/services/data/v"):
            with self._lock:
                self.calls += 1

    def _org_time(self) -> datetime:
        moment = self._clock.time()
        if moment is None:
            raise answers.malformed("services/data", "no Date header")
        return moment
