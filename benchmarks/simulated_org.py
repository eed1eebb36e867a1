"""What the simulated org costs, without the network: requests go to its WSGI application."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from werkzeug.test import Client

from sfsync.testing.http.app import Application
from sfsync.testing.http.site import Site
from sfsync.testing.org import Org

from .ratio import Ratio, compare

FIELDS = (
    "Id, Name, Type, Industry, AnnualRevenue, NumberOfEmployees, Phone, Fax, Website, AccountNumber, Site, "
    "Rating, Ownership, BillingCity, BillingState, BillingPostalCode, BillingCountry, IsDeleted, CreatedDate, "
    "SystemModstamp"
)
ROWS = 2_000
BASE = "/services/data/v66.0"


class Desk:
    """A signed-in client of an org that keeps its records in a file."""

    def __init__(self, folder: Path) -> None:
        self.org = Org(folder / "org.sqlite3")
        site = Site(self.org, "https://simulated-org.my.salesforce.com")
        token = site.sessions.open(self.org.settings.user_id).token
        self._headers = {"Authorization": f"Bearer {token}"}
        self._client = Client(Application(site))

    def call(self, method: str, path: str, **options: Any) -> str:
        answer = self._client.open(BASE + path, method=method, headers=self._headers, **options)
        if answer.status_code != 200:
            raise RuntimeError(answer.text)
        return answer.text


@contextmanager
def desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        made = Desk(Path(folder))
        with closing(made.org):
            yield made


def account(number: int) -> dict[str, Any]:
    return {
        "Name": f"Company {number}",
        "Type": "Prospect",
        "Industry": "Energy",
        "AnnualRevenue": number * 1000,
        "NumberOfEmployees": number,
        "Phone": "(512) 757-6000",
        "Website": f"https://company-{number}.example",
        "AccountNumber": f"CD{number}",
        "BillingCity": "Austin",
        "BillingState": "TX",
        "BillingPostalCode": "78767",
        "BillingCountry": "USA",
    }


def pages_of_rows() -> Ratio:
    """How much more than `json.dumps` do 2,000 rows of 20 fields cost? Real orgs send that many in two pages."""
    with desk() as signed_in:
        with signed_in.org.transaction():
            for number in range(ROWS):
                signed_in.org.create("Account", account(number), signed_in.org.settings.user_id)

        def read() -> list[dict[str, Any]]:
            path = "/query?q=" + quote(f"SELECT {FIELDS} FROM Account")
            pages = [json.loads(signed_in.call("GET", path))]
            while "nextRecordsUrl" in pages[-1]:
                path = pages[-1]["nextRecordsUrl"].removeprefix(BASE)
                pages.append(json.loads(signed_in.call("GET", path)))
            return pages

        pages = read()
        if [len(record) for page in pages for record in page["records"]] != [21] * ROWS:
            raise RuntimeError("these are not 2,000 rows of 20 fields")
        return compare("2,000 rows of 20 fields", read, lambda: [json.dumps(page) for page in pages], limit=8)


def collections_create() -> Ratio:
    """How much more does creating 200 records cost than to parse them, store them and say so?"""
    records = [{"attributes": {"type": "Account"}, **account(number)} for number in range(200)]
    body = json.dumps({"allOrNone": False, "records": records})
    with desk() as signed_in, table(list(account(1))) as store:

        def create() -> list[dict[str, Any]]:
            answer = signed_in.call("POST", "/composite/sobjects", data=body, content_type="application/json")
            results: list[dict[str, Any]] = json.loads(answer)
            return results

        results = create()
        if [result["success"] for result in results] != [True] * 200:
            raise RuntimeError("not all records were created")
        return compare(
            "A collections create of 200 records",
            create,
            lambda: (store(json.loads(body)["records"]), json.dumps(results)),
            limit=20,
        )


@contextmanager
def table(columns: list[str]) -> Iterator[Callable[[list[dict[str, Any]]], None]]:
    """Make a table in an SQLite file; the block gets what stores rows there in one transaction."""
    names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(Path(folder) / "rows.sqlite3")) as database,
    ):
        database.execute(f"CREATE TABLE rows (Id INTEGER PRIMARY KEY, {names})")

        def store(records: list[dict[str, Any]]) -> None:
            rows = [[record[name] for name in columns] for record in records]
            with database:
                database.executemany(f"INSERT INTO rows ({names}) VALUES ({marks})", rows)

        yield store


QUESTIONS = (pages_of_rows, collections_create)
