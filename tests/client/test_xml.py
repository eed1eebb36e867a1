import pytest

from sfsync.client import xml

BOMB = b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><b>&b;</b>"""
FILE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""


def test_a_document():
    root = xml.parse('<?xml version="1.0" encoding="UTF-8"?><a><b>Zoë &lt;1&gt;</b></a>'.encode())
    assert (root.tag, root.findtext("b")) == ("a", "Zoë <1>")


@pytest.mark.parametrize(
    "content", [BOMB, FILE, BOMB.decode().encode("utf-16"), b"", b"<a>", b"{}", b"<a>\xff</a>", b"<a>&x;</a>"]
)
def test_what_is_no_plain_document_is_refused(content):
    with pytest.raises(ValueError):
        xml.parse(content)
