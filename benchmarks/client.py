"""What the client costs over a bare session of requests, which gets the same bytes from the same server."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode

import requests

from sfsync.client import Client, ClientCredentials
from sfsync.client.bulk import Bookmark

from . import simulated_org
from .ratio import Peak, Ratio, compare
from .static_server import response, serve

JSON = "application/json;charset=UTF-8"
JOB = "750000000000001AAA"
JOB_PATH = f"{simulated_org.BASE}/jobs/query/{JOB}"
COLUMNS = [
    "Id",
    "Name",
    "Phone",
    "AnnualRevenue",
    "NumberOfEmployees",
    "BillingCity",
    "Website",
    "SystemModstamp",
]
ROWS, PAGES = 200_000, 4
MIDDLE = f"MTAwMDA{PAGES // 2}"
PATHS = [f"{JOB_PATH}/results", *(f"{JOB_PATH}/results?locator=MTAwMDA{place}" for place in range(1, PAGES))]


def overhead_of_few_records(number: int = 20) -> Ratio:
    """How much more than a bare GET with `.json()` does `api.get` cost, for 20 records of 20 fields?"""
    return _overhead(number, simulated_org.FIELDS, calls=5, rounds=101)


def overhead_of_a_full_page(number: int = 2_000) -> Ratio:
    """The same for 2,000 records of 10 fields, as many as an answer holds."""
    return _overhead(number, ", ".join(simulated_org.FIELDS.split(", ")[:10]), calls=1, rounds=21)


def bulk_rows(rows: int = ROWS) -> Ratio:
    """How much more than a bare download through `csv.reader` do 200,000 rows of a bulk query cost?"""
    with serve(_bulk_responses(rows)) as url, _client(url) as client, requests.Session() as session:

        def read() -> int:
            return sum(1 for page in client.bulk.pages(Bookmark(JOB)) for _ in page)

        def bare() -> int:
            return sum(_count_rows(session, f"{url}{path}") for path in PATHS)

        if (read(), bare()) != (rows, rows):
            raise RuntimeError(f"these are not {rows} rows")
        return compare(f"{rows:,} rows of a bulk query", read, bare, limit=1.5, of=median)


def bulk_memory(rows: int = ROWS) -> Peak:
    """How much memory do 200,000 rows of a bulk query take at most, while each is used and let go?"""
    with serve(_bulk_responses(rows)) as url, _client(url) as client:
        for page in client.bulk.pages(Bookmark(JOB, MIDDLE, rows // 2)):
            sum(1 for _ in page)  # what these pages need, the others can use again
        tracemalloc.start()
        try:
            count = sum(1 for page in client.bulk.pages(Bookmark(JOB)) for _ in page)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        if count != rows:
            raise RuntimeError(f"these are not {rows} rows")
        return Peak(f"Memory for {rows:,} rows of a bulk query", peak, limit=2_000_000)


def _overhead(number: int, fields: str, *, calls: int, rounds: int) -> Ratio:
    soql = f"SELECT {fields} FROM Account LIMIT {number}"
    path = f"{simulated_org.BASE}/query?{urlencode({'q': soql}, quote_via=quote)}"
    with (
        serve(_query_responses(path, number)) as url,
        _client(url) as client,
        requests.Session() as session,
    ):

        def get() -> list[Any]:
            return [client.get("query", params={"q": soql}) for _ in range(calls)]

        def bare() -> list[Any]:
            return [session.get(url + path, timeout=60).json() for _ in range(calls)]

        if [len(answer["records"]) for answer in get() + bare()] != [number] * calls * 2:
            raise RuntimeError(f"these are not {number} records")
        return compare(f"api.get of {number:,} records", get, bare, limit=1.3, of=median, rounds=rounds)


@contextmanager
def _client(url: str) -> Iterator[Client]:
    client = Client(auth_domain=url, auth=ClientCredentials("key", "secret"))
    try:
        yield client
    finally:
        client.close()


def _query_responses(path: str, number: int) -> dict[str, bytes]:
    """Record what the simulated org answers to the query, and to what a client asks before it."""
    with simulated_org.desk() as desk:
        with desk.org.transaction():
            for place in range(number):
                desk.org.create("Account", simulated_org.account(place), desk.org.settings.user_id)
        base = simulated_org.BASE
        paths = [path, f"{base}/sobjects/", f"{base}/sobjects", f"{base}/", base]
        return {
            each: response(desk.call("GET", each.removeprefix(base)).encode(), Content_Type=JSON)
            for each in paths
        }


def _bulk_responses(rows: int) -> dict[str, bytes]:
    """Return a job and its pages, as large as an org makes them where it has 200,000 rows."""
    job = (
        f'{{"id":"{JOB}","operation":"query","object":"Account","state":"JobComplete","apiVersion":66.0,'
        f'"columnDelimiter":"COMMA","lineEnding":"LF","numberRecordsProcessed":{rows}}}'
    )
    found = {JOB_PATH: response(job.encode(), Content_Type=JSON)}
    count = rows // PAGES
    for place, path in enumerate(PATHS):
        following = PATHS[place + 1].partition("locator=")[2] if place + 1 < PAGES else "null"
        headers = {
            "Sforce_Locator": following,
            "Sforce_NumberOfRecords": str(count),
            "Content_Type": "text/csv",
        }
        found[path] = response(_csv(range(place * count, (place + 1) * count)), **headers)
    return found


def _csv(numbers: range) -> bytes:
    """Return a page in the form of Salesforce: every value in quotes, numbers as Java prints doubles."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number in numbers:
        values = simulated_org.account(number)
        written = [values.get(column, "") for column in COLUMNS[1:-1]]
        writer.writerow([f"001Sm{number:010}AAA", *written, "2026-11-23T12:00:00.000Z"])
    return file.getvalue().encode()


def _count_rows(session: requests.Session, url: str) -> int:
    with session.get(url, stream=True, timeout=60) as answer:
        raw: Any = answer.raw
        raw.decode_content, raw.auto_close = True, False  # the wrapper asks a closed file for more
        reader = csv.reader(io.TextIOWrapper(raw, "utf-8", newline=""))
        return sum(1 for _ in reader) - 1


QUESTIONS = (overhead_of_few_records, overhead_of_a_full_page, bulk_rows, bulk_memory)
