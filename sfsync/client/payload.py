"""JSON as Salesforce speaks it, with numbers that lose no digit.

Salesforce sends numbers as JSON doubles and stores up to 18 digits (Object Reference, "Primitive Data
Types"), so a number with a point is a Decimal here, in both directions; one without a point is an int.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NoReturn

DEEPEST = 100
"""Levels of nesting in an answer; the deepest of Salesforce's (a tree of queries in a composite) have a dozen."""


_CONTAINERS = frozenset((dict, list))
_TOO_DEEP = object()
_PLAIN = bytes(set(range(256)) - set(b'{}[]"'))


class TooDeep(ValueError):
    """The document is nested deeper than `DEEPEST` levels."""


def loads(content: bytes) -> Any:
    """Read one JSON document. Raise ValueError for anything else, also for NaN; TooDeep for its nesting."""
    try:
        value = json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError:
        value = _TOO_DEEP
    if value is _TOO_DEEP or (_may_be_deep(content) and _is_deep(value)):
        raise TooDeep
    return value


def dumps(value: Any) -> bytes:
    """Write dicts, sequences, strings, ints, Decimals, booleans and None; TypeError for anything else."""
    return _text(value).encode("ascii")


def _may_be_deep(content: bytes) -> bool:
    """Say whether valid JSON has to be walked through: False is certain, and comes at a third of the price.

    Of the text only brackets and quotes are looked at. Quotes vanish in pairs, except around a text that holds a
    bracket; then pairs of brackets do, up to two levels at a time. Whatever is left may be deep.
    """
    if b"\\" in content:  # escapes would have to be taken out first, which costs more than the walk
        return True
    left = content.translate(None, _PLAIN).replace(b'""', b"")
    for _ in range(DEEPEST // 2):
        if not left:
            break
        left = left.replace(b"{}", b"").replace(b"[]", b"")
    return bool(left) or b"\0" in content  # UTF-16 and UTF-32, whose bytes say nothing


def _is_deep(value: Any) -> bool:
    """Descend level by level, without recursion."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(DEEPEST):
        inner = chain.from_iterable(part.values() if type(part) is dict else part for part in level)
        level = [part for part in inner if type(part) in _CONTAINERS]
        if not level:
            return False
    return True


def _text(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case int():
            return str(int(value))
        case Decimal():
            return _number(value)
        case Mapping():
            return "{" + ",".join(f"{quoted(key)}:{_text(item)}" for key, item in value.items()) + "}"
        case Sequence() if not isinstance(value, bytes | bytearray):
            return "[" + ",".join(map(_text, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no place in a request to Salesforce")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("a number that is not finite has no place in a request to Salesforce")
    return format(value, "f")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
