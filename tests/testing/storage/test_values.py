import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfsync.testing.schema import FieldSpec, columns
from sfsync.testing.storage import ExactNumber, decode, dumps, encode, format_moment, parse_moment
from sfsync.testing.storage.values import wire_decoder, wire_number

AMOUNT = columns.currency("Amount", "Amount", 2)


@settings(deadline=None)
@given(st.integers(-(10**18) + 1, 10**18 - 1), st.integers(0, 15))
def test_numbers_go_out_without_losing_a_digit(stored: int, scale: int) -> None:
    text = dumps(wire_number(stored, scale))
    assert Decimal(text) == Decimal(stored).scaleb(-scale)
    assert "." in text or "e" in text


@pytest.mark.parametrize(
    ("stored", "scale", "text"),
    [
        (564, 0, "564.0"),
        (56450, 2, "564.5"),
        (0, 2, "0.0"),
        (-1, 2, "-0.01"),
        (139000000, 0, "139000000.0"),
        (999999999999999999, 2, "9999999999999999.99"),
        (999999999999999999, 0, "999999999999999999.0"),
    ],
)
def test_how_numbers_look(stored: int, scale: int, text: str) -> None:
    assert dumps(wire_number(stored, scale)) == text


def test_exact_numbers_anywhere_in_a_body() -> None:
    exact = wire_number(999999999999999999, 2)
    assert isinstance(exact, ExactNumber) and "9999" not in repr(exact)
    assert exact == ExactNumber("9999999999999999.99") and len({exact, ExactNumber("1.0")}) == 2
    body = {"a": [exact, "ü"], "b": exact}
    assert dumps(body) == '{"a":[9999999999999999.99,"ü"],"b":9999999999999999.99}'
    assert json.loads(dumps(body), parse_float=Decimal)["b"] == Decimal("9999999999999999.99")


def test_dumps_refuses_what_is_not_json() -> None:
    with pytest.raises(TypeError, match="datetime is not JSON"):
        dumps({"at": datetime.now(UTC)})


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        (AMOUNT, Decimal("12.345"), 1234),
        (AMOUNT, 7, 700),
        (AMOUNT, None, None),
        (AMOUNT, Decimal("1e-99999999"), 0),
        (columns.boolean("A", "A"), True, 1),
        (columns.integer("A", "A"), 1000, 1000),
        (columns.text("A", "A", 5), "x", "x"),
        (
            columns.moment("A", "A"),
            datetime(2026, 1, 1, 10, tzinfo=timezone(timedelta(hours=2))),
            "2026-01-01T08:00:00.000+0000",
        ),
    ],
)
def test_encode(field: FieldSpec, value: Any, stored: Any) -> None:
    assert encode(field, value) == stored


@pytest.mark.parametrize("value", [Decimal("1e99999999"), Decimal("NaN"), Decimal("Infinity")])
def test_encode_refuses_what_no_column_holds(value: Decimal) -> None:
    with pytest.raises(ValueError, match="18 digits"):
        encode(AMOUNT, value)


def test_decode() -> None:
    assert decode(AMOUNT, 999999999999999999) == Decimal("9999999999999999.99")
    assert decode(AMOUNT, None) is None
    assert decode(columns.boolean("A", "A"), 0) is False
    assert decode(columns.text("A", "A", 5), "x") == "x"


def test_what_needs_no_decoder() -> None:
    assert wire_decoder(columns.text("A", "A", 5)) is None
    assert wire_decoder(columns.integer("A", "A")) is None


def test_moments_keep_whole_seconds() -> None:
    moment = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
    assert format_moment(moment) == "2026-02-03T04:05:06.000+0000"
    assert parse_moment(format_moment(moment)) == moment.replace(microsecond=0)
