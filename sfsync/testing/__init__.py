"""The simulated Salesforce org: state and rules, served over real HTTP.

`SimulatedOrg` runs one inside a test; `python -m sfsync.testing` runs one as a program. Needs the extra
`testing`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .simulated_org import SimulatedOrg

__all__ = ["SimulatedOrg"]


def __getattr__(name: str) -> Any:
    if name == "SimulatedOrg":
        from .simulated_org import SimulatedOrg

        return SimulatedOrg
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
