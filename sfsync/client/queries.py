"""SOQL queries, page by page.

REST guide, "Query", "QueryAll" and "Query Options Header": the org decides how long a page is, and names the
next one by a path that is to be followed as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from ..exceptions import SalesforceError
from . import composite
from .answers import malformed
from .composite import SubRequest
from .connection import Connection

# REST guide, "Status Codes and Error Responses": a URI over 16,384 bytes is refused (414, 431); the address
# of the host counts as well.
LONGEST_PATH = 15_000
TOO_LONG = (414, 431)
NEXT = re.compile(r"/services/data/v\d{2,3}\.\d/query(All)?/[\w-]{1,100}", re.ASCII)


class Page(list[dict[str, Any]]):
    """Records of one answer; `began` is the org's time when it was asked for."""

    def __init__(self, records: Iterable[dict[str, Any]], began: datetime) -> None:
        super().__init__(records)
        self.began = began


def pages(connection: Connection, soql: str, *, all_rows: bool = False) -> Iterator[Page]:
    """Yield the records of a query page by page; with `all_rows` deleted and archived ones, too.

    Raises CursorLost when the next page is gone, as after the end of the session: only the caller knows where
    to begin again. Raises MalformedResponse when the org says that there is more, and not where: the end of the data is
    only where the org says so.
    """
    began = connection.org_now()
    body = _first(connection, soql, "queryAll" if all_rows else "query")
    seen: set[str] = set()
    while True:
        yield Page(_records(body), began)
        if body["done"] is True:
            return
        path = body.get("nextRecordsUrl")
        if not isinstance(path, str) or not NEXT.fullmatch(path) or path in seen:
            raise malformed("query", "an incomplete result and no usable address of the next page")
        seen.add(path)
        began = connection.org_now()
        body = connection.call("GET", path).body


def _first(connection: Connection, soql: str, resource: str) -> Any:
    """Ask for the first page; a query too long for an address travels inside of a composite call."""
    path = connection.path(f"{resource}?{urlencode({'q': soql}, quote_via=quote)}")
    if len(path) <= LONGEST_PATH:
        try:
            return connection.call("GET", path).body
        except SalesforceError as error:
            if error.status not in TOO_LONG:
                raise
    (response,) = composite.send(connection, [SubRequest("GET", path)])
    if response.error is not None:
        raise response.error
    return response.body


def _records(body: Any) -> list[dict[str, Any]]:
    if not isinstance(body, dict) or not isinstance(body.get("done"), bool):
        raise malformed("query", "no query result")
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise malformed("query", "no list of records")
    return records
