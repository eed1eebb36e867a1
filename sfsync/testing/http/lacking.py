"""What a live org serves besides and this one does not: refused by name, so that no client takes it for its mistake.

Source: "REST Resources" (REST API Developer Guide) and the guides of the APIs named here.
"""

from __future__ import annotations

from ..errors import OrgError
from .answer import Answer
from .call import Call
from .soap_message import fault

REST_RESOURCES = (
    "actions",
    "analytics",
    "appMenu",
    "chatter",
    "composite/batch",
    "composite/graph",
    "composite/tree",
    "connect",
    "jobs/dataload",
    "metadata",
    "process",
    "quickActions",
    "support",
    "tabs",
    "theme",
    "tooling",
    "ui-api",
    "wave",
)
SOAP_APIS = {"m": "Metadata API", "s": "Apex API", "T": "Tooling API"}


def refuse(resource: str, call: Call, rest: str = "") -> Answer:
    """Refuse a resource of the REST API."""
    message = f"{resource} is not supported by this simulated org yet"
    raise OrgError(404, "NOT_FOUND", message, code_first=True)


def refuse_soap(call: Call, letter: str, rest: str) -> Answer:
    """Refuse one of the SOAP APIs; their clients understand faults only."""
    return fault("INVALID_OPERATION", f"The {SOAP_APIS[letter]} is not supported by this simulated org yet")
