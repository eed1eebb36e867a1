"""Pulling: loads, polls, counts, dry runs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm.models import Account, Contact, Opportunity
from sfsync.models import LocalChange, MappingState, Problem, Run
from tests.engine.conftest import Command, Org

OUTCOMES = ("created", "adopted", "updated", "unchanged", "deleted", "filtered", "held", "problems")


@pytest.mark.databases
def test_the_first_run_loads_everything_and_leaves_no_local_change(crm: Org, pull: Command) -> None:
    crm.seed(accounts=20, contacts=60, opportunities=30)
    lines = pull()
    assert (lines["AccountMapping"]["created"], lines["ContactMapping"]["created"]) == (20, 60)
    assert Opportunity.objects.count() == 30
    assert LocalChange.objects.count() == 0
    assert lines["AccountMapping"]["window"]["covered"] is None
    assert {each.status for each in Run.objects.all()} == {"success"}


@pytest.mark.databases
def test_values_arrive_exactly(crm: Org, pull: Command) -> None:
    account = crm.create(
        "Account", Name="Zürich 🚀 \u202eRTL", AnnualRevenue=999999999999999, NumberOfEmployees=7
    )
    crm.create(
        "Opportunity", Name="Big", StageName="Prospecting", CloseDate="2026-02-28", Amount="1234567890.12",
        AccountId=account,
    )  # fmt: skip
    crm.create("Contact", LastName="Ng", Birthdate="1960-02-29", DoNotCall=True, Email="A.B@Example.COM")
    pull()
    assert Account.objects.get().name == "Zürich 🚀 \u202eRTL"
    assert Account.objects.get().annual_revenue == Decimal("999999999999999")
    opportunity = Opportunity.objects.get()
    assert opportunity.amount == Decimal("1234567890.12")
    assert opportunity.close_date.isoformat() == "2026-02-28"
    assert opportunity.account.sf_id == account
    contact = Contact.objects.get()
    assert (contact.email, contact.do_not_call, contact.birthdate.year) == ("a.b@example.com", True, 1960)
    assert contact.first_name == ""


def test_a_change_of_a_second_ago_is_seen(crm: Org, pull: Command) -> None:
    account = crm.create("Account", Name="Acme")
    pull()
    crm.update("Account", account, Name="Acme Inc")
    assert pull("AccountMapping")["AccountMapping"]["updated"] == 1
    assert Account.objects.get().name == "Acme Inc"


def test_every_listed_id_is_counted_once(crm: Org, pull: Command) -> None:
    crm.seed(accounts=10, contacts=30, opportunities=5)
    pull()
    crm.update("Contact", Contact.objects.first().sf_id, FirstName="Changed")
    crm.delete("Contact", Contact.objects.last().sf_id)
    line = pull("ContactMapping")["ContactMapping"]
    assert line["seen"] == sum(line[name] for name in OUTCOMES) == 30
    assert (line["updated"], line["deleted"], line["unchanged"]) == (1, 1, 28)


def test_what_is_never_synced_stays(crm: Org, pull: Command) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.update(notes="ours")
    crm.update("Account", sf_id, Name="Acme Inc")
    pull()
    assert Account.objects.get().notes == "ours"


@pytest.mark.databases
def test_a_dry_run_names_what_would_change_and_writes_nothing(crm: Org, pull: Command) -> None:
    crm.create("Account", Name="Acme")
    line = pull("AccountMapping", "--dry-run")["AccountMapping"]
    assert line["created"] == 1
    assert Account.objects.count() == MappingState.objects.count() == Run.objects.count() == 0

    pull("AccountMapping")
    state = MappingState.objects.values().get(mapping="AccountMapping")
    sf_id = Account.objects.get().sf_id
    crm.update("Account", sf_id, Name="Acme Inc")
    assert pull("AccountMapping", "--dry-run")["AccountMapping"]["updated"] == 1
    assert Account.objects.get().name == "Acme"
    assert MappingState.objects.values().get(mapping="AccountMapping") == state


def test_full_reads_everything_again_and_finds_what_nobody_reported(crm: Org, pull: Command) -> None:
    crm.create("Account", Name="Acme")
    pull()
    LocalChange.objects.all().delete()
    Account.objects.update(name="drifted")
    LocalChange.objects.all().delete()  # as if the edit had slipped past the triggers
    assert pull("AccountMapping", "--full")["AccountMapping"]["updated"] == 1
    assert Account.objects.get().name == "Acme"


@pytest.mark.databases
def test_an_unlinked_row_is_adopted_by_its_external_id(crm: Org, pull: Command) -> None:
    local = Account.objects.create(name="Acme", phone="1")
    crm.create("Account", Name="Acme", Industry="Energy", Django_Id__c=str(local.uid))
    line = pull("AccountMapping")["AccountMapping"]
    assert (line["adopted"], line["conflicts"]) == (1, 0)
    local.refresh_from_db()
    assert local.sf_id is not None
    assert (local.industry, local.phone) == ("Energy", "1")
    assert Account.objects.count() == 1


@pytest.mark.databases
def test_one_record_that_does_not_fit_stops_no_other(crm: Org, pull: Command) -> None:
    """Covers F66, F67."""
    for number in range(20):
        crm.create("Contact", LastName=f"Number {number}")
    broken = crm.create("Contact", LastName="x" * 80, Title="t" * 128)
    blocked = crm.create("Contact", LastName="Blocked", Django_Id__c="not a uuid")
    Contact._meta.get_field("title").max_length, kept = 100, Contact._meta.get_field("title").max_length
    try:
        line = pull("ContactMapping")
    finally:
        Contact._meta.get_field("title").max_length = kept
    assert (line["ContactMapping"]["created"], line["ContactMapping"]["problems"]) == (21, 1)
    assert line["total"]["code"] == 3
    problem = Problem.objects.get()
    assert (problem.record, problem.field) == (broken, "title")
    assert Contact.objects.filter(sf_id=blocked).exists()

    assert pull("ContactMapping", "--full")["total"]["code"] == 0
    assert not Problem.objects.exists()


def test_a_vanished_field_is_left_out_and_its_values_stay(crm: Org, pull: Command, settings) -> None:
    """Covers F77."""
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull("AccountMapping")
    MappingState.objects.update(described_at=None)
    spec = crm.served.org.schema.get("Account")
    hidden = {name: field for name, field in spec.fields.items() if name != "Phone"}
    visible, spec.__dict__["fields"] = spec.fields, hidden
    try:
        crm.update("Account", sf_id, Name="Acme Inc")
        line = pull("AccountMapping")
    finally:
        spec.__dict__["fields"] = visible
    assert line["total"]["code"] == 3
    assert Problem.objects.get().code == "FIELD_MISSING"
    account = Account.objects.get()
    assert (account.name, account.phone) == ("Acme Inc", "1")

    MappingState.objects.update(described_at=None)
    assert pull("AccountMapping")["total"]["code"] == 0
