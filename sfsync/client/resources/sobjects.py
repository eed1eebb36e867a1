"""The sObjects of an org and the paths of their resources, as describeGlobal gives them.

REST guide, "Describe Global": each sObject has `urls`, names and paths. They are somebody else's text, also
when they come from a cache, so only relative paths of that sObject become resources.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from .. import describes
from ..addresses import is_template
from ..connection import Connection
from ..paths import API_NAME, VERSION_PATH
from .standard import CHANGES, EXTERNAL, NAMES

KEPT = 24 * 60 * 60  # seconds
# A name that is not there may be a new one: how old the list must be to be worth another call.
FRESH = timedelta(minutes=1)
URL_NAME = re.compile(r"[A-Za-z]\w{0,99}", re.ASCII)


class Cache(Protocol):
    """Where the list is kept between processes; Django's caches are of this kind."""

    def get(self, key: str) -> Any:
        """Return what was set, or None."""

    def set(self, key: str, value: Any, timeout: float | None) -> None:
        """Keep a value for a number of seconds."""


class SObjects:
    """The sObjects of one org, limited to `whitelist` if there is one. Asked for when first needed."""

    def __init__(
        self, connection: Connection, cache: Cache | None, whitelist: Collection[str], user: str = ""
    ) -> None:
        self.whitelist = frozenset(whitelist)
        self._connection = connection
        self._cache = cache
        self._user = user
        self._found: Mapping[str, Any] | None = None
        self._asked_at: datetime | None = None
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Return the API names of all of them that may be used."""
        return [name for name in self._all() if not self.whitelist or name in self.whitelist]

    def is_hidden(self, sobject: str) -> bool:
        """Say whether the whitelist leaves it out."""
        return bool(self.whitelist) and sobject not in self.whitelist

    def paths(self, sobject: str) -> dict[str, str]:
        """Return name and template of each resource of an sObject; none if there is no such sObject."""
        if self.is_hidden(sobject) or not API_NAME.fullmatch(sobject):
            return {}
        listed = self._all().get(sobject)
        if not isinstance(listed, Mapping):
            return {}
        base = f"sobjects/{sobject}"
        own: dict[str, str] = {}
        for name, tail in listed.items():
            if _is_path(name, tail, base):
                own[NAMES.get(name) or name] = base + tail
        changes = {name: f"{base}/{name}" for name in CHANGES if listed.get("replicateable")}
        return {"sobject": base, EXTERNAL: f"{base}/{{field}}/{{value}}"} | own | changes

    def refresh(self) -> bool:
        """Ask the org again; False if it was asked just now."""
        with self._lock:
            moment = self._connection.now()
            if self._asked_at is not None and moment - self._asked_at < FRESH:
                return False
            self._ask()
        return True

    def _all(self) -> Mapping[str, Any]:
        if self._found is None:
            with self._lock:
                if self._found is None and not self._recall():
                    self._ask()
        return self._found or {}

    def _recall(self) -> bool:
        kept = self._cache.get(self._key()) if self._cache is not None else None
        if isinstance(kept, Mapping):
            self._found = kept
        return self._found is not None

    def _ask(self) -> None:
        listed = describes.describe_global(self._connection)["sobjects"]
        self._found = {each["name"]: _kept(each) for each in listed if isinstance(each["name"], str)}
        self._asked_at = self._connection.now()
        if self._cache is not None:
            self._cache.set(self._key(), self._found, KEPT)

    def _key(self) -> str:
        of_whom = f"{self._connection.org_id}:{self._user}" if self._user else self._connection.org_id
        return f"sfsync:sobjects:{of_whom}:{self._connection.api_version}"


def _kept(listed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of an sObject: the tails of its urls, and whether it knows updates and deletes."""
    base = f"sobjects/{listed['name']}"
    urls = listed.get("urls")
    found = urls.items() if isinstance(urls, Mapping) else ()
    paths = {name: VERSION_PATH.sub("", url) for name, url in found if _is_data_url(url)}
    tails = {name: path.removeprefix(base) for name, path in paths.items() if path.startswith(base)}
    return tails | {"replicateable": listed.get("replicateable") is True}


def _is_data_url(url: Any) -> bool:
    return isinstance(url, str) and VERSION_PATH.match(url) is not None


def _is_path(name: Any, tail: Any, base: str) -> bool:
    """Say whether that can be the name of a resource, and the rest of its path."""
    if not isinstance(name, str) or not isinstance(tail, str) or not URL_NAME.fullmatch(name):
        return False
    return not tail or (tail.startswith("/") and is_template(base + tail))
