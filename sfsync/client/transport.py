"""One request over HTTP: sent, counted, heard and logged. The only place that uses a requests session."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from ..exceptions import SalesforceError
from . import answers, hosts, retries
from .answers import Answer
from .clock import OrgClock
from .paths import label
from .session import LARGEST, Overflow, read
from .stream import Stream
from .usage import Usage

logger = logging.getLogger("sfsync.client")

DIRECT: Any = {"http": None, "https": None, "all": None}  # no proxy between two programs of one machine
REQUEST_ID = re.compile(r"[\w-]{1,100}", re.ASCII)

Content = bytes | Callable[[], Iterable[bytes]] | None


@dataclass(frozen=True)
class Request:
    """One request. Its address, headers and content can hold secrets and record values: repr leaves them out.

    `content` is bytes, or a function that returns the pieces anew, so that they can be sent again. With
    `parse` the body of an answer is read as JSON, else it stays bytes. `timeout` is (connect, read) in
    seconds, `attempt` counts from 1. `name` is what it is called if not by its path.
    """

    method: str
    url: str = field(repr=False)
    auth: AuthBase | None = field(repr=False)
    timeout: tuple[float, float]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: Content = field(default=None, repr=False)
    parse: bool = True
    attempt: int = 1
    name: str = ""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def resource(self) -> str:
        """How messages and logs name it."""
        return self.name or label(self.path)

    @property
    def size(self) -> int | str:
        """The bytes of its content, as far as they are known before they are sent."""
        return "streamed" if callable(self.content) else len(self.content or b"")

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
        began = self._clock.time()
        started = time.monotonic()
        response = self.open(request, expires - started)
        body = self._usable(request, response, self._body(request, response, expires, started))
        elapsed = time.monotonic() - started
        return Answer(response.status_code, response.headers, body, began or self._clock.before(elapsed))

    def stream(self, request: Request, expires: float) -> Stream:
        """Send a request and return its answer open. Raises SalesforceError as `send` does."""
        started = time.monotonic()
        response = self.open(request)
        if response.status_code >= 300 and response.status_code != 304:
            self._usable(request, response, self._body(request, response, expires, started))  # which raises
        self._log(request, response, started)
        return Stream(response, request.resource)

    def open(self, request: Request, longest: float | None = None) -> requests.Response:
        """Send a request and return its answer with the body unread; the caller closes it.

        No timeout is larger than `longest` seconds, if that is given; with none left nothing is sent.
        """
        connecting, reading = request.timeout
        if longest is not None:
            if longest <= 0:
                raise answers.too_late(request.resource)
            connecting, reading = min(connecting, longest), min(reading, longest)
        if request.is_counted:
            self._usage.before()
        started = time.monotonic()
        failure = None
        try:
            response = self._session.request(
                request.method,
                request.url,
                data=iter(request.content()) if callable(request.content) else request.content,
                headers=request.headers,
                auth=request.auth,
                timeout=(connecting, reading),
                allow_redirects=False,
                stream=True,
                verify=True,
                proxies=DIRECT if hosts.is_loopback(urlsplit(request.url).hostname) else None,
            )
        except OSError as error:  # those of requests, and one for certificates that are not there
            failure = answers.unanswered(error, request.resource)
        if failure is not None:  # outside of the except block, so that the request hangs on no traceback
            self._log(request, None, started)
            raise failure
        self._clock.hear(response.headers.get("Date"))
        self._usage.hear(response.headers.get("Sforce-Limit-Info", ""))
        return response

    def _body(self, request: Request, response: requests.Response, expires: float, started: float) -> bytes:
        failure: SalesforceError
        try:
            with response:
                received = read(response, expires)
            self._log(request, response, started, len(received))
            return received
        except requests.RequestException as error:
            failure = answers.unanswered(error, request.resource)
        except Overflow:
            failure = answers.oversized(request.resource, f"more than {LARGEST // 2**20} MiB")
        self._log(request, response, started)
        raise told(failure, response)  # outside of the except block, as above

    def _usable(self, request: Request, response: requests.Response, received: bytes) -> Any:
        """Return the body of an answer, or raise the error that it stands for."""
        if not request.parse and response.status_code < 300:
            return received
        try:
            if request.method == "HEAD":
                return answers.of_head(response.status_code, request.resource)
            return answers.parse(response.status_code, received, request.resource)
        except SalesforceError as error:
            told(error, response)
            raise

    def _log(
        self,
        request: Request,
        response: requests.Response | None,
        started: float,
        received: int | None = None,
    ) -> None:
        """Write the one line of a call: nothing in it comes from a record, a query or a header of a request."""
        if not logger.isEnabledFor(logging.INFO):
            return
        line = "%s %s %s in %d ms, attempt %d, request %s, %d calls used"
        values = [
            request.method,
            request.resource,
            response.status_code if response is not None else "without an answer",
            (time.monotonic() - started) * 1000,
            request.attempt,
            (request_id(response) if response is not None else "") or "-",
            self._usage.calls,
        ]
        if logger.isEnabledFor(logging.DEBUG):
            line += ", %s bytes sent, %s received"
            values += [request.size, "some" if received is None else received]
        logger.info(line, *values)


def request_id(response: requests.Response) -> str:
    """Return the id under which Salesforce's support finds a request, or "" for none or one of another form."""
    found = response.headers.get("X-Sfdc-Request-Id", "")
    return found if REQUEST_ID.fullmatch(found) else ""


def told(error: SalesforceError, response: requests.Response) -> SalesforceError:
    """Return the error with what the headers of its answer say."""
    error.request_id = request_id(response)
    error.retry_after = retries.asked_wait(response.headers)
    if error.retry_after:
        error.args = (f"{error} It asks to wait {error.retry_after:.0f} seconds.",)
    return error
