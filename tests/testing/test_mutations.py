"""Mutated requests never get a traceback, nor a 500 that Salesforce would not give."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from sfsync.testing.http.app import Application
from sfsync.testing.http.site import Site
from sfsync.testing.org import Org
from sfsync.testing.seed import seed

from .mutations import Request, mutate, well_formed

ERROR_KEYS = {"errorCode", "error", "exceptionCode"}  # of the REST API, of OAuth, of Bulk API 1.0
QUERY_JOB = {"operation": "query", "query": "SELECT Id, Name FROM Account"}


class Desk:
    """An org with some records, and a session that is opened again whenever a request ended it."""

    def __init__(self) -> None:
        self.org = Org()
        self.org.base_url = "https://simulated-org.my.salesforce.com"
        seed(self.org, accounts=5, contacts=5, opportunities=2)
        self.site = Site(self.org, self.org.base_url)
        self.site.apex.add("echo/{id}", lambda request: {"body": request.body, **request.parameters})
        self.application = Application(self.site)
        self.user = self.org.settings.user_id
        rows = self.org.storage.read('SELECT "Id" FROM "Account"')
        self.ids = {
            "version": "66.0",
            "sobject": "Account",
            "record_id": next(rows)[0],
            "field": "Django_Id__c",
            "value": "1",
            "org_id": self.org.settings.org_id,
            "user_id": self.user,
            "ingest.results": "successfulResults",
            "query.results": "results",
            "record_type_id": "012000000000000AAA",
            "resource": "echo/1",
        }
        for kind, body in (("ingest", {"object": "Account", "operation": "insert"}), ("query", QUERY_JOB)):
            _, _, answer = self.send(Request("POST", f"/services/data/v66.0/jobs/{kind}", body))
            self.ids[f"{kind}.job_id"] = json.loads(answer)["id"]

    def send(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        started: list[Any] = []
        environ = request.environ(self.site.sessions.open(self.user).token)
        pieces = self.application(environ, lambda status, headers: started.extend([status, dict(headers)]))
        body = b"".join(pieces)
        return int(started[0][:3]), started[1], body


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.org.close()


def wrong(status: int, headers: dict[str, str], body: bytes) -> str | None:
    """Say what is wrong with an answer, whatever the request was."""
    if b"Traceback" in body:
        return "a traceback"
    if status >= 500 and b"soapenv:Fault" not in body:
        return f"status {status}"
    if not body or "Content-Encoding" in headers:
        return None
    media_type = headers.get("Content-Type", "")
    if media_type.startswith("application/json"):
        content = json.loads(body)
        if status >= 400 and not ERROR_KEYS & set(content[0] if isinstance(content, list) else content):
            return "an error without a code"
    elif "xml" in media_type:
        ElementTree.fromstring(body)
    return None


def send_mutations(desk: Desk, count: int, seed: int) -> None:
    base = list(well_formed(desk.ids))
    choose = random.Random(seed)
    for number in range(count):
        request = mutate(choose.choice(base), choose)
        said = wrong(*desk.send(request))
        failures = [repr(failure) for failure in desk.site.failures]
        assert not said and not failures, f"request {number} of seed {seed}: {said} {failures} {request}"


def test_2000_mutated_requests(desk: Desk) -> None:
    send_mutations(desk, 2_000, seed=20_261_123)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_20000_mutated_requests(desk: Desk, seed: int) -> None:
    send_mutations(desk, 2_000, seed)


def test_what_the_mutations_are_made_from_is_understood(desk: Desk) -> None:
    statuses: dict[str, set[int]] = {}
    order = ["POST", "PUT", "GET", "PATCH", "DELETE"]  # a job goes through its states
    for request in sorted(well_formed(desk.ids), key=lambda request: order.index(request.method)):
        status, _, _ = desk.send(request)
        statuses.setdefault(desk.site.requests[-1].kind, set()).add(status)
    understood = {kind for kind, found in statuses.items() if min(found) < 300}
    written = {"sobject", "row", "collections", "composite", "ingest_jobs", "ingest_upload", "query_jobs"}
    assert written | {"query", "describe", "updated", "query_results", "ingest_job"} <= understood
    assert {"search", "parameterized_search", "layouts", "layout", "apex_rest"} <= understood
    assert "unknown" not in statuses
