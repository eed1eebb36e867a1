"""One record is pulled now: `sfsync.pull(instance)`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

import sfsync
from crm.mappings import AccountMapping
from crm.models import Account, Contact, Opportunity
from sfsync import signals
from sfsync.database import leases
from sfsync.exceptions import InsideTransaction, RecordError, Unavailable
from sfsync.mappings import ConflictPolicy, DeletePolicy
from sfsync.models import (
    Conflict,
    Delivery,
    Excluded,
    LocalChange,
    MappingState,
    Problem,
    Run,
    WaitingReference,
)
from sfsync.orgs import connections
from tests.engine.conftest import Command, Org, option

pytestmark = pytest.mark.databases


@pytest.fixture
def account(crm: Org) -> Account:
    """Return an account that is in the org as it is here."""
    account = Account(sf_id=crm.create("Account", Name="Acme", Phone="1"))
    sfsync.pull(account)
    return account


def state(*models: Any) -> list[Any]:
    """Return everything a pull could write."""
    models = models or (
        Account,
        Contact,
        LocalChange,
        Delivery,
        Conflict,
        Problem,
        Run,
        MappingState,
        Excluded,
    )
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_an_edit_there_comes_here_and_onto_the_instance(crm: Org, account: Account) -> None:
    crm.update("Account", account.sf_id, Phone="2", AnnualRevenue=Decimal("123456789012345"))
    report = sfsync.pull(account)
    assert (report.mapping, report.direction, report.outcome) == ("AccountMapping", "pull", "updated")
    assert (report.sf_id, report.conflicts, report.waiting) == (account.sf_id, 0, ())
    stored = Account.objects.get()
    assert account.phone == stored.phone == "2"
    assert account.annual_revenue == stored.annual_revenue == Decimal("123456789012345")
    assert not LocalChange.objects.exists()
    assert sfsync.pull(account).outcome == "unchanged"


def test_what_it_costs(crm: Org, account: Account) -> None:
    before = crm.calls
    assert sfsync.pull(account).api_calls == crm.calls - before == 1
    other = Account.objects.create(name="Other")
    crm.create("Account", Name="Other", Django_Id__c=str(other.uid))
    before = crm.calls
    assert sfsync.pull(other).api_calls == crm.calls - before == 1


def test_an_outstanding_edit_here_is_merged_and_stays_outstanding(
    crm: Org, account: Account, push: Command
) -> None:
    """Covers F41."""
    Account.objects.update(phone="here")
    crm.update("Account", account.sf_id, Industry="Banking")
    report = sfsync.pull(account)
    assert (report.outcome, report.conflicts) == ("updated", 0)
    assert (account.phone, account.industry) == ("here", "Banking")
    assert push()["AccountMapping"]["updated"] == 1
    assert crm.read("Account", account.sf_id, "Phone") == "here"


@pytest.mark.parametrize(
    ("policy", "wins"), [(ConflictPolicy.SALESFORCE, "there"), (ConflictPolicy.LOCAL, "here")]
)
def test_a_conflict_is_decided_by_the_policy_and_the_loser_kept(
    crm: Org, account: Account, policy: ConflictPolicy, wins: str
) -> None:
    """Covers F41."""
    Account.objects.update(phone="here")
    crm.update("Account", account.sf_id, Phone="there")
    with option(AccountMapping, conflict=policy):
        assert sfsync.pull(account).conflicts == 1
    assert account.phone == Account.objects.get().phone == wins
    conflict = Conflict.objects.get()
    assert (conflict.field, conflict.local, conflict.salesforce) == ("phone", "here", "there")


def test_what_is_not_saved_is_replaced_where_it_is_mapped(crm: Org, account: Account) -> None:
    account.phone, account.notes = "not saved", "mine"
    sfsync.pull(account)
    assert (account.phone, account.notes) == ("1", "mine")


def test_deferred_fields_are_loaded(crm: Org, account: Account) -> None:
    crm.update("Account", account.sf_id, Phone="2")
    lazy = Account.objects.only("name").get()
    sfsync.pull(lazy)
    assert lazy.phone == "2"


def test_nothing_else_is_pulled(crm: Org, account: Account, pull: Command) -> None:
    other = crm.create("Account", Name="Other")
    before = MappingState.objects.values("updated_watermark", "deleted_watermark", "loaded_at").get()
    sfsync.pull(account)
    assert Account.objects.count() == 1
    assert before == MappingState.objects.values("updated_watermark", "deleted_watermark", "loaded_at").get()
    pull()
    assert Account.objects.get(sf_id=other).name == "Other"


def test_an_unlinked_row_is_found_by_its_external_id(crm: Org) -> None:
    account = Account.objects.create(name="Acme", phone="1")
    sf_id = crm.create("Account", Name="Acme", Industry="Energy", Django_Id__c=str(account.uid).upper())
    report = sfsync.pull(account)
    assert (report.outcome, report.sf_id) == ("adopted", sf_id)
    assert (account.sf_id, account.industry, account.phone) == (sf_id, "Energy", "1")
    assert sfsync.push(account).outcome == "updated"
    assert crm.read("Account", sf_id, "Phone") == "1"


def test_two_records_of_one_external_id_are_a_problem(crm: Org) -> None:
    """Covers F47."""
    account = Account.objects.create(name="Acme")
    ids = [crm.create("Account", Name="Acme", Django_Id__c=uid) for uid in (str(account.uid), str(uuid4()))]
    with crm.served.org.storage.transaction():
        crm.served.org.storage.write('UPDATE "Account" SET "Django_Id__c" = ?', (str(account.uid),))
    with pytest.raises(RecordError, match="shares its external id") as caught:
        sfsync.pull(account)
    assert caught.value.code == "AMBIGUOUS_EXTERNAL_ID"
    assert set(Problem.objects.values_list("record", flat=True)) == set(ids)
    account.refresh_from_db()
    assert account.sf_id is None


def test_a_row_that_is_not_in_the_org_is_an_error(crm: Org) -> None:
    account = Account.objects.create(name="Acme")
    with pytest.raises(RecordError, match=r"sfsync\.push\(instance\) creates one") as caught:
        sfsync.pull(account)
    assert caught.value.code == "NOT_IN_SALESFORCE"
    assert LocalChange.objects.count() == 1


def test_without_any_id_there_is_nothing_to_look_for(crm: Org) -> None:
    account = Account.objects.create(name="Acme")
    with option(AccountMapping, external_id=None), pytest.raises(RecordError, match="sf_id") as caught:
        sfsync.pull(account)
    assert caught.value.code == "NOT_LINKED"
    with pytest.raises(RecordError, match="store the record's Id in sf_id, or a value in uid") as caught:
        sfsync.pull(Account(uid=None))
    assert caught.value.code == "NO_EXTERNAL_ID"
    with pytest.raises(RecordError, match="no Salesforce id") as caught:
        sfsync.pull(Account(sf_id="1' OR Name != '"))
    assert caught.value.code == "MALFORMED_ID"


def test_a_new_instance_gets_its_row(crm: Org) -> None:
    acme = crm.create("Account", Name="Acme")
    ng = crm.create("Contact", LastName="Ng", Email="Ng@Example.com", AccountId=acme)
    sfsync.pull(account := Account(sf_id=acme))
    contact = Contact(sf_id=ng[:15], last_name="never saved", loyalty_points=7)
    uid = contact.uid
    assert sfsync.pull(contact).outcome == "created"
    stored = Contact.objects.get()
    assert (stored.pk, stored.sf_id, stored.uid) == (contact.pk, ng, uid)
    assert (contact.sf_id, contact.last_name, contact.account) == (ng, "Ng", account)
    assert contact.loyalty_points == stored.loyalty_points == 7
    assert not contact._state.adding
    assert not LocalChange.objects.exists()
    contact.first_name = "Ada"
    contact.save()
    assert sfsync.push(contact).outcome == "updated"
    assert Contact.objects.count() == 1


def test_a_new_instance_is_found_by_its_external_id(crm: Org) -> None:
    uid = uuid4()
    sf_id = crm.create("Account", Name="Acme", Django_Id__c=str(uid))
    account = Account(uid=uid)
    assert sfsync.pull(account).outcome == "created"
    assert (account.sf_id, account.name, Account.objects.get().uid) == (sf_id, "Acme", uid)


def test_a_new_instance_of_a_linked_record_becomes_its_row(crm: Org, account: Account) -> None:
    Account.objects.update(notes="never synced")
    again = Account(sf_id=account.sf_id)
    assert sfsync.pull(again).outcome == "unchanged"
    assert (again.pk, again.name, again.uid) == (account.pk, "Acme", account.uid)
    assert again.notes == "never synced"
    assert Account.objects.count() == 1


def test_a_new_instance_of_no_record_stays_new(crm: Org, account: Account) -> None:
    crm.hide("Account", account.sf_id)
    Account.objects.all().delete()
    contact = Account(sf_id=account.sf_id)
    with pytest.raises(RecordError, match=f"has the Id {account.sf_id}"):
        sfsync.pull(contact)
    assert contact.pk is None
    assert not Account.objects.exists()


def test_without_save_nothing_is_written(crm: Org, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(website="here")
    crm.update("Account", account.sf_id, Phone="2", Website="there")
    before = state()
    with option(AccountMapping, conflict=ConflictPolicy.LOCAL):
        report = sfsync.pull(account, save=False)
    assert (report.outcome, report.conflicts) == ("updated", 1)
    assert (account.phone, account.website) == ("2", "")
    assert state() == before
    account.save(update_fields=["phone"])
    assert sfsync.push(account).outcome == "unchanged"


def test_without_save_an_instance_is_filled_in(crm: Org) -> None:
    acme = crm.create("Account", Name="Acme")
    ng = crm.create("Contact", LastName="Ng", AccountId=acme)
    contact = Contact(sf_id=ng)
    report = sfsync.pull(contact, save=False)
    assert (report.outcome, report.waiting) == ("created", ("account",))
    assert (contact.last_name, contact.account, contact.pk) == ("Ng", None, None)
    assert state() == [[] for _ in state()]
    contact.save()
    assert sfsync.pull(contact).outcome == "unchanged"
    account = Account.objects.create(name="Acme")
    crm.update("Account", acme, Django_Id__c=str(account.uid))
    sfsync.pull(account, save=False)
    assert (account.sf_id, Account.objects.get().sf_id) == (acme, None)


def test_a_parent_that_is_not_here_is_waited_for(crm: Org, pull: Command) -> None:
    """Covers F48."""
    acme = crm.create("Account", Name="Acme")
    contact = Contact(sf_id=crm.create("Contact", LastName="Ng", AccountId=acme))
    assert sfsync.pull(contact).waiting == ("account",)
    assert contact.account is None
    sfsync.pull(Account(sf_id=acme))
    report = sfsync.pull(contact)
    assert (report.waiting, contact.account) == ((), Account.objects.get(sf_id=acme))
    assert not WaitingReference.objects.exists()


def test_a_parent_that_must_be_there_is_an_error(crm: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Contact._meta.get_field("account"), "null", False)
    acme = crm.create("Account", Name="Acme")
    contact = Contact(sf_id=crm.create("Contact", LastName="Ng", AccountId=acme))
    for save in (False, True):
        with pytest.raises(RecordError, match=r"its parent \(account\) is not here") as caught:
            sfsync.pull(contact, save=save)
        assert (caught.value.code, contact.pk, contact.last_name) == ("PARENT_NOT_HERE", None, "")
    sfsync.pull(Account(sf_id=acme))
    assert sfsync.pull(contact).outcome == "created"
    assert contact.account.sf_id == acme


def test_a_delete_there_goes_by_the_policy(crm: Org, account: Account) -> None:
    crm.delete("Account", account.sf_id)
    assert sfsync.pull(account, save=False).outcome == "deleted"
    assert Account.objects.count() == 1
    report = sfsync.pull(account)
    assert (report.outcome, report.sf_id) == ("deleted", account.sf_id)
    assert account.pk is None
    assert not Account.objects.exists()
    assert not LocalChange.objects.exists()


def test_a_delete_among_many_that_are_held_is_held(crm: Org, pull: Command) -> None:
    """Covers F25."""
    ids = [crm.create("Account", Name=f"Account {number}") for number in range(8)]
    pull()
    for sf_id in ids:
        crm.delete("Account", sf_id)
    assert pull()["AccountMapping"]["held"] == 8
    account = Account.objects.get(sf_id=ids[0])
    with pytest.raises(RecordError, match="--allow-deletes") as caught:
        sfsync.pull(account)
    assert (caught.value.code, account.pk) == ("DELETE_HELD", Account.objects.get(sf_id=ids[0]).pk)
    assert Account.objects.count() == 8


def test_a_row_that_is_kept_leaves_the_sync(crm: Org, account: Account) -> None:
    crm.delete("Account", account.sf_id)
    with option(AccountMapping, deleted_in_salesforce=DeletePolicy.KEEP):
        assert sfsync.pull(account).outcome == "filtered"
    assert account.pk == Account.objects.get().pk
    assert Excluded.objects.get().sf_id == account.sf_id


def test_an_edited_row_is_created_anew_where_local_edits_win(crm: Org, account: Account) -> None:
    gone = account.sf_id
    crm.delete("Account", gone)
    Account.objects.update(phone="2")
    with option(AccountMapping, conflict=ConflictPolicy.LOCAL):
        assert sfsync.pull(account).outcome == "updated"
        assert account.sf_id is None
        assert sfsync.push(account).outcome == "created"
    assert account.sf_id != gone
    assert crm.read("Account", account.sf_id, "Phone") == "2"


def test_a_record_that_cannot_be_seen_is_an_error(crm: Org, account: Account) -> None:
    """Covers F19."""
    crm.hide("Account", account.sf_id)
    for save in (True, False):
        with pytest.raises(RecordError, match="neither shows it nor lists it"):
            sfsync.pull(account, save=save)
    assert Problem.objects.get().code == "NOT_VISIBLE"
    assert Account.objects.get().phone == "1"


def test_a_record_deleted_here_and_kept_there_is_an_error(crm: Org, account: Account, push: Command) -> None:
    sf_id = account.sf_id
    account.delete()
    push()
    with pytest.raises(RecordError, match="deleted here, kept in Salesforce") as caught:
        sfsync.pull(Account(sf_id=sf_id))
    assert caught.value.code == "EXCLUDED"
    Excluded.objects.all().delete()
    assert sfsync.pull(Account(sf_id=sf_id)).outcome == "created"


@pytest.mark.parametrize("save", [True, False])
def test_a_value_that_does_not_fit_is_an_error(
    crm: Org, account: Account, monkeypatch: pytest.MonkeyPatch, save: bool
) -> None:
    """Covers F67."""
    crm.update("Account", account.sf_id, Phone="22", Industry="Energy")
    monkeypatch.setattr(Account._meta.get_field("phone"), "max_length", 1)
    with pytest.raises(RecordError, match=r"AccountMapping\.phone") as caught:
        sfsync.pull(account, save=save)
    assert caught.value.field == "phone"
    assert Problem.objects.count() == save
    assert (account.phone, account.industry) == ("1", "")
    assert list(Account.objects.values_list("phone", "industry")) == [("1", "")]


def test_an_external_id_of_another_row_is_an_error(crm: Org, account: Account) -> None:
    other = crm.create("Account", Name="Other", Django_Id__c=str(account.uid))
    with pytest.raises(RecordError, match=f"linked to {account.sf_id}") as caught:
        sfsync.pull(Account(sf_id=other))
    assert caught.value.code == "LINKED_ELSEWHERE"
    assert Account.objects.count() == 1


def test_a_value_that_is_taken_here_is_an_error(crm: Org, account: Account) -> None:
    """Covers F66."""
    other = Account(sf_id=crm.create("Account", Name="Other"), uid=account.uid)
    with pytest.raises(RecordError, match="same value in a unique field") as caught:
        sfsync.pull(other)
    assert (caught.value.code, other.pk) == ("UNIQUE_HERE", None)
    assert Account.objects.count() == 1


def test_an_answer_that_does_not_come_changes_nothing(crm: Org, account: Account) -> None:
    before = state(Account, LocalChange, Delivery)
    crm.served.faults.add("cut")
    with pytest.raises(Unavailable):
        sfsync.pull(account)
    assert state(Account, LocalChange, Delivery) == before
    assert Run.objects.latest("pk").status == "failed"
    crm.served.faults.clear()
    crm.served.faults.add("expire_token", times=1)
    assert sfsync.pull(account).outcome == "unchanged"


def test_inside_a_transaction_nobody_is_asked(crm: Org) -> None:
    account = Account.objects.create(name="Acme")
    with transaction.atomic(), pytest.raises(InsideTransaction):
        sfsync.pull(account, save=False)
    assert crm.served.requests == []


def test_the_signal_comes_after_the_commit(crm: Org, account: Account) -> None:
    heard: list[Any] = []

    def hear(sender: Any, mapping: Any, created: list[Any], updated: list[Any], **kwargs: Any) -> None:
        heard.append((sender, mapping, created, updated, transaction.get_connection().in_atomic_block))

    signals.records_pulled.connect(hear)
    try:
        crm.update("Account", account.sf_id, Phone="2")
        sfsync.pull(account, save=False)
        sfsync.pull(account)
        sfsync.pull(account)
    finally:
        signals.records_pulled.disconnect(hear)
    assert heard == [(Account, AccountMapping, [], [account.pk], False)]


def test_a_record_that_a_push_is_at_work_on_is_left_alone(
    crm: Org, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F8."""
    lease = leases.take("default", "default", "AccountMapping", "push", owner="other:1:ff", seconds=60)
    Account.objects.update(phone="2")
    delivery = Delivery(org="default", mapping="AccountMapping", pk_text=str(account.pk))
    delivery.claim("update", lease.fence, {"phone": "2"}, {"phone": "1"}, None)
    delivery.save()
    monkeypatch.setattr(connections["default"], "sleep", lambda seconds: None)
    for save in (True, False):
        before = crm.calls
        with pytest.raises(RecordError, match="a push is at work") as caught:
            sfsync.pull(account, save=save)
        assert caught.value.code == "BEING_PUSHED"
        assert crm.calls - before == 4
    assert (account.phone, Account.objects.get().phone) == ("1", "2")


def test_a_record_that_did_not_answer_and_is_alive_is_read_again(crm: Org, account: Account) -> None:
    """Covers F19."""
    crm.update("Account", account.sf_id, Phone="2")
    fault = crm.served.faults.add("blank_rows", contains=account.sf_id, times=1)
    assert sfsync.pull(account).outcome == "updated"
    assert crm.served.faults.acted(fault) == 1
    assert account.phone == "2"


def test_pull_only_fields_come_along(crm: Org) -> None:
    sf_id = crm.create("Opportunity", Name="Deal", StageName="Closed Won", CloseDate="2026-01-01")
    deal = Opportunity(sf_id=sf_id)
    sfsync.pull(deal)
    assert deal.is_won is True
