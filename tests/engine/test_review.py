"""What a second reader of the engine suspected: one behaviour each."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import sfsync
from crm.mappings import AccountMapping, ContactMapping
from crm.models import Account, Contact
from sfsync.database import leases, triggers
from sfsync.engine import pushing
from sfsync.mappings import ConflictPolicy, DeletePolicy
from sfsync.models import (
    Conflict,
    Delivery,
    DeliveryState,
    Excluded,
    Lease,
    LocalChange,
    MappingState,
    Problem,
    Run,
    WaitingReference,
)
from sfsync.orgs import connections
from tests.engine.conftest import Command, Org, option
from tests.engine.test_lost_answers import Killed, break_writes, heal_connection
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


# References


def test_an_update_whose_new_parent_has_no_id_yet_sends_the_reference_later(
    crm: Org, pull: Command, push: Command
) -> None:
    sf_id = crm.create("Account", Name="Child")
    pull()
    child = Account.objects.get()
    child.phone, child.parent = "2", Account.objects.create(name="Parent")
    child.save()
    push("AccountMapping")
    parent = Account.objects.get(name="Parent")
    assert crm.read("Account", sf_id, "Phone") == "2"
    assert crm.read("Account", sf_id, "ParentId") == parent.sf_id


def test_without_an_external_id_a_parent_in_a_circle_follows_as_well(crm: Org, push: Command) -> None:
    with option(AccountMapping, external_id=None):
        first, second = Account.objects.create(name="First"), Account.objects.create(name="Second")
        Account.objects.filter(pk=first.pk).update(parent=second)
        Account.objects.filter(pk=second.pk).update(parent=first)
        push("AccountMapping")
    linked = {crm.read("Account", each.sf_id, "ParentId") for each in Account.objects.all()}
    assert len(linked) == 2


def test_a_reference_that_a_pulled_delete_cleared_is_nobodys_edit(
    crm: Org, pull: Command, push: Command
) -> None:
    parent, other = crm.create("Account", Name="Parent"), crm.create("Account", Name="Other")
    child = crm.create("Account", Name="Child", ParentId=parent)
    pull("AccountMapping")
    crm.pass_time(30)
    pull("AccountMapping")
    with crm.served.org.storage.transaction():  # a delete clears lookups without a stamp of their records
        crm.served.org.storage.write('UPDATE "Account" SET "ParentId" = NULL WHERE "Id" = ?', (child,))
    crm.delete("Account", parent)
    with option(AccountMapping, conflict=ConflictPolicy.LOCAL):
        pull("AccountMapping")
        assert not LocalChange.objects.exists()
        crm.update("Account", child, ParentId=other)
        pull("AccountMapping")
        push("AccountMapping")
    assert crm.read("Account", child, "ParentId") == other
    assert Account.objects.get(name="Child").parent.sf_id == other
    assert not Conflict.objects.exists()


def test_a_deleted_row_that_waited_for_a_parent_is_not_asked_for_again_and_again(
    crm: Org, pull: Command, push: Command
) -> None:
    acme = crm.create("Account", Name="Acme")
    crm.create("Contact", LastName="Ng", AccountId=acme)
    pull("ContactMapping")
    Contact.objects.all().delete()
    push("ContactMapping")
    pull("AccountMapping")
    pull("ContactMapping")
    assert not WaitingReference.objects.exists()
    assert not Contact.objects.exists()


# Deletes


def test_a_held_delete_is_not_evaded_by_the_cascade_of_its_parent(crm: Org, pull: Command) -> None:
    acme = crm.create("Account", Name="Acme")
    for number in range(4):
        crm.create("Account", Name=f"Other {number}")
    for number in range(60):
        crm.create("Contact", LastName=f"Number {number}", AccountId=acme)
    pull()
    crm.delete("Account", acme)
    lines = pull()
    assert lines["ContactMapping"]["held"] == 60
    assert Contact.objects.count() == 60
    lines = pull("--allow-deletes")
    assert (Contact.objects.count(), Account.objects.count()) == (0, 4)
    assert lines["total"]["code"] == 0


def test_pushed_deletes_stop_at_the_guard(crm: Org, pull: Command, push: Command) -> None:
    with crm.served.org.transaction():
        for number in range(60):
            crm.create("Contact", LastName=f"Number {number}")
    pull("ContactMapping")
    Contact.objects.all().delete()
    Contact.objects.create(last_name="New")
    with option(ContactMapping, deleted_locally=DeletePolicy.DELETE):
        for _ in range(2):
            line = push("ContactMapping")
            assert (line["ContactMapping"]["held"], line["ContactMapping"]["deleted"]) == (60, 0)
            assert (line["total"]["code"], Problem.objects.get().code) == (3, "DELETE_HELD")
        assert crm.count("Contact") == 61
        line = push("ContactMapping", "--allow-deletes")
    assert (line["ContactMapping"]["deleted"], line["total"]["code"]) == (60, 0)
    assert crm.count("Contact") == 1


def test_a_record_that_is_back_in_the_org_is_pushed_again(crm: Org, pull: Command, push: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    with option(AccountMapping, deleted_in_salesforce=DeletePolicy.KEEP):
        pull("AccountMapping")
        crm.delete("Account", sf_id)
        pull("AccountMapping")
        assert Excluded.objects.count() == 1
        undelete(crm, sf_id)
        pull("AccountMapping")
        Account.objects.update(phone="2")
        push("AccountMapping")
    assert crm.read("Account", sf_id, "Phone") == "2"


def undelete(crm: Org, sf_id: str) -> None:
    with crm.served.org.storage.transaction():
        crm.served.org.storage.write('UPDATE "Account" SET "IsDeleted" = 0 WHERE "Id" = ?', (sf_id,))
    crm.update("Account", sf_id, Industry="Energy")


def test_a_delete_that_the_database_refuses_stops_no_other(crm: Org, pull: Command) -> None:
    ids = [crm.create("Contact", LastName=f"Number {number}") for number in range(3)]
    pull("ContactMapping")
    kept = Contact.objects.get(sf_id=ids[1])
    kind = {"sqlite": "integer", "postgresql": "bigint", "mysql": "bigint"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE badge (contact_id {kind}, FOREIGN KEY (contact_id) REFERENCES crm_contact (id))"
        )
        cursor.execute("INSERT INTO badge VALUES (%s)", [kept.pk])
    try:
        for sf_id in ids:
            crm.delete("Contact", sf_id)
        line = pull("ContactMapping")
        assert (line["ContactMapping"]["deleted"], line["ContactMapping"]["problems"]) == (2, 1)
        assert list(Contact.objects.all()) == [kept]
        assert Problem.objects.get().record == ids[1]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE badge")
    crm.pass_time(30)
    assert pull("ContactMapping")["total"]["code"] == 0
    assert not Contact.objects.exists()


def test_a_row_deleted_after_its_create_was_lost_is_not_brought_back_by_a_pull(
    crm: Org, pull: Command, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F96."""
    pull("AccountMapping")
    Account.objects.create(name="Acme")

    class Dying:
        def __init__(self, *arguments: Any) -> None:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pushing, "Settlement", Dying)
        with pytest.raises(Killed):
            push("AccountMapping")
    Account.objects.all().delete()
    pull("AccountMapping")
    assert not Account.objects.exists()
    with option(AccountMapping, deleted_locally=DeletePolicy.DELETE):
        push("AccountMapping")
    assert crm.count("Account") == 0


