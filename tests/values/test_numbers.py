from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync.exceptions import ConversionError
from sfsync.values import at_scale, parse_number
from sfsync.values.numbers import plain


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=18))
def test_plain_loses_nothing_without_a_scale(number):
    """Covers F72."""
    assert Decimal(plain(number, None)) == number


@pytest.mark.parametrize("value", [1, 1.0, "1", " 1.0 ", "+1", "1e0", Decimal("1.00")])
def test_reads_every_kind_of_number(value):
    assert parse_number(value) == 1


@pytest.mark.parametrize(
    "value", [True, None, "", "1,5", "0x1", "1_0", "nan", "inf", float("nan"), b"1", [1]]
)
def test_refuses_what_is_no_number(value):
    with pytest.raises(ConversionError) as caught:
        parse_number(value)
    assert caught.value.code == "WRONG_TYPE"


@pytest.mark.parametrize("value", ["1e60", "1e-61", Decimal("1E+999999"), 10**60])
def test_refuses_exponents_that_would_fill_the_memory(value):
    """Covers F93."""
    with pytest.raises(ConversionError) as caught:
        parse_number(value)
    assert caught.value.code == "NUMBER_OUTSIDE_VALID_RANGE"


@pytest.mark.parametrize(
    ("number", "scale", "expected"),
    [("2.5", 0, "3"), ("-2.5", 0, "-3"), ("2.4999", 0, "2"), ("1", 3, "1.000")],
)
def test_rounds_half_up(number, scale, expected):
    assert str(at_scale(Decimal(number), scale)) == expected
