"""Runs that may not make all the calls they need: they pause, lose nothing, and the next one goes on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

import sfsync
from crm.mappings import ContactMapping
from crm.models import Account, Contact
from sfsync.engine import polling
from sfsync.exceptions import BudgetSpent
from sfsync.mappings import DeletePolicy
from sfsync.models import ApiUsage, Delivery, LocalChange, MappingState, Problem, Run
from sfsync.orgs import connections
from tests.engine.conftest import Command, Org, option

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

PUSH_CALLS = 7
"""What the push of `change_everything` costs: two reads, two creates, an update, a read and a delete."""


@pytest.fixture
def deletes() -> Iterator[None]:
    """Push the deletes of contacts."""
    with option(ContactMapping, deleted_locally=DeletePolicy.DELETE):
        yield


@pytest.fixture
def changed(crm: Org, pull: Command, deletes: None) -> None:
    """Leave creates, updates and deletes of parents and children to be pushed."""
    old = crm.create("Account", Name="Old")
    crm.create("Contact", LastName="Gone", AccountId=old)
    pull()
    Account.objects.update(phone="changed")
    Contact.objects.all().delete()
    parent = Account.objects.create(name="Parent")
    Account.objects.create(name="Child", parent=parent)
    Contact.objects.create(last_name="Of parent", account=parent)
    Contact.objects.create(last_name="Of old", account=Account.objects.get(name="Old"))


def ids(crm: Org, sobject: str) -> list[str]:
    rows = crm.served.org.storage.read(f'SELECT "Id" FROM "{sobject}" WHERE "IsDeleted" = 0', ())
    return [str(next(iter(row))) for row in rows]


def here() -> set[tuple[str | None, ...]]:
    accounts = {(row.sf_id, row.name, row.phone or None) for row in Account.objects.all()}
    contacts = Contact.objects.select_related("account")
    return accounts | {(row.sf_id, row.last_name, row.account and row.account.sf_id) for row in contacts}


def there(crm: Org) -> set[tuple[str | None, ...]]:
    found = set()
    for sobject, *names in (("Account", "Id", "Name", "Phone"), ("Contact", "Id", "LastName", "AccountId")):
        for sf_id in ids(crm, sobject):
            record = crm.read(sobject, sf_id, *names)
            found.add(tuple(record[name] for name in names))
    return found


def assert_nothing_waits_for_a_person() -> None:
    assert not Delivery.objects.filter(state__in=["claimed", "unknown", "problem", "retry"]).exists()
    assert not Problem.objects.exists()


def assert_at_rest(crm: Org, push: Command, pull: Command) -> None:
    """Both sides are equal, and neither direction has anything left to do."""
    assert here() == there(crm)
    assert not LocalChange.objects.exists()
    assert {line["seen"] for name, line in push().items() if name != "total"} == {0}
    assert {line["updated"] for name, line in pull().items() if name != "total"} == {0}
    assert not Delivery.objects.exists()


def assert_paused(direction: str, *reasons: str) -> None:
    paused = Run.objects.filter(direction=direction, status="paused")
    assert paused
    for run in paused:
        assert all(reason in run.error for reason in ("quota: ", *reasons)), run.error
    assert not Run.objects.filter(status__in=["failed", "running"]).exists()


@pytest.mark.databases
@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize("budget", range(1, PUSH_CALLS + 1))
def test_a_push_is_cut_off_at_every_call_and_loses_nothing(
    crm: Org, pull: Command, push: Command, settings: Settings, budget: int
) -> None:
    """Covers F50."""
    settings.SF_RUN_BUDGET = budget
    total = push()["total"]
    assert (total["api_calls"], total["code"]) == (budget, 3 if budget < PUSH_CALLS else 0)
    assert_nothing_waits_for_a_person()
    if budget < PUSH_CALLS:
        assert_paused("push", f"made the {budget} API calls", "SF_RUN_BUDGET")
    settings.SF_RUN_BUDGET = None
    assert push()["total"]["code"] == 0
    assert (crm.count("Account"), crm.count("Contact")) == (3, 2)
    assert_at_rest(crm, push, pull)


@pytest.mark.usefixtures("changed")
def test_short_pushes_one_after_the_other_come_to_an_end(
    crm: Org, pull: Command, push: Command, settings: Settings
) -> None:
    settings.SF_RUN_BUDGET = 3
    codes = [push()["total"]["code"] for _ in range(4)]
    assert (codes[0], codes[-1]) == (3, 0)
    settings.SF_RUN_BUDGET = None
    assert_at_rest(crm, push, pull)


@pytest.mark.databases
@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize("left", range(PUSH_CALLS + 1))
def test_a_push_that_uses_up_the_calls_of_the_org_pauses(
    crm: Org, pull: Command, push: Command, settings: Settings, left: int
) -> None:
    """The org itself refuses in the middle of the run. Covers F50."""
    settings.SF_API_BUDGET = None
    limit = crm.served.site.usage.limit
    crm.served.site.usage.set(limit - left)
    assert push()["total"]["code"] == (3 if left < PUSH_CALLS else 0)
    assert_nothing_waits_for_a_person()
    if left < PUSH_CALLS:
        assert_paused("push", "REQUEST_LIMIT_EXCEEDED", "go on by themselves")
    crm.served.site.usage.set(0)
    assert push()["total"]["code"] == 0
    assert_at_rest(crm, push, pull)


@pytest.mark.parametrize("budget", [1, 2, 3])
def test_updates_that_went_before_the_budget_was_spent_stay_settled(
    crm: Org, pull: Command, push: Command, settings: Settings, budget: int
) -> None:
    """The org refuses the conditional form, and the second form needs one call more."""
    org = crm.served.org
    org.settings = dataclasses.replace(org.settings, composite_conditional_patch=False)
    for number in range(3):
        crm.create("Account", Name=f"Account {number}")
    pull()
    Account.objects.update(phone="changed")
    settings.SF_RUN_BUDGET = budget
    assert push()["total"]["code"] == (0 if budget == 3 else 3)
    assert_nothing_waits_for_a_person()
    settings.SF_RUN_BUDGET = None
    assert push()["total"]["code"] == 0
    assert_at_rest(crm, push, pull)


@pytest.fixture
def small_pages(crm: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the org give few records at once, so that a load and a poll need many calls."""
    monkeypatch.setattr(polling, "PIECE", 3)
    monkeypatch.setattr(polling, "IDS_PER_CALL", 3)


