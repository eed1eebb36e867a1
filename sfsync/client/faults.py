"""The errors of an answer in XML: a SOAP fault, or what REST resources answer to those who ask for XML."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from . import xml


def items(content: bytes) -> list[dict[str, Any]]:
    """Return the errors as those of a JSON answer look, none if the content is something else.

    Shapes: SOAP API Developer Guide, "API Fault Element"; REST guide, "Status Codes and Error Responses".
    """
    if content.lstrip()[:1] != b"<":
        return []
    try:
        root = xml.parse(content)
    except ValueError:
        return []
    if root.tag == "Errors":
        return [_item(error.findtext("errorCode"), error.findtext("message")) for error in root]
    return [_fault(element) for element in root.iter() if element.tag.endswith("}Fault")]


def _fault(element: Element) -> dict[str, Any]:
    code = (element.findtext("faultcode") or "").rpartition(":")[2]
    return _item(code, element.findtext("faultstring"))


def _item(code: str | None, message: str | None) -> dict[str, Any]:
    return {"errorCode": code, "message": message}
