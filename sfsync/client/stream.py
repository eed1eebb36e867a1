"""An answer read piece by piece, for what is too large to keep in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

import requests

from . import answers
from .session import PIECE


class Stream:
    """The answer to one request, open until the `with` block ends. Raises Unavailable when it is cut off."""

    def __init__(self, response: requests.Response, resource: str) -> None:
        self._response = response
        self._resource = resource
        self._pieces = response.iter_content(PIECE)
        self._first = self._next()  # so that a connection cut before the first byte fails here

    @property
    def status(self) -> int:
        return self._response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, whatever their case."""
        return self._response.headers

    def chunks(self) -> Iterator[bytes]:
        """Yield the decoded body in pieces as they arrive, once. Raises Unavailable when it is cut off."""
        piece, self._first = self._first, b""
        while piece:
            yield piece
            piece = self._next()

    def close(self) -> None:
        self._response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _next(self) -> bytes:
        try:
            return next(self._pieces, b"")
        except requests.RequestException as error:
            failure = answers.unanswered(error, self._resource)
        self.close()
        raise failure
