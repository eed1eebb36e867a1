"""Where in a JSON body a value stands that its field cannot take, as the JSON parser of Salesforce counts.

The errors name the place the parser has reached when it hands a value over: behind the first character of a
text, an object or a list, which it reads on demand, and behind the last of a number, true and false. Public
traffic agrees: a record that is an object where a text belongs, `{...`, is refused "at [line:1, column:2]".
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..errors import OrgError, UnreadableValue

_BLANKS = " \t\n\r"
_READ_ON_DEMAND = '"[{'
_DECODER = json.JSONDecoder()


def placed(error: OrgError, content: bytes) -> OrgError:
    """Return the error with the place of its value, if the body is one record that has the field."""
    if not isinstance(error, UnreadableValue):
        return error
    text = content.decode("utf-8-sig", "replace")
    if not text.lstrip(_BLANKS).startswith("{"):
        return error
    for name, start, end in _members(text):
        if name.lower() == error.field.lower():
            at = start + 1 if text[start] in _READ_ON_DEMAND else end
            return error.at(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    return error


def _members(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the name of each member of a JSON object, which was parsed before, and where its value lies."""
    at = _skip(text, text.index("{") + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, at = _DECODER.raw_decode(text, start)
        yield name, start, at
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANKS:
        at += 1
    return at
