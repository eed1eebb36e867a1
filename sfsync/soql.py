"""SOQL text, built so that no value can leave its quotes. Pure functions.

Names are checked, values are quoted: a condition is never text that came from outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sfsync.exceptions import ConfigurationError

# Up to five steps from child to parent (SOQL and SOSL limits).
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,5}", re.ASCII)
# Quoted String Escape Sequences; other control characters have no short form.
ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
SPECIAL = re.compile(r"[\\'\x00-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True)
class Condition:
    """A condition for WHERE. Its text holds record values, so the repr does not show it."""

    text: str = field(repr=False)
    joined: bool = False  # whether AND or OR stands outside all brackets


def select(
    fields: Iterable[str],
    sobject: str,
    where: Condition | None = None,
    order_by: str | Sequence[str] = (),
    limit: int | None = None,
) -> str:
    """Return a SELECT of `fields` from `sobject`, ascending by `order_by`: a name or several."""
    order = [order_by] if isinstance(order_by, str) else order_by
    text = f"SELECT {', '.join(name(field) for field in fields)} FROM {name(sobject)}"
    if where is not None:
        text += f" WHERE {where.text}"
    if order:
        text += f" ORDER BY {', '.join(name(field) for field in order)}"
    return text if limit is None else f"{text} LIMIT {limit:d}"


def name(text: str) -> str:
    """Return the name of a field or sObject unchanged. Raises ConfigurationError when it is none."""
    if not NAME.fullmatch(text):
        raise ConfigurationError(
            f"{text!r} is not the API name of a field or sObject.",
            hint='Type one such as "LastName" or "Invoice__c".',
        )
    return text


def quote(text: str) -> str:
    """Return a text as a string literal; whatever it holds, the literal ends where it ends."""
    escaped = SPECIAL.sub(lambda match: ESCAPES.get(match[0], f"\\u{ord(match[0]):04X}"), text)
    return f"'{escaped}'"


def literal(value: Any) -> str:
    """Return a value as SOQL writes it: text, bool, int, Decimal, date, aware datetime or None.

    Raises ValueError for a naive datetime, for a fraction of a second (the org keeps none, so the comparison
    would mean something else), for a number that is not finite, and for any other type.
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, datetime):
        if value.tzinfo is None or value.microsecond:
            raise ValueError("SOQL compares aware datetimes of whole seconds.")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, Decimal)) and Decimal(value).is_finite():
        return f"{Decimal(value):f}"
    raise ValueError(f"SOQL has no literal for this {type(value).__name__}.")


def equals(field: str, value: Any) -> Condition:
    return Condition(f"{name(field)} = {literal(value)}")


def not_equals(field: str, value: Any) -> Condition:
    return Condition(f"{name(field)} != {literal(value)}")


def greater(field: str, value: Any) -> Condition:
    return Condition(f"{name(field)} > {literal(value)}")


def at_least(field: str, value: Any) -> Condition:
    return Condition(f"{name(field)} >= {literal(value)}")


def less(field: str, value: Any) -> Condition:
    return Condition(f"{name(field)} < {literal(value)}")


def in_(field: str, values: Iterable[Any]) -> Condition:
    """Return `field IN (...)`. Raises ValueError without values, for which SOQL has no form."""
    literals = [literal(value) for value in values]
    if not literals:
        raise ValueError(f"IN needs at least one value for {name(field)}.")
    return Condition(f"{name(field)} IN ({', '.join(literals)})")


def and_(*conditions: Condition) -> Condition:
    return _joined(" AND ", conditions)


def or_(*conditions: Condition) -> Condition:
    return _joined(" OR ", conditions)


def _joined(operator: str, conditions: Sequence[Condition]) -> Condition:
    """Join conditions, with brackets around joined ones: SOQL refuses AND beside OR without."""
    if not conditions:
        raise ValueError(f"{operator.strip()} needs a condition.")
    if len(conditions) == 1:
        return conditions[0]
    texts = (f"({condition.text})" if condition.joined else condition.text for condition in conditions)
    return Condition(operator.join(texts), joined=True)
