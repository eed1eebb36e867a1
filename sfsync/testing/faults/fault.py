"""One fault: the requests it waits for, and the action it takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from .actions import ACTIONS, Action
from .types import require_types


class FaultError(ValueError):
    """Refuse a fault that does not make sense; the message says what to write instead."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which requests a fault waits for; what is None matches anything.

    `method` in upper case; `path` a pattern with `*` and `?` for the path without its query string; `kind`
    the resource as the request log names it; `contains` a part of the decoded query string or of the body,
    without regard to case.

    Of the requests that match, the fault acts on the one numbered `nth` (from 1), or on those after the first
    `skip`, at most `times` times, each with a `probability` that is drawn with `seed`, and only for
    `lasting` seconds by the org's clock.
    """

    method: str | None = None
    path: str | None = None
    kind: str | None = None
    contains: str | None = None
    nth: int | None = None
    skip: int = 0
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    lasting: float | None = None

    def __post_init__(self) -> None:
        require_types(self)
        if self.nth is not None and self.nth < 1:
            raise FaultError("nth counts from 1")
        if not 0 <= self.probability <= 1:
            raise FaultError("probability is a number from 0 to 1")

    def fits(self, method: str, path: str, kind: str, text: str) -> bool:
        """Say whether a request is one of those waited for; `text` is query string and body in lower case."""
        return (
            (self.method is None or self.method.upper() == method)
            and (self.path is None or fnmatchcase(path, self.path))
            and (self.kind is None or self.kind == kind)
            and (self.contains is None or self.contains.lower() in text)
        )


MATCH_OPTIONS = frozenset(option.name for option in dataclasses.fields(Match))


@dataclass(frozen=True)
class Fault:
    """A match and an action, with the number by which the fault is taken away again."""

    number: int
    match: Match
    action: Action
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_options(cls, number: int, action: str, options: Mapping[str, Any]) -> Fault:
        """Make a fault from the action's name and the options of match and action side by side.

        Raise FaultError for an unknown action or option, or a value that makes no sense.
        """
        kind = ACTIONS.get(action)
        if kind is None:
            raise FaultError(f"There is no fault {action!r}. Known are: {', '.join(sorted(ACTIONS))}.")
        known = {option.name for option in dataclasses.fields(kind)}
        unknown = sorted(set(options) - known - MATCH_OPTIONS)
        if unknown:
            possible = ", ".join(sorted(known | MATCH_OPTIONS))
            raise FaultError(f"The fault {action!r} has no option {unknown[0]!r}. Possible are: {possible}.")
        try:
            match = Match(**{name: value for name, value in options.items() if name in MATCH_OPTIONS})
            acting = kind(**{name: value for name, value in options.items() if name in known})
        except FaultError:
            raise
        except (TypeError, ValueError) as error:
            raise FaultError(f"The fault {action!r} cannot be made: {error}") from error
        return cls(number, match, acting, dict(options))

    def body(self) -> dict[str, Any]:
        """Return the fault as it was given, as JSON."""
        return {"id": self.number, "action": self.action.name, **self.options}
