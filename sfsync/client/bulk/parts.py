"""Rows in temporary files, each as large as one job takes.

Bulk API 2.0 guide, "Upload Job Data": 150 MB in base64, so at most 100 MB of CSV should be sent. A file can be sent
again after the session has expired, which an iterator cannot, and only the size of the bytes tells when it is full.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from ...exceptions import ConversionError, EngineError
from .cells import Record, header_line, line_writer

LARGEST_UPLOAD = 100_000_000  # bytes
IN_MEMORY = 1 << 20  # bytes; what is larger goes to a file that has no name
PIECE = 1 << 16

Refuse = Callable[[Record, ConversionError], object]


class Part:
    """The CSV of one job: how many `rows` and bytes (`size`) it has, and its pieces, as often as they are needed."""

    def __init__(self, file: IO[bytes]) -> None:
        self.rows = 0
        self.size = 0
        self._file = file

    def add(self, line: bytes, *, rows: int = 1) -> None:
        self._file.write(line)
        self.rows += rows
        self.size += len(line)

    def pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece


def parts(
    columns: Sequence[str],
    records: Iterable[Record],
    refuse: Refuse,
    *,
    key: str,
    largest: int = LARGEST_UPLOAD,
) -> Iterator[Part]:
    """Write records into parts of at most `largest` bytes, each good until the next is asked for.

    A record that cannot be loaded, or has no value in the column `key`, goes to `refuse` with the reason. Raises
    EngineError when the disk is full.
    """
    lines = _lines(columns, records, refuse, key)
    header = header_line(columns)
    line = next(lines, None)
    while line is not None:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, prefix="sfsync-") as file:
            part = Part(file)
            with _clear_when_full():
                part.add(header, rows=0)
                while line is not None and (not part.rows or part.size + len(line) <= largest):
                    part.add(line)
                    line = next(lines, None)
                file.flush()
            yield part


def _lines(columns: Sequence[str], records: Iterable[Record], refuse: Refuse, key: str) -> Iterator[bytes]:
    write = line_writer(columns)
    for record in records:
        try:
            if record.get(key) in (None, ""):
                raise ConversionError("The record has no value to be known by.", code="NO_KEY", field=key)
            line = write(record)
        except ConversionError as error:
            refuse(record, error)
        else:
            yield line


@contextmanager
def _clear_when_full() -> Iterator[None]:
    try:
        yield
        return
    except OSError as error:
        reason = error.strerror
    raise EngineError(
        f"The data of a bulk load could not be written in {tempfile.gettempdir()}: {reason}. Make room there, or let "
        "TMPDIR name another folder, and start again."
    )
