"""The transport without a network: requests of this process, answered in this process."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class InProcess(HTTPAdapter):
    """Answer the requests of a session by WSGI applications, one per host.

    Raise requests' ConnectionError for any other host, so that no test reaches a real org, and where the
    application drops the connection. There is no waiting, hence no timeout: to test those, use a socket.
    """

    def __init__(self, applications: Mapping[str, Application]) -> None:
        super().__init__()
        self._applications = applications

    def send(
        self, request: requests.PreparedRequest, *args: Any, stream: bool = False, **options: Any
    ) -> requests.Response:
        host = urlsplit(request.url or "").netloc
        application = self._applications.get(host)
        if application is None:
            raise requests.ConnectionError(f"{host} is no simulated org of this test.", request=request)
        started: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            started.update(status=status, headers=headers)

        try:
            body = iter(application(environ_of(request), start_response))
            first = next(body, b"")  # by then it has started (PEP 3333)
        except ConnectionError as error:
            raise requests.ConnectionError(error, request=request) from error
        code, _, reason = started["status"].partition(" ")
        raw = HTTPResponse(
            body=io.BufferedReader(_Body(itertools.chain([first], body))),
            headers=HTTPHeaderDict(started["headers"]),
            status=int(code),
            reason=reason,
            preload_content=False,
            request_method=request.method,
        )
        response: requests.Response = self.build_response(request, raw)
        if not stream:
            response.content  # noqa: B018  # read now, as requests promises
        return response


class _Body(io.RawIOBase):
    """The pieces of an answer as a file; a connection lost between two of them is lost for the reader."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def environ_of(request: requests.PreparedRequest) -> dict[str, Any]:
    """Return the WSGI environment of a request (PEP 3333), with the path as it was sent in REQUEST_URI."""
    parts = urlsplit(request.url or "")
    body = _content(request.body)
    environ = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": parts.path + (f"?{parts.query}" if parts.query else ""),
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = _text(value)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # the body is whole
    return environ


def _content(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
