"""Faults that random histories have found, each as the shortest story that shows it."""

from __future__ import annotations

import pytest
from crm.mappings import AccountMapping
from crm.models import Account

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
