"""Keeps Django models and Salesforce objects equal, in both directions.

What users write is importable from here. The names load when used: importing sfsync loads no models and no
client.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfsync.engine.single import pull, push
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
    "pull",
    "push",
]

_MODULES = {"connections": "sfsync.orgs", "pull": "sfsync.engine.single", "push": "sfsync.engine.single"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sfsync' has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "sfsync.mappings")), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
