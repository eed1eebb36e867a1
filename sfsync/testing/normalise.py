"""What becomes of a value that is written: refused, or stored in the one form that reads give back.

Sources: SOAP guide, "create()" and "update()" (string values are trimmed, an empty one is null); Object
Reference, "Field Types" and "Primitive Data Types" (ranges, ids, picklists, seconds); recorded traffic
(e-mail addresses in lower case, strings taken for numbers).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Any

from . import errors, ids
from .schema.base import FieldSpec
from .settings import OrgSettings
from .storage.values import format_moment

BLANKS = "".join(map(chr, range(0x21)))
MAX_MULTIPICKLIST_VALUES = 100
YEARS = range(1700, 4001)  # Object Reference, "Primitive Data Types"
_WIDE = Context(prec=60, rounding=ROUND_DOWN)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*)(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)|\.\d{1,9}([+-]\d\d)(\d\d))", re.ASCII
)

_TIME = re.compile(r"(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z?", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)

Normaliser = Callable[[FieldSpec, Any, OrgSettings], Any]


def normalise(field: FieldSpec, value: Any, settings: OrgSettings) -> Any:
    """Return a value as its column stores it; raise OrgError for one that the field cannot take."""
    if value is None:
        if field.type == "boolean":
            raise errors.wrong_type(field.label, field.name, "")
        return None
    by_type: Normaliser = _BY_TYPE.get(field.type, _text)
    try:
        return by_type(field, value, settings)
    except errors.UnreadableValue as error:
        error.field = field.name
        raise


def unreadable(kind: str, value: Any) -> errors.UnreadableValue:
    """Return the JSON parser's complaint about a value."""
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    text = str(Decimal(value)) if number else json.dumps(value, default=str)
    return errors.unreadable_json(kind, _token(value), text)


def _token(value: Any) -> str:
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    if isinstance(value, int):
        return "VALUE_NUMBER_INT"
    if isinstance(value, float | Decimal):
        return "VALUE_NUMBER_FLOAT"
    if isinstance(value, Mapping):
        return "START_OBJECT"
    return "START_ARRAY" if isinstance(value, list) else "VALUE_STRING"


def trimmed(value: Any) -> str | None:
    """Return a string without blanks at either end, and null for one of blanks only."""
    if not isinstance(value, str):
        raise unreadable("string", value)
    text = value.strip(BLANKS)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no character
    return text or None


def _text(field: FieldSpec, value: Any, settings: OrgSettings) -> str | None:
    text = trimmed(value)
    if text is not None and field.length and len(text) > field.length:
        raise errors.too_long(field.label, field.name, text, field.length)
    return text


def _textarea(field: FieldSpec, value: Any, settings: OrgSettings) -> str | None:
    if settings.newlines == "lf" and isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _text(field, value, settings)


def _email(field: FieldSpec, value: Any, settings: OrgSettings) -> str | None:
    text = _text(field, value, settings)
    if text is None:
        return None
    if not _EMAIL.fullmatch(text):
        raise errors.invalid_email(field.label, field.name, text)
    return text.lower()


def _picklist(field: FieldSpec, value: Any, settings: OrgSettings) -> str | None:
    text = _text(field, value, settings)
    if text is None:
        return None
    defined = field.picklist_value(text)
    if defined is None and field.restricted:
        raise errors.bad_picklist_value(field.label, field.name, text)
    return defined or text


def _multipicklist(field: FieldSpec, value: Any, settings: OrgSettings) -> str | None:
    text = _text(field, value, settings)
    if text is None:
        return None
    chosen = dict.fromkeys(_picklist(field, part, settings) for part in text.split(";"))
    chosen.pop(None, None)
    if len(chosen) > MAX_MULTIPICKLIST_VALUES:
        raise errors.too_many_values(field.label, field.name)
    order = {entry.value: at for at, entry in enumerate(field.picklist_values)}
    return ";".join(sorted(map(str, chosen), key=lambda part: order.get(part, len(order)))) or None


def _boolean(field: FieldSpec, value: Any, settings: OrgSettings) -> int:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.strip(BLANKS).lower() in ("true", "false"):
        return int(value.strip(BLANKS).lower() == "true")
    raise unreadable("boolean", value)


def _integer(field: FieldSpec, value: Any, settings: OrgSettings) -> int:
    number = _number("int", value)
    whole = _rounded(field, number, 0, field.digits or 18, settings)
    if whole != number:
        raise unreadable("int", value)
    return whole


def _scaled(field: FieldSpec, value: Any, settings: OrgSettings) -> int:
    number = _number("double", value)
    return _rounded(field, number, field.scale, (field.precision or 18) - field.scale, settings)


def _number(kind: str, value: Any) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, float):
        number = Decimal(repr(value))
    elif isinstance(value, str) and _NUMBER.fullmatch(value.strip(BLANKS)):
        number = Decimal(value.strip(BLANKS))
    else:
        raise unreadable(kind, value)
    if not number.is_finite():
        raise unreadable(kind, value)
    return number


def _rounded(field: FieldSpec, number: Decimal, scale: int, digits: int, settings: OrgSettings) -> int:
    """Return number * 10 ** scale as an integer, with at most so many digits before the point."""
    if number and number.adjusted() >= digits:  # asked before any arithmetic: the exponent may be huge
        raise errors.number_out_of_range(field.label, field.name, str(number))
    if number and number.adjusted() < -scale - 1:
        return 0
    rounding = ROUND_HALF_UP if settings.extra_digits == "half_up" else ROUND_DOWN
    whole = int(number.scaleb(scale, _WIDE).to_integral_value(rounding))
    if abs(whole) >= 10 ** (digits + scale):
        raise errors.number_out_of_range(field.label, field.name, str(number))
    return whole


def _date(field: FieldSpec, value: Any, settings: OrgSettings) -> str:
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    try:
        if match and int(match[1]) in YEARS:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        raise unreadable("date", value) from None
    raise unreadable("date", value)


def _moment(field: FieldSpec, value: Any, settings: OrgSettings) -> str:
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise unreadable("datetime", value)
    offset = match[2] or f"{match[3]}:{match[4]}"
    try:
        moment = datetime.fromisoformat(match[1] + offset.replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise unreadable("datetime", value) from None
    if moment.year not in YEARS:
        raise unreadable("datetime", value)
    return format_moment(moment)


def _reference(field: FieldSpec, value: Any, settings: OrgSettings) -> str | None:
    if not isinstance(value, str):
        raise unreadable("reference", value)
    if not ids.is_id(value):
        raise errors.malformed_id(field.label, field.name, value)
    return ids.to_18(value)


def _time(field: FieldSpec, value: Any, settings: OrgSettings) -> str:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    try:
        if match is not None:
            return f"{time.fromisoformat(match[1]).isoformat()}.{(match[2] or '')[:3]:0<3}Z"
    except ValueError:
        raise unreadable("time", value) from None
    raise unreadable("time", value)


def _bytes(field: FieldSpec, value: Any, settings: OrgSettings) -> str:
    """Take base64 as it is, blanks and line ends left out."""
    text = "".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) % 4 or not _BASE64.fullmatch(text):
        raise unreadable("byte[]", value)
    return text


_BY_TYPE: Mapping[str, Normaliser] = {
    "textarea": _textarea,
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
    "boolean": _boolean,
    "int": _integer,
    "double": _scaled,
    "currency": _scaled,
    "percent": _scaled,
    "date": _date,
    "datetime": _moment,
    "time": _time,
    "base64": _bytes,
    "reference": _reference,
}
