"""What a handler gives back, before it becomes bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import OrgError


@dataclass(frozen=True)
class Answer:
    """Status, JSON body and headers of one answer; a body of None is no body at all.

    `media_type` other than JSON means that the body is text already. `stream` stands in for a body that is
    too long to be held in memory.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json;charset=UTF-8"
    stream: Iterable[bytes] | None = None

    @classmethod
    def of_error(cls, error: OrgError) -> Answer:
        return cls(error.status, error.body())


def no_content() -> Answer:
    return Answer(204)


def not_modified(headers: Mapping[str, str]) -> Answer:
    return Answer(304, headers=headers)


def method_not_allowed(method: str, allowed: list[str]) -> OrgError:
    message = f"HTTP Method '{method}' not allowed. Allowed are {','.join(allowed)}"
    return OrgError(405, "METHOD_NOT_ALLOWED", message, code_first=True)
