"""Dicts as XML documents, and back: what `format="xml"` sends and reads.

REST guide, "Create a Record", "Get a List of Updated Records": a record is an element named after its sObject,
a field an element in it, several values of one name follow each other. XML has no types: everything read is
text, but for None (`xsi:nil`). Apex guide, "Apex REST Methods": the root of other requests is `request`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..exceptions import ResourceError
from . import xml
from .addresses import text

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
NAME = re.compile(r"[A-Za-z_][\w.-]{0,254}", re.ASCII)
# XML 1.0, "Characters": no document can hold the others, however they are written.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DEEPEST = 50
# Elements that are items of a list also when there is only one of them.
ITEMS = frozenset(
    (
        *("ids", "deletedRecords", "records", "searchRecords", "sobjects", "recentItems", "errors"),
        *("fields", "childRelationships", "recordTypeInfos", "picklistValues", "referenceTo"),
        *("layouts", "recordTypeMappings"),
    )
)


def dumps(root: str, data: Any) -> bytes:
    """Write a dict as a document. Raises ResourceError for what XML cannot hold, naming the element."""
    written: bytes = ElementTree.tostring(_element(root, data), encoding="utf-8", xml_declaration=True)
    return written.replace(b"\r", b"&#13;")  # readers take a bare one for a line feed


def loads(content: bytes) -> Any:
    """Read a document as a dict of its root's elements. Raises ValueError for what is none, or unsafe."""
    return _value(xml.parse(content), 0) or {}


def _element(name: Any, value: Any) -> Element:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ResourceError(f"{name!r} cannot be the name of an XML element.")
    element = Element(name)
    if value is None:
        element.set(NIL, "true")
    elif isinstance(value, Mapping):
        _fill(element, value)
    else:
        element.text = _text(name, value)
    return element


def _fill(element: Element, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "attributes" and isinstance(value, Mapping):
            element.attrib.update({key: _text(name, item) for key, item in value.items()})
        elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
            element.extend(_element(name, item) for item in value)
        else:
            element.append(_element(name, value))


def _text(name: str, value: Any) -> str:
    written = text(value)
    if UNWRITABLE.search(written):
        raise ResourceError(f'{name!r} has a character that XML cannot hold. Send it with format="json".')
    return written


def _value(element: Element, depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("the XML is nested too deeply")
    attributes = {_local(name): value for name, value in element.attrib.items() if name != NIL}
    if not len(element) and not attributes:
        return None if element.get(NIL) in ("true", "1") else element.text or ""
    found: dict[str, Any] = {"attributes": attributes} if attributes else {}
    for child in element:
        _add(found, _local(child.tag), _value(child, depth + 1))
    return found


def _add(found: dict[str, Any], name: str, value: Any) -> None:
    if name not in found:
        found[name] = [value] if name in ITEMS else value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _local(name: str) -> str:
    return name.rpartition("}")[2]
