"""What `sfsync.pull(instance)` and `sfsync.push(instance)` share: mappings, databases, leases, conversions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections, transaction

import sfsync
from crm.models import Account, Contact, Opportunity
from sfsync.database import backend, leases, triggers
from sfsync.engine import pushing
from sfsync.engine.single import turn
from sfsync.exceptions import ConfigurationError, EngineError, LeaseTaken, RecordError, WrongOrg
from sfsync.models import Lease, LocalChange, MappingState, Run
from sfsync.orgs import connections as orgs
from sfsync.test import SalesforceTestCase
from tests.engine.conftest import Org
from tests.engine.single_mappings import AbroadMapping, ConvertedMapping
from tests.zoo.models import Bird, Enclosure, Keeper

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from sfsync.testing import SimulatedOrg

PATH = "tests.engine.single_mappings"

databases = pytest.mark.databases
both = pytest.mark.parametrize("sync", [sfsync.pull, sfsync.push], ids=["pull", "push"])

Sync = Callable[..., Any]


@pytest.fixture
def mapped(crm: Org, settings: Settings) -> Iterator[Callable[..., None]]:
    """Let a test put other mappings in the place of the example's."""

    def use(*names: str) -> None:
        settings.SF_MAPPINGS = [f"{PATH}.{name}" for name in names]
        triggers.install("default")

    yield use
    del settings.SF_MAPPINGS
    triggers.install("default")


# Which mapping


@both
def test_what_is_no_instance_is_refused(crm: Org, sync: Sync) -> None:
    with pytest.raises(TypeError, match="takes an instance of a model"):
        sync(Account)


@both
def test_a_model_needs_a_mapping(crm: Org, mapped: Callable[..., None], sync: Sync) -> None:
    mapped("ReadMapping")
    with pytest.raises(ConfigurationError, match=r"No mapping of crm\.Account is in SF_MAPPINGS"):
        sync(Account(name="Acme"))


def test_the_direction_of_the_mapping_holds(crm: Org, mapped: Callable[..., None]) -> None:
    mapped("ReadMapping", "WriteMapping")
    with pytest.raises(ConfigurationError, match="Read has the direction pull: there is nothing to push"):
        sfsync.push(Contact.objects.create(last_name="Ng"))
    deal = Opportunity.objects.create(name="Deal", stage="Prospecting", close_date="2026-01-01")
    with pytest.raises(ConfigurationError, match="Write has the direction push: there is nothing to pull"):
        sfsync.pull(deal)
    assert sfsync.push(deal).outcome == "created"
    assert sfsync.push(deal).outcome == "unchanged"


@pytest.fixture
def abroad(settings: Settings) -> Iterator[SimulatedOrg]:
    """Serve a second org, which the settings call `abroad`."""
    from sfsync.testing import SimulatedOrg

    with SimulatedOrg() as served:
        settings.SF_ORGS = {
            "abroad": {
                "AUTH_DOMAIN": served.url,
                "CONSUMER_KEY": served.consumer_key,
                "CONSUMER_SECRET": served.consumer_secret,
            }
        }
        yield served
        orgs.close()


def test_of_several_mappings_one_is_named(
    crm: Org, abroad: SimulatedOrg, mapped: Callable[..., None]
) -> None:
    mapped("ConvertedMapping", "AbroadMapping", "ReadMapping")
    account = Account.objects.create(name="Acme")
    with pytest.raises(ConfigurationError, match="several mappings: Converted, Abroad") as caught:
        sfsync.push(account)
    assert 'sfsync.push(instance, mapping="Converted")' in str(caught.value)
    with pytest.raises(ConfigurationError, match=r"Read is no mapping of crm\.Account"):
        sfsync.push(account, mapping="Read")
    with pytest.raises(ConfigurationError, match="Did you mean 'Abroad'"):
        sfsync.push(account, mapping="Abraod")
    assert sfsync.push(account, mapping="Converted").outcome == "created"
    assert (len(crm.served.records("Account")), len(abroad.records("Account"))) == (1, 0)
    assert sfsync.push(account, mapping=ConvertedMapping).outcome == "unchanged"
    Account.objects.update(name="Acme Ltd")
    assert LocalChange.objects.filter(mapping=AbroadMapping.options.name).count() == 2


class Customer(Account):
    class Meta:
        proxy = True
        app_label = "crm"


def test_a_proxy_is_synced_as_its_model(crm: Org) -> None:
    account = Customer(name="Acme")
    account.save()
    assert sfsync.push(account).outcome == "created"
    assert sfsync.pull(account).outcome == "unchanged"


