"""sf_pull and sf_push, with each fault the org can cause: no secret and no value is seen."""

from __future__ import annotations

from typing import Any

import pytest

from crm.models import Account, Contact
from tests.secrecy import meetings
from tests.secrecy.faults import API, CONCURRENT, QUOTED, REFUSALS, ROWS, WIRE, refusal
from tests.secrecy.marks import MARK
from tests.secrecy.world import World

BOTH = pytest.mark.parametrize("name", ["sf_pull", "sf_push"])


def suffer(world: World, name: str, scene: str, fault: dict[str, Any], *arguments: str) -> None:
    """Let people write, run a command under a fault, and look at what is left; what failed is done by the next."""
    world.write_both()
    with world.fault(**{"path": API, **fault}):
        world.evidence.command(name, *arguments)
    world.evidence.look(f"{name}: {scene}")


@BOTH
def test_faults_on_the_way(world: World, name: str) -> None:
    """Covers F88."""
    for scene, fault in WIRE.items():
        suffer(world, name, scene, fault)
    meetings.require(world, meetings.RUNS, meetings.RUN_FAULTS)


def test_faults_meet_a_describe(world: World) -> None:
    """Covers F88."""
    for scene, fault in WIRE.items():
        with world.fault(**{"path": API, **fault}):
            world.evidence.command("sf_describe", "Account")
        world.evidence.look(f"sf_describe: {scene}")
    assert world.evidence.leaks == {}


def test_refusals_that_quote_values(world: World) -> None:
    """Covers F88."""
    for code in REFUSALS:
        for name, arguments in [("sf_pull", ["--full"]), ("sf_pull", []), ("sf_push", [])]:
            suffer(world, name, code, refusal(400, code), *arguments)
    suffer(world, "sf_pull", "too many at once", CONCURRENT)
    with world.fault(**refusal(404, "NOT_FOUND"), path=f"{API}/describe"):
        world.evidence.command("sf_describe", "Account")
    world.evidence.command("sf_describe", "Contact")
    world.evidence.command("sf_describe", "--json")
    world.evidence.look("sf_describe")
    meetings.require(world, meetings.REFUSED)


def fail_records(world: World) -> None:
    """Let the org refuse records, with the words of each refusal quoting their values."""
    for code in ROWS:
        suffer(
            world,
            "sf_push",
            code,
            {"action": "fail_rows", "code": code, "message": QUOTED, "fields": ["Name"]},
        )
    suffer(world, "sf_push", "locks", {"action": "lock_rows", "share": 1.0})
    suffer(
        world, "sf_pull", "fewer", {"action": "shorten", "path": "*/composite", "member": "compositeResponse"}
    )
    suffer(world, "sf_push", "order", {"action": "reorder", "path": "*/composite*"})
    suffer(world, "sf_push", "no rows", {"action": "blank_rows", "path": "*/composite/sobjects/*"})
    write = {
        "operation": "update",
        "sobject": "Account",
        "id": world.account,
        "values": {"Phone": world.text()},
    }
    suffer(world, "sf_push", "another writes", {"action": "write", "path": "*/composite", "writes": [write]})


def break_rules(world: World) -> None:
    """Break the org's own rules, which quote what they refuse."""
    world.served.automation.add(
        "validation",
        sobject="Contact",
        condition=f"LastName LIKE '{MARK}%'",
        message=QUOTED,
        field="LastName",
    )
    world.served.automation.add("duplicate", sobject="Account", fields=["Phone"])
    long = (world.text() * 20)[:128]
    first = world.create_there(Phone=f"{MARK} same")
    world.create_here()
    Account.objects.exclude(sf_id=first).update(
        phone=f"{MARK} same", website=long, industry=world.text()[:40]
    )
    Contact.objects.update(email=f"{MARK} is no address", title=long)


@pytest.mark.databases
def test_records_that_are_refused(world: World) -> None:
    """Covers F88."""
    fail_records(world)
    break_rules(world)
    for name in ("sf_push", "sf_pull", "sf_push"):
        world.evidence.command(name, "-v", "2")
        world.evidence.look(f"{name}: rules of the org")
    meetings.require(world, meetings.ROWS, meetings.ROW_FAULTS)
