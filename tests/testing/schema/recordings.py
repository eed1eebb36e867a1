"""Describes recorded from live orgs, found through SFSYNC_RECORDED or beside the project."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

BESIDE = Path(__file__).parents[4] / "shared" / "salesforce" / "recorded"
RECORDED = Path(os.environ.get("SFSYNC_RECORDED", BESIDE))
CASSETTES = "SFDO-Tooling+CumulusCI/cumulusci/tests/shared_cassettes"
DESCRIBES = {
    "Account": "NangoHQ+integration-templates/describe-sobject.test.json",
    "Contact": f"{CASSETTES}/GET_sobjects_Contact_describe.yaml",
    "Opportunity": f"{CASSETTES}/GET_sobjects_Opportunity_describe.yaml",
}
GLOBAL = "NangoHQ+integration-templates/describe-global.test.json"
ORGANIZATION = f"{CASSETTES}/GET_sobjects_Organization.yaml"


def recorded(name: str) -> Any:
    """Return the JSON body that a recording holds."""
    path = RECORDED / name
    if not path.exists():
        pytest.skip("the recordings are not here")
    text = path.read_text()
    return json.loads(text)[0]["response"] if path.suffix == ".json" else _body_of_cassette(text)


def _body_of_cassette(text: str) -> Any:
    """Read the one string of a cassette, folded (`>`) or double-quoted, without a YAML parser."""
    body = text.split("string: ", 1)[1]
    if body.startswith(">"):
        return json.JSONDecoder(strict=False).raw_decode(body[1:].lstrip())[0]
    quoted = re.match(r'"(?:[^"\\]|\\.)*"', body, re.DOTALL)
    assert quoted is not None
    joined = re.sub(r"\\\n *(?:\\(?= ))?", "", quoted[0])  # an escaped line break, then an escaped blank
    return json.loads(json.loads(re.sub(r"\n *", " ", joined), strict=False), strict=False)
