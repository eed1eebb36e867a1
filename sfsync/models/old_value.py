"""From the text that a trigger stored back to the value the model would have read."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

TRUE_TEXTS = {"1", "true", "t"}


def decode_old_value(text: str | None, field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> Any:
    """Return the Python value of a column's text, equal to what the ORM reads from that column.

    The text becomes what the database's driver would have returned; the converters of Django's backend and of
    the field do the rest, so that a value looks the same from the log and from the table.
    """
    if text is None:
        return None
    source = _source(field)
    value = _driver_value(text, source, connection.vendor)
    expression = models.expressions.Col(source.model._meta.db_table, source, source)
    converters = [*connection.ops.get_db_converters(expression), *source.get_db_converters(connection)]
    for convert in converters:
        value = convert(value, expression, connection)
    return value


def _source(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """Follow a foreign key to the field whose values it holds."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def _driver_value(text: str, field: models.Field[Any, Any], vendor: str) -> Any:
    readers = _SQLITE if vendor == "sqlite" else _SERVER
    internal = field.get_internal_type()
    if internal == "UUIDField":
        return uuid.UUID(text) if vendor == "postgresql" else text
    reader = readers.get(internal)
    return reader(text) if reader else text


def _number(text: str) -> int | float:
    """Read what SQLite holds in a numeric column: an integer or a double."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def _boolean(text: str) -> bool:
    return text in TRUE_TEXTS


def _binary(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))


def _duration(text: str) -> datetime.timedelta | int:
    """Microseconds (SQLite, MySQL), or PostgreSQL's `[-]D days HH:MM:SS.ffffff`."""
    from django.utils.dateparse import parse_duration

    if text.lstrip("-").isdigit():
        return int(text)
    parsed = parse_duration(text)
    if parsed is None:
        raise ValueError("not an interval")
    return parsed


Reader = Callable[[str], Any]

_INTEGERS: dict[str, Reader] = dict.fromkeys(
    (
        "AutoField",
        "BigAutoField",
        "SmallAutoField",
        "IntegerField",
        "BigIntegerField",
        "SmallIntegerField",
        "PositiveIntegerField",
        "PositiveBigIntegerField",
        "PositiveSmallIntegerField",
    ),
    int,
)
_ANYWHERE: dict[str, Reader] = {
    **_INTEGERS,
    "FloatField": float,
    "BinaryField": _binary,
    "DurationField": _duration,
}
# SQLite returns dates as text; Django's converters parse them.
_SQLITE: dict[str, Reader] = {**_ANYWHERE, "DecimalField": _number, "BooleanField": int}
_SERVER: dict[str, Reader] = {
    **_ANYWHERE,
    "DecimalField": Decimal,
    "BooleanField": _boolean,
    "DateField": datetime.date.fromisoformat,
    "TimeField": datetime.time.fromisoformat,
    "DateTimeField": datetime.datetime.fromisoformat,
}
