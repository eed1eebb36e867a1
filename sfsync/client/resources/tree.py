"""Resources by dotted name: your own first, then Salesforce's, then those of the org's sObjects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from ...exceptions import ResourceError
from ..connection import Connection
from . import standard
from .own import Tree
from .resource import Resource
from .sobjects import Cache, SObjects

PREFIX = "sobjects."


class Resources:
    """What one org can be asked for. The sObjects are looked up when a name needs them."""

    def __init__(
        self,
        connection: Connection,
        *,
        tree: Mapping[str, Any],
        whitelist: Collection[str] = (),
        cache: Cache | None = None,
        user: str = "",
    ) -> None:
        own = Tree(tree)
        self._replaced = own.replaces
        self._known: dict[str, Resource] = ({} if own.replaces else dict(standard.TOP)) | own.resources
        self._fixed = list(self._known)
        self._sobjects = SObjects(connection, cache, whitelist, user)

    def find(self, name: str) -> Resource:
        """Return the resource of a dotted name. Raises ResourceError naming it and the nearest known one.

        A name that is not there costs one call to see whether it is new in the org.
        """
        found = self._known.get(name) or self._of_sobject(name)
        if found is None and self._may_be_new(name):
            found = self._of_sobject(name)
        if found is None:
            raise ResourceError(f"There is no resource {name!r}. {self._advice(name)}")
        self._known[name] = found
        return found

    def names(self) -> list[str]:
        """Return the dotted names of all of them."""
        if self._replaced:
            return sorted(self._fixed)
        return sorted(self._fixed + [each for name in self._sobjects.names() for each in self._below(name)])

    def _of_sobject(self, name: str) -> Resource | None:
        if self._replaced:
            return None
        sobject, dot, below = _plain(name).partition(".")
        below = below if dot else "sobject"
        path = self._sobjects.paths(sobject).get(below)
        return standard.of_sobject(sobject, below, path) if path is not None else None

    def _may_be_new(self, name: str) -> bool:
        sobject = _plain(name).partition(".")[0]
        return not self._replaced and not self._sobjects.is_hidden(sobject) and self._sobjects.refresh()

    def _below(self, sobject: str) -> list[str]:
        return [
            sobject if each == "sobject" else f"{sobject}.{each}" for each in self._sobjects.paths(sobject)
        ]

    def _advice(self, name: str) -> str:
        first, _, below = _plain(name).partition(".")
        if self._replaced:
            return _nearest(name, self._fixed)
        if self._sobjects.is_hidden(first) and first not in self._fixed:
            hidden = "SF_SOBJECTS_WHITELIST leaves out what it does not name. "
        else:
            hidden = ""
        tops = self._fixed + self._sobjects.names()
        sobject = _closest(first, tops)
        if not below or sobject is None:
            return hidden + _nearest(_plain(name), tops)
        return hidden + _nearest(f"{sobject}.{below}", self._below(sobject) or [sobject])


def _plain(name: str) -> str:
    """Return a name without the prefix that says what it is anyway."""
    return name.removeprefix(PREFIX)


def _closest(name: str, known: Collection[str]) -> str | None:
    folded = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), folded, n=1)
    return folded[found[0]] if found else None


def _nearest(name: str, known: Collection[str]) -> str:
    found = _closest(name, known)
    if found is not None:
        return f"Did you mean {found!r}?"
    return f"There are: {', '.join(list(known)[:20])}{', ...' if len(known) > 20 else '.'}"
