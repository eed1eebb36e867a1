"""Values in columns and on the wire.

Text, ids, dates and datetimes are stored as they travel; booleans as 0 and 1; numbers with a scale as the
integer value * 10 ** scale, which is exact to the 18 digits a field can have.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Context, Decimal, InvalidOperation
from typing import Any

from ..schema.base import FieldSpec

# Every decimal of up to 15 significant digits has a float of its own that prints as that decimal.
_SAFE_DIGITS = 10**15
_EXACT = Context(prec=60, rounding=ROUND_DOWN)
_MARK = secrets.token_hex(16)


class ExactNumber:
    """A number that a float cannot hold, kept as the text to be written into the JSON."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ExactNumber) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def dumps(body: Any, *, pretty: bool = False) -> str:
    """Return JSON, compact or with two-space indents; exact numbers are written with all their digits."""
    exact: list[ExactNumber] = []

    def write(value: Any) -> str:
        if isinstance(value, Decimal):  # as requests are read
            value = ExactNumber(f"{value}")
        if not isinstance(value, ExactNumber):
            raise TypeError(f"{type(value).__name__} is not JSON")
        exact.append(value)
        return f"{_MARK}{value.text}{_MARK}"

    indent, colon = (2, " : ") if pretty else (None, ":")
    text = json.dumps(body, default=write, ensure_ascii=False, indent=indent, separators=(",", colon))
    return text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "") if exact else text


def encode(field: FieldSpec, value: Any) -> Any:
    """Return a Python value as its column holds it; digits beyond the field's scale are dropped.

    Raise ValueError for a number that no column can hold.
    """
    if value is None:
        return None
    if field.is_scaled:
        return _scaled(Decimal(value), field.scale)
    if field.type == "boolean" or field.type == "int":
        return int(value)
    return format_moment(value) if isinstance(value, datetime) else str(value)


def _scaled(value: Decimal, scale: int) -> int:
    if not value.is_finite() or (value and value.adjusted() > 18):
        raise ValueError("not a number of at most 18 digits")
    try:
        return int(value.scaleb(scale, _EXACT).to_integral_value(ROUND_DOWN))
    except InvalidOperation:
        return 0  # an exponent below anything a field can hold


def decode(field: FieldSpec, stored: Any) -> Any:
    """Return a column's value as Python compares it: Decimal, bool, int or text."""
    if stored is None:
        return None
    if field.is_scaled:
        return Decimal(stored).scaleb(-field.scale, _EXACT)
    return bool(stored) if field.type == "boolean" else stored


def wire_number(stored: int, scale: int) -> float | ExactNumber:
    """Return a scaled integer as JSON shows it: 564.0, with a decimal at least and no digit lost."""
    if -_SAFE_DIGITS <= stored <= _SAFE_DIGITS:
        return float(stored / 10**scale)
    exact = Decimal(stored).scaleb(-scale, _EXACT)
    nearest = float(stored / 10**scale)
    if Decimal(repr(nearest)) == exact:
        return nearest
    text = f"{exact:f}"
    return ExactNumber(text if "." in text else f"{text}.0")


def wire_decoder(field: FieldSpec) -> Callable[[Any], Any] | None:
    """Return what turns a column's value that is not null into JSON, or None where nothing has to be done."""
    if field.type == "boolean":
        return bool
    if not field.is_scaled:
        return None
    scale, factor = field.scale, float(10**field.scale)

    def number(stored: int) -> float | ExactNumber:
        if -_SAFE_DIGITS <= stored <= _SAFE_DIGITS:
            return stored / factor
        return wire_number(stored, scale)

    return number


def format_moment(moment: datetime) -> str:
    """Return a time as it travels: UTC, whole seconds, `.000+0000`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def parse_moment(text: str) -> datetime:
    """Read what `format_moment` wrote."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
