"""Answers as bytes: JSON, compressed when the client asks, with the headers of a real org."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from ..storage import dumps
from .answer import Answer

# Below this size compression saves nothing; a server is free not to compress ("Compression Headers").
_SMALLEST = 1_000

STANDARD_HEADERS = {
    "Set-Cookie": "BrowserId=simulated; path=/; Max-Age=31536000",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block",
    "X-Robots-Tag": "none",
    "Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private",
    "Vary": "Accept-Encoding",
}


def encode_body(answer: Answer, *, pretty: bool = False) -> bytes:
    """Return the body of an answer, empty for none; `pretty` spreads JSON over lines."""
    if answer.body is None:
        return b""
    if not answer.media_type.startswith("application/json"):
        return str(answer.body).encode()
    return dumps(answer.body, pretty=pretty).encode("utf-8", "replace")


def compress(body: bytes, accepted: str) -> tuple[bytes, dict[str, str]]:
    """Return the body as it is sent, and the headers that say so."""
    if len(body) < _SMALLEST or "gzip" not in accepted.lower():
        return body, {}
    return gzip.compress(body, compresslevel=1, mtime=0), {"Content-Encoding": "gzip"}


def status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def header_list(answer: Answer, extra: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the headers of an answer; Server and Transfer-Encoding are the server's."""
    headers = {**STANDARD_HEADERS, "X-Sfdc-Request-Id": secrets.token_hex(16)}
    if answer.body is not None:
        headers["Content-Type"] = answer.media_type
    return list({**headers, **answer.headers, **extra}.items())
