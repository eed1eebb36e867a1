"""Numbers without loss: Decimal from end to end, at the scale of the org's field."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from sfsync.exceptions import ConversionError

# Salesforce keeps 18 digits. The bound only keeps a hostile exponent (1E+999999999) from filling the memory.
MAX_DIGITS = 60
EXACT = Context(prec=2 * MAX_DIGITS, rounding=ROUND_HALF_UP)
NUMBER = re.compile(r"[+-]?(?:\d{1,120}(?:\.\d{0,120})?|\.\d{1,120})(?:[eE][+-]?\d{1,4})?", re.ASCII)


def parse_number(value: Any) -> Decimal:
    """Return an int, float, Decimal or number text as a finite Decimal of sane size.

    Raises ConversionError. `True` is not a number, nor is NaN.
    """
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, str):
        value = value.strip() if NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ConversionError("The value is not a number.", code="WRONG_TYPE")
    number = Decimal(value)
    if not number.is_finite():
        raise ConversionError("The value is not a number.", code="WRONG_TYPE")
    if not number:
        return Decimal(0)
    if not -MAX_DIGITS <= number.adjusted() < MAX_DIGITS:
        raise out_of_range()
    return number


def at_scale(number: Decimal, scale: int) -> Decimal:
    """Round a number half up to `scale` decimal places, however long it is.

    The documentation disagrees with itself on what the org does with more decimals (DescribeSObjectResult
    says cut, the glossary says half up), so they are rounded before sending and compared at the scale.
    """
    try:
        return number.quantize(Decimal(1).scaleb(-scale), context=EXACT)
    except InvalidOperation:
        raise out_of_range() from None


def plain(number: Decimal, scale: int | None) -> str:
    """Write a number without an exponent: with exactly `scale` decimals, or with those it needs. -0 is 0."""
    exact = number.normalize(EXACT) if scale is None else at_scale(number, scale)
    return f"{exact if exact else exact.copy_abs():f}"


def out_of_range() -> ConversionError:
    return ConversionError("The number is out of range.", code="NUMBER_OUTSIDE_VALID_RANGE")
