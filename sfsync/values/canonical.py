"""The canonical form: what merges compare, deliveries store, and writes are made from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sfsync.exceptions import ConversionError
from sfsync.values.field_type import FieldType
from sfsync.values.ids import EMPTY_ID, id18
from sfsync.values.moments import format_datetime, format_time, parse_date, parse_datetime, parse_time
from sfsync.values.numbers import parse_number, plain

Canonical = str | bool | None

WHOLE_NUMBERS = frozenset({"int", "long"})
NUMBERS = WHOLE_NUMBERS | {"double", "currency", "percent"}
# Objects or blobs; their parts are fields of their own (Object Reference, Compound Fields).
COMPOUND = frozenset({"address", "location", "base64", "complexvalue", "json"})
# Object Reference, Primitive Data Types.
FIRST_DATE, LAST_DATE = "1700-01-01", "4000-12-31"


def canonical(value: Any, field_type: FieldType) -> Canonical:
    """Bring a value of either side into the one form that compares with `==` and survives JSON.

    Takes what the client gives (str, bool, Decimal, None) and what a mapping's field gives for a local value
    (also int, date, datetime, time, UUID). Text is trimmed, with LF line ends, and "" is None; e-mail
    addresses are in lower case; numbers are plain decimal text rounded half up to the field's scale;
    datetimes are whole seconds of UTC; booleans are never None; the values of a multi-select picklist are a
    sorted set; ids have 18 characters. Raises ConversionError, without the value, for what the type cannot
    hold.
    """
    kind = field_type.type
    if kind == "boolean":
        return _boolean(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if kind in COMPOUND or isinstance(value, (dict, list)):
        raise ConversionError(f"A field of type {kind} cannot be synced as one value.", code="WRONG_TYPE")
    if kind in NUMBERS:
        return plain(parse_number(value), 0 if kind in WHOLE_NUMBERS else field_type.scale)
    return _BY_TYPE.get(kind, _text)(value)


def wire(value: Canonical, field_type: FieldType) -> Decimal | Canonical:
    """Return what JSON carries to the org for a canonical value: Decimal for numbers, text or bool."""
    if value is None or isinstance(value, bool):
        return value
    if field_type.type in NUMBERS:
        return Decimal(value)
    if field_type.type == "datetime":
        return value.removesuffix("Z") + ".000Z"
    return value


def check_fits(value: Canonical, field_type: FieldType) -> None:
    """Raise ConversionError when the org would refuse a canonical value for its size.

    Checked here because truncation by the org is never asked for. Sizes come from describe: `length` counts
    characters, `precision` and `scale` digits, `digits` those of a whole number (API guide,
    DescribeSObjectResult).
    """
    if not isinstance(value, str):
        return
    kind = field_type.type
    if kind in NUMBERS:
        _check_digits(value, field_type)
    elif kind in ("date", "datetime"):
        if not FIRST_DATE <= value[:10] <= LAST_DATE:
            raise ConversionError(
                f"The date is outside {FIRST_DATE} to {LAST_DATE}.", code="NUMBER_OUTSIDE_VALID_RANGE"
            )
    elif field_type.length and len(value) > field_type.length:
        raise ConversionError(
            f"The text has {len(value)} characters, the org's field holds {field_type.length}.",
            code="STRING_TOO_LONG",
        )


def _check_digits(value: str, field_type: FieldType) -> None:
    allowed = field_type.precision - (field_type.scale or 0)
    if field_type.type in WHOLE_NUMBERS:
        allowed = field_type.digits
    digits = len(value.lstrip("-").partition(".")[0].lstrip("0"))
    if allowed > 0 and digits > allowed:
        raise ConversionError(
            f"The number has {digits} digits before the point, the org's field holds {allowed}.",
            code="NUMBER_OUTSIDE_VALID_RANGE",
        )


def _boolean(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in ("true", "false", ""):
        return value.strip().lower() == "true"
    raise ConversionError("The value is neither true nor false.", code="WRONG_TYPE")


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, (date, UUID)):
        return str(value)
    if isinstance(value, time):
        return format_time(value)
    return plain(parse_number(value), None)


def _email(value: Any) -> str | None:
    text = _text(value)
    return text.lower() if text else None


def _date(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return parse_date(value.strip() if isinstance(value, str) else value).isoformat()


def _datetime(value: Any) -> str:
    if isinstance(value, datetime):
        return format_datetime(value)
    return format_datetime(parse_datetime(value.strip() if isinstance(value, str) else value))


def _time(value: Any) -> str:
    return format_time(value if isinstance(value, time) else parse_time(value))


def _multipicklist(value: Any) -> str | None:
    parts = {part.strip() for part in (_text(value) or "").split(";")}
    return ";".join(sorted(parts - {""})) or None


def _id(value: Any) -> str | None:
    complete = id18(value.strip() if isinstance(value, str) else value)
    return None if complete == EMPTY_ID else complete


_BY_TYPE: dict[str, Callable[[Any], Canonical]] = {
    "id": _id,
    "reference": _id,
    "email": _email,
    "multipicklist": _multipicklist,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
}
