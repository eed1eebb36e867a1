"""Types of options, checked when a fault is made, so that a mistake in it does not wait for a request."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

# By the text of the annotation; what is not named here may be anything.
_ACCEPTED: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "Sequence[int]": (Sequence,),
    "Sequence[str]": (Sequence,),
    "Sequence[Mapping[str, Any]]": (Sequence,),
    "Mapping[str, str]": (Mapping,),
    "Mapping[str, str | None]": (Mapping,),
}


def require_types(options: Any) -> None:
    """Raise TypeError, naming it, for the first option of a dataclass whose value is of another type."""
    for option in dataclasses.fields(options):
        value, annotation = getattr(options, option.name), str(option.type)
        accepted = _ACCEPTED.get(annotation.removesuffix(" | None"))
        if accepted is None or (value is None and annotation.endswith(" | None")):
            continue
        wrong = isinstance(value, bool) and bool not in accepted
        text_for_list = isinstance(value, str) and str not in accepted
        if wrong or text_for_list or not isinstance(value, accepted):
            raise TypeError(f"{option.name} must be {annotation}, not {value!r}")
