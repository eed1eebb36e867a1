from decimal import Decimal

import pytest

from sfsync.testing.bulk.text import double_text, echo_text, quoted_line, writer
from sfsync.testing.schema.columns import boolean, currency, integer, moment, text


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", "0.0"),
        ("-5", "-5.0"),
        ("1467", "1467.0"),
        ("0.25", "0.25"),
        ("0.001", "0.001"),
        ("0.00025", "2.5E-4"),
        ("9999999.5", "9999999.5"),
        ("10000000", "1.0E7"),
        ("912260031", "9.12260031E8"),
        ("-123456789012345678", "-1.23456789012345678E17"),
    ],
)
def test_a_double_as_java_prints_it(number: str, expected: str) -> None:
    assert double_text(Decimal(number), "exponent") == expected
    assert Decimal(expected) == Decimal(number)


def test_a_plain_double() -> None:
    assert double_text(Decimal("912260031"), "plain") == "912260031.0"
    assert double_text(Decimal("0.00025"), "plain") == "0.00025"


def test_uploaded_numbers_come_back_in_another_form() -> None:
    assert echo_text(currency("A", "A"), " 912260031 ", "exponent") == "9.12260031E8"
    assert echo_text(currency("A", "A"), "many", "exponent") == "many"
    assert echo_text(integer("A", "A"), "2676", "exponent") == "2676"


@pytest.mark.parametrize(
    ("field", "stored", "expected"),
    [
        (text("A", "A", 10), "x", "x"),
        (boolean("A", "A"), 0, "false"),
        (boolean("A", "A"), 1, "true"),
        (integer("A", "A"), 12, "12"),
        (currency("A", "A", 2), 12345, "123.45"),
        (moment("A", "A"), "2026-11-23T12:00:00.000+0000", "2026-11-23T12:00:00.000Z"),
    ],
)
def test_stored_values(field: object, stored: object, expected: str) -> None:
    assert writer(field, "exponent", "Z")(stored) == expected


def test_datetimes_as_rest_writes_them() -> None:
    write = writer(moment("A", "A"), "exponent", "+0000")
    assert write("2026-11-23T12:00:00.000+0000") == "2026-11-23T12:00:00.000+0000"


def test_every_value_is_quoted() -> None:
    assert quoted_line(["a", 'say "b"', "", "c\nd"], ",", "\r\n") == '"a","say ""b""","","c\nd"\r\n'
