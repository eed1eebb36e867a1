"""The WSGI application: one request in, one answer out, whatever happens in between."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, partial
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request

from ..errors import OrgError, not_found
from ..faults import ConnectionDropped, Fault, Target
from ..wording import worded
from .answer import Answer
from .call import Call
from .delivery import deliver
from .disturbance import Disturbance
from .encoding import broken_gzip, compress, compress_stream, encode_body, header_list, inflate, status_line
from .markup import ROOTS, in_xml, wants_xml
from .places import placed
from .preconditions import http_date
from .routes import Route, call_route, find_route, takes_stream
from .site import RequestRecord, Site

logger = logging.getLogger(__name__)

# "Status Codes and Error Responses": 414 and 431.
MAX_URI = 16_384
# No request that this org reads into memory is larger; what JSON and XML may have is less, and `call` knows it.
MAX_BODY = 200_000_000
NO_ANSWER = 0
_CHUNK = 1 << 20

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Application:
    """Serve one site over WSGI."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ, populate_request=False)
        exchange = _Exchange(self.site, request)
        try:
            answer, body = exchange.answer()
        except ConnectionDropped:
            exchange.log(NO_ANSWER)
            raise
        accepted = request.headers.get("Accept-Encoding", "")
        chunks: Iterable[bytes]
        if answer.stream is None:
            body, encoding = compress(body, accepted)
            chunks = [body]
        else:
            chunks, encoding = compress_stream(self._watched(answer.stream), accepted)
        chunks, encoding = deliver(chunks, encoding, exchange.disturbance.actions, self.site.faults)
        exchange.log(answer.status)
        start_response(status_line(answer.status), header_list(answer, {**exchange.headers(), **encoding}))
        return [b""] if request.method == "HEAD" else chunks

    def _watched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the chunks on; what fails in the middle of them cuts the answer off and is remembered."""
        try:
            yield from chunks
        except Exception as error:
            # A boundary of the server: status and headers are out, so only an answer cut off can tell the client.
            logger.exception("The simulated org failed in the middle of an answer")
            self.site.failures.append(error)
            raise


class _Exchange:
    """One request on its way to an answer."""

    def __init__(self, site: Site, request: Request) -> None:
        self._site = site
        self._request = request
        self._uri = str(request.environ.get("REQUEST_URI") or quote(request.path))
        self._path, _, self._query = self._uri.partition("?")
        self._is_rest = self._path.startswith("/services/data/v")
        self._method = request.method
        self._route: Route | None = None
        self._arguments: Mapping[str, str] = {}
        self._missing = not_found()
        self._calls = 0
        self._subrequests: list[str] = []
        self.disturbance = Disturbance(site)

    def answer(self) -> tuple[Answer, bytes]:
        """Return the answer with its body as bytes; nothing that goes wrong gets past here."""
        pretty = self._request.headers.get("X-PrettyPrint") == "1"
        try:
            answer = self._answer_or_refusal()
            if self._in_xml:
                answer = in_xml(
                    answer, self._route.kind if self._route else "", self._arguments.get("sobject")
                )
            self._skip_rest()
            return answer, encode_body(answer, pretty=pretty)
        except ConnectionDropped:
            raise
        except Exception as error:
            # The boundary of the server: the client gets Salesforce's answer, the traceback goes to stderr.
            logger.exception("The simulated org failed")
            self._site.failures.append(error)
            failed = [{"message": "An unexpected error occurred.", "errorCode": "UNKNOWN_EXCEPTION"}]
            answer = Answer(500, failed)
            return answer, encode_body(answer, pretty=pretty)

    def _answer_or_refusal(self) -> Answer:
        try:
            return self._answer()
        except OrgError as error:
            return self._refusal(error)
        except HTTPException as error:  # a body that is cut off or too large
            return Answer(error.code or 400, [{"message": error.name, "errorCode": "INVALID_INPUT"}])

    def headers(self) -> dict[str, str]:
        """Return the org's time, and on every answer of the REST API but the list of versions the limit."""
        headers = {"Date": http_date(self._site.org.clock.now())}
        if self._is_rest:
            usage = self._site.usage
            headers["Sforce-Limit-Info"] = f"api-usage={usage.used}/{usage.limit}"
        return headers

    def log(self, status: int) -> None:
        """Put the request into the log, unless it is no part of Salesforce."""
        kind = self._route.kind if self._route else "unknown"
        record = RequestRecord(
            self._method,
            self._path,
            status,
            kind,
            self._calls,
            tuple(self._subrequests),
            self.disturbance.names,
        )
        if not (self._route and self._route.is_inspection):
            self._site.log(record)

    def _answer(self) -> Answer:
        self._check_size()
        call = self._call()
        try:
            self._route, self._arguments = find_route(self._path)
        except OrgError as error:
            self._missing = error
        with self._site.concurrency.running():
            self.disturbance = Disturbance(self._site, self._faults(call))
            return self.disturbance.handle(call, self._handled)

    def _faults(self, call: Call) -> list[tuple[Fault, Random]]:
        if not len(self._site.faults) or (self._route is not None and self._route.is_inspection):
            return []
        kind = self._route.kind if self._route else "unknown"
        body = call.content.decode("utf-8", "replace")
        target = Target(self._method, self._path, kind, unquote_plus(self._query), body)
        return self._site.faults.matching(target)

    def _handled(self, call: Call) -> Answer:
        try:
            return self._handle(call)
        except OrgError as error:
            return self._refusal(placed(error, call.content))

    def _refusal(self, error: OrgError) -> Answer:
        return Answer.of_error(worded(error, self._site.org.settings.texts))

    def _handle(self, call: Call) -> Answer:
        if self._route is None:
            if self._is_rest and self._missing.status == 404:
                self._admit(call, public=False, free=False)  # strangers do not learn what there is
            raise self._missing
        self._admit(call, public=self._route.public, free=self._route.free)
        self._check_accept()
        version = self._arguments.get("version", "66.0")
        with call.org.automation.duplicates_saved(_saves_duplicates(call), version):
            return call_route(self._route, self._arguments, call)

    def _admit(self, call: Call, *, public: bool, free: bool) -> None:
        """Let the caller in: find the session, count the call."""
        if not public:
            call.session = self._site.admit(self._request.headers.get("Authorization", ""))
        if not free:
            self._site.concurrency.require()
            self._site.usage.count()
            self._calls = 1

    def _call(self) -> Call:
        parameters = dict(parse_qsl(self._query, keep_blank_values=True))
        # For clients that cannot send PATCH ("Update a Record").
        if self._method == "POST" and "_HttpMethod" in parameters:
            self._method = parameters.pop("_HttpMethod").upper()
        content = b"" if self._is_streamed else self._content()
        return Call(
            site=self._site,
            method=self._method,
            path=self._path,
            parameters=parameters,
            query=self._query,
            headers={name.lower(): value for name, value in self._request.headers.items()},
            content=content,
            chunks=self._chunks if self._is_streamed else partial(iter, [content]),
            subrequests=self._subrequests,
        )

    def _content(self) -> bytes:
        self._request.max_content_length = MAX_BODY
        content = self._request.get_data(cache=False)
        if self._request.headers.get("Content-Encoding", "").lower() != "gzip":
            return content
        try:
            content = gzip.GzipFile(fileobj=BytesIO(content)).read(MAX_BODY + 1)
        except (OSError, EOFError, zlib.error):
            raise broken_gzip() from None
        if len(content) > MAX_BODY:  # little data may unpack to more than the memory holds
            raise RequestEntityTooLarge
        return content

    @cached_property
    def _is_streamed(self) -> bool:
        """Say whether the handler reads the body piece by piece; a fault that looks into it needs it whole."""
        return (
            self._method == "PUT"
            and takes_stream(self._path)
            and not self._site.faults.look_at_body(self._method, self._path)
        )

    def _chunks(self) -> Iterator[bytes]:
        """Yield the content piece by piece, for handlers that take more than fits into memory."""
        chunks = iter(lambda: self._request.stream.read(_CHUNK), b"")
        if self._request.headers.get("Content-Encoding", "").lower() != "gzip":
            return chunks
        return inflate(chunks)

    def _skip_rest(self) -> None:
        """Read what a handler left of a streamed body: the next request on the connection stands behind it."""
        if self._is_streamed:
            with suppress(HTTPException):  # the client has gone
                while self._request.stream.read(_CHUNK):
                    continue

    def _check_size(self) -> None:
        headers = sum(len(name) + len(value) for name, value in self._request.headers.items())
        if len(self._uri) > MAX_URI:
            raise OrgError(414, "URI_TOO_LONG", f"The URI is longer than {MAX_URI} bytes", code_first=True)
        if len(self._uri) + headers > MAX_URI:
            message = f"URI and headers are longer than {MAX_URI} bytes"
            raise OrgError(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", message, code_first=True)

    def _check_accept(self) -> None:
        if self._in_xml and self._route is not None and self._route.kind not in ROOTS:
            message = f"XML answers of {self._route.kind} are not supported by this simulated org yet"
            raise OrgError(406, "NOT_ACCEPTABLE", message, code_first=True)

    @property
    def _in_xml(self) -> bool:
        is_api = self._is_rest or self._path.startswith("/services/apexrest/")
        return is_api and wants_xml(self._request.headers.get("Accept", ""))


def _saves_duplicates(call: Call) -> bool:
    """Read the Duplicate Rule Header (REST guide)."""
    options = call.headers.get("sforce-duplicate-rule-header", "").replace(" ", "").lower()
    return "allowsave=true" in options.replace(",", ";").split(";")
