"""Test mappings against a simulated Salesforce org: a test case, a context manager, factories of records.

With pytest the fixture `salesforce_org` is there by itself. The names load when used, for pytest imports this
package before the settings of the project are known. Needs the extra `testing`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .case import SalesforceTestCase
    from .commands import pull, push
    from .factory import RecordFactory
    from .org import SalesforceOrg, simulated_salesforce

__all__ = ["RecordFactory", "SalesforceOrg", "SalesforceTestCase", "pull", "push", "simulated_salesforce"]

_MODULES = {
    "RecordFactory": "factory",
    "SalesforceOrg": "org",
    "SalesforceTestCase": "case",
    "pull": "commands",
    "push": "commands",
    "simulated_salesforce": "org",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