def fill(crm: Org) -> None:
    for number in range(5):
        account = crm.create("Account", Name=f"Account {number}")
        crm.create("Contact", LastName=f"Contact {number}", AccountId=account)


@pytest.mark.databases
@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("budget", range(1, 6))
def test_a_load_is_cut_off_at_every_call_and_loses_nothing(
    crm: Org, pull: Command, push: Command, settings: Settings, budget: int
) -> None:
    """Covers F50."""
    fill(crm)
    settings.SF_RUN_BUDGET = budget
    total = pull()["total"]
    assert (total["api_calls"], total["code"]) == (budget, 3 if budget < 5 else 0)
    if budget < 5:
        assert_paused("pull", "SF_RUN_BUDGET")
        assert not MappingState.objects.filter(mapping="OpportunityMapping", loaded_at__isnull=False).exists()
    settings.SF_RUN_BUDGET = None
    assert pull()["total"]["code"] == 0
    assert (Account.objects.count(), Contact.objects.count()) == (5, 5)
    assert_at_rest(crm, push, pull)


def test_a_load_goes_on_behind_the_page_that_was_paid_for(
    crm: Org, pull: Command, settings: Settings
) -> None:
    crm.seed(accounts=2_100, contacts=0, opportunities=0)
    settings.SF_RUN_BUDGET = 3
    line = pull("AccountMapping")["AccountMapping"]
    assert (line["created"], Account.objects.count()) == (2_000, 2_000)
    settings.SF_RUN_BUDGET = None
    assert pull("AccountMapping")["AccountMapping"]["created"] == 100


