import csv
import io
from decimal import Decimal

import pytest

from sfsync import exceptions
from sfsync.client.bulk.cells import flat, header_line, line_writer


def written(**record):
    return line_writer(list(record))(record).decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "#N/A"),
        ("", "#N/A"),
        (" ", " "),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (Decimal("1E+5"), "100000"),
        (Decimal("0.10"), "0.10"),
        ("2026-11-23T12:00:00.000Z", "2026-11-23T12:00:00.000Z"),
        ('a"b', '"a""b"'),
        ("a,b", '"a,b"'),
        ("a\rb", '"a\rb"'),
        ("a\nb", '"a\nb"'),
        ("\U0001f600", "\U0001f600"),
    ],
)
def test_values(value, text):
    assert written(Name="x", Value=value) == f"x,{text}\r\n"


def test_a_field_that_is_missing_is_an_empty_cell():
    assert line_writer(["A", "B", "C"])({"B": 1}) == b",1,\r\n"


def test_a_lone_empty_cell_is_no_blank_line():
    assert next(csv.reader(io.StringIO(line_writer(["A"])({}).decode()))) == [""]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("#N/A", "MEANS_NULL"),
        ("x" * 131_073, "STRING_TOO_LONG"),
        ("\ud83d", "NOT_UTF8"),
        (1.5, "WRONG_TYPE"),
        (Decimal("NaN"), "WRONG_TYPE"),
        ([], "WRONG_TYPE"),
    ],
)
def test_what_no_load_can_carry(value, code):
    with pytest.raises(exceptions.ConversionError) as caught:
        written(Value=value)
    assert caught.value.code == code
    assert caught.value.__context__ is None


def test_a_record_that_is_too_long_as_a_whole():
    with pytest.raises(exceptions.ConversionError, match="400000"):
        written(**{f"Field{number}": "x" * 130_000 for number in range(4)})


def test_a_field_that_is_no_column_is_not_lost_silently():
    with pytest.raises(exceptions.ConversionError, match="no column"):
        line_writer(["Name"])({"Name": "A", "Phone": "1"})


def test_parents_are_columns():
    record = {
        "attributes": {"type": "Task"},
        "Subject": "A",
        "Account": {"Ext__c": "1"},
        "Who": {"attributes": {"type": "Lead"}, "Email": "a@example.com"},
    }
    assert flat(record) == {"Subject": "A", "Account.Ext__c": "1", "Lead:Who.Email": "a@example.com"}


def test_the_header():
    assert header_line(["Id", "Account.Ext__c"]) == b"Id,Account.Ext__c\r\n"
