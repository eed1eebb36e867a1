"""An answer on its way through the connection, and what can happen to it there."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..faults import ConnectionDropped, Faults
from ..faults.actions import Action, BrokenGzip, Cut, Flood, Trickle, Truncate, WrongLength

MEGABYTE = 1_000_000


@dataclass
class Delivery:
    """The bytes of an answer with the headers that describe them; `complete` False ends in a lost connection."""

    pieces: Iterable[bytes]
    headers: dict[str, str] = field(default_factory=dict)
    complete: bool = True

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces
        if not self.complete:
            raise ConnectionDropped


def deliver(
    pieces: Iterable[bytes],
    headers: Mapping[str, str],
    actions: Sequence[tuple[Action, random.Random]],
    faults: Faults,
) -> tuple[Iterable[bytes], dict[str, str]]:
    """Return a body and its headers as they are sent, with what faults do to them on the wire."""
    delivery = Delivery(pieces, dict(headers))
    spoilers = [(action, _SPOILERS[type(action)]) for action, _ in actions if type(action) in _SPOILERS]
    if not spoilers:
        return pieces, delivery.headers
    for action, spoil in spoilers:
        spoil(delivery, action, b"" if isinstance(action, Flood) else b"".join(delivery.pieces), faults)
    return delivery, delivery.headers


def _cut(delivery: Delivery, action: Cut, body: bytes, faults: Faults) -> None:
    delivery.pieces = [body[: int(len(body) * action.share)]]
    delivery.complete = False


def _truncate(delivery: Delivery, action: Truncate, body: bytes, faults: Faults) -> None:
    """Cut the text, not its compressed form, so that nothing but the text tells."""
    if "Content-Encoding" in delivery.headers:
        text = gzip.decompress(body)
        delivery.pieces = [gzip.compress(text[: int(len(text) * action.share)], mtime=0)]
    else:
        delivery.pieces = [body[: int(len(body) * action.share)]]


def _break_gzip(delivery: Delivery, action: BrokenGzip, body: bytes, faults: Faults) -> None:
    if "Content-Encoding" not in delivery.headers:
        body = gzip.compress(body, mtime=0)
        delivery.headers["Content-Encoding"] = "gzip"
    checksum = bytes(byte ^ 0xFF for byte in body[-8:-4])  # RFC 1952: the CRC, then the size
    delivery.pieces = [body[:-8] + checksum + body[-4:]]


def _promise(delivery: Delivery, action: WrongLength, body: bytes, faults: Faults) -> None:
    length = max(0, len(body) + action.by)
    delivery.headers["Content-Length"] = str(length)
    delivery.pieces = [body[:length]]
    delivery.complete = False


def _trickle(delivery: Delivery, action: Trickle, body: bytes, faults: Faults) -> None:
    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), action.piece):
            if start:
                faults.wait(action.pause)
            yield body[start : start + action.piece]

    delivery.pieces = pieces()


def _flood(delivery: Delivery, action: Flood, body: bytes, faults: Faults) -> None:
    text = _deep(action.depth) if action.depth else _long(action.megabytes)
    delivery.headers.pop("Content-Encoding", None)
    if action.gzip:
        delivery.headers["Content-Encoding"] = "gzip"
        text = _compressed(text)
    delivery.pieces = text


def _long(megabytes: int) -> Iterator[bytes]:
    """Yield a JSON document with one very long string, piece by piece."""
    yield b'{"totalSize":1,"done":true,"records":[{"Name":"'
    for _ in range(megabytes):
        yield b"x" * MEGABYTE
    yield b'"}]}'


def _deep(depth: int) -> Iterator[bytes]:
    yield b"[" * depth
    yield b"]" * depth


def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for piece in pieces:
        yield compressor.compress(piece)
    yield compressor.flush()


_SPOILERS: dict[type[Action], Callable[..., None]] = {
    Cut: _cut,
    Truncate: _truncate,
    BrokenGzip: _break_gzip,
    WrongLength: _promise,
    Trickle: _trickle,
    Flood: _flood,
}