@databases
@pytest.mark.parametrize(
    ("mapping", "model", "values"),
    [
        ("KeeperMapping", Keeper, {"code": "K1"}),
        ("EnclosureMapping", Enclosure, {}),
        ("BirdMapping", Bird, {"ring": "R1", "wingspan": 30}),
    ],
)
def test_keys_and_tables_of_every_kind(
    crm: Org, mapped: Callable[..., None], mapping: str, model: Any, values: dict[str, Any]
) -> None:
    mapped(mapping)
    there = model(sf_id=crm.create("Account", Name="There"), **values)
    key = there.pk
    assert sfsync.pull(there).outcome == "created"
    stored = model.objects.get()
    assert (stored.pk, stored.name, stored.sf_id) == (key or there.pk, "There", there.sf_id)
    assert getattr(stored, "wingspan", 30) == 30
    model.objects.update(name="Here")
    assert sfsync.push(there).outcome == "updated"
    assert crm.read("Account", there.sf_id, "Name") == "Here"

    here = model(name="New", **{name: f"{value}x" for name, value in values.items() if name != "wingspan"})
    here.save()
    assert sfsync.push(here).outcome == "created"
    assert model.objects.get(name="New").sf_id == here.sf_id
    crm.update("Account", here.sf_id, Name="Newer")
    assert sfsync.pull(here).outcome == "updated"
    assert here.name == "Newer"
    assert not LocalChange.objects.exists()


# Which database


@both
def test_an_instance_of_another_database_is_refused(crm: Org, sync: Sync) -> None:
    account = Account.objects.create(name="Acme")
    account._state.db = "archive"
    with pytest.raises(ConfigurationError, match=r"belongs to database 'archive', but .* syncs 'default'"):
        sync(account)


class Replicas:
    """Reads elsewhere, writes to one."""

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"


@databases
def test_an_instance_of_a_replica_is_synced(crm: Org, settings: Settings) -> None:
    """Covers F76."""
    settings.DATABASE_ROUTERS = [f"{__name__}.Replicas"]
    account = Account.objects.create(name="Acme")
    account._state.db = "replica"
    assert sfsync.push(account).outcome == "created"
    assert sfsync.pull(account).outcome == "unchanged"


@both
def test_missing_triggers_stop_it(crm: Org, sync: Sync) -> None:
    account = Account.objects.create(name="Acme")
    triggers.drop("default")
    try:
        with pytest.raises(ConfigurationError, match=r"Type: manage\.py migrate"):
            sync(account)
    finally:
        triggers.install("default")
    assert crm.served.requests == []


@both
def test_another_org_is_refused(crm: Org, sync: Sync) -> None:
    """Covers F57."""
    account = Account.objects.create(name="Acme")
    sfsync.push(account)
    MappingState.objects.update(org_id="00D000000000000AAA")
    Account.objects.update(name="Acme Ltd")
    with pytest.raises(WrongOrg, match="AccountMapping was synced with org 00D000000000000AAA"):
        sync(account)
    assert crm.read("Account", account.sf_id, "Name") == "Acme"


@both
def test_a_paused_mapping_stays_paused(crm: Org, sync: Sync) -> None:
    account = Account.objects.create(name="Acme")
    MappingState.objects.create(
        org="default", mapping="AccountMapping", paused=True, paused_reason="holidays"
    )
    with pytest.raises(EngineError, match="AccountMapping is paused: holidays"):
        sync(account)
    assert crm.served.requests == []


# Taking turns


