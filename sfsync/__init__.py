"""Keeps Django models and Salesforce objects equal, in both directions.

What users write is importable from here. The names load when used: importing sfsync loads no models and no
client.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfsync.mappings import (
        ConflictPolicy,
        DeletePolicy,
        Direction,
        ExternalId,
        Field,
        Mapping,
        Mark,
        Reference,
    )
    from sfsync.orgs import connections

__version__ = "0.1.0"

__all__ = [
    "ConflictPolicy",
    "DeletePolicy",
    "Direction",
    "ExternalId",
    "Field",
    "Mapping",
    "Mark",
    "Reference",
    "connections",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sfsync' has no attribute {name!r}")
    module = import_module("sfsync.orgs" if name == "connections" else "sfsync.mappings")
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
