"""What a second reader suspected of references and deletes: one behaviour each."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.mappings import AccountMapping, ContactMapping
from crm.models import Account, Contact
from sfsync.engine import pushing
from sfsync.engine import sending as engine_sending
from sfsync.mappings import ConflictPolicy, DeletePolicy
from sfsync.models import (
    Conflict,
    Delivery,
    Excluded,
    LocalChange,
    Problem,
    WaitingReference,
)
from tests.engine.conftest import Command, Org, option
from tests.engine.test_lost_answers import Killed

pytestmark = pytest.mark.databases


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
    sending = engine_sending.send

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
    sending = engine_sending.send

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
