"""Addresses of resources: templates filled with quoted values, and what is left over as query string."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from ..exceptions import ConversionError, ResourceError
from ..values import format_datetime

PLACEHOLDER = re.compile(r"\{(\w+)\}", re.ASCII)
SEGMENT = r"(?!\.{1,2}(?:/|$))(?:[\w.~-]|\{\w+\})+"
TEMPLATE = re.compile(rf"(?:/services/)?{SEGMENT}(?:/{SEGMENT})*/?", re.ASCII)
HALF = re.compile("[\ud800-\udfff]")


def is_template(path: Any) -> bool:
    """Say whether a text is a path with `{placeholders}`, relative or under /services/, and nothing else."""
    return isinstance(path, str) and len(path) < 1_000 and TEMPLATE.fullmatch(path) is not None


def fill(name: str, template: str, params: Mapping[str, Any]) -> str:
    """Return the address of the resource `name`: each `{placeholder}` gets the param of its name.

    Names are compared without case, as describes spell `{ID}`. Params that are left over become the query
    string. Raises ResourceError for one that is missing, or that cannot be part of a path.
    """
    rest = dict(params)
    given = {key.lower(): key for key in rest}

    def value(match: re.Match[str]) -> str:
        wanted = match[1]
        key = wanted if wanted in params else given.get(wanted.lower())
        if key is None:
            raise _missing(name, template)
        rest.pop(key, None)
        return _segment(name, key, params[key])

    path = PLACEHOLDER.sub(value, template)
    return f"{path}?{query_string(rest)}" if rest else path


def query_string(params: Mapping[str, Any]) -> str:
    """Return params as a query string; those that are None are left out, lists are joined by commas."""
    given = {key: text(value) for key, value in params.items() if value is not None}
    return urlencode(given, quote_via=quote)


def text(value: Any) -> str:
    """Return a value as Salesforce reads it in addresses and XML. Raises ResourceError for other types."""
    match value:
        case str() if not HALF.search(value):
            return value
        case str():
            raise ResourceError("A text holds half a character (a lone surrogate), which cannot be sent.")
        case bool():
            return "true" if value else "false"
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case int() | float() | UUID():
            return str(value)
        case Collection() if not isinstance(value, bytes | Mapping):
            return ",".join(map(text, value))
    raise ResourceError(f"{type(value).__name__} is no type that can be sent here. Make it a text.")


def _moment(value: datetime) -> str:
    try:
        return format_datetime(value)
    except ConversionError as error:
        reason = str(error)
    raise ResourceError(reason)


def _segment(name: str, key: str, value: Any) -> str:
    written = "" if value is None else text(value)
    # Dots are no letters to quote, and every HTTP library resolves these two on its way.
    if written in ("", ".", ".."):
        raise ResourceError(f"The param {key!r} of {name!r} is empty, or no part of a path.")
    return quote(written, safe="")


def _missing(name: str, template: str) -> ResourceError:
    wanted = [match.lower() if match.isupper() else match for match in PLACEHOLDER.findall(template)]
    example = ", ".join(f'"{each}": ...' for each in wanted)
    return ResourceError(f"{name!r} needs the params {', '.join(wanted)}. Type params={{{example}}}.")
