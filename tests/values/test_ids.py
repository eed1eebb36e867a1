import json
from pathlib import Path

import pytest

from sfsync.exceptions import ConversionError
from sfsync.values import id18
from sfsync.values.ids import EMPTY_ID


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("000000000000000", EMPTY_ID),
        ("abcdefghijklmno", "abcdefghijklmnoAAA"),
        ("ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNO555"),
    ],
)
def test_fifteen_characters_become_eighteen_and_stay(short, full):
    assert id18(short) == full
    assert id18(full) == full


@pytest.mark.parametrize(
    "text",
    [
        "",
        "001",
        "001d000000iqhsliaz",  # the case was lost on the way
        "001D000000IqhSLIA",
        "001D000000IqhSLIAZ\n",
        "001D000000IqhS\u00df",
        "001D000000IqhS'",
        "../../../query/",
        None,
        5,
    ],
)
def test_anything_else_is_refused(text):
    """Covers F86."""
    with pytest.raises(ConversionError) as caught:
        id18(text)
    assert caught.value.code == "MALFORMED_ID"


def recorded_ids(body):
    """Yield the ids in a recorded answer of a real org."""
    if isinstance(body, dict):
        for key, value in body.items():
            if key in ("id", "Id") and isinstance(value, str) and len(value) == 18:
                yield value
            yield from recorded_ids(value)
    elif isinstance(body, list):
        for item in body:
            yield from recorded_ids(item)


def test_ids_of_real_orgs_have_our_checksum():
    folder = Path(__file__).parents[3] / "shared" / "salesforce" / "recorded"
    if not folder.is_dir():
        pytest.skip("no recordings here")
    found = set()
    for file in folder.rglob("*.json"):
        found.update(recorded_ids(json.loads(file.read_text(errors="replace") or "null")))
    # One recording was blanked with zeros.
    salesforce = {text for text in found if text.isalnum() and not text.endswith("000000000000")}
    assert salesforce
    assert [text for text in salesforce if id18(text[:15]) != text] == []
