import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync import exceptions
from sfsync.client.bulk.table import Table

TEXT = st.text(st.sampled_from('ab,;"\n\r\t\x00 \u00e9\u2028\ufeff\U0001f600'), max_size=6)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1, max_size=6)
)


def quoted(rows, delimiter=",", line_ending="\n"):
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL, delimiter=delimiter, lineterminator=line_ending).writerows(rows)
    return file.getvalue().encode()


@given(ROWS, st.integers(1, 9), st.sampled_from(",;\t`^|"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_rows_are_what_was_written_however_the_bytes_are_cut(rows, size, delimiter, line_ending, mark):
    """Covers F62: characters of four bytes, quotes and line breaks can lie on both sides of a cut."""
    content = quoted(rows, delimiter, line_ending)
    if mark or rows[0][0].startswith("\ufeff"):
        content = b"\xef\xbb\xbf" + content
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    table = Table(pieces, "results", delimiter=delimiter)
    assert [table.columns, *table] == rows


def test_no_bytes_are_no_columns():
    assert Table(iter(()), "results").columns == []


def test_rows_come_before_the_last_byte_is_there():
    def pieces():
        yield b'"Id"\n"1"\n"2'
        raise AssertionError("nobody has asked for this piece")

    table = Table(pieces(), "results")
    assert next(iter(table)) == ["1"]


@pytest.mark.parametrize(
    "content", [b'"Id"\n"1"x\n', b'"Id"\n"1"\n\n"2"\n', b'"Id"\n"1', b'"Id"\n"\xc3"\n', b'"Id"\n1\r2\n']
)
def test_what_is_no_csv_is_malformed(content):
    with pytest.raises(exceptions.MalformedResponse):
        list(Table(iter([content]), "results"))
