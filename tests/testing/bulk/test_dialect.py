from __future__ import annotations

import csv
from typing import Any

import pytest

from sfsync.testing.bulk.dialect import DELIMITERS, MAX_FIELD, MAX_RECORD, Rows
from sfsync.testing.bulk.jobs import Job, JobFailed


def make_job(**more: Any) -> Job:
    stamp = "2026-11-23T12:00:00.000+0000"
    return Job(
        id="750", operation="insert", sobject="Account", user="005", version="66.0",
        created=stamp, modified=stamp, state="Open", **more,
    )  # fmt: skip


def read(data: str | bytes, size: int = 7, **more: Any) -> tuple[str, list[list[str]]]:
    """Return the raw header and all rows of an upload that comes in small pieces."""
    content = data if isinstance(data, bytes) else data.encode()
    rows = Rows(make_job(**more), [content[at : at + size] for at in range(0, len(content), size)])
    return rows.raw_header, [rows.header, *rows]


def refusal(data: str | bytes, size: int = 7, **more: Any) -> str:
    with pytest.raises(JobFailed) as caught:
        read(data, size, **more)
    return caught.value.message


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("line_ending", ["LF", "CRLF"])
def test_every_dialect(delimiter: str, line_ending: str) -> None:
    mark, end = DELIMITERS[delimiter], {"LF": "\n", "CRLF": "\r\n"}[line_ending]
    data = f'Name{mark}City{end}"a{mark}b"{mark}Zürich{end}'
    raw, rows = read(data, delimiter=delimiter, line_ending=line_ending)
    assert raw == f"Name{mark}City"
    assert rows == [["Name", "City"], [f"a{mark}b", "Zürich"]]


def test_quotes_hold_newlines_of_either_kind_and_quotes() -> None:
    assert read('"Na""me",B\n"a\nb","c\r\nd"\n')[1] == [['Na"me', "B"], ["a\nb", "c\r\nd"]]


def test_the_header_is_kept_as_it_was_sent() -> None:
    assert read('\ufeff"NAME",city\nx,y')[0] == '"NAME",city'


def test_blank_lines_are_no_rows_and_values_are_not_trimmed() -> None:
    assert read("A,B\n\n x , y \n\n")[1] == [["A", "B"], [" x ", " y "]]


def test_the_last_row_needs_no_line_ending() -> None:
    assert read("A\nx")[1] == [["A"], ["x"]]


@pytest.mark.parametrize(("data", "declared"), [("A\r\nx\r\n", "LF"), ("A\nx\n", "CRLF"), ("A\rx\r", "LF")])
def test_the_other_line_ending(data: str, declared: str) -> None:
    assert refusal(data, line_ending=declared) == (
        f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {declared}"
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "no header row"),
        ("A,B\nx,y,z\n", "Row 2 has more values"),
        ('A\n"x" \n', "no CSV"),
        ('A\n"x\n', "no CSV"),
        (b"A\n\xff\n", "not UTF-8"),
        ("A\n" + "x" * (MAX_FIELD + 1) + "\n", f"field is longer than {MAX_FIELD}"),
        ("A,B,C,D\n" + ",".join(["x" * (MAX_FIELD - 10)] * 4) + "\n", f"longer than {MAX_RECORD}"),
        ("A\n" + "x" * (MAX_RECORD * 5), f"longer than {MAX_RECORD}"),
        ("x" * 32_001 + "\n", "header row is longer"),
        (",".join(["x"] * 5_001) + "\n", "more than 5000 fields"),
    ],
)
def test_data_that_is_refused(data: str | bytes, words: str) -> None:
    assert words in refusal(data, size=100_000)


@pytest.mark.parametrize("limit", [131_072, 1_000_000])
def test_the_limit_of_a_field_is_that_of_the_org(limit: int) -> None:
    before = csv.field_size_limit(limit)
    try:
        assert f"longer than {MAX_FIELD}" in refusal("A\n" + "x" * (MAX_FIELD + 1) + "\n", size=100_000)
    finally:
        csv.field_size_limit(before)


def test_a_row_may_be_shorter_than_the_header() -> None:
    assert read("A,B\nx\n")[1] == [["A", "B"], ["x"]]
