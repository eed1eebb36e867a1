"""What stops a run before or in its middle: budgets, leases, guards, the wrong org, settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

import sfsync
from crm.mappings import AccountMapping
from crm.models import Account, Contact
from sfsync.database import leases, triggers
from sfsync.exceptions import Stopped
from sfsync.management.base import SfsyncCommand
from sfsync.mappings import ConflictPolicy, DeletePolicy
from sfsync.models import ApiUsage, Lease, MappingState
from sfsync.orgs import connections
from tests.engine.conftest import option
from tests.secrecy import meetings
from tests.secrecy.marks import MARK
from tests.secrecy.world import World
from tests.zoo.models import Enclosure

COMMANDS = ("sf_pull", "sf_push")


def both(world: World, scene: str, *arguments: str) -> None:
    for name in COMMANDS:
        world.evidence.command(name, *arguments)
        world.evidence.look(f"{name}: {scene}")


def spend_budgets(world: World) -> None:
    world.write_both()
    with world.set(SF_RUN_BUDGET=1):
        both(world, "run budget")
    ApiUsage.objects.remember("default", 14_900, 15_000, timezone.now() - timedelta(minutes=1))
    connections.close()
    both(world, "share of the calls")
    ApiUsage.objects.all().delete()
    connections.close()


def forbid(world: World) -> None:
    with world.set(SF_WRITES=False):
        both(world, "no writes")
    for values in (
        {"SF_MAPPINGS": ["crm.mappings.Nothing"]},
        {"SF_MAPPINGS": "crm.mappings"},
        {"SF_API_VERSION": MARK},
        {"SF_DEADLINE": MARK},
    ):
        with world.set(**values):
            both(world, "a wrong setting")
    both(world, "an unknown mapping", "Kontakt")


def take_leases(world: World) -> None:
    world.write_both()
    taken = [
        leases.take("default", "default", "AccountMapping", each, owner="me", seconds=60)
        for each in ("pull", "push")
    ]
    both(world, "another run")
    for lease in taken:
        leases.release(lease)


def take_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a later run take the lease while this one waits for the org; then let SIGTERM arrive."""
    world.write_both()
    check = leases.check

    def lost(lease: Lease) -> None:
        Lease.objects.filter(pk=lease.pk).update(fence=lease.fence + 1)
        check(lease)

    with monkeypatch.context() as patch:
        patch.setattr(leases, "check", lost)
        both(world, "taken over")
    Lease.objects.update(expires_at=timezone.now() - timedelta(hours=1))

    def stop(command: SfsyncCommand, *arguments: object) -> None:
        raise Stopped("SIGTERM arrived.")

    with monkeypatch.context() as patch:
        patch.setattr("sfsync.engine.hooks.Hooks.checkpoint", stop)
        both(world, "SIGTERM")


def mistake_the_org(world: World) -> None:
    MappingState.objects.update(org_id="00D000000000009EAA")
    both(world, "another org")
    MappingState.objects.update(org_id=world.served.org.settings.org_id)


