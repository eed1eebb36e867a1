"""Both sides edited the same field. Covers F41 and F39."""

from __future__ import annotations

import pytest

from crm.mappings import AccountMapping
from crm.models import Account, Contact
from sfsync.mappings import ConflictPolicy
from sfsync.models import Conflict, LocalChange
from tests.engine.conftest import Command, Org, option

pytestmark = pytest.mark.databases


@pytest.fixture
def collision(crm: Org, pull: Command) -> str:
    """Return an account whose phone both sides have edited since the last pull."""
    sf_id = crm.create("Account", Name="Acme", Phone="base")
    pull()
    Account.objects.update(phone="local")
    crm.update("Account", sf_id, Phone="org")
    return sf_id


def conflict() -> tuple[object, ...]:
    found = Conflict.objects.get()
    return found.field, found.base, found.local, found.salesforce, found.loser


@pytest.mark.parametrize("first", ["pull", "push"])
def test_salesforce_wins_and_the_local_value_is_kept(
    crm: Org, pull: Command, push: Command, collision: str, first: str
) -> None:
    order = [pull, push] if first == "pull" else [push, pull]
    lines = [command()["AccountMapping"] for command in order]
    assert sum(line["conflicts"] for line in lines) == 1
    assert Account.objects.get().phone == crm.read("Account", collision, "Phone") == "org"
    assert conflict() == ("phone", "base", "local", "org", "local")
    assert not LocalChange.objects.exists()


@pytest.mark.parametrize("first", ["pull", "push"])
def test_local_wins_and_the_org_value_is_kept(
    crm: Org, pull: Command, push: Command, collision: str, first: str
) -> None:
    with option(AccountMapping, conflict=ConflictPolicy.LOCAL):
        for command in [pull, push] if first == "pull" else [push, pull]:
            command()
    assert Account.objects.get().phone == crm.read("Account", collision, "Phone") == "local"
    assert conflict() == ("phone", "base", "local", "org", "salesforce")
    assert not LocalChange.objects.exists()


def test_what_the_org_makes_of_a_value_ends_the_loop(crm: Org, pull: Command, push: Command) -> None:
    """Covers F39: ten cycles, one write per side."""
    Contact.objects.create(last_name="  Ng  ", email="A@Example.COM")
    lines = [(push()["ContactMapping"], pull()["ContactMapping"]) for _ in range(10)]
    assert [pushed["created"] + pushed["updated"] for pushed, _ in lines] == [1] + [0] * 9
    assert sum(pulled["updated"] for _, pulled in lines) <= 1
    assert crm.read("Contact", Contact.objects.get().sf_id, "Email") == "a@example.com"
    assert not Conflict.objects.exists()


def test_our_own_echo_is_nobodys_edit(crm: Org, pull: Command, push: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.update(phone="1")
    push()
    Account.objects.update(phone="2")
    line = pull()["AccountMapping"]
    assert (line["conflicts"], line["updated"]) == (0, 0)
    assert Account.objects.get().phone == "2"
    assert push()["AccountMapping"]["updated"] == 1
    assert crm.read("Account", sf_id, "Phone") == "2"
