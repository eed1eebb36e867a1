"""Pushing: creates, updates of changed fields, deletes, order, problems."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.db import connection, transaction

from crm.mappings import AccountMapping
from crm.models import Account, Contact, Opportunity
from sfsync.exceptions import SfsyncError
from sfsync.mappings import DeletePolicy
from sfsync.models import Conflict, Delivery, Excluded, JournalEntry, LocalChange, MappingState, Problem
from tests.engine.conftest import Command, Org, option

pytestmark = pytest.mark.databases


def test_creates_carry_the_external_id_and_are_linked(crm: Org, push: Command) -> None:
    account = Account.objects.create(name="Acme", annual_revenue=Decimal("123456789012345"))
    line = push()["AccountMapping"]
    assert (line["seen"], line["created"]) == (1, 1)
    account.refresh_from_db()
    record = crm.read("Account", account.sf_id, "Name", "Django_Id__c", "AnnualRevenue")
    assert (record["Name"], record["Django_Id__c"]) == ("Acme", str(account.uid))
    assert Decimal(str(record["AnnualRevenue"])) == Decimal("123456789012345")
    assert not LocalChange.objects.exists()


def test_only_changed_fields_are_sent(crm: Org, pull: Command, push: Command) -> None:
    """Covers F41: different fields of one record merge."""
    sf_id = crm.create("Account", Name="Acme", Phone="1", Industry="Energy")
    pull()
    Account.objects.update(phone="2")
    crm.update("Account", sf_id, Industry="Banking")
    assert push()["AccountMapping"]["updated"] == 1
    record = crm.read("Account", sf_id, "Phone", "Industry")
    assert (record["Phone"], record["Industry"]) == ("2", "Banking")
    assert Account.objects.get().industry == "Banking"
    assert JournalEntry.objects.get().before == {"phone": "1"}
    assert not Conflict.objects.exists()


def test_parents_go_before_children_and_before_themselves(crm: Org, push: Command) -> None:
    """Covers F48."""
    child = Account.objects.create(name="Child")
    child.parent = Account.objects.create(name="Parent", parent=Account.objects.create(name="Grandparent"))
    child.save()
    Contact.objects.create(last_name="Ng", account=child)
    lines = push()
    assert (lines["AccountMapping"]["created"], lines["ContactMapping"]["created"]) == (3, 1)
    child.refresh_from_db()
    child.parent.refresh_from_db()
    assert crm.read("Account", child.sf_id, "ParentId") == child.parent.sf_id
    assert crm.read("Contact", Contact.objects.get().sf_id, "AccountId") == child.sf_id
    assert lines["AccountMapping"]["waiting"] == 0


def test_parents_in_a_circle_are_created_once_and_linked_as_far_as_the_org_allows(
    crm: Org, push: Command
) -> None:
    """Covers F49: Salesforce refuses an account that is its own ancestor."""
    first, second = Account.objects.create(name="First"), Account.objects.create(name="Second")
    Account.objects.filter(pk=first.pk).update(parent=second)
    Account.objects.filter(pk=second.pk).update(parent=first)
    line = push()["AccountMapping"]
    assert (line["seen"], line["created"], line["held"]) == (2, 2, 0)
    first.refresh_from_db()
    second.refresh_from_db()
    linked = {crm.read("Account", first.sf_id, "ParentId"), crm.read("Account", second.sf_id, "ParentId")}
    assert linked in ({None, first.sf_id}, {None, second.sf_id})
    assert Problem.objects.get().code == "CIRCULAR_DEPENDENCY"
    assert crm.count("Account") == 2
    assert push()["total"]["api_calls"] == 0


def test_a_row_created_and_deleted_before_its_push_is_nothing(crm: Org, push: Command) -> None:
    """Covers F96."""
    push()
    Account.objects.create(name="Short-lived").delete()
    line = push()
    assert (line["AccountMapping"]["unchanged"], line["total"]["api_calls"]) == (1, 0)
    assert crm.count("Account") == 0
    assert not LocalChange.objects.exists()


def test_an_edit_taken_back_is_nothing(crm: Org, pull: Command, push: Command) -> None:
    crm.create("Account", Name="Acme")
    pull()
    Account.objects.update(name="Other")
    Account.objects.update(name="Acme")
    assert push()["AccountMapping"]["unchanged"] == 1
    assert not LocalChange.objects.exists()
    assert not Delivery.objects.exists()


def test_a_rolled_back_edit_is_nothing(crm: Org, pull: Command, push: Command) -> None:
    """Covers F56."""
    crm.create("Account", Name="Acme")
    pull()
    with transaction.atomic():
        Account.objects.update(name="Other")
        transaction.set_rollback(True)
    assert push()["AccountMapping"]["seen"] == 0


def test_edits_that_skip_signals_are_pushed(crm: Org, pull: Command, push: Command) -> None:
    """Covers F55."""
    ids = [crm.create("Account", Name=f"Account {number}") for number in range(3)]
    pull()
    rows = list(Account.objects.order_by("pk"))
    rows[0].phone = "bulk"
    Account.objects.bulk_update(rows[:1], ["phone"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE crm_account SET phone = 'raw' WHERE id = %s", [rows[1].pk])
    Account.objects.bulk_create([Account(name="Bulk", uid=uuid.uuid4())])
    line = push()["AccountMapping"]
    assert (line["updated"], line["created"]) == (2, 1)
    assert crm.read("Account", ids[0], "Phone") == "bulk"
    assert crm.read("Account", ids[1], "Phone") == "raw"


def test_a_local_delete_is_kept_there_by_default(crm: Org, pull: Command, push: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.all().delete()
    assert push()["AccountMapping"]["filtered"] == 1
    assert Excluded.objects.get().sf_id == sf_id
    crm.update("Account", sf_id, Name="Acme Inc")
    assert pull()["AccountMapping"]["filtered"] == 1
    assert not Account.objects.exists()
    assert crm.count("Account") == 1


def test_local_deletes_are_pushed_children_first(crm: Org, pull: Command, push: Command) -> None:
    acme = crm.create("Account", Name="Acme")
    crm.create("Opportunity", Name="Deal", StageName="Prospecting", CloseDate="2026-01-01", AccountId=acme)
    pull()
    Account.objects.all().delete()
    with option(AccountMapping, deleted_locally=DeletePolicy.DELETE):
        lines = push()
    assert lines["AccountMapping"]["deleted"] == 1
    assert lines["OpportunityMapping"]["filtered"] == 1
    assert crm.count("Account") == 0
    assert pull()["AccountMapping"]["unchanged"] >= 1
    assert not Account.objects.exists()
    assert not Opportunity.objects.exists()


def test_an_edit_in_the_org_wins_over_a_local_delete(crm: Org, pull: Command, push: Command) -> None:
    """Covers F54."""
    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.all().delete()
    crm.update("Account", sf_id, Name="Acme Inc")
    with option(AccountMapping, deleted_locally=DeletePolicy.DELETE):
        push()
    assert crm.count("Account") == 1
    assert Account.objects.get().name == "Acme Inc"
    assert not LocalChange.objects.exists()


def test_a_refused_record_is_kept_and_stops_no_other(crm: Org, push: Command) -> None:
    """Covers F42, F46."""
    for number in range(5):
        Contact.objects.create(last_name=f"Number {number}")
    Contact.objects.filter(last_name="Number 2").update(email="no address")
    lines = push()
    assert (lines["ContactMapping"]["created"], lines["ContactMapping"]["problems"]) == (4, 1)
    assert lines["total"]["code"] == 3
    problem = Problem.objects.get()
    assert (problem.code, problem.field, problem.direction) == ("INVALID_EMAIL_ADDRESS", "email", "push")
    assert "no address" not in problem.message

    again = push()
    assert (again["ContactMapping"]["seen"], again["total"]["api_calls"], again["total"]["code"]) == (0, 0, 3)

    Contact.objects.filter(last_name="Number 2").update(email="an@address.example")
    assert push()["total"]["code"] == 0
    assert crm.count("Contact") == 5
    assert not Problem.objects.exists()


def test_a_value_too_long_for_the_org_is_refused_before_it_is_sent(
    crm: Org, pull: Command, push: Command
) -> None:
    """Covers F51."""
    pull()
    state = MappingState.objects.get(mapping="ContactMapping")
    state.described["Title"]["length"] = 10
    state.save()
    calls = crm.calls
    Contact.objects.create(last_name="Long", title="t" * 11)
    lines = push("ContactMapping")
    assert (lines["ContactMapping"]["problems"], lines["total"]["code"], crm.calls - calls) == (1, 3, 0)
    problem = Problem.objects.get()
    assert (problem.code, problem.field, problem.direction) == ("STRING_TOO_LONG", "title", "push")
    assert crm.count("Contact") == 0
    assert Contact.objects.get().title == "t" * 11


def test_limit_sends_so_many_and_the_rest_later(crm: Org, push: Command) -> None:
    for number in range(5):
        Account.objects.create(name=f"Account {number}")
    assert push("--limit", "2")["AccountMapping"]["created"] == 2
    assert crm.count("Account") == 2
    assert push()["AccountMapping"]["created"] == 3


def test_a_dry_run_writes_nothing_on_either_side(crm: Org, pull: Command, push: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.update(phone="2")
    Account.objects.create(name="New")
    before = list(LocalChange.objects.values())
    line = push("--dry-run")["AccountMapping"]
    assert (line["created"], line["updated"]) == (1, 1)
    assert crm.count("Account") == 1
    assert crm.read("Account", sf_id, "Phone") is None
    assert list(LocalChange.objects.values()) == before
    assert not Delivery.objects.exists()


def test_nothing_is_written_when_writes_are_off(crm: Org, push: Command, settings) -> None:
    Account.objects.create(name="Acme")
    settings.SF_WRITES = False
    with pytest.raises(Exception, match="SF_WRITES is False"):
        push()
    assert crm.count("Account") == 0


def test_an_edit_while_the_push_is_under_way_stays_and_is_sent_next(
    crm: Org, pull: Command, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F40."""
    from sfsync.engine import pushing
    from sfsync.engine import sending as sending_module

    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.update(phone="first")
    sending = sending_module.send

    def edit_and_send(*arguments):
        monkeypatch.setattr(pushing, "send", sending)
        Account.objects.update(phone="second")
        return sending(*arguments)

    monkeypatch.setattr(pushing, "send", edit_and_send)
    push()
    assert crm.read("Account", sf_id, "Phone") == "second"
    assert Account.objects.get().phone == "second"
    assert not Conflict.objects.exists()


def test_the_same_edit_on_both_sides_is_no_conflict_and_no_write(
    crm: Org, pull: Command, push: Command
) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.update(phone="1")
    crm.update("Account", sf_id, Phone="1")
    stamp = crm.read("Account", sf_id, "SystemModstamp")
    assert push()["AccountMapping"]["unchanged"] == 1
    assert crm.read("Account", sf_id, "SystemModstamp") == stamp


def test_push_of_another_org_is_refused(crm: Org, pull: Command, push: Command) -> None:
    """Covers F57, F82."""
    pull()
    MappingState.objects.update(org_id="00D000000000002EAA")
    Account.objects.create(name="Acme")
    with pytest.raises(Exception, match="was synced with org 00D000000000002EAA") as caught:
        push()
    assert isinstance(caught.value.__cause__, SfsyncError)
    assert crm.count("Account") == 0


def test_a_row_that_changes_its_primary_key_is_not_deleted(crm: Org, pull: Command, push: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.update(id=4_711, phone="1")
    with option(AccountMapping, deleted_locally=DeletePolicy.DELETE):
        push()
    assert crm.count("Account") == 1
    assert crm.read("Account", sf_id, "Phone") == "1"
    assert not LocalChange.objects.exists()
    assert not Excluded.objects.exists()
