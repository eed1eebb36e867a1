"""Faults that random histories have found, each as the shortest story that shows it."""

from __future__ import annotations

import pytest

from crm.mappings import AccountMapping, ContactMapping, OpportunityMapping
from crm.models import Account, Contact, Opportunity
from sfsync.mappings import ConflictPolicy, DeletePolicy
from sfsync.models import Conflict, Delivery, LocalChange, Problem
from tests.engine.conftest import Command, Org, option

pytestmark = pytest.mark.databases


def test_an_edit_of_the_org_that_loses_to_a_local_delete_is_kept(
    crm: Org, pull: Command, push: Command
) -> None:
    sf_id = crm.create("Account", Name="Acme", Phone="base")
    pull()
    Account.objects.all().delete()
    crm.update("Account", sf_id, Phone="org")
    with option(AccountMapping, conflict=ConflictPolicy.LOCAL, deleted_locally=DeletePolicy.DELETE):
        assert push()["AccountMapping"]["deleted"] == 1
    found = Conflict.objects.get()
    assert (found.field, found.base, found.salesforce, found.loser) == ("phone", "base", "org", "salesforce")


def test_nothing_is_left_over_of_a_row_edited_and_deleted_here_after_its_record_was(
    crm: Org, pull: Command, push: Command
) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    crm.delete("Account", sf_id)
    Account.objects.update(phone="local")
    push()
    Account.objects.all().delete()
    pull()
    assert not LocalChange.objects.exists()
    assert not Delivery.objects.exists()
    assert not Problem.objects.exists()


def test_a_deleted_parent_takes_no_row_along_that_is_to_be_kept(crm: Org, pull: Command) -> None:
    acme = crm.create("Account", Name="Acme")
    crm.create("Contact", LastName="Ng", AccountId=acme)
    pull()
    crm.delete("Account", acme)
    with option(ContactMapping, deleted_in_salesforce=DeletePolicy.KEEP):
        lines = pull()
    assert (lines["AccountMapping"]["problems"], lines["ContactMapping"]["filtered"]) == (1, 1)
    assert Problem.objects.get().code == "CASCADE_KEPT"
    assert Contact.objects.get().account == Account.objects.get()


def test_a_row_that_is_kept_has_nothing_left_to_send(crm: Org, pull: Command, push: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    crm.delete("Account", sf_id)
    Account.objects.update(phone="local")
    assert push()["AccountMapping"]["problems"] == 1
    with option(AccountMapping, deleted_in_salesforce=DeletePolicy.KEEP):
        assert pull()["AccountMapping"]["filtered"] == 1
        assert push()["total"]["code"] == 0
    assert Account.objects.get().phone == "local"
    assert not LocalChange.objects.exists()
    assert not Delivery.objects.exists()
    assert not Problem.objects.exists()


def test_a_refusal_is_forgotten_when_its_row_goes_with_its_parent(
    crm: Org, pull: Command, push: Command
) -> None:
    acme = crm.create("Account", Name="Acme")
    crm.create("Contact", LastName="Ng", AccountId=acme)
    pull()
    crm.delete("Account", acme)
    Contact.objects.update(phone="local")
    assert push()["ContactMapping"]["problems"] == 1
    pull()
    assert not Contact.objects.exists()
    assert not Problem.objects.exists()


def test_a_refusal_is_forgotten_when_the_record_is_made_anew(crm: Org, pull: Command, push: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    crm.delete("Account", sf_id)
    Account.objects.update(phone="local")
    with option(AccountMapping, conflict=ConflictPolicy.LOCAL):
        assert push()["AccountMapping"]["problems"] == 1
        pull()
        crm.pass_time(5)
        assert push()["AccountMapping"]["created"] == 1
    assert crm.read("Account", str(Account.objects.get().sf_id), "Phone") == "local"
    assert not Problem.objects.exists()


@pytest.mark.parametrize("first", ["pull", "push"])
def test_a_child_deleted_here_with_its_parent_is_not_taken_for_edited_there(
    crm: Org, pull: Command, push: Command, first: str
) -> None:
    parent = crm.create("Account", Name="Parent")
    crm.create("Account", Name="Child", ParentId=parent)
    crm.create("Contact", LastName="Ng", AccountId=parent)
    pull()
    Account.objects.get(name="Child").delete()
    Account.objects.get(name="Parent").delete()
    with (
        option(AccountMapping, deleted_locally=DeletePolicy.DELETE),
        option(ContactMapping, deleted_locally=DeletePolicy.DELETE),
    ):
        for command in [pull, push] if first == "pull" else [push, pull]:
            lines = command()
            assert (lines["AccountMapping"]["created"], lines["ContactMapping"]["created"]) == (0, 0)
            assert not Account.objects.exists()
            assert not Contact.objects.exists()
    assert crm.count("Account") == crm.count("Contact") == 0


def test_a_move_away_from_a_parent_that_was_deleted_here_is_no_conflict(
    crm: Org, pull: Command, push: Command
) -> None:
    old, new = crm.create("Account", Name="Old"), crm.create("Account", Name="New")
    ng = crm.create("Contact", LastName="Ng", AccountId=old)
    pull()
    Contact.objects.update(account=Account.objects.get(name="New"))
    Account.objects.get(name="Old").delete()
    push()
    assert crm.read("Contact", ng, "AccountId") == new
    assert not Conflict.objects.exists()


def test_a_create_refused_for_its_parent_goes_out_when_the_parent_is_gone(
    crm: Org, pull: Command, push: Command
) -> None:
    parent = crm.create("Account", Name="Parent")
    pull()
    child = Account.objects.create(name="Child", parent=Account.objects.get())
    crm.delete("Account", parent)
    assert push()["AccountMapping"]["problems"] == 1
    pull()
    assert push()["AccountMapping"]["created"] == 1
    child.refresh_from_db()
    assert crm.read("Account", str(child.sf_id), "ParentId") is None
    assert not Problem.objects.exists()


def test_what_the_org_adds_to_a_create_does_not_bring_back_a_row_deleted_here(
    crm: Org, pull: Command, push: Command
) -> None:
    Opportunity.objects.create(name="Big", stage="Prospecting", close_date="2030-01-31")
    push()  # the org sets the probability
    Opportunity.objects.all().delete()
    with option(OpportunityMapping, deleted_locally=DeletePolicy.DELETE):
        pull()
        assert push()["OpportunityMapping"]["deleted"] == 1
    assert not Opportunity.objects.exists()
    assert crm.count("Opportunity") == 0
