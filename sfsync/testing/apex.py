"""Apex REST: resources of an org's own, answered by functions of the test that serves the org."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


@dataclass(frozen=True)
class ApexRequest:
    """What a function gets: the path behind `/services/apexrest/`, its variable parts, the query string, the body.

    `body` is the JSON (or XML) that was sent, None for none; `user` the id of the user who is signed in.
    """

    method: str
    path: str
    values: Mapping[str, str]
    parameters: Mapping[str, str]
    body: Any
    user: str


# The answer's body, with the status before it where that is not 200; it may raise OrgError.
Handler = Callable[[ApexRequest], Any]


class ApexRest:
    """The resources, by template (`invoices/{id}`); a part in braces stands for anything but a slash."""

    def __init__(self) -> None:
        self._resources: dict[str, dict[str, Handler]] = {}

    def add(self, template: str, handler: Handler, methods: Sequence[str] = METHODS) -> None:
        """Let a function answer for a path; raise ValueError for a method that Apex has no annotation for."""
        unknown = sorted(set(methods) - set(METHODS))
        if unknown:
            raise ValueError(f"Apex REST has no {', '.join(unknown)}; it has {', '.join(METHODS)}.")
        self._resources.setdefault(template.strip("/"), {}).update(dict.fromkeys(methods, handler))

    def find(self, path: str) -> tuple[Mapping[str, str], Mapping[str, Handler]] | None:
        """Return the variable parts of a path as it stands in the URL, still quoted, and a function by method."""
        for template, handlers in self._resources.items():
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
            if found := re.fullmatch(pattern, path.strip("/")):
                return {name: unquote(value) for name, value in found.groupdict().items()}, handlers
        return None

    def clear(self) -> None:
        self._resources.clear()
