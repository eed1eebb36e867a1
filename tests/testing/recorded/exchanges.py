"""Requests and answers recorded from live orgs, read out of the formats they come in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import yaml

# The recorder masked the version; these describes have the properties of this one.
MASKED_VERSION = "v50.0"


@dataclass(frozen=True)
class Exchange:
    """One request with the answer a live org gave; `headers` are the answer's, names in lower case.

    `exact_numbers` is false where the recorder read the body with JavaScript, for which 5.0 is 5.
    """

    method: str
    path: str
    body: Any
    status: int
    answer: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    exact_numbers: bool = False

    @property
    def records_sent(self) -> list[dict[str, Any]]:
        """Return the records in the body: those of a collection, or the body itself."""
        if not isinstance(self.body, dict):
            return []
        sent = self.body.get("records", [self.body])
        return [record for record in sent if isinstance(record, dict)]


def read_story(path: Path) -> list[Exchange]:
    """Return the exchanges of one file, in the order in which they happened."""
    return list(READERS[path.suffix](path))


def _read_json(path: Path) -> Iterator[Exchange]:
    document = json.loads(path.read_text())
    if "raw_body_excerpt" in document:
        yield _excerpt(document)
        return
    for entry in document if isinstance(document, list) else [document]:
        body = entry.get("body", entry.get("requestBody"))
        headers = entry.get("headers_kept") or dict(entry.get("responseHeaders", []))
        parameters = urlencode(entry.get("params") or {}, quote_via=quote)
        parameters += "&".join(f"{name}={value}" for name, value in entry.get("query", {}).items())
        answer = entry.get("response", entry.get("responseBody"))
        yield Exchange(
            entry["method"],
            entry["path"] + (f"?{parameters}" if parameters else "").replace("%2C", ","),
            body,
            entry["status"],
            answer if answer != "" else None,
            {name.lower(): value for name, value in headers.items()},
        )


def _excerpt(document: dict[str, Any]) -> Exchange:
    """Read a query of which some rows were kept byte for byte, without its condition on a record type."""
    url = document["request"].removeprefix("<salesforce_instance_url>").partition("%20WHERE")[0]
    headers = {name.lower(): values[0] for name, values in document["response_headers"].items()}
    answer = json.loads(document["raw_body_excerpt"])
    answer["totalSize"] = len(answer["records"])
    return Exchange("GET", url, None, document["status"], answer, headers, exact_numbers=True)


def _read_cassette(path: Path) -> Iterator[Exchange]:
    document = yaml.safe_load(path.read_text())
    entries = document.get("interactions") or document.get("http_interactions") or [document]
    for entry in entries:
        if "request" in entry:  # the others include a cassette that is a file of its own
            yield _exchange_of(entry["request"], entry["response"])


def _exchange_of(request: dict[str, Any], response: dict[str, Any]) -> Exchange:
    masked = "vxx.0" in request["uri"]
    split = urlsplit(re.sub(r"^<\w+>", "", _mask(request["uri"], masked)))
    headers = {
        name.lower(): value[0]
        for name, value in (response.get("headers") or {}).items()
        if isinstance(value, list)
    }
    return Exchange(
        request["method"].upper(),
        split.path + (f"?{split.query.replace(' ', '%20')}" if split.query else ""),
        _loads(_mask(_text(request.get("body")), masked)),
        int(response["status"]["code"]),
        _loads(_mask(_text(response.get("body")), masked)),
        headers,
        exact_numbers=True,
    )


def _text(body: Any) -> str:
    text = body.get("string") if isinstance(body, dict) else body
    return text if isinstance(text, str) else ""  # others are made of a template


def _mask(text: str, masked: bool) -> str:
    """Give the requests and the answers of a masked recording one version."""
    return re.sub(r"/v(?:xx|\d\d)\.0(?=/|$)", f"/{MASKED_VERSION}", text) if masked else text


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False) if text else None
    except json.JSONDecodeError:
        return text


READERS = {".json": _read_json, ".yaml": _read_cassette, ".yml": _read_cassette}
