"""What an application sends reaches a session without a network, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sfsync.test.transport import InProcess

URL = "https://org.example"


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("201 Created", [("X-Uri", environ["REQUEST_URI"]), ("X-Type", environ["CONTENT_TYPE"])])
    return [b"", environ["REQUEST_METHOD"].encode(), b" ", environ["wsgi.input"].read()]


def cut(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"half"
    raise ConnectionResetError


def drop(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    raise ConnectionResetError


def short(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "10")])
    return [b"half"]


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        hosts = {"org.example": echo, "cut.example": cut, "drop.example": drop, "short.example": short}
        session.mount("https://", InProcess(hosts))
        yield session


@pytest.mark.parametrize("body", [b"body", "body", iter([b"bo", b"dy"])])
def test_a_request_and_its_answer(session: requests.Session, body: Any) -> None:
    answer = session.post(f"{URL}/a%20b?c=d%2Be", data=body, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.reason, answer.text) == (201, "Created", "POST body")
    assert (answer.headers["X-Uri"], answer.headers["X-Type"]) == ("/a%20b?c=d%2Be", "text/csv")


@pytest.mark.parametrize("host", ["drop", "cut", "short", "elsewhere"])
def test_what_is_lost_is_an_error_of_requests(session: requests.Session, host: str) -> None:
    with pytest.raises(requests.RequestException):
        session.get(f"https://{host}.example/")


def test_a_body_that_is_streamed_breaks_where_it_is_read(session: requests.Session) -> None:
    with session.get("https://cut.example/", stream=True) as answer:
        assert answer.status_code == 200
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            list(answer.iter_content(100))