def test_what_stops_a_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Covers F88."""
    spend_budgets(world)
    forbid(world)
    take_leases(world)
    take_over(world, monkeypatch)
    mistake_the_org(world)

    def unsupported() -> None:
        class Later(sfsync.Mapping):
            name = sfsync.Field("Name", conflict=ConflictPolicy.NEWEST)

            class Meta:
                model = "crm.Account"
                sobject = "Account"

    world.evidence.attempt(unsupported)
    world.evidence.look("what is not there yet")
    meetings.require(world, meetings.LIMITS)


def collide(world: World) -> None:
    for policy in (ConflictPolicy.SALESFORCE, ConflictPolicy.LOCAL):
        with option(AccountMapping, conflict=policy):
            world.write_both()
            both(world, f"conflict {policy}", "-v", "2")


def delete_everything(world: World) -> None:
    """Go beyond the guard on both sides, protect rows by children, and delete what the other side edits."""
    ids = [world.create_there() for _ in range(8)]
    world.evidence.command("sf_pull")
    parent = Account.objects.get(sf_id=ids[0])
    Contact.objects.create(last_name=world.text(), account=parent, uid=world.uid())
    Account.objects.filter(sf_id=ids[1]).update(phone=world.text())
    Account.objects.filter(sf_id=ids[2]).delete()
    for sf_id in ids[:6]:
        world.crm.delete("Account", sf_id)
    both(world, "deletes there", "--dry-run", "-v", "2")
    both(world, "deletes there", "-v", "2")
    with option(AccountMapping, deleted_locally=DeletePolicy.DELETE):
        Account.objects.all().delete()
        both(world, "deletes here", "-v", "2")
        both(world, "deletes that are allowed", "--allow-deletes")


def send_what_does_not_fit(world: World) -> None:
    """Bring values that the other side cannot hold, that are there twice, or whose parent is missing."""
    world.crm.create("Account", Name=world.text(), Website=f"{MARK} \x00 nul")
    hidden = world.crm.create("Account", Name=world.text(), Phone=MARK)
    world.crm.create("Contact", LastName=world.text(), AccountId=hidden)
    world.crm.hide("Account", hidden)
    Account.objects.create(name=(world.text() * 20)[:250], uid=world.uid(), phone=f"{MARK}\x01" * 4)
    Account.objects.create(name=world.text(), uid=world.uid(), annual_revenue=10**17 + 1)
    twin = Account.objects.create(name=world.text(), uid=world.uid())
    world.create_there(Django_Id__c=str(twin.uid).upper())
    Account.objects.filter(pk=twin.pk).update(uid=world.uid())
    both(world, "what does not fit", "-v", "2")
    world.served.set_access(
        world.served.org.settings.username,
        fields={"Account.Phone": "", "Contact.Email": "r", "Opportunity.Amount": ""},
    )
    MappingState.objects.update(described_at=None)
    both(world, "fields that are hidden", "--dry-run")
    both(world, "fields that are hidden", "-v", "2")
    world.served.set_access(world.served.org.settings.username)


def collide_here(world: World) -> None:
    """Pull two records into a model that takes their name only once: databases quote it when they refuse."""
    for _ in range(2):
        world.create_there(Name=f"{MARK} twin")
    with world.set(SF_MAPPINGS=["tests.engine.single_mappings.EnclosureMapping"]):
        triggers.install("default")
        both(world, "a name that is taken here", "-v", "2")
        twin = Enclosure(sf_id=world.create_there(Name=f"{MARK} twin"))
        world.evidence.attempt(lambda: sfsync.pull(twin))
        world.evidence.look("a name that is taken here, pulled alone")
    triggers.install("default")
    with unique("crm_opportunity", "name"):
        given = {"StageName": "Prospecting", "CloseDate": "2031-01-01"}
        world.crm.create("Opportunity", Name=f"{MARK} twin", **given)
        other = world.crm.create("Opportunity", Name=world.text(), **given)
        world.evidence.command("sf_pull")
        world.crm.update("Opportunity", other, Name=f"{MARK} twin")
        both(world, "a name that the database refuses", "-v", "2")


@contextmanager
def unique(table: str, column: str) -> Iterator[None]:
    """Let the database refuse values that are there twice, without Django knowing."""
    execute(f"CREATE UNIQUE INDEX secrecy_unique ON {table} ({column})")
    try:
        yield
    finally:
        execute(f"DROP INDEX secrecy_unique{f' ON {table}' if connection.vendor == 'mysql' else ''}")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:  # commands close connections when they end
        cursor.execute(statement)


@pytest.mark.databases
def test_records_that_cannot_be_synced(world: World) -> None:
    """Covers F88."""
    collide(world)
    send_what_does_not_fit(world)
    delete_everything(world)
    world.evidence.command("sf_pull", "--full", "-v", "2")
    world.evidence.look("a load")
    collide_here(world)
    wanted = {
        "INVALID_CHARACTER",
        "FIELD_MISSING",
        "CASCADE_UNLINKED",
        "DELETE_HELD",
        "UNIQUE_HERE",
        "REFUSED_BY_DATABASE",
    }
    assert wanted - world.evidence.codes == set()
