"""XML in place of JSON: the answers of the resources that have it, and records sent to them.

Shapes: REST guide, "Get a List of Updated Records Within a Given Timeframe" (the object's name as the root, a
list as repeated elements, times with a Z); public clients for the other roots. A record carries its type and
address as XML attributes, and nulls say `xsi:nil`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from ..errors import OrgError
from .answer import Answer

MEDIA_TYPE = "application/xml;charset=UTF-8"
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{_SCHEMA_INSTANCE} nil"
# The kinds of resources that answer in XML here -> the name of the root, None for that of the object.
ROOTS: Mapping[str, str | None] = {
    "apex_rest": "response",
    "approval_layouts": "DescribeApprovalLayoutsResult",
    "compact_layouts": "DescribeCompactLayoutsResult",
    "deleted": None,
    "describe": None,
    "describe_global": "DescribeGlobal",
    "layout": "DescribeLayout",
    "layouts": "DescribeLayoutResult",
    "list_views": "SObjectListViewsResult",
    "parameterized_search": "SearchResult",
    "query": "QueryResult",
    "query_all": "QueryResult",
    "query_more": "QueryResult",
    "row": None,
    "row_by_external_id": None,
    "search": "SearchResult",
    "sobject": None,
    "updated": None,
}
MAX_DEPTH = 50
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\+0000")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NO_NAME = re.compile(r"[^\w.-]", re.ASCII)
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def wants_xml(accepted: str) -> bool:
    """Say whether an Accept header asks for XML and not for JSON as well."""
    accepted = accepted.strip().lower()
    return accepted.startswith("application/xml") and "json" not in accepted


def in_xml(answer: Answer, kind: str, sobject: str | None) -> Answer:
    """Return the answer of a resource as XML; one without a body, or with other text, as it is."""
    if answer.body is None or not answer.media_type.startswith("application/json"):
        return answer
    text = "".join(_document(answer, kind, sobject))
    return replace(answer, body=f'<?xml version="1.0" encoding="UTF-8"?>{text}', media_type=MEDIA_TYPE)


def _document(answer: Answer, kind: str, sobject: str | None) -> Iterator[str]:
    if answer.status == 300:
        yield from _element("Choices", {"Choice": answer.body})
    elif answer.status >= 400 and isinstance(answer.body, list):
        errors = [dict(sorted(error.items())) for error in answer.body]
        yield from _element("Errors", {"Error": errors})
    elif kind in ("sobject", "row_by_external_id") and "success" in answer.body:
        yield from _element("Result", answer.body)
    else:
        body = {"item": answer.body} if isinstance(answer.body, list) else answer.body
        yield from _element(ROOTS[kind] or _type_of(body) or str(sobject), body, _root_attributes())


def _type_of(body: Any) -> str | None:
    """Return the object that an answer is about, by its own words."""
    description = body.get("objectDescribe", body)
    return body.get("attributes", {}).get("type") or description.get("name")


def _root_attributes() -> str:
    return f' xmlns:xsi="{_SCHEMA_INSTANCE}"'


def _element(name: str, value: Any, attributes: str = "") -> Iterator[str]:
    if _NAME.fullmatch(name) is None:  # the answer of somebody's function may have any
        name = "_" + _NO_NAME.sub("_", name)
    if isinstance(value, dict):
        own = {key: part for key, part in value.items() if key != "attributes"}
        for key, text in value.get("attributes", {}).items():
            attributes += f" {key}={quoteattr(_text(text))}"
        yield f"<{name}{attributes}>"
        for key, part in own.items():
            yield from _element(key, part)
        yield f"</{name}>"
    elif isinstance(value, list):
        for item in value:
            yield from _element(name, item)
    elif value is None:
        yield f'<{name}{attributes} xsi:nil="true"/>'
    else:
        yield f"<{name}{attributes}>{escape(_text(value))}</{name}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # Texts that look like a time all through become one, too: the answer does not tell them apart.
    return _NO_XML.sub("�", _MOMENT.sub(r"\1Z", str(getattr(value, "text", value))))


def read_xml(content: bytes) -> dict[str, Any]:
    """Return the record of a request: text by element, None for nil, a dict for elements within.

    Raises OrgError: XML_PARSER_ERROR (text not sourced), also for a document type, which could name files.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        message = f"{expat.errors.messages[error.code]} at [line:{error.lineno}, column:{error.offset}]"
        raise parser_error(message) from None
    value = _value(builder.close(), 0)
    if not isinstance(value, dict):
        raise parser_error("The request body must be an element with an element for each field")
    return value


def parser_error(message: str) -> OrgError:
    return OrgError(400, "XML_PARSER_ERROR", message)


def _refuse_doctype(*declaration: Any) -> None:
    raise parser_error("A document type is not allowed")


def _value(element: Element, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise parser_error("The request body is nested too deeply")
    if element.get(_NIL) == "true":
        return None
    if not len(element):
        return (element.text or "") if depth else {}
    found: dict[str, Any] = {}
    for child in element:
        name = child.tag.rpartition(" ")[2]
        if name in found:
            raise parser_error(f"The element {name} is there twice")
        found[name] = _value(child, depth + 1)
    return found
