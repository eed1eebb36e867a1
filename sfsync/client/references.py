"""References between the requests of a composite call, and texts that only look like ones.

REST guide, "Using Reference IDs": "@{acme.id}" stands for a part of the answer to the request "acme". Salesforce looks
for it in every text of a request, those of records too, and knows no way to write one down that is none. A person could
so read other people's records by what they type into their own, and one such text would stop all the records beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

MARK = "@{"
REFERENCE = re.compile(r"@\{(\w+)[.\[]", re.ASCII)
# Names that requests get by their place; nobody refers to them on purpose.
GIVEN = re.compile(r"r\d+", re.ASCII)


def given_name(place: int) -> str:
    """Return the name of a request that has none."""
    return f"r{place}"


def referred_to(names: Collection[str], texts: Any) -> set[str]:
    """Return those of some names that the texts of a request refer to."""
    return {name for text in _marked(texts) for name in _meant(names, text)}


def has_strays(names: Collection[str], texts: Any) -> bool:
    """Say whether a text looks like a reference, and is none to a request of these names."""
    return any(text.count(MARK) > len(_meant(names, text)) for text in _marked(texts))


def _meant(names: Collection[str], text: str) -> list[str]:
    return [name for name in REFERENCE.findall(text) if name in names and not GIVEN.fullmatch(name)]


def _marked(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if MARK in value:
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _marked(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _marked(item)
