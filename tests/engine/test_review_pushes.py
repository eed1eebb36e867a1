"""What a second reader suspected of problems and writes: one behaviour each."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection

import sfsync
from crm.mappings import AccountMapping
from crm.models import Account, Contact
from sfsync.engine import claiming as engine_claiming
from sfsync.engine import pushing
from sfsync.engine import sending as engine_sending
from sfsync.mappings import DeletePolicy
from sfsync.models import (
    Conflict,
    Delivery,
    LocalChange,
    Problem,
)
from sfsync.orgs import connections
from tests.engine.conftest import Command, Org, option
from tests.engine.test_lost_answers import Killed, break_writes, heal_connection

pytestmark = pytest.mark.databases


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
    sending = engine_sending.send

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

    claiming = engine_claiming.Claim.run
    commands: list[Any] = []
    running = Push.run

    def run(self: Any, **options: Any) -> int:
        commands.append(self)
        return running(self, **options)

    def claim(self: Any, **options: Any) -> Any:
        commands[0].stopping = True
        return claiming(self, **options)

    patch.setattr(Push, "run", run)
    patch.setattr(engine_claiming.Claim, "run", claim)


def test_without_an_external_id_a_pull_waits_for_creates_under_way(
    crm: Org, pull: Command, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with option(AccountMapping, external_id=None):
        pull("AccountMapping")
        Account.objects.create(name="Acme")
        sending = engine_sending.send

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
