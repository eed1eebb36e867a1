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
    "OpportunityContactRole": f"{CASSETTES}/GET_sobjects_OpportunityContactRole_describe.yaml",
    "Lead": f"{CASSETTES}/GET_sobjects_Lead_describe.yaml",
    "Case": f"{CASSETTES}/GET_sobjects_Case_describe.yaml",
    "Event": f"{CASSETTES}/GET_sobjects_Event_describe.yaml",
}
# Of API version 42, in whose describes newer properties are missing.
OLD_DESCRIBES = {"Campaign": "grouparoo+grouparoo/describe_Campaign.json"}
GLOBAL = "NangoHQ+integration-templates/describe-global.test.json"
ORGANIZATION = f"{CASSETTES}/GET_sobjects_Organization.yaml"


def recorded(name: str) -> Any:
    """Return the JSON body that a recording holds."""
    path = RECORDED / name
    if not path.exists():
        pytest.skip("the recordings are not here")
    text = path.read_text()
    if path.suffix != ".json":
        return _body_of_cassette(text)
    read = json.loads(text)
    return read[0]["response"] if isinstance(read, list) else read["responseBody"]


def _body_of_cassette(text: str) -> Any:
    """Read the one string of a cassette, folded (`>`) or in quotes, without a YAML parser."""
    body = re.split(r"string:\s+", text, maxsplit=1)[1]
    if body.startswith('"'):
        quoted = re.match(r'"(?:[^"\\]|\\.)*"', body, re.DOTALL)
        assert quoted is not None
        joined = re.sub(r"\\\n *(?:\\(?= ))?", "", quoted[0])  # an escaped line break, then an escaped blank
        return json.loads(json.loads(re.sub(r"\n *", " ", joined), strict=False), strict=False)
    if body.startswith("'"):
        body = body[1:].replace("''", "'")
    folded = re.sub(r"\n *", " ", body.lstrip(">-'").lstrip())
    return json.JSONDecoder(strict=False).raw_decode(folded)[0]
