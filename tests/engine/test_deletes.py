"""Records deleted in Salesforce, and the guard."""

from __future__ import annotations

import pytest
from django.utils import timezone

from crm.models import Account, Contact
from sfsync.models import Conflict, LocalChange, Problem
from tests.engine.conftest import Command, Org

pytestmark = pytest.mark.databases


def test_a_deleted_record_takes_its_row_along_and_is_never_pushed(
    crm: Org, pull: Command, push: Command
) -> None:
    acme = crm.create("Account", Name="Acme")
    crm.create("Contact", LastName="Ng", AccountId=acme)
    pull()
    crm.delete("Account", acme)
    lines = pull()
    assert (lines["AccountMapping"]["deleted"], lines["ContactMapping"]["deleted"]) == (1, 1)
    assert not Account.objects.exists()
    assert not Contact.objects.exists()
    assert not LocalChange.objects.exists()
    assert push()["total"]["api_calls"] == 0


def test_a_cascade_never_takes_a_row_along_that_salesforce_still_has(crm: Org, pull: Command) -> None:
    acme, other = crm.create("Account", Name="Acme"), crm.create("Account", Name="Other")
    crm.create("Contact", LastName="Ng", AccountId=other)
    pull()
    Contact.objects.update(account=Account.objects.get(sf_id=acme))
    crm.delete("Account", acme)
    line = pull("AccountMapping")
    assert line["AccountMapping"]["problems"] == 1
    assert line["total"]["code"] == 3
    assert Problem.objects.get().code == "CASCADE_ALIVE"
    assert Account.objects.count() == 2
    assert Contact.objects.count() == 1


def test_a_cascade_never_takes_a_row_along_that_salesforce_has_never_seen(crm: Org, pull: Command) -> None:
    acme = crm.create("Account", Name="Acme")
    pull()
    Contact.objects.create(last_name="New", account=Account.objects.get())
    crm.delete("Account", acme)
    assert pull()["AccountMapping"]["problems"] == 1
    assert Problem.objects.get().code == "CASCADE_UNLINKED"
    assert Contact.objects.count() == 1


def test_the_guard_holds_until_a_person_allows(crm: Org, pull: Command) -> None:
    """Covers F25."""
    ids = [crm.create("Account", Name=f"Account {number}") for number in range(40)]
    pull("AccountMapping")
    for sf_id in ids:
        crm.delete("Account", sf_id)
    held = pull("AccountMapping")
    assert (held["AccountMapping"]["held"], held["AccountMapping"]["deleted"], held["total"]["code"]) == (
        40,
        0,
        3,
    )
    assert Account.objects.count() == 40
    assert pull("AccountMapping")["total"]["code"] == 3
    assert Account.objects.count() == 40

    allowed = pull("AccountMapping", "--allow-deletes")
    assert (allowed["AccountMapping"]["deleted"], allowed["total"]["code"]) == (40, 0)
    assert not Account.objects.exists()
    assert not Problem.objects.exists()


def test_a_local_edit_that_goes_with_its_record_is_kept_in_a_conflict(crm: Org, pull: Command) -> None:
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull("AccountMapping")
    Account.objects.update(phone="2")
    crm.delete("Account", sf_id)
    line = pull("AccountMapping")["AccountMapping"]
    assert (line["deleted"], line["conflicts"]) == (1, 1)
    conflict = Conflict.objects.get()
    assert (conflict.field, conflict.base, conflict.local, conflict.loser) == ("phone", "1", "2", "local")
    assert not LocalChange.objects.exists()


def test_a_load_deletes_only_what_the_org_calls_deleted(crm: Org, pull: Command) -> None:
    """Covers F19."""
    gone, hidden = crm.create("Account", Name="Gone"), crm.create("Account", Name="Hidden")
    crm.create("Account", Name="Stays")
    pull("AccountMapping")
    crm.delete("Account", gone)
    crm.hide("Account", hidden)
    line = pull("AccountMapping", "--full")["AccountMapping"]
    assert (line["deleted"], line["problems"], line["unchanged"]) == (1, 1, 1)
    assert Problem.objects.get().code == "NOT_VISIBLE"
    assert Account.objects.filter(sf_id=hidden).exists()


def test_a_delete_that_was_refused_is_tried_again_once_its_cause_may_be_gone(crm: Org, pull: Command) -> None:
    acme = crm.create("Account", Name="Acme")
    pull()
    contact = Contact.objects.create(last_name="New", account=Account.objects.get())
    crm.delete("Account", acme)
    assert pull("AccountMapping")["AccountMapping"]["problems"] == 1
    crm.pass_time(minutes=10)
    pull("AccountMapping")
    crm.pass_time(minutes=10)
    contact.delete()
    assert pull("AccountMapping")["AccountMapping"]["seen"] == 0
    Problem.objects.update(next_look=timezone.now())
    line = pull("AccountMapping")
    assert (line["AccountMapping"]["deleted"], line["total"]["code"]) == (1, 0)
    assert not Account.objects.exists()
