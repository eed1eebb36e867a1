"""What a second reader suspected of watermarks, keys and runs: one behaviour each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

import sfsync
from crm.mappings import AccountMapping
from crm.models import Account, Contact
from sfsync.database import leases, triggers
from sfsync.mappings import DeletePolicy
from sfsync.models import (
    Conflict,
    Delivery,
    DeliveryState,
    Excluded,
    Lease,
    LocalChange,
    MappingState,
    Run,
)
from sfsync.orgs import connections
from tests.engine.conftest import Command, Org, option
from tests.engine.test_lost_answers import Killed
from tests.zoo.models import Enclosure

pytestmark = pytest.mark.databases


class EnclosureMapping(sfsync.Mapping):
    """Has a UUID for a primary key, and no external id."""

    name = sfsync.Field("Name")

    class Meta:
        model = "zoo.Enclosure"
        sobject = "Account"
        deleted_locally = DeletePolicy.DELETE


@pytest.fixture
def zoo(crm: Org, settings: Any) -> Iterator[Org]:
    settings.SF_MAPPINGS = ["tests.engine.test_review.EnclosureMapping"]
    triggers.install("default")
    yield crm
    settings.SF_MAPPINGS = []
    triggers.install("default")


def claim_in_flight(account: Account) -> Lease:
    """Leave a delivery as a push has it whose call is under way."""
    lease = leases.take("default", "default", "AccountMapping", "push", owner="somebody", seconds=300)
    Delivery.objects.create(
        org="default", mapping="AccountMapping", pk_text=str(account.pk), sf_id=account.sf_id,
        operation="update", state=DeliveryState.CLAIMED, fence=lease.fence, base={}, sent={"phone": "ours"},
    )  # fmt: skip
    return lease


# Watermarks


def test_the_watermark_waits_for_a_record_that_a_push_holds(crm: Org, pull: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull("AccountMapping")
    crm.pass_time(30)
    pull("AccountMapping")
    lease = claim_in_flight(Account.objects.get())
    crm.update("Account", sf_id, Name="Acme Inc")
    crm.pass_time(30)
    assert pull("AccountMapping")["AccountMapping"]["held"] == 1
    leases.release(lease)
    Delivery.objects.all().delete()
    crm.pass_time(30)
    pull("AccountMapping")
    assert Account.objects.get().name == "Acme Inc"


def test_a_load_is_not_finished_before_a_record_that_a_push_holds(crm: Org, pull: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull("AccountMapping")
    lease = claim_in_flight(Account.objects.get())
    crm.update("Account", sf_id, Name="Acme Inc")
    crm.pass_time(30)
    assert pull("AccountMapping", "--full")["AccountMapping"]["held"] == 1
    leases.release(lease)
    Delivery.objects.all().delete()
    crm.pass_time(30)
    line = pull("AccountMapping")["AccountMapping"]
    assert (line["seen"], Account.objects.get().name) == (1, "Acme Inc")


def test_a_load_leaves_alone_what_others_wrote_into_the_state(
    crm: Org, pull: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfsync.engine import loading

    looking = loading.Load._look_up_missing

    def pause(self: Any) -> None:
        MappingState.objects.update(paused=True, paused_reason="somebody said so")
        looking(self)

    monkeypatch.setattr(loading.Load, "_look_up_missing", pause)
    crm.create("Account", Name="Acme")
    pull("AccountMapping")
    assert MappingState.objects.get(mapping="AccountMapping").paused


def test_a_field_that_is_back_is_read_for_all_records_also_when_a_push_sees_it_first(
    crm: Org, pull: Command, push: Command
) -> None:
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull("AccountMapping")
    spec = crm.served.org.schema.get("Account")
    visible = spec.fields
    spec.__dict__["fields"] = {name: field for name, field in visible.items() if name != "Phone"}
    MappingState.objects.update(described_at=None)
    try:
        pull("AccountMapping")
    finally:
        spec.__dict__["fields"] = visible
    crm.update("Account", sf_id, Phone="2")
    crm.pass_time(30)
    pull("AccountMapping")
    crm.pass_time(30)
    MappingState.objects.update(described_at=None)
    push("AccountMapping")
    pull("AccountMapping")
    assert Account.objects.get().phone == "2"


# Keys


def test_an_edit_of_a_row_with_a_uuid_key_is_merged_and_pushed(
    zoo: Org, pull: Command, push: Command
) -> None:
    sf_id = zoo.create("Account", Name="Acme")
    pull()
    Enclosure.objects.update(name="Local")
    zoo.update("Account", sf_id, Name="Org")
    line = pull()["EnclosureMapping"]
    assert (line["conflicts"], Conflict.objects.count()) == (1, 1)
    Enclosure.objects.update(name="Local again")
    assert push()["EnclosureMapping"]["updated"] == 1
    assert zoo.count("Account") == 1
    assert zoo.read("Account", sf_id, "Name") == "Local again"


def test_a_row_that_was_replaced_under_another_key_is_not_deleted_in_the_org(
    crm: Org, pull: Command, push: Command
) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    old = Account.objects.get()
    Account.objects.all().delete()
    Account.objects.create(name="Acme", sf_id=sf_id, uid=old.uid)
    with option(AccountMapping, deleted_locally=DeletePolicy.DELETE):
        push()
    assert crm.count("Account") == 1
    assert not Excluded.objects.exists()


def test_a_row_inserted_with_a_salesforce_id_is_not_silently_overwritten(crm: Org, pull: Command) -> None:
    sf_id = crm.create("Account", Name="Org", Phone="1")
    Account.objects.create(name="Local", sf_id=sf_id)
    pull("AccountMapping")
    account = Account.objects.get()
    assert (account.name, account.phone) == ("Org", "1")
    assert (Conflict.objects.get().local, Conflict.objects.get().loser) == ("Local", "local")


def test_keys_are_paged_in_the_order_of_the_database(crm: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    from sfsync.engine import outstanding
    from sfsync.engine.report import MappingReport
    from sfsync.engine.target import Target

    monkeypatch.setattr(outstanding, "CHUNK", 2)
    for key in ("a", "B", "c", "D", "e"):
        LocalChange.objects.create(
            org="default",
            mapping="AccountMapping",
            operation="U",
            table="t",
            pk_text=key,
            changed_at=timezone.now(),
        )
    target = Target(AccountMapping, connections["default"], MappingState(), MappingReport("", "push"))
    keys = [key for page in outstanding.outstanding(target) for key in page]
    assert sorted(keys) == ["B", "D", "a", "c", "e"]


# Runs


def test_a_run_that_broke_is_not_recorded_as_a_success(
    crm: Org, pull: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(*arguments: Any) -> None:
        raise Killed

    monkeypatch.setattr("sfsync.engine.writing._remember_problems", breaking)
    crm.create("Account", Name="Acme")
    with pytest.raises(Killed):
        pull("AccountMapping")
    assert Run.objects.get().status == "failed"
    assert Run.objects.get().error


def test_a_run_keeps_the_leases_of_all_its_mappings(
    crm: Org, pull: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfsync.engine import loading, target

    left = []
    looking = loading.Load._look_up_missing

    def look(self: Any) -> None:
        Lease.objects.update(expires_at=leases.LONG_AGO)
        self.target.checkpoint()
        left.append(Lease.objects.filter(expires_at=leases.LONG_AGO).count())
        looking(self)

    monkeypatch.setattr(target, "RENEW_AFTER", 0)
    monkeypatch.setattr(loading.Load, "_look_up_missing", look)
    pull("AccountMapping", "ContactMapping")
    assert left == [0, 0]


def test_a_dry_run_takes_no_slot(crm: Org, pull: Command) -> None:
    pull("--due", "--dry-run")
    assert not MappingState.objects.exclude(last_pull_slot=None).exists()
    assert "AccountMapping" in pull("--due")


def test_an_object_that_cannot_be_loaded_stops_no_other(
    crm: Org, pull: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfsync.client import PollResult
    from sfsync.exceptions import InvalidType

    crm.create("Contact", LastName="Ng")
    client = connections["default"]
    polling = client.poll

    def poll(windows: Any) -> Any:
        results = polling(windows)
        refused = PollResult("Account", error=InvalidType("Account cannot be replicated"))
        return [refused if each.sobject == "Account" else each for each in results]

    monkeypatch.setattr(client, "poll", poll)
    with pytest.raises(CommandError, match="cannot be replicated"):
        pull("AccountMapping", "ContactMapping")
    assert Contact.objects.count() == 1
    assert dict(Run.objects.values_list("mapping", "status")) == {
        "AccountMapping": "failed", "ContactMapping": "success",
    }  # fmt: skip
