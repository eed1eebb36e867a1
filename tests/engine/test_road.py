"""The whole road on each database: load, edit on both sides, pull, push, equal."""

from __future__ import annotations

import pytest

from crm.models import Account, Contact
from tests.engine.conftest import Command, Org

pytestmark = pytest.mark.databases


def test_edits_of_both_sides_meet(crm: Org, pull: Command, push: Command) -> None:
    acme = crm.create("Account", Name="Acme", Phone="1")
    crm.create("Contact", LastName="Lovelace", AccountId=acme)

    loaded = pull()
    assert loaded["AccountMapping"]["created"] == 1
    assert loaded["ContactMapping"]["created"] == 1
    contact = Contact.objects.get()
    assert contact.account.sf_id == acme

    contact.first_name = "Ada"
    contact.save()
    Account.objects.create(name="Babbage Ltd")
    crm.update("Account", acme, Phone="2")

    assert pull()["AccountMapping"]["updated"] == 1
    pushed = push()
    assert pushed["AccountMapping"]["created"] == 1
    assert pushed["ContactMapping"]["updated"] == 1
    assert crm.read("Contact", contact.sf_id, "FirstName") == "Ada"
    assert Account.objects.get(name="Acme").phone == "2"
    assert crm.count("Account") == 2

    total = push()["total"]
    assert (total["api_calls"], total["code"]) == (0, 0)
    assert pull()["AccountMapping"]["unchanged"] == 2