def test_an_update_that_meets_a_row_the_pull_has_deleted_leaves_no_problem(
    crm: Org, pull: Command, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull("AccountMapping")
    Account.objects.update(phone="2")
    sending = pushing.send

    def delete_first(*arguments: Any) -> Any:
        crm.delete("Account", sf_id)
        pull("AccountMapping")
        return sending(*arguments)

    monkeypatch.setattr(pushing, "send", delete_first)
    push("AccountMapping")
    assert not Account.objects.exists()
    assert not Problem.objects.exists()
    assert not Delivery.objects.exists()


def test_a_row_that_a_pull_brings_back_while_its_update_is_under_way_is_created(
    crm: Org, pull: Command, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull("AccountMapping")
    Account.objects.update(phone="2")
    sending = pushing.send

    def delete_first(*arguments: Any) -> Any:
        monkeypatch.setattr(pushing, "send", sending)
        crm.delete("Account", sf_id)
        pull("AccountMapping")
        return sending(*arguments)

    monkeypatch.setattr(pushing, "send", delete_first)
    with option(AccountMapping, conflict=ConflictPolicy.LOCAL):
        push("AccountMapping")
        push("AccountMapping")
    assert crm.count("Account") == 1
    assert Account.objects.get().sf_id not in (None, sf_id)


# Problems


def test_a_problem_clears_when_its_cause_is_gone(crm: Org, pull: Command) -> None:
    other = Account.objects.create(name="Other")
    Account.objects.filter(pk=other.pk).update(sf_id="001000000000001AAA")
    LocalChange.objects.all().delete()
    crm.create("Account", Name="Acme", Django_Id__c=str(other.uid))
    assert pull("AccountMapping")["total"]["code"] == 3
    Account.objects.all().delete()
    LocalChange.objects.all().delete()
    Problem.objects.filter(record="001000000000001AAA").delete()
    crm.pass_time(30)
    assert pull("AccountMapping")["AccountMapping"]["created"] == 1
    assert not Problem.objects.exists()


def test_a_problem_of_a_refused_create_clears_when_the_pull_links_the_row(
    crm: Org, pull: Command, push: Command
) -> None:
    contact = Contact.objects.create(last_name="Ng", email="no address")
    push("ContactMapping")
    assert Problem.objects.get().record == str(contact.pk)
    crm.create("Contact", LastName="Ng", Django_Id__c=str(contact.uid))
    pull("ContactMapping")
    Contact.objects.update(email="")
    assert push("ContactMapping")["total"]["code"] == 0
    assert not Problem.objects.exists()


def test_a_push_problem_clears_when_the_org_agrees(crm: Org, pull: Command, push: Command) -> None:
    first, second = Account.objects.create(name="First"), Account.objects.create(name="Second")
    Account.objects.filter(pk=first.pk).update(parent=second)
    Account.objects.filter(pk=second.pk).update(parent=first)
    push("AccountMapping")
    broken = Account.objects.get(sf_id=Problem.objects.get().record)
    crm.update("Account", broken.parent.sf_id, ParentId=None)
    crm.update("Account", broken.sf_id, ParentId=broken.parent.sf_id)
    Account.objects.filter(pk=broken.parent.pk).update(parent=None)
    pull("AccountMapping")
    push("AccountMapping")
    assert not Problem.objects.exists()


def test_an_unknown_create_is_known_once_a_person_has_stored_its_id(crm: Org, push: Command) -> None:
    with option(AccountMapping, external_id=None):
        Account.objects.create(name="Acme")
        break_writes(crm, before=False)
        with pytest.raises(CommandError):
            push("AccountMapping")
        heal_connection()
        push("AccountMapping")
        (row,) = crm.served.org.storage.read('SELECT "Id" FROM "Account"', ())
        Account.objects.update(sf_id=row[0])
        assert push("AccountMapping")["total"]["code"] == 0
    assert not Problem.objects.exists()
    assert not LocalChange.objects.exists()


def test_a_duplicate_that_cannot_be_adopted_is_tried_once(crm: Org, push: Command) -> None:
    account = Account.objects.create(name="Acme")
    crm.create("Account", Name="A" * 200, Django_Id__c=str(account.uid))
    field = Account._meta.get_field("name")
    field.max_length, kept = 100, field.max_length
    try:
        line = push("AccountMapping")
        assert line["AccountMapping"]["problems"] == line["AccountMapping"]["seen"] == 1
        assert line["total"]["api_calls"] <= 4
        assert push("AccountMapping")["total"]["api_calls"] == 0
    finally:
        field.max_length = kept


def test_a_value_the_database_refuses_stops_no_other_push(crm: Org, pull: Command, push: Command) -> None:
    ids = [crm.create("Account", Name=f"Account {number}", Phone=str(number)) for number in range(3)]
    pull("AccountMapping")
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX review_phone ON crm_account (phone)")
    try:
        Account.objects.update(industry="Energy")
        crm.update("Account", ids[1], Phone="0")
        line = push("AccountMapping")
    finally:
        with connection.cursor() as cursor:
            drop = "DROP INDEX review_phone"
            cursor.execute(drop + " ON crm_account" if connection.vendor == "mysql" else drop)
    assert (line["AccountMapping"]["updated"], line["AccountMapping"]["problems"]) == (2, 1)
    assert Problem.objects.get().record == ids[1]


def test_a_refused_record_writes_neither_values_nor_conflicts(crm: Org, pull: Command, push: Command) -> None:
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull("AccountMapping")
    Account.objects.update(phone="local")
    crm.update("Account", sf_id, Phone="org", Website="w" * 200)
    field = Account._meta.get_field("website")
    field.max_length, kept = 100, field.max_length
    try:
        push("AccountMapping")
        assert Account.objects.get().phone == "local"
        assert not Conflict.objects.exists()
    finally:
        field.max_length = kept
    pull("AccountMapping")
    assert Conflict.objects.count() == 1


# Writes


def test_an_edit_of_the_same_second_as_the_read_is_not_silently_overwritten(
    crm: Org, pull: Command, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull("AccountMapping")
    Account.objects.update(phone="local")
    sending = pushing.send

    def edit_first(*arguments: Any) -> Any:
        with crm.served.org.storage.transaction():
            crm.served.org.storage.write('UPDATE "Account" SET "Phone" = ? WHERE "Id" = ?', ("org", sf_id))
        return sending(*arguments)

    monkeypatch.setattr(pushing, "send", edit_first)
    push("AccountMapping")
    assert Conflict.objects.get().salesforce == "org"


def test_an_org_that_refuses_conditions_in_a_composite_is_written_without(
    crm: Org, pull: Command, push: Command
) -> None:
    org = crm.served.org
    org.settings = dataclasses.replace(org.settings, composite_conditional_patch=False)
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull("AccountMapping")
    Account.objects.update(phone="2")
    line = push("AccountMapping")["AccountMapping"]
    assert (line["updated"], crm.read("Account", sf_id, "Phone")) == (1, "2")
    assert not Problem.objects.exists()


@pytest.mark.parametrize("refused", ["limit", "stop"])
def test_a_create_that_was_never_sent_is_not_unknown(
    crm: Org, push: Command, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    from sfsync.exceptions import LimitExceeded, Stopped

    def refuse(*arguments: Any) -> Any:
        raise LimitExceeded("no more") if refused == "limit" else Stopped("now")

    with option(AccountMapping, external_id=None):
        Account.objects.create(name="Acme")
        with monkeypatch.context() as patch:
            if refused == "limit":
                patch.setattr(connections["default"], "composite", refuse)
                push("AccountMapping")
            else:
                stop_after_the_claim(patch)
                assert push("AccountMapping")["AccountMapping"]["created"] == 1
        push("AccountMapping")
    assert crm.count("Account") == 1
    assert not Problem.objects.exists()


def stop_after_the_claim(patch: pytest.MonkeyPatch) -> None:
    """Ask the run to stop while it claims."""
    from sfsync.management.commands.sf_push import Command as Push

    claiming = pushing.Claim.run
    commands: list[Any] = []
    running = Push.run

    def run(self: Any, **options: Any) -> int:
        commands.append(self)
        return running(self, **options)

    def claim(self: Any, **options: Any) -> Any:
        commands[0].stopping = True
        return claiming(self, **options)

    patch.setattr(Push, "run", run)
    patch.setattr(pushing.Claim, "run", claim)


def test_without_an_external_id_a_pull_waits_for_creates_under_way(
    crm: Org, pull: Command, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with option(AccountMapping, external_id=None):
        pull("AccountMapping")
        Account.objects.create(name="Acme")
        sending = pushing.send

        def send_and_pull(*arguments: Any) -> Any:
            answers = sending(*arguments)
            pull("AccountMapping")
            return answers

        monkeypatch.setattr(pushing, "send", send_and_pull)
        push("AccountMapping")
        assert Account.objects.count() == crm.count("Account") == 1
        assert pull("AccountMapping")["total"]["code"] == 0
    assert Account.objects.get().sf_id is not None


def test_a_row_created_anew_under_an_old_key_carries_its_own_external_id(crm: Org, push: Command) -> None:
    with option(AccountMapping, deleted_locally=DeletePolicy.DELETE):
        Account.objects.create(pk=4711, name="First")
        push("AccountMapping")
        Account.objects.all().delete()
        push("AccountMapping")
        second = Account.objects.create(pk=4711, name="Second")
        push("AccountMapping")
    second.refresh_from_db()
    assert crm.read("Account", second.sf_id, "Django_Id__c") == str(second.uid)


def test_a_mapping_that_is_only_pushed_keeps_no_settled_deliveries(crm: Org, push: Command) -> None:
    with option(AccountMapping, direction=sfsync.Direction.PUSH):
        Account.objects.create(name="Acme")
        push("AccountMapping")
        push("AccountMapping")
    assert crm.count("Account") == 1
    assert not Delivery.objects.exists()


def test_an_adopted_record_is_counted_once(crm: Org, push: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Account.objects.create(name="Acme")

    class Dying:
        def __init__(self, *arguments: Any) -> None:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pushing, "Settlement", Dying)
        with pytest.raises(Killed):
            push("AccountMapping")
    line = push("AccountMapping")["AccountMapping"]
    assert (line["seen"], line["adopted"]) == (1, 1)


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


# Databases


def test_a_table_of_another_collation_is_loaded(crm: Org, pull: Command) -> None:
    crm.create("Account", Name="Acme")
    convert(connection, "utf8mb4_unicode_ci")
    try:
        pull("AccountMapping")
        line = pull("AccountMapping", "--full")["AccountMapping"]
    finally:
        convert(connection, "utf8mb4_general_ci")
    assert line["unchanged"] == 1


def convert(connection: Any, collation: str) -> None:
    """Give the table another collation, as one that was made by another version of the server has."""
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE crm_account MODIFY sf_id varchar(18) COLLATE {collation}")


def test_queries_for_deletes_that_are_kept_do_not_depend_on_their_number(
    crm: Org, pull: Command, push: Command
) -> None:
    counts = set()
    for number in (3, 30):
        with crm.served.org.transaction():
            for each in range(number):
                crm.create("Contact", LastName=f"Number {each}")
        pull("ContactMapping")
        Contact.objects.filter(pk=Contact.objects.first().pk).update(phone="once before")
        push("ContactMapping")
        Contact.objects.all().delete()
        with (
            option(ContactMapping, deleted_locally=DeletePolicy.KEEP),
            CaptureQueriesContext(connection) as queries,
        ):
            assert push("ContactMapping")["ContactMapping"]["filtered"] == number
        counts.add(len(queries))
    assert len(counts) == 1
