"""Dates and times as the org writes them, and as sfsync compares them: aware, UTC, whole seconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from sfsync.exceptions import ConversionError

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DATETIME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})", re.ASCII)
TIME = re.compile(r"(\d{2}:\d{2}:\d{2})(\.\d{1,6})?Z?", re.ASCII)


def parse_datetime(text: str) -> datetime:
    """Read a datetime as the org writes it (`2026-05-01T07:25:37.000+0000`, also `Z` and `+00:00`), in UTC.

    Raises ConversionError when there is no offset, or the text is no datetime.
    """
    match = DATETIME.fullmatch(text) if isinstance(text, str) else None
    if match:
        stamp, fraction, offset = match.groups()
        try:
            return datetime.fromisoformat(
                stamp + micros(fraction) + offset.replace("Z", "+00:00")
            ).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise ConversionError("The value is not a date and time with an offset.", code="WRONG_TYPE")


def format_datetime(value: datetime) -> str:
    """Write an aware datetime as `YYYY-MM-DDTHH:MM:SSZ`: UTC, fractions of a second dropped as the org does.

    Raises ConversionError for a naive one (Object Reference, Primitive Data Types: datetimes keep whole
    seconds).
    """
    if value.tzinfo is None:
        raise ConversionError("A date and time without a time zone cannot be synced.", code="WRONG_TYPE")
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        raise ConversionError("The date is out of range.", code="NUMBER_OUTSIDE_VALID_RANGE") from None
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def parse_date(text: str) -> date:
    """Read `YYYY-MM-DD`. Raises ConversionError for anything else."""
    if isinstance(text, str) and DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ConversionError("The value is not a date.", code="WRONG_TYPE")


def parse_time(text: str) -> time:
    """Read a time of day as the org writes it (`09:30:00.000Z`). Raises ConversionError for anything else."""
    match = TIME.fullmatch(text) if isinstance(text, str) else None
    if match:
        try:
            return time.fromisoformat(match[1] + micros(match[2]))
        except ValueError:
            pass
    raise ConversionError("The value is not a time of day.", code="WRONG_TYPE")


def format_time(value: time) -> str:
    """Write a time of day as `HH:MM:SS.mmmZ`; the org keeps milliseconds."""
    return value.replace(tzinfo=None).isoformat("milliseconds") + "Z"


def micros(fraction: str | None) -> str:
    """Return a fraction of a second with exactly six digits, or nothing."""
    return fraction[:7].ljust(7, "0") if fraction else ""
