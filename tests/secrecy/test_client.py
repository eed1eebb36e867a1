"""`sfsync.connections` and single records, with each fault the org can cause: no secret and no value is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

import sfsync
from crm.models import Account, Contact
from sfsync.client import Client
from sfsync.client.bulk import Bookmark
from sfsync.orgs import connections
from tests.secrecy import meetings
from tests.secrecy.faults import API, QUOTED, WIRE, refusal
from tests.secrecy.marks import MARK
from tests.secrecy.world import World

SOQL = f"SELECT Id, Name FROM Account WHERE Name LIKE '{MARK}%'"
ONE_BY_EXTERNAL_ID = {"sobject": "Account", "name": "Django_Id__c", "value": MARK}


def stream(api: Client) -> None:
    with api.stream("GET", f"query?q={MARK}") as answer:
        list(answer.chunks())


def rows(api: Client) -> list[Any]:
    return [list(page) for page in api.bulk.pages(Bookmark(api.bulk.query(SOQL).id))]


def load(api: Client) -> list[Any]:
    records = [{"Name": MARK, "Phone": f"{MARK}{number}"} for number in range(3)]
    loads = list(api.bulk.load("Account", "insert", ["Name", "Phone"], records, key="Phone"))
    return [list(api.bulk.outcomes(each)) for each in loads]


CALLS: dict[str, Callable[[Client], Any]] = {
    "get": lambda api: api.get("query", params={"q": SOQL}),
    "xml": lambda api: api.get("query", params={"q": SOQL}, format="xml"),
    "query": lambda api: list(api.query(SOQL)),
    "search": lambda api: api.get("parameterizedSearch", params={"q": MARK, "sobject": "Account"}),
    "external id": lambda api: api.get("Account.external", params=ONE_BY_EXTERNAL_ID),
    "post": lambda api: api.post("Account", data={"Name": MARK}),
    "many": lambda api: api.create_many("Account", [{"Name": MARK}]),
    "head": lambda api: api.head("limits"),
    "stream": stream,
    "bulk query": rows,
    "bulk load": load,
}


def call(world: World, name: str) -> None:
    """Make one of the calls; what it returns is a record, what it raises must be none."""
    world.evidence.attempt(lambda: CALLS[name](connections["default"]))


def test_calls_that_fail(world: World) -> None:
    """Covers F88."""
    for number, (scene, fault) in enumerate(WIRE.items()):
        names = list(CALLS) if number % 5 == 0 else [list(CALLS)[number % len(CALLS)], "query"]
        with world.fault(**{"path": API, **fault}):
            for name in names:
                call(world, name)
        world.evidence.look(f"calls: {scene}")


def test_calls_that_make_no_sense(world: World) -> None:
    """Covers F88."""
    attempts: list[Callable[[Client], Any]] = [
        lambda api: api.get("Account.instance", params={"id": ".."}),
        lambda api: api.get("Account.instance", params={"id": b"bytes"}),
        lambda api: api.get("Account.updated", params={"start": MARK, "end": MARK}),
        lambda api: api.post("limits", data={"Name": MARK}),
        lambda api: api.get("query", params={"q": SOQL}, format="yaml"),
        lambda api: list(api.query(f"SELECT {MARK} FROM Account")),
        lambda api: list(api.query(f"SELECT Id FROM {MARK}")),
        lambda api: api.describe(f"{MARK}-"),
        lambda api: list(api.bulk.load("Account", "insert", ["Name"], [{"Name": b"x"}], key="Name")),
        lambda api: api.bulk.find("query", "750000000000000AAA"),
        lambda api: rows_of(api, api.bulk.query(SOQL).id),
    ]
    for number, attempt in enumerate(attempts):
        world.evidence.attempt(lambda attempt=attempt: attempt(connections["default"]))
        world.evidence.look(f"nonsense {number}")
    with world.fault("edit", path="*/jobs/query/*", body={"state": "Failed", "errorMessage": QUOTED}):
        call(world, "bulk query")
    world.evidence.look("a job that failed")
    meetings.require(world, meetings.CLIENT)


def rows_of(api: Client, job_id: str) -> None:
    api.bulk.abort(api.bulk.find("query", job_id))
    list(api.bulk.pages(Bookmark(job_id)))


def test_single_records(world: World) -> None:
    """Covers F88."""
    for scene in WIRE:
        for sync in (sfsync.pull, sfsync.push):
            world.write_both()
            row = Account.objects.get(sf_id=world.account)
            with world.fault(**{"path": API, **WIRE[scene]}):
                world.evidence.show("a report", world.evidence.attempt(lambda row=row, sync=sync: sync(row)))
            world.evidence.look(f"{sync.__name__}: {scene}")
    with world.fault(**refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION"), path=f"{API}/sobjects/*"):
        Account.objects.filter(sf_id=world.account).update(phone=world.text())
        world.evidence.attempt(lambda: sfsync.push(Account.objects.get(sf_id=world.account)))
        world.evidence.look("push: refused")
    attempts: list[Callable[[], Any]] = [
        lambda: sfsync.pull(Account(name=MARK, uid=world.uid())),
        lambda: sfsync.pull(Contact(last_name=MARK, sf_id=MARK)),
        lambda: sfsync.push(Contact(last_name=MARK)),
        lambda: sfsync.push(MARK),
        lambda: sfsync.push(Account.objects.create(name="", uid=world.uid())),
        lambda: sfsync.push(Account.objects.create(name=f"{MARK}\x01", uid=world.uid())),
        in_transaction,
        lambda: world.evidence.show("a report", sfsync.push(world.create_here())),
    ]
    for number, attempt in enumerate(attempts):
        world.evidence.attempt(attempt)
        world.evidence.look(f"single {number}")
    world.crm.update("Account", world.account, Website=f"{MARK} \x00")
    world.evidence.attempt(lambda: sfsync.pull(Account.objects.get(sf_id=world.account)))
    world.evidence.look("pull: a value that does not fit")
    meetings.require(world, meetings.SINGLE)


def in_transaction() -> None:
    with transaction.atomic():
        sfsync.push(Account.objects.first())
