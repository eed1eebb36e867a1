"""Literals of a query as values of the store's columns, checked against the type of their field.

Sources: "Quoted String Escape Sequences", "Date Formats and Date Literals in WHERE" (SOQL and SOSL
Reference), "Primitive Data Types" (Object Reference) for the range of dates.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from .. import ids
from ..schema.base import FieldSpec
from ..wording import Unsourced
from .tree import Literal, LiteralKind

MAX_STRING = 4_000
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_YEARS = (1700, 4000)

# Describe type -> the kind of literal it is compared with, and the name it has in the error.
_EXPECTED = {
    "boolean": (LiteralKind.BOOLEAN, "boolean"),
    "int": (LiteralKind.NUMBER, "int"),
    "double": (LiteralKind.NUMBER, "double"),
    "currency": (LiteralKind.NUMBER, "double"),
    "percent": (LiteralKind.NUMBER, "double"),
    "date": (LiteralKind.DATE, "date"),
    "datetime": (LiteralKind.DATETIME, "dateTime"),
    "id": (LiteralKind.STRING, "ID"),
    "reference": (LiteralKind.STRING, "ID"),
}
_TEXT = (LiteralKind.STRING, "string")

Value = str | int | Decimal | None
"""What a literal is worth in a column; a Decimal is a number between two integers of the column."""


def value_of(field: FieldSpec, literal: Literal) -> Value:
    """Return the literal as the column of ``field`` would hold it; None for ``null`` and the empty string.

    Raises OrgError: INVALID_FIELD when the kind of literal does not fit the field, MALFORMED_QUERY for an
    escape or a date that does not exist, INVALID_QUERY_FILTER_OPERATOR for text that is no id.
    """
    if literal.kind is LiteralKind.NULL:
        return None
    expected, name = _EXPECTED.get(field.type, _TEXT)
    if literal.kind is not expected:
        quotes = "should be" if expected is LiteralKind.STRING else "should not be"
        raise Unsourced("wrong_literal", field=field.name, type=name, quotes=quotes)
    if expected is LiteralKind.NUMBER:
        return _scaled(literal.text, field.scale)
    if expected is LiteralKind.BOOLEAN:
        return int(literal.text.lower() == "true")
    if expected is LiteralKind.DATE:
        return _date(literal.text)
    if expected is LiteralKind.DATETIME:
        return _datetime(literal.text)
    text = _unescape(literal)
    return _record_id(text) if name == "ID" and text else text or None


def options_of(values: Iterable[Value]) -> list[list[str]]:
    """Return the options of INCLUDES as lists of the values that belong together: ``'A;B'`` is A and B."""
    return [[part.strip() for part in str(value).split(";")] for value in values if value is not None]


def midnight(day: date) -> str:
    """Return the first moment of a day as the store writes it."""
    return f"{day.isoformat()}T00:00:00.000+0000"


def like_pattern(literal: Literal) -> str:
    r"""Return the pattern of a LIKE for SQL with ``ESCAPE '\'``; ``\%`` and ``\_`` stand for themselves."""
    _check_length(literal)
    return _ESCAPE.sub(_like_escape, literal.text)


def _like_escape(match: re.Match[str]) -> str:
    if match[1] in ("%", "_"):
        return match[0]
    character = _unescaped(match)
    return "\\" + character if character in "\\%_" else character


def _unescape(literal: Literal) -> str:
    _check_length(literal)
    return _ESCAPE.sub(_unescaped, literal.text)


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    code = int(escape[1:], 16) if len(escape) == 5 else None
    if code is not None and not 0xD800 <= code <= 0xDFFF:  # half a character is no text
        return chr(code)
    if escape not in _ESCAPES:
        raise Unsourced("bad_escape", escape=escape)
    return _ESCAPES[escape]


def _check_length(literal: Literal) -> None:
    if len(literal.text) > MAX_STRING:
        raise Unsourced("string_too_long", most=MAX_STRING)


def _record_id(text: str) -> str:
    try:
        return ids.to_18(text)
    except ValueError:
        raise Unsourced("bad_id", text=text) from None


def _scaled(text: str, scale: int) -> int | Decimal:
    number = Decimal(text).scaleb(scale)
    whole = int(number)
    return whole if whole == number else number


def _date(text: str) -> str:
    try:
        _check_range(date.fromisoformat(text))
    except ValueError:
        raise Unsourced("bad_date", text=text) from None
    return text


def _datetime(text: str) -> str:
    """Return the moment in UTC as the store writes it, with the literal's milliseconds."""
    try:
        moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
        _check_range(moment)
    except (ValueError, OverflowError):
        raise Unsourced("bad_datetime", text=text) from None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"


def _check_range(day: date) -> None:
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise ValueError("outside of the documented range")
