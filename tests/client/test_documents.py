"""Dicts as XML documents, and back."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sfsync import exceptions
from sfsync.client import documents

DECLARED = b"<?xml version='1.0' encoding='utf-8'?>\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({}, "<X />"),
        (None, '<X xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true" />'),
        ({"a": "<&>\"'"}, "<X><a>&lt;&amp;&gt;\"'</a></X>"),
        ({"a": "1\r\n2\t3"}, "<X><a>1&#13;\n2\t3</a></X>"),
        ({"a": "ü😀"}, "<X><a>ü😀</a></X>"),
        ({"a": True, "b": 7, "c": Decimal("1E+2")}, "<X><a>true</a><b>7</b><c>100</c></X>"),
        ({"a": datetime(2026, 11, 23, 12, tzinfo=UTC)}, "<X><a>2026-11-23T12:00:00Z</a></X>"),
        ({"a": {"b": "c"}}, "<X><a><b>c</b></a></X>"),
        ({"a": ["1", "2"], "b": []}, "<X><a>1</a><a>2</a></X>"),
        ({"attributes": {"type": "A"}, "b": "c"}, '<X type="A"><b>c</b></X>'),
    ],
)
def test_dicts_are_written(value, written):
    assert documents.dumps("X", value) == DECLARED + written.encode()


@pytest.mark.parametrize("name", ["a b", "a><b", "", "1a", "a\x00", "xs:a", "é"])
def test_names_are_names(name):
    with pytest.raises(exceptions.ResourceError, match="XML element"):
        documents.dumps("X", {name: "1"})


@pytest.mark.parametrize("text", ["\x00", "a\x0b", "\uffff"])
def test_what_no_document_can_hold_is_refused(text):
    with pytest.raises(exceptions.ResourceError, match="'Name'") as caught:
        documents.dumps("X", {"Name": text})
    assert repr(text)[1:-1] not in str(caught.value)


def test_bytes_are_no_value():
    with pytest.raises(exceptions.ResourceError, match="bytes"):
        documents.dumps("X", {"Name": b"1"})


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ("<X/>", {}),
        ("<X>text</X>", "text"),
        ("<X><a/><b>1</b></X>", {"a": "", "b": "1"}),
        ("<X><a> 1 </a></X>", {"a": " 1 "}),
        ('<X xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><a i:nil="true"/></X>', {"a": None}),
        ("<X><a>1</a><b/><a>2</a><a>3</a></X>", {"a": ["1", "2", "3"], "b": ""}),
        ("<X><records><a>1</a></records></X>", {"records": [{"a": "1"}]}),
        ("<X><ids>1</ids></X>", {"ids": ["1"]}),
        ('<X type="A"><b>1</b></X>', {"attributes": {"type": "A"}, "b": "1"}),
        ('<X xmlns="urn:x"><a>1</a></X>', {"a": "1"}),
        ("<?xml version='1.0' encoding='UTF-8'?><X><a>&lt;é&#13;\n</a></X>", {"a": "<é\r\n"}),
    ],
)
def test_documents_are_read(document, value):
    assert documents.loads(document.encode()) == value


def test_what_is_written_is_read():
    record = {"Name": "a\r\nb", "Site": None, "Account": {"Key__c": "<1>"}, "ids": ["1", "2"]}
    assert documents.loads(documents.dumps("Contact", record)) == record


@pytest.mark.parametrize("content", [b"", b"<a>", b"text", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'])
def test_anything_else_is_no_document(content):
    with pytest.raises(ValueError, match="XML"):
        documents.loads(content)