@databases
@both
def test_another_run_is_waited_for(crm: Org, sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account.objects.create(name="Acme")
    sfsync.push(account)
    direction = sync.__name__
    other = leases.take("default", "default", "AccountMapping", direction, owner="web-2:7:ff", seconds=60)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            leases.release(other)

    monkeypatch.setattr(orgs["default"], "sleep", sleep)
    assert sync(account).outcome == "unchanged"
    assert waits == list(turn.WAITS[:3])


@both
def test_a_run_that_takes_long_is_named(crm: Org, sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account.objects.create(name="Acme")
    direction = sync.__name__
    leases.take("default", "default", "AccountMapping", direction, owner="web-2:7:ff", seconds=60)
    monkeypatch.setattr(orgs["default"], "sleep", lambda seconds: None)
    with pytest.raises(LeaseTaken, match=r"web-2:7:ff is at work on it; .*sf_pu.. AccountMapping") as caught:
        sync(account)
    assert caught.value.owner == "web-2:7:ff"
    assert crm.served.requests == []
    assert not Run.objects.exists()


def test_without_save_no_lease_is_needed(crm: Org) -> None:
    account = Account(sf_id=crm.create("Account", Name="Acme"))
    leases.take("default", "default", "AccountMapping", "pull", owner="web-2:7:ff", seconds=60)
    assert sfsync.pull(account, save=False).outcome == "created"
    assert account.name == "Acme"


@databases
def test_the_lease_is_given_back_whatever_happens(crm: Org) -> None:
    account = Account.objects.create(name="Acme")
    crm.served.faults.add("status", status=500)
    with pytest.raises(sfsync.exceptions.Unavailable):
        sfsync.push(account)
    assert Lease.objects.get(direction="push").expires_at <= backend("default").now()


def in_threads(work: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    """Do `work` on all items at once; return the results in any order."""
    results: list[Any] = []

    def one(item: Any) -> None:
        try:
            results.append(work(item))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@databases
def test_many_at_once_take_turns(crm: Org) -> None:
    """Covers F7."""
    first, second = (Account.objects.create(name=name) for name in ("First", "Second"))
    copies = [Account.objects.get(pk=first.pk) for _ in range(2)]
    reports = in_threads(sfsync.push, [first, second, *copies])
    assert sorted(each.outcome for each in reports) == ["created", "created", "unchanged", "unchanged"]
    assert {each.sf_id for each in (first, *copies)} == {Account.objects.get(name="First").sf_id}
    assert crm.count("Account") == 2


class Killed(BaseException):
    """The process ends here, with no chance to clean up."""


@databases
def test_a_process_that_died_after_the_org_committed_is_caught_up(
    crm: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F4."""
    account = Account.objects.create(name="Acme")

    def die(*arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pushing, "Settlement", die)
        with pytest.raises(Killed):
            sfsync.push(account)
    assert (crm.count("Account"), account.sf_id) == (1, None)
    assert sfsync.push(account).outcome == "adopted"
    assert (crm.count("Account"), account.sf_id) == (1, Account.objects.get().sf_id)


def test_the_log_has_counts_and_no_values(crm: Org, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    account = Account.objects.create(name="a secret")
    sfsync.push(account)
    sfsync.pull(account)
    lines = [record.getMessage() for record in caplog.records if record.name == "sfsync.engine"]
    assert lines == ["AccountMapping push: success, 1 seen", "AccountMapping pull: success, 1 seen"]
    sfsync_lines = [line for line in caplog.text.splitlines() if "sfsync." in line and "testing" not in line]
    assert not any("secret" in line for line in sfsync_lines)


# Conversions


@databases
def test_conversions_work_in_both_directions(crm: Org, mapped: Callable[..., None]) -> None:
    mapped("ConvertedMapping")
    parent = crm.create("Account", Name="Parent")
    sf_id = crm.create(
        "Account", Name="Acme", Site="7 people", AnnualRevenue=Decimal(12_000), ParentId=parent
    )
    sfsync.pull(Account(sf_id=parent))
    account = Account(sf_id=sf_id)
    sfsync.pull(account)
    account.refresh_from_db()
    assert (account.employees, account.annual_revenue, account.parent.sf_id) == (7, Decimal(12), parent)
    assert sfsync.push(account).api_calls == 0

    account.employees, account.annual_revenue, account.parent = 8, Decimal(13), None
    account.save()
    assert sfsync.push(account).outcome == "updated"
    record = crm.read("Account", sf_id, "Site", "AnnualRevenue", "ParentId")
    assert (record["Site"], record["AnnualRevenue"], record["ParentId"]) == ("8 people", 13_000, None)
    assert sfsync.pull(account).outcome == "unchanged"

    crm.update("Account", sf_id, Site=None, AnnualRevenue=None)
    sfsync.pull(account)
    assert (account.employees, account.annual_revenue) == (None, None)


@databases
def test_a_value_the_conversion_refuses_is_an_error_without_it(crm: Org, mapped: Callable[..., None]) -> None:
    mapped("ConvertedMapping")
    account = Account(sf_id=crm.create("Account", Name="Acme", Site="a secret"))
    for save in (True, False):
        with pytest.raises(RecordError, match=r"ConvertedMapping\.employees: .* ValueError") as caught:
            sfsync.pull(account, save=save)
        assert (caught.value.code, caught.value.field) == ("CONVERSION_FAILED", "employees")
        assert "secret" not in str(caught.value)
    assert account.pk is None


@databases
def test_what_is_only_pushed_of_a_new_instance_is_pushed_later(crm: Org, mapped: Callable[..., None]) -> None:
    mapped("ConvertedMapping")
    sf_id = crm.create("Account", Name="Acme", Website="https://there.example")
    account = Account(sf_id=sf_id, website="https://here.example", phone="1")
    assert sfsync.pull(account).outcome == "created"
    stored = Account.objects.get()
    assert (stored.website, stored.phone) == ("https://here.example", "1")
    assert sfsync.push(account).outcome == "updated"
    assert crm.read("Account", sf_id, "Website") == "https://here.example"


# Tests of users


class TransactionOfATestCase(SalesforceTestCase):
    def test_does_not_count(self) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            with transaction.atomic():
                contact = Contact.objects.create(last_name="Lovelace")
                transaction.on_commit(lambda: sfsync.push(contact))
            self.assertIsNone(contact.sf_id)
        self.salesforce.update("Contact", contact.sf_id, FirstName="Ada")
        self.assertEqual(sfsync.pull(contact).outcome, "updated")
        self.assertEqual(contact.first_name, "Ada")
        self.assertTrue(connection.in_atomic_block)
