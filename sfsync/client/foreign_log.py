"""What urllib3 logs about requests to Salesforce, without what can be a record value or a secret.

At level DEBUG it writes the path of every request with its query string, which is SOQL with the values it asks for;
at level WARNING it quotes headers that it cannot parse.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from .paths import label

LOGGERS = ("urllib3.connectionpool", "urllib3.connection")
ADDRESS = re.compile(r"(?P<host>https?://[^/]+)?(?P<path>/services/.*)", re.DOTALL)


def be_discreet() -> None:
    """Let urllib3 log paths under /services/ by their labels, in the whole process. Safe to be called again."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(without_values)


def without_values(record: logging.LogRecord) -> bool:
    """Take out of a record what is not for a log; keep every record, and leave those about other hosts alone."""
    arguments = record.args
    if isinstance(arguments, tuple) and any(map(_address, arguments)):
        record.args = tuple(map(_discreet, arguments))
        record.exc_info = record.exc_text = None
    return True


def _address(argument: Any) -> re.Match[str] | None:
    return ADDRESS.fullmatch(argument) if isinstance(argument, str) else None


def _discreet(argument: Any) -> Any:
    if isinstance(argument, BaseException):
        return type(argument).__name__
    found = _address(argument)
    return f"{found['host'] or ''}/{_name(found['path'])}" if found else argument


def _name(path: str) -> str:
    """Return the label of a path; of those that are not /services/data/, the two parts that never hold a value."""
    if path.startswith("/services/data/"):
        return label(path)
    return "/".join(path.partition("?")[0].split("/")[1:3])
