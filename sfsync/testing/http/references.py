"""References of composite subrequests: `@{refAccount.id}` stands for a value of an earlier answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import OrgError

_REFERENCE = re.compile(r"@\{([^{}]*)\}")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def resolve(value: Any, answered: Mapping[str, Any]) -> Any:
    """Replace the references in a text, or in every text of a JSON document.

    `answered` maps reference ids to the bodies of the answers so far. Names are matched with their case: the
    answer of a POST has `id`, that of a GET has `Id`. Raises OrgError PROCESSING_HALTED for a reference that
    leads nowhere, also because its subrequest failed.
    """
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: _text(match[1], answered), value) if "@{" in value else value
    if isinstance(value, dict):
        return {name: resolve(item, answered) for name, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, answered) for item in value]
    return value


def _text(reference: str, answered: Mapping[str, Any]) -> str:
    value: Any = answered
    for name, index in _STEP.findall(reference):
        if name and isinstance(value, Mapping):
            value = value.get(name)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            value = None
    if value is None or isinstance(value, (dict, list)):
        raise _unknown(reference)
    return str(value)


def _unknown(reference: str) -> OrgError:
    source = _STEP.findall(reference + "?")[0][0].rstrip("?")
    message = (
        f"Invalid reference specified. No value for {reference} found in {source}. Provided referenceId "
        f"('{reference}') must start with a letter or a number, and it can contain only letters, numbers and "
        "underscores ('_')."
    )
    return OrgError(400, "PROCESSING_HALTED", message, code_first=True)
