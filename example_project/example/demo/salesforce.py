"""Work in the org as its own users do: through Salesforce's REST API, with nothing of sfsync.

Endpoints: REST API Developer Guide, "sObject Rows", "Query"; sign-in: "OAuth 2.0 Client Credentials Flow".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import requests

from .simulated_org import Credentials

VERSION = "v66.0"
SECONDS = (5, 60)  # to connect, to answer


class Salesforce:
    """One signed-in session; `write` takes one line per write, to be shown."""

    def __init__(self, credentials: Credentials, write: Callable[[str], object]) -> None:
        self.session = requests.Session()
        self.url = credentials.url
        self.write = write
        self.sign_in(credentials)

    def sign_in(self, credentials: Credentials) -> None:
        """Exchange key and secret for a token."""
        answer = self.session.post(
            f"{self.url}/services/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": credentials.consumer_key,
                "client_secret": credentials.consumer_secret,
            },
            timeout=SECONDS,
        )
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """Send one request below /services/data; return the parsed body, numbers exact, or None."""
        answer = self.session.request(method, f"{self.url}{path}", timeout=SECONDS, **arguments)
        answer.raise_for_status()
        return answer.json(parse_float=Decimal) if answer.content else None

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Return all records of a query, page by page."""
        page = self.call("GET", f"/services/data/{VERSION}/query", params={"q": soql})
        records = page["records"]
        while not page["done"]:
            page = self.call("GET", page["nextRecordsUrl"])
            records += page["records"]
        return records

    def create(self, sobject: str, **values: Any) -> str:
        """Create a record and return its id."""
        self.show("POST", sobject, values)
        answer = self.call("POST", f"/services/data/{VERSION}/sobjects/{sobject}", json=values)
        self.write(f"    {answer['id']}")
        return str(answer["id"])

    def update(self, sobject: str, record: str, **values: Any) -> None:
        """Change some fields of a record."""
        self.show("PATCH", f"{sobject}/{record}", values)
        self.call("PATCH", f"/services/data/{VERSION}/sobjects/{sobject}/{record}", json=values)

    def delete(self, sobject: str, record: str) -> None:
        """Put a record into the recycle bin."""
        self.show("DELETE", f"{sobject}/{record}", None)
        self.call("DELETE", f"/services/data/{VERSION}/sobjects/{sobject}/{record}")

    def show(self, method: str, path: str, values: dict[str, Any] | None) -> None:
        """Show one write before it is sent."""
        body = "" if values is None else " " + json.dumps(values, ensure_ascii=False)
        self.write(f"  {method} sobjects/{path}{body}")
