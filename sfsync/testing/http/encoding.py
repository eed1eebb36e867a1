"""Answers as bytes: JSON, compressed when the client asks, with the headers of a real org."""

from __future__ import annotations

import gzip
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping

from ..errors import OrgError
from ..faults.pages import phrase
from ..storage import dumps
from .answer import Answer

# Below this size compression saves nothing; a server is free not to compress ("Compression Headers").
_SMALLEST = 1_000
_GZIP = 31  # zlib's name for a gzip header and trailer around the data
_PIECE = 1 << 20

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
    if answer.body is None or answer.stream is not None:
        return b""
    if not answer.media_type.startswith("application/json"):
        return str(answer.body).encode()
    return dumps(answer.body, pretty=pretty).encode("utf-8", "replace")


def compress(body: bytes, accepted: str) -> tuple[bytes, dict[str, str]]:
    """Return the body as it is sent, and the headers that say so."""
    if len(body) < _SMALLEST or "gzip" not in accepted.lower():
        return body, {}
    return gzip.compress(body, compresslevel=1, mtime=0), {"Content-Encoding": "gzip"}


def compress_stream(chunks: Iterable[bytes], accepted: str) -> tuple[Iterable[bytes], dict[str, str]]:
    """Return the chunks of a long body as they are sent, and the headers that say so."""
    if "gzip" not in accepted.lower():
        return chunks, {}
    return _deflate(chunks), {"Content-Encoding": "gzip"}


def _deflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the content of a gzip body piece by piece; raise OrgError JSON_PARSER_ERROR for a broken one."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            while chunk:
                yield unpacker.decompress(chunk, _PIECE)
                chunk = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error:
        raise broken_gzip() from None
    if not unpacker.eof:
        raise broken_gzip()


def broken_gzip() -> OrgError:
    message = "The request body is not the gzip data that Content-Encoding promises"
    return OrgError(400, "JSON_PARSER_ERROR", message)


def status_line(status: int) -> str:
    return f"{status} {phrase(status)}"


def header_list(answer: Answer, extra: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the headers of an answer; Server and Transfer-Encoding are the server's."""
    headers = {**STANDARD_HEADERS, "X-Sfdc-Request-Id": secrets.token_hex(16)}
    if answer.body is not None or answer.stream is not None:
        headers["Content-Type"] = answer.media_type
    return list({**headers, **answer.headers, **extra}.items())
