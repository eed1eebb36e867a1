"""One record is pushed now: `sfsync.push(instance)`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

import sfsync
from crm.mappings import AccountMapping
from crm.models import Account, Contact, Opportunity
from sfsync.exceptions import (
    BudgetSpent,
    InsideTransaction,
    RecordError,
    SessionExpired,
    Unavailable,
    WritesDisabled,
)
from sfsync.mappings import ConflictPolicy, DeletePolicy
from sfsync.models import (
    Conflict,
    Delivery,
    DeliveryState,
    JournalEntry,
    LocalChange,
    MappingState,
    Problem,
    Run,
)
from tests.engine.conftest import Command, Org, option

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.databases


@pytest.fixture
def account(crm: Org) -> Account:
    """Return an account that is in the org as it is here."""
    account = Account.objects.create(name="Acme", phone="1")
    sfsync.push(account)
    return account


def test_a_new_row_is_created_and_linked(crm: Org) -> None:
    account = Account(name="Acme", annual_revenue=Decimal("123456789012345"))
    account.save()
    report = sfsync.push(account)
    assert (report.mapping, report.direction, report.outcome) == ("AccountMapping", "push", "created")
    assert report.sf_id == account.sf_id == Account.objects.get().sf_id
    record = crm.read("Account", account.sf_id, "Name", "Django_Id__c", "AnnualRevenue")
    assert (record["Name"], record["Django_Id__c"]) == ("Acme", str(account.uid))
    assert Decimal(str(record["AnnualRevenue"])) == account.annual_revenue
    assert not LocalChange.objects.exists()


def test_a_row_the_log_does_not_know_is_created_too(crm: Org) -> None:
    account = Account.objects.create(name="Older than the triggers")
    LocalChange.objects.all().delete()
    assert sfsync.push(account).outcome == "created"
    assert sfsync.push(account).outcome == "unchanged"
    assert crm.count("Account") == 1


def test_what_changed_here_goes_and_what_changed_there_comes(crm: Org, account: Account) -> None:
    """Covers F41."""
    crm.update("Account", account.sf_id, Industry="Banking")
    account.phone = "2"
    account.save()
    account.notes = "not saved"
    report = sfsync.push(account)
    assert (report.outcome, report.conflicts) == ("updated", 0)
    assert crm.read("Account", account.sf_id, "Phone") == "2"
    assert (account.industry, account.notes) == ("Banking", "not saved")
    assert Account.objects.get().industry == "Banking"
    assert JournalEntry.objects.get().before == {"phone": "1"}


def test_what_is_not_saved_is_not_sent(crm: Org, account: Account) -> None:
    account.phone = "not saved"
    report = sfsync.push(account)
    assert (report.outcome, report.api_calls) == ("unchanged", 0)
    assert account.phone == "not saved"
    assert crm.read("Account", account.sf_id, "Phone") == "1"


def test_edits_that_skip_signals_go_too(crm: Org, account: Account) -> None:
    """Covers F55."""
    Account.objects.update(phone="2")
    assert sfsync.push(account).outcome == "updated"
    assert (account.phone, crm.read("Account", account.sf_id, "Phone")) == ("1", "2")


def test_nothing_else_is_pushed(crm: Org, account: Account, push: Command) -> None:
    other = Account.objects.create(name="Other")
    Account.objects.update(phone="2")
    sfsync.push(account)
    assert crm.count("Account") == 1
    assert LocalChange.objects.filter(pk_text=str(other.pk)).exists()
    line = push()["AccountMapping"]
    assert (line["seen"], line["created"]) == (1, 1)


def test_what_it_costs(crm: Org, account: Account) -> None:
    created = Account.objects.create(name="Other")
    before = crm.calls
    assert sfsync.push(created).api_calls == crm.calls - before == 1
    Account.objects.update(phone="2")
    before = crm.calls
    assert sfsync.push(account).api_calls == crm.calls - before == 2


def test_a_record_that_is_there_is_adopted(crm: Org) -> None:
    account = Account.objects.create(name="Acme", phone="1")
    sf_id = crm.create("Account", Name="Acme", Industry="Energy", Django_Id__c=str(account.uid))
    assert sfsync.push(account).outcome == "adopted"
    assert (account.sf_id, account.industry) == (sf_id, "Energy")
    assert crm.read("Account", sf_id, "Phone") == "1"
    assert crm.count("Account") == 1


@pytest.mark.parametrize(("when", "outcome"), [("after", "adopted"), ("before", "created")])
def test_a_create_whose_answer_was_lost_is_never_made_twice(crm: Org, when: str, outcome: str) -> None:
    """Covers F1: what another record of the mapping has under way is left to the command."""
    account, other = (Account.objects.create(name=name) for name in ("Acme", "Other"))
    for each in (account, other):
        crm.served.faults.add("drop", contains="Acme", times=1, when=when)
        crm.served.faults.add("drop", contains="Other", times=1, when=when)
        with pytest.raises(Unavailable):
            sfsync.push(each)
    crm.served.faults.clear()
    assert sfsync.push(account).outcome == outcome
    assert Delivery.objects.get(pk_text=str(other.pk)).state == DeliveryState.CLAIMED
    assert account.sf_id == Account.objects.get(pk=account.pk).sf_id
    assert crm.count("Account") == (2 if when == "after" else 1)
    sfsync.push(other)
    assert crm.count("Account") == 2


def test_an_edit_after_a_lost_answer_follows_the_adopted_record(crm: Org) -> None:
    """Covers F1."""
    account = Account.objects.create(name="Acme")
    crm.served.faults.add("drop", contains="Acme", times=1)
    with pytest.raises(Unavailable):
        sfsync.push(account)
    Account.objects.update(phone="2")
    sfsync.push(account)
    assert crm.read("Account", account.sf_id, "Phone") == "2"
    assert crm.count("Account") == 1
    assert not LocalChange.objects.exists()


def test_without_an_external_id_a_lost_answer_waits_for_a_person(crm: Org) -> None:
    """Covers F3."""
    with option(AccountMapping, external_id=None):
        account = Account.objects.create(name="Acme")
        crm.served.faults.add("drop", contains="Acme", times=1)
        with pytest.raises(Unavailable):
            sfsync.push(account)
        for _ in range(2):
            with pytest.raises(RecordError, match="look for the record in Salesforce") as caught:
                sfsync.push(account)
            assert caught.value.code == "OUTCOME_UNKNOWN"
        assert crm.count("Account") == 1
        Account.objects.update(sf_id=crm.served.org.storage.read('SELECT "Id" FROM "Account"').__next__()[0])
        assert sfsync.push(account).outcome == "unchanged"


def test_a_session_that_ends_meanwhile_is_renewed(crm: Org, account: Account) -> None:
    """Covers F20."""
    Account.objects.update(phone="2")
    crm.served.faults.add("expire_token", contains="If-Unmodified-Since", times=1)
    assert sfsync.push(account).outcome == "updated"
    assert crm.read("Account", account.sf_id, "Phone") == "2"


def test_a_session_that_cannot_be_renewed_sends_nothing_and_keeps_everything(
    crm: Org, account: Account
) -> None:
    Account.objects.update(phone="2")
    crm.served.faults.add("expire_token")
    with pytest.raises(SessionExpired):
        sfsync.push(account)
    crm.served.faults.clear()
    assert sfsync.push(account).outcome == "updated"


def test_a_refused_record_is_raised_kept_and_tried_again(crm: Org, account: Account) -> None:
    """Covers F46."""
    fault = crm.served.faults.add(
        "fail_rows",
        method="PATCH",
        code="FIELD_CUSTOM_VALIDATION_EXCEPTION",
        message="No secret phone",
        fields=["Phone"],
    )
    Account.objects.update(phone="2")
    for times in (1, 2):
        with pytest.raises(RecordError, match="FIELD_CUSTOM_VALIDATION_EXCEPTION: Phone") as caught:
            sfsync.push(account)
        assert (caught.value.code, caught.value.field) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "phone")
        assert "secret" not in str(caught.value)
        assert (Problem.objects.get().times, Problem.objects.get().org_message) == (times, "No secret phone")
    crm.served.faults.remove(fault.number)
    assert sfsync.push(account).outcome == "updated"
    assert not Problem.objects.exists()


def test_a_value_too_long_for_the_org_is_refused_before_it_is_sent(crm: Org, account: Account) -> None:
    """Covers F51."""
    Account.objects.update(phone="2", name="N" * 255)
    described = MappingState.objects.get()
    described.described["Name"]["length"] = 254
    described.save()
    before = crm.calls
    with pytest.raises(RecordError, match=r"AccountMapping\.name") as caught:
        sfsync.push(account)
    assert (caught.value.code, caught.value.field) == ("STRING_TOO_LONG", "name")
    assert crm.calls - before == 1
    assert crm.read("Account", account.sf_id, "Phone") == "1"


def test_a_locked_record_is_kept_for_later_and_goes_when_asked_again(crm: Org, account: Account) -> None:
    """Covers F44."""
    Account.objects.update(phone="2")
    crm.served.faults.add("lock_rows", method="PATCH", share=1.0, times=1)
    with pytest.raises(RecordError, match="locked in Salesforce") as caught:
        sfsync.push(account)
    assert caught.value.code == "UNABLE_TO_LOCK_ROW"
    assert sfsync.push(account).outcome == "updated"


def test_a_parent_the_org_does_not_know_follows(crm: Org, push: Command) -> None:
    """Covers F48."""
    contact = Contact.objects.create(last_name="Ng", account=Account.objects.create(name="Acme"))
    report = sfsync.push(contact)
    assert (report.outcome, report.waiting) == ("created", ("account",))
    assert crm.read("Contact", contact.sf_id, "AccountId") is None
    sfsync.push(contact.account)
    assert sfsync.push(contact).waiting == ()
    assert crm.read("Contact", contact.sf_id, "AccountId") == contact.account.sf_id
    assert crm.count("Contact") == 1


def test_a_parent_the_org_demands_is_pushed_first(crm: Org) -> None:
    contact = Contact.objects.create(last_name="Ng", account=Account.objects.create(name="Acme"))
    sfsync.push(Contact.objects.create(last_name="Other"))
    state = MappingState.objects.get(mapping="ContactMapping")
    state.described["AccountId"]["nillable"] = False
    state.save()
    with pytest.raises(RecordError, match=r"does not know its parent \(account\)") as caught:
        sfsync.push(contact)
    assert (caught.value.code, caught.value.field) == ("PARENT_NOT_IN_SALESFORCE", "account")
    assert crm.count("Contact") == 1
    sfsync.push(contact.account)
    assert sfsync.push(contact).outcome == "created"
    assert crm.read("Contact", contact.sf_id, "AccountId") == contact.account.sf_id


def test_a_spent_budget_stops_before_the_write(crm: Org, account: Account, settings: Settings) -> None:
    """Covers F50."""
    Account.objects.update(phone="2")
    settings.SF_RUN_BUDGET = 1
    with pytest.raises(BudgetSpent):
        sfsync.push(account)
    assert crm.read("Account", account.sf_id, "Phone") == "1"
    assert Run.objects.latest("pk").status == "paused"
    settings.SF_RUN_BUDGET = 2
    assert sfsync.push(account).outcome == "updated"


def test_an_edit_there_between_read_and_write_is_merged(crm: Org, account: Account) -> None:
    """Covers F18."""
    Account.objects.update(phone="2")
    edit = {
        "operation": "update",
        "sobject": "Account",
        "id": account.sf_id,
        "values": {"Industry": "Energy"},
    }
    crm.pass_time(minutes=1)
    fault = crm.served.faults.add("write", contains="If-Unmodified-Since", times=1, writes=[edit])
    report = sfsync.push(account)
    assert (crm.served.faults.acted(fault), report.api_calls) == (1, 4)
    assert (report.outcome, account.industry) == ("updated", "Energy")
    assert crm.read("Account", account.sf_id, "Phone") == "2"


def test_a_conflict_is_decided_by_the_policy_and_the_loser_kept(crm: Org, account: Account) -> None:
    """Covers F41."""
    crm.pass_time(minutes=1)
    crm.update("Account", account.sf_id, Phone="there")
    Account.objects.update(phone="here")
    report = sfsync.push(account)
    assert (report.outcome, report.conflicts) == ("unchanged", 1)
    assert account.phone == Account.objects.get().phone == "there"
    assert Conflict.objects.get().local == "here"
    with option(AccountMapping, conflict=ConflictPolicy.LOCAL):
        Account.objects.update(phone="here again")
        crm.update("Account", account.sf_id, Phone="there again")
        assert sfsync.push(account).outcome == "updated"
    assert crm.read("Account", account.sf_id, "Phone") == "here again"


def test_a_record_that_is_gone_there_is_an_error(crm: Org, account: Account) -> None:
    Account.objects.update(phone="2")
    crm.delete("Account", account.sf_id)
    with pytest.raises(RecordError, match="no longer in Salesforce") as caught:
        sfsync.push(account)
    assert caught.value.code == "GONE_IN_SALESFORCE"


def test_a_record_that_was_kept_after_its_delete_there_is_an_error(
    crm: Org, account: Account, pull: Command
) -> None:
    with option(AccountMapping, deleted_in_salesforce=DeletePolicy.KEEP):
        pull()
        crm.delete("Account", account.sf_id)
        pull()
        Account.objects.update(phone="2")
        with pytest.raises(RecordError, match="deleted in Salesforce, kept here") as caught:
            sfsync.push(account)
    assert caught.value.code == "EXCLUDED"


def test_inside_a_transaction_nobody_is_asked(crm: Org) -> None:
    """Covers F56: what may still be rolled back is not sent."""
    with transaction.atomic():
        account = Account.objects.create(name="Acme")
        with pytest.raises(InsideTransaction, match=r"transaction\.on_commit"):
            sfsync.push(account)
        transaction.on_commit(lambda: sfsync.push(account))
    assert crm.count("Account") == 1
    assert account.sf_id is not None


def test_writes_are_forbidden_before_the_first_call(crm: Org, settings: Settings) -> None:
    account = Account.objects.create(name="Acme")
    settings.SF_WRITES = False
    with pytest.raises(WritesDisabled, match="SF_WRITES"):
        sfsync.push(account)
    assert crm.served.requests == []


def test_a_run_is_recorded(crm: Org, account: Account) -> None:
    run = Run.objects.get()
    assert (run.mapping, run.direction, run.status) == ("AccountMapping", "push", "success")
    assert (run.counts["seen"], run.counts["created"], run.api_calls) == (1, 1, 2)


def test_a_run_that_failed_says_why(crm: Org) -> None:
    account = Account.objects.create(name="Acme")
    crm.served.faults.add("status", status=503)
    with pytest.raises(Unavailable):
        sfsync.push(account)
    assert Run.objects.get().status == "failed"
    assert crm.count("Account") == 0


def test_a_row_that_is_gone_is_left_to_the_command(crm: Org, account: Account) -> None:
    Account.objects.all().delete()
    with pytest.raises(RecordError, match="was deleted since") as caught:
        sfsync.push(account)
    assert caught.value.code == "NO_ROW"


def test_an_instance_that_is_not_saved_is_refused(crm: Org) -> None:
    with pytest.raises(RecordError, match=r"call its save\(\) first") as caught:
        sfsync.push(Opportunity(name="Deal"))
    assert caught.value.code == "NOT_SAVED"
    assert crm.served.requests == []
