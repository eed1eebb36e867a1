"""One request over HTTP: sent, counted, heard and logged. The only place that uses a requests session."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from ..exceptions import SalesforceError
from . import answers, hosts
from .answers import Answer
from .clock import OrgClock
from .paths import label
from .session import read
from .stream import Stream
from .usage import Usage

logger = logging.getLogger("sfsync.client")

DIRECT: Any = {"http": None, "https": None, "all": None}  # no proxy between two programs of one machine
REQUEST_ID = "X-Sfdc-Request-Id"

Content = bytes | Callable[[], Iterable[bytes]] | None


@dataclass(frozen=True)
class Request:
    """One request. Its address, headers and content can hold secrets and record values: repr leaves them out.

    `content` is bytes, or a function that returns the pieces anew, so that they can be sent again. With
    `parse` the body of an answer is read as JSON, else it stays bytes. `timeout` is (connect, read) in
    seconds, `attempt` counts from 1.
    """

    method: str
    url: str = field(repr=False)
    auth: AuthBase | None = field(repr=False)
    timeout: tuple[float, float]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: Content = field(default=None, repr=False)
    parse: bool = True
    attempt: int = 1

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def resource(self) -> str:
        """How messages and logs name it."""
        return label(self.path)

    @property
    def is_counted(self) -> bool:
        """Whether it counts against the org's limit; the token endpoint and /services/data/ are free."""
        return self.path.startswith(("/services/data/v", "/services/apexrest/"))


class Transport:
    """Send requests over one session, and notice what each answer tells of the org's time and limits."""

    def __init__(self, session: requests.Session, clock: OrgClock, usage: Usage) -> None:
        self._session = session
        self._clock = clock
        self._usage = usage

    def send(self, request: Request, expires: float) -> Answer:
        """Send a request and read its whole answer before `expires` (`time.monotonic()`).

        Raises SalesforceError for an answer that is an error, for none, and BudgetSpent before the call.
        """
        started, began = time.monotonic(), self._clock.time()
        response = self.open(request)
        received = self._body(request, response, expires)
        elapsed = time.monotonic() - started
        self._log(request, response, elapsed)
        body = self._usable(request, response, received)
        return Answer(response.status_code, response.headers, body, began or self._clock.before(elapsed))

    def stream(self, request: Request, expires: float) -> Stream:
        """Send a request and return its answer open. Raises SalesforceError as `send` does."""
        started = time.monotonic()
        response = self.open(request)
        if response.status_code >= 300:
            with response:
                self._usable(request, response, self._body(request, response, expires))
        stream = Stream(response, request.resource)
        self._log(request, response, time.monotonic() - started)
        return stream

    def open(self, request: Request) -> requests.Response:
        """Send a request and return its answer with the body unread; the caller closes it."""
        if request.is_counted:
            self._usage.before()
        failure = None
        try:
            response = self._session.request(
                request.method,
                request.url,
                data=request.content() if callable(request.content) else request.content,
                headers=request.headers,
                auth=request.auth,
                timeout=request.timeout,
                allow_redirects=False,
                stream=True,
                verify=True,
                proxies=DIRECT if hosts.is_loopback(urlsplit(request.url).hostname) else None,
            )
        except requests.RequestException as error:
            failure = answers.unanswered(error, request.resource)
        if failure is not None:  # outside of the except block, so that the request hangs on no traceback
            raise failure
        self._clock.hear(response.headers.get("Date"))
        self._usage.hear(response.headers.get("Sforce-Limit-Info", ""))
        return response

    def _body(self, request: Request, response: requests.Response, expires: float) -> bytes:
        try:
            with response:
                return read(response, expires)
        except requests.RequestException as error:
            failure = answers.unanswered(error, request.resource)
        raise failure  # outside of the except block, so that no request with its headers hangs on it

    def _usable(self, request: Request, response: requests.Response, received: bytes) -> Any:
        """Return the body of an answer, or raise the error that it stands for."""
        if not request.parse and response.status_code < 300:
            return received
        try:
            return answers.parse(response.status_code, received, request.resource)
        except SalesforceError as error:
            error.request_id = response.headers.get(REQUEST_ID, "")
            raise

    def _log(self, request: Request, response: requests.Response, seconds: float) -> None:
        logger.debug(
            "%s %s %s in %d ms", request.method, request.resource, response.status_code, seconds * 1000
        )
