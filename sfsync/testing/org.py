"""The simulated org: state and rules wired together. The HTTP layer talks to this class only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from .clock import Clock
from .schema import Schema
from .settings import OrgSettings

DEFAULT_VERSION = "66.0"


class OrgInterface(Protocol):
    """The calls of an org; every one raises OrgError for what Salesforce would refuse.

    `version` is the API version that record URLs carry, such as "66.0".
    """

    schema: Schema
    clock: Clock
    settings: OrgSettings

    def __init__(
        self,
        storage_path: str | Path = ":memory:",
        *,
        clock: Clock | None = None,
        schema: Schema | None = None,
        settings: OrgSettings | None = None,
    ) -> None: ...
    def create(self, sobject: str, values: Mapping[str, Any], user: str) -> str: ...
    def update(
        self,
        sobject: str,
        record_id: str,
        values: Mapping[str, Any],
        user: str,
        *,
        unmodified_since: datetime | None = None,
    ) -> None: ...
    def delete(self, sobject: str, record_id: str, user: str) -> None: ...
    def read(
        self,
        sobject: str,
        record_id: str,
        fields: Iterable[str] | None,
        user: str,
        *,
        version: str = DEFAULT_VERSION,
    ) -> dict[str, Any]: ...
    def retrieve(
        self,
        sobject: str,
        ids: Sequence[str],
        fields: Iterable[str],
        user: str,
        *,
        version: str = DEFAULT_VERSION,
    ) -> list[dict[str, Any] | None]: ...
    def last_modified(self, sobject: str, record_id: str, user: str) -> datetime: ...
    def find_by_external_id(self, sobject: str, field: str, value: Any, user: str) -> list[str]: ...
    def updated(self, sobject: str, start: datetime, end: datetime, user: str) -> dict[str, Any]: ...
    def deleted(self, sobject: str, start: datetime, end: datetime, user: str) -> dict[str, Any]: ...
    def describe_global(self, user: str, version: str = DEFAULT_VERSION) -> dict[str, Any]: ...
    def describe(self, sobject: str, user: str, version: str = DEFAULT_VERSION) -> dict[str, Any]: ...
    def basic_info(self, sobject: str, user: str, version: str = DEFAULT_VERSION) -> dict[str, Any]: ...
    def transaction(self) -> AbstractContextManager[None]: ...
