"""The Bulk API of the first generation, which this org says it does not have."""

from __future__ import annotations

from .answer import Answer
from .call import Call

_REFUSAL = {"exceptionCode": "FeatureNotEnabled", "exceptionMessage": "Async API not enabled"}
_NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"


def refuse(call: Call, release: str, resource: str) -> Answer:
    """Answer in the language of the request, as an org does whose edition has no Bulk API."""
    spoken = call.headers.get("accept", "") + call.headers.get("content-type", "")
    if "json" in spoken.lower():
        return Answer(400, _REFUSAL)
    elements = "".join(f"<{name}>{text}</{name}>" for name, text in _REFUSAL.items())
    document = f'<?xml version="1.0" encoding="UTF-8"?><error xmlns="{_NAMESPACE}">{elements}</error>'
    return Answer(400, document, media_type="application/xml")
