"""Values as CSV shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Literal

from ..schema.base import FieldSpec

_EXACT = Context(prec=60)
Doubles = Literal["exponent", "plain"]
Datetimes = Literal["Z", "+0000"]


def quoted_line(values: Iterable[str], delimiter: str, line_ending: str) -> str:
    """Return one CSV line with every value in quotes."""
    return delimiter.join(['"' + value.replace('"', '""') + '"' for value in values]) + line_ending


def double_text(number: Decimal, style: Doubles) -> str:
    """Return a number as Java prints a double: 1467.0, and from ten million up 9.12260031E8."""
    if not number:
        return "0.0"
    number = number.normalize(_EXACT)
    if style == "plain" or -3 <= number.adjusted() < 7:
        text = f"{number:f}"
        return text if "." in text else f"{text}.0"
    sign, digits, _ = number.as_tuple()
    fraction = "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{digits[0]}.{fraction}E{number.adjusted()}"


def echo_text(field: FieldSpec, text: str, style: Doubles) -> str:
    """Return an uploaded value as results show it again: numbers come back in the form of a double."""
    if not field.is_scaled:
        return text
    try:
        return double_text(Decimal(text.strip()), style)
    except InvalidOperation:
        return text


def writer(field: FieldSpec, doubles: Doubles, datetimes: Datetimes) -> Callable[[Any], str]:
    """Return what turns a column's value that is not null into text."""
    if field.type == "boolean":
        return lambda stored: "true" if stored else "false"
    if field.is_scaled:
        scale = -field.scale
        return lambda stored: double_text(Decimal(stored).scaleb(scale, _EXACT), doubles)
    if field.type == "datetime" and datetimes == "Z":
        return lambda stored: stored.replace("+0000", "Z")
    return str