@pytest.mark.databases
@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("budget", range(1, 7))
def test_a_poll_is_cut_off_at_every_call_and_loses_nothing(
    crm: Org, pull: Command, push: Command, settings: Settings, budget: int
) -> None:
    """Covers F50."""
    fill(crm)
    pull()
    crm.pass_time(minutes=10)
    pull()
    before = dict(MappingState.objects.values_list("mapping", "updated_watermark"))
    crm.pass_time(minutes=10)
    for sf_id in ids(crm, "Account"):
        crm.update("Account", sf_id, Phone="changed")
    for sf_id in ids(crm, "Contact")[:2]:
        crm.delete("Contact", sf_id)
    settings.SF_RUN_BUDGET = budget
    total = pull()["total"]
    complete = total["code"] == 0
    assert total["api_calls"] == budget or complete
    if not complete:
        assert_paused("pull", "SF_RUN_BUDGET")
        assert dict(MappingState.objects.values_list("mapping", "updated_watermark")) == before
    settings.SF_RUN_BUDGET = None
    assert pull()["total"]["code"] == 0
    assert Account.objects.filter(phone="changed").count() == 5
    assert Contact.objects.count() == 3
    assert_at_rest(crm, push, pull)


@pytest.mark.databases
@pytest.mark.usefixtures("changed")
def test_at_95_percent_one_call_is_made_and_the_next_process_makes_none(
    crm: Org, pull: Command, push: Command
) -> None:
    """Covers F50."""
    connections.close()
    usage = crm.served.site.usage
    usage.set(int(usage.limit * 0.95))
    calls = crm.calls
    lines = push()
    assert (lines["total"]["code"], lines["total"]["api_calls"], crm.calls - calls) == (3, 1, 1)
    assert_paused("push", "14251 of the org's 15000 API calls", "90%", "SF_API_BUDGET", "go on by themselves")
    connections.close()  # as a process of its own
    assert {line.get("paused") for name, line in pull().items() if name != "total"} != {None}
    assert crm.calls - calls == 1
    usage.set(10)
    ApiUsage.objects.update(said_at=timezone.now() - timedelta(minutes=16))
    connections.close()
    assert push()["total"]["code"] == 0
    assert ApiUsage.objects.get().used < 30
    assert_at_rest(crm, push, pull)


def test_what_the_org_said_is_kept_once_a_run(crm: Org, pull: Command, push: Command) -> None:
    pull()
    usage = ApiUsage.objects.get()
    assert (usage.org, usage.used, usage.limit) == ("default", crm.calls, crm.served.site.usage.limit)
    push()
    pull()
    assert ApiUsage.objects.get().used == crm.calls


def test_a_dry_run_keeps_nothing(crm: Org, pull: Command) -> None:
    assert pull("--dry-run")["total"]["api_calls"] > 0
    assert not ApiUsage.objects.exists()


def test_the_budget_is_that_of_the_org(crm: Org, pull: Command, settings: Settings) -> None:
    settings.SF_RUN_BUDGET = 1
    settings.SF_ORGS = {"emea": {"RUN_BUDGET": 100}}
    assert pull()["total"]["code"] == 3


def test_one_record_is_refused_by_the_budget_and_stays_in_the_log(crm: Org, settings: Settings) -> None:
    settings.SF_RUN_BUDGET = 1
    account = Account.objects.create(name="Ours")
    with pytest.raises(BudgetSpent, match="SF_RUN_BUDGET"):
        sfsync.push(account)
    assert_nothing_waits_for_a_person()
    assert LocalChange.objects.exists()
    settings.SF_RUN_BUDGET = None
    assert sfsync.push(account).outcome == "created"
    assert crm.count("Account") == 1
