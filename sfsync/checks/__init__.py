"""System checks: what a person would otherwise learn from a stack trace. docs/checks.rst explains every id.

Importing this package registers them. Those that ask a database run with `migrate` and `check --database`.
"""

from sfsync.checks.mappings import check_mappings
from sfsync.checks.settings import check_settings
from sfsync.checks.sign_in import check_sign_in

__all__ = ["check_mappings", "check_settings", "check_sign_in"]
