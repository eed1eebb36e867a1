"""SOAP messages: what a request calls with which values, and the envelopes of results and faults.

Source: SOAP API Developer Guide ("API Fault Element"); envelopes and the fault of a session as recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from .answer import Answer

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns{suffix} '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
)
_MEDIA_TYPE = "text/xml; charset=utf-8"


@dataclass(frozen=True)
class SoapRequest:
    """One call: its operation, the elements inside it, and the session id of the header."""

    operation: str
    element: ElementTree.Element
    session_id: str

    def text(self, name: str) -> str:
        """Return the text of the first inner element of a name, or nothing."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> list[str]:
        return [(child.text or "").strip() for child in self.element if local_name(child) == name]


def read_request(content: bytes) -> SoapRequest | None:
    """Return what an envelope calls, None for an empty body; raise ParseError where it is no XML."""
    if b"<!DOCTYPE" in content:
        raise ElementTree.ParseError("document types are refused")
    root = ElementTree.fromstring(content)
    body = next((element for element in root if local_name(element) == "Body"), None)
    called = next(iter(body), None) if body is not None else None
    if called is None:
        return None
    session_ids = (element.text or "" for element in root.iter() if local_name(element) == "sessionId")
    return SoapRequest(local_name(called), called, next(session_ids, "").strip())


def local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def elements(values: Mapping[str, str | None]) -> str:
    """Return elements with text, and for None those that say nil."""
    return "".join(
        f'<{name} xsi:nil="true"/>' if value is None else f"<{name}>{escape(value)}</{name}>"
        for name, value in values.items()
    )


def result(operation: str, *results: str) -> Answer:
    """Return the envelope of an operation's results, each as XML."""
    inner = "".join(f"<result>{item}</result>" for item in results)
    body = f"<{operation}Response>{inner}</{operation}Response>"
    return Answer(
        200, _ENVELOPE.format(suffix='="urn:partner.soap.sforce.com"', body=body), media_type=_MEDIA_TYPE
    )


def fault(code: str, message: str, *, kind: str = "UnexpectedErrorFault", prefix: str = "sf:") -> Answer:
    """Return the envelope of a fault, which comes with status 500; `kind` is the type of its detail."""
    detail = (
        f'<detail><sf:{kind} xsi:type="sf:{kind}"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{escape(message)}</sf:exceptionMessage></sf:{kind}></detail>"
    )
    body = (
        f"<soapenv:Fault><faultcode>{prefix}{code}</faultcode>"
        f"<faultstring>{code}: {escape(message)}</faultstring>{detail}</soapenv:Fault>"
    )
    envelope = _ENVELOPE.format(suffix=':sf="urn:fault.partner.soap.sforce.com"', body=body)
    return Answer(500, envelope, media_type=_MEDIA_TYPE)
