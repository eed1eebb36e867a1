"""Compare two answers by meaning: key names and order, types and formats of values, codes and texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# What has to be the same word for word.
EXACT = frozenset(
    (
        *("attributes.type", "created", "done", "encoding", "error", "error_description", "errorCode"),
        *("httpStatusCode", "maxBatchSize", "message", "referenceId", "state", "statusCode", "success"),
        *("token_type", "version"),
    )
)
# Recordings of the same resource disagree on the order of these.
UNORDERED = frozenset({"urls"})
FORMATS = (
    ("datetime", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000")),
    ("datetime of XML", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("id", re.compile(r"(?=[0-9a])[0-9A-Za-z]{18}")),
    ("milliseconds", re.compile(r"\d{13}")),
    ("address", re.compile(r"https?://.*")),
)
_IDS = re.compile(r"(?<=/)(?=[0-9a])[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?(?![0-9A-Za-z])")


def differences(ours: Any, theirs: Any, *, partial: bool = False, exact_numbers: bool = True) -> list[str]:
    """Say where our answer differs from a recorded one.

    `partial` compares only the keys that both have, for objects that every org has its own fields of.
    Items of a list with names are compared with their namesakes, others by position; a list of ours may be
    shorter or longer than the recorded one unless it holds results, which have positions.
    """
    return list(_differences("$", ours, theirs, partial, exact_numbers))


def _differences(at: str, ours: Any, theirs: Any, partial: bool, exact: bool) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        yield from _of_objects(at, ours, theirs, partial, exact)
    elif isinstance(ours, list) and isinstance(theirs, list):
        yield from _of_lists(at, ours, theirs, partial, exact)
    elif (difference := _of_values(at, ours, theirs, exact)) is not None:
        yield difference


def _of_objects(
    at: str, ours: dict[str, Any], theirs: dict[str, Any], partial: bool, exact: bool
) -> Iterator[str]:
    common = [key for key in ours if key in theirs]
    if not partial and set(ours) != set(theirs):
        missing, extra = sorted(set(theirs) - set(ours)), sorted(set(ours) - set(theirs))
        yield f"{at}: missing {missing}, too many {extra}"
    if at.rpartition(".")[2] not in UNORDERED and common != [key for key in theirs if key in ours]:
        yield f"{at}: keys in the order {common}, recorded {list(theirs)}"
    for key in common:
        yield from _differences(f"{at}.{key}", ours[key], theirs[key], partial, exact)


def _of_lists(at: str, ours: list[Any], theirs: list[Any], partial: bool, exact: bool) -> Iterator[str]:
    namesakes = {_name(item): item for item in ours}
    if None not in namesakes and namesakes.keys() & map(_name, theirs):
        for item in theirs:
            if (name := _name(item)) in namesakes:
                yield from _differences(f"{at}[{name}]", namesakes[name], item, partial, exact)
        return
    if theirs and not ours and partial:
        return
    if theirs and not ours:
        yield f"{at}: empty, recorded {len(theirs)} items"
        return
    if len(ours) != len(theirs) and (_results(ours) or at.endswith("errors")):
        yield f"{at}: {len(ours)} items, recorded {len(theirs)}"
    for number, item in enumerate(theirs):
        yield from _differences(f"{at}[{number}]", ours[min(number, len(ours) - 1)], item, partial, exact)


def _name(item: Any) -> str | None:
    """Name an object that stands for itself wherever it is in a list: a field, a picklist value, a child."""
    if not isinstance(item, dict):
        return None
    if "childSObject" in item:
        return f"{item['childSObject']}.{item['field']}"
    return item.get("name", item.get("value"))


def _results(items: list[Any]) -> bool:
    return any(isinstance(item, dict) and ("success" in item or "errorCode" in item) for item in items)


def _of_values(at: str, ours: Any, theirs: Any, exact: bool) -> str | None:
    parts = at.split(".")
    if (parts[-1] in EXACT or ".".join(parts[-2:]) in EXACT) and ours != theirs:
        return f"{at}: {ours!r}, recorded {theirs!r}"
    if ours is None or theirs is None or str(theirs).startswith(("<", "REDACTED")):
        # What is null here may be there, and what was taken out of the recording could be anything.
        return None
    kinds = kind_of(ours, exact=exact), kind_of(theirs, exact=exact)
    if kinds[0] != kinds[1]:
        return f"{at}: {kinds[0]}, recorded {kinds[1]}"
    return None


def kind_of(value: Any, *, exact: bool = True) -> str:
    """Name the type of a value, and for text its format; a path keeps its words and loses its ids."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return type(value).__name__ if exact else "number"
    if not isinstance(value, str):
        return type(value).__name__
    if value.startswith("/services/"):
        return _IDS.sub("<id>", value)
    return next((name for name, pattern in FORMATS if pattern.fullmatch(value)), "text")
