"""CSV as a job declares it: delimiter, line ending, limits ("Prepare CSV Files")."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator

from .jobs import Job, JobFailed

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}

# "Bulk API and Bulk API 2.0 Limits and Allocations", and "Prepare CSV Files" for the header.
MAX_FIELD = 131_072
MAX_FIELDS = 5_000
MAX_RECORD = 400_000
MAX_HEADER = 32_000


class Rows:
    """Read the rows of an upload one by one; `header` is the first, `raw_header` the same as it was sent.

    Raise JobFailed for data that is no CSV of the declared form. Blank lines are no rows.
    """

    def __init__(self, job: Job, chunks: Iterable[bytes]) -> None:
        self._line_ending = job.line_ending
        self._pulled: list[str] = []
        self._count = 0
        reader = csv.reader(self._lines(chunks), delimiter=DELIMITERS[job.delimiter], strict=True)
        self._rows = self._checked(reader)
        self.header = next(self._rows, [])
        self.raw_header = "".join(self._pulled).rstrip("\r\n")
        if len(self.raw_header) > MAX_HEADER:
            raise JobFailed(f"InvalidBatch : The header row is longer than {MAX_HEADER} characters")
        if not self.header:
            raise JobFailed("InvalidBatch : The data has no header row")

    def __iter__(self) -> Iterator[list[str]]:
        for row in self._rows:
            if len(row) > len(self.header):
                raise JobFailed(f"InvalidBatch : Row {self._count} has more values than the header has names")
            yield row

    def _checked(self, reader: Iterator[list[str]]) -> Iterator[list[str]]:
        """Yield the rows that are not blank, each within the limits and ended as declared."""
        try:
            while True:
                self._pulled.clear()
                row = next(reader, None)
                if row is None:
                    return
                self._check_line_ending()
                if row:
                    self._count += 1
                    _check_size(row)
                    yield row
        except csv.Error as error:
            if "new-line character" in str(error):
                raise self._wrong_line_ending() from None
            if "field limit" in str(error):  # Python's own, which every process may set as it likes
                raise _field_too_long() from None
            raise JobFailed(f"InvalidBatch : The data is no CSV: {error}") from None
        except UnicodeDecodeError:
            raise JobFailed("InvalidBatch : The data is not UTF-8") from None

    def _lines(self, chunks: Iterable[bytes]) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        rest = ""
        for chunk in chunks:
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            if len(rest) > MAX_RECORD * 4:  # before it is glued to the next piece, and to the next
                raise JobFailed(f"InvalidBatch : A record is longer than {MAX_RECORD} characters")
            for line in lines:
                self._pulled.append(line + "\n")
                yield self._pulled[-1]
        rest += decoder.decode(b"", True)
        if rest:
            self._pulled.append(rest)
            yield rest

    def _check_line_ending(self) -> None:
        """Compare the end of the row; inside quotes either ending is data, and the last row needs none."""
        last = self._pulled[-1] if self._pulled else ""
        if last.endswith("\n") and last.endswith("\r\n") != (self._line_ending == "CRLF"):
            raise self._wrong_line_ending()

    def _wrong_line_ending(self) -> JobFailed:
        return JobFailed(
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "
            f"{self._line_ending}"
        )


def _check_size(row: list[str]) -> None:
    if len(row) > MAX_FIELDS:
        raise JobFailed(f"InvalidBatch : A record has more than {MAX_FIELDS} fields")
    if sum(map(len, row)) > MAX_RECORD:
        raise JobFailed(f"InvalidBatch : A record is longer than {MAX_RECORD} characters")
    if len(max(row, key=len)) > MAX_FIELD:
        raise _field_too_long()


def _field_too_long() -> JobFailed:
    return JobFailed(f"InvalidBatch : A field is longer than {MAX_FIELD} characters")
