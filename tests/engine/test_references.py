"""References: parents that come later, self-references, keys that may not be null."""

from __future__ import annotations

import pytest
from django.db import connection

from crm.models import Account, Contact
from sfsync.models import LocalChange, WaitingReference
from tests.engine.conftest import Command, Org

pytestmark = pytest.mark.databases


def test_a_parent_that_comes_later_heals_the_child(crm: Org, pull: Command) -> None:
    """Covers F48."""
    acme = crm.create("Account", Name="Acme")
    ng = crm.create("Contact", LastName="Ng", AccountId=acme)
    line = pull("ContactMapping")["ContactMapping"]
    assert (line["created"], line["waiting"]) == (1, 1)
    assert Contact.objects.get().account is None
    waiting = WaitingReference.objects.get()
    assert (waiting.sf_id, waiting.field, waiting.parent_sf_id) == (ng, "account", acme)

    pull("AccountMapping")
    assert pull("ContactMapping")["ContactMapping"]["waiting"] == 0
    assert Contact.objects.get().account.sf_id == acme
    assert not LocalChange.objects.exists()


def test_a_reference_edited_meanwhile_is_left_alone(crm: Org, pull: Command, push: Command) -> None:
    acme = crm.create("Account", Name="Acme")
    ng = crm.create("Contact", LastName="Ng", AccountId=acme)
    other = crm.create("Account", Name="Other")
    pull("ContactMapping")
    pull("AccountMapping")
    Contact.objects.update(account=Account.objects.get(sf_id=other))
    pull("ContactMapping")
    assert Contact.objects.get().account.sf_id == other
    push()
    assert crm.read("Contact", ng, "AccountId") == other
    assert not WaitingReference.objects.exists()


def test_a_waiting_reference_is_never_sent(crm: Org, pull: Command, push: Command) -> None:
    acme = crm.create("Account", Name="Acme")
    ng = crm.create("Contact", LastName="Ng", AccountId=acme)
    pull("ContactMapping")
    Contact.objects.update(first_name="Ada")
    assert push("ContactMapping")["ContactMapping"]["updated"] == 1
    assert crm.read("Contact", ng, "AccountId") == acme
    assert crm.read("Contact", ng, "FirstName") == "Ada"


def test_a_tree_of_accounts_arrives_whole_whatever_the_order(crm: Org, pull: Command) -> None:
    child = crm.create("Account", Name="Child")
    parent = crm.create("Account", Name="Parent", ParentId=crm.create("Account", Name="Grandparent"))
    crm.update("Account", child, ParentId=parent)
    line = pull("AccountMapping")["AccountMapping"]
    assert (line["created"], line["waiting"]) == (3, 0)
    names = Account.objects.get(name="Child"), Account.objects.get(name="Parent").parent.name
    assert (names[0].parent.name, names[1]) == ("Parent", "Grandparent")
    assert not LocalChange.objects.exists()


def test_a_parent_that_changes_is_followed(crm: Org, pull: Command) -> None:
    acme, other = crm.create("Account", Name="Acme"), crm.create("Account", Name="Other")
    ng = crm.create("Contact", LastName="Ng", AccountId=acme)
    pull()
    crm.update("Contact", ng, AccountId=other)
    pull()
    assert Contact.objects.get().account.sf_id == other
    crm.update("Contact", ng, AccountId=None)
    pull()
    assert Contact.objects.get().account is None


@pytest.fixture
def strict_account() -> object:
    """Let a contact's account be a key that may not be null."""
    field = Contact._meta.get_field("account")
    field.null = False
    yield connection
    field.null = True


def test_a_record_whose_key_may_not_be_null_is_held_until_its_parent_comes(
    crm: Org, pull: Command, strict_account: object
) -> None:
    acme = crm.create("Account", Name="Acme")
    crm.create("Contact", LastName="Ng", AccountId=acme)
    line = pull("ContactMapping")["ContactMapping"]
    assert (line["seen"], line["held"], line["waiting"]) == (1, 1, 1)
    assert not Contact.objects.exists()
    pull("AccountMapping")
    line = pull("ContactMapping")["ContactMapping"]
    assert line["waiting"] == 0
    assert Contact.objects.get().account.sf_id == acme
