"""CSV read while it arrives.

Bulk API 2.0 guide, "Get Results for a Query Job": UTF-8, every value in quotes, quotes doubled. Line breaks and
delimiters inside of quotes belong to the value, and so does everything else: nothing is trimmed or replaced.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ..answers import malformed
from .dialect import allow_long_fields


class Table:
    """The rows of one answer, read once, as lists of text in the order of `columns`; "" stands for null.

    Raises MalformedResponse for what is no CSV, and for a row that is shorter or longer than the first.
    """

    def __init__(self, pieces: Iterator[bytes], resource: str, *, delimiter: str = ",") -> None:
        allow_long_fields()
        text = io.TextIOWrapper(_Pieces(pieces), "utf-8-sig", newline="\n")
        self._reader = csv.reader(text, delimiter=delimiter, strict=True)
        self._resource = resource
        self.columns = next(self._rows(), [])

    def __iter__(self) -> Iterator[list[str]]:
        width = len(self.columns)
        for row in self._rows():
            if len(row) != width:
                raise malformed(self._resource, "a row that does not fit the header")
            yield row

    def _rows(self) -> Iterator[list[str]]:
        try:
            yield from self._reader
            return
        except (csv.Error, UnicodeDecodeError):  # their texts can quote the row
            failure = malformed(self._resource, "something that is no CSV in UTF-8")
        raise failure


class _Pieces(io.BufferedIOBase):
    """Pieces of bytes as a file, for TextIOWrapper, which decodes and finds the lines in C."""

    name = "answer"

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:
        """Return the next piece, however long it is."""
        return next(self._pieces, b"")
