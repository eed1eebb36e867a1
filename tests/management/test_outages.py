"""An org that is down, or shuts sfsync out: one clear line each, bounded calls, and the next run goes on."""

from __future__ import annotations

import pytest

from crm.mappings import AccountMapping
from crm.models import Account
from sfsync.models import Delivery, LocalChange, MappingState, Problem, Run
from sfsync.orgs import connections
from tests.engine.conftest import Org, option
from tests.management.conftest import Ended, Shell

BOTH = pytest.mark.parametrize("name", ["sf_pull", "sf_push"])

HALF_AN_HOUR = 1_800.0


@pytest.fixture
def synced(crm: Org, shell: Shell) -> str:
    """Sync both sides, then leave something to do in both directions; return the Id of the org's account."""
    sf_id = crm.create("Account", Name="Acme")
    shell("sf_pull")
    crm.pass_time(minutes=10)
    shell("sf_pull")
    crm.update("Account", sf_id, Phone="changed there")
    Account.objects.create(name="Ours")
    crm.served.reset_requests()
    return sf_id


def watermarks() -> dict[str, object]:
    return dict(MappingState.objects.values_list("mapping", "updated_watermark"))


def assert_one_line(ended: Ended, *parts: str) -> None:
    assert (ended.code, len(ended.errors.splitlines())) == (1, 1), ended.errors
    for part in parts:
        assert part in ended.errors


def assert_goes_on(crm: Org, shell: Shell) -> None:
    """The next runs do what was left, once."""
    assert (shell("sf_pull").code, shell("sf_push").code, shell("sf_pull").code) == (0, 0, 0)
    assert Account.objects.filter(phone="changed there").count() == 1
    assert crm.count("Account") == Account.objects.exclude(sf_id=None).count() == 2
    assert not LocalChange.objects.exists()
    assert not Problem.objects.exists()


def set_access(crm: Org, **options: object) -> None:
    crm.served.set_access(crm.served.org.settings.username, **options)


@BOTH
@pytest.mark.databases
@pytest.mark.usefixtures("synced")
def test_half_an_hour_of_maintenance_fails_the_run_and_the_next_goes_on(
    crm: Org, shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Covers F22."""
    waits: list[float] = []
    monkeypatch.setattr(connections, "random", lambda: 1.0)
    monkeypatch.setattr(connections["default"], "sleep", waits.append)
    before = watermarks()
    crm.served.faults.add("status", lasting=HALF_AN_HOUR, status=503)
    assert_one_line(shell(name), "org unavailable", "503", "status.salesforce.com")
    assert set(Run.objects.filter(error__startswith="org unavailable").values_list("status")) == {("failed",)}
    assert watermarks() == before
    assert sum(waits) <= connections["default"].deadline
    assert len(crm.served.requests) <= 10
    crm.pass_time(minutes=30)
    assert_goes_on(crm, shell)


@BOTH
@pytest.mark.databases
@pytest.mark.usefixtures("synced")
def test_a_user_who_may_no_longer_use_the_api_is_one_line_and_one_call(
    crm: Org, shell: Shell, name: str
) -> None:
    """Covers F80."""
    before = watermarks()
    set_access(crm, api_enabled=False)
    assert_one_line(shell(name), "API_CURRENTLY_DISABLED", "API Enabled")
    assert [request.status for request in crm.served.requests] == [403]
    assert watermarks() == before
    assert not Delivery.objects.exclude(state="ready").exists()
    set_access(crm)
    assert_goes_on(crm, shell)


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize(
    ("path", "nth"), [("*/composite/sobjects/Account", 1), ("*/composite", 1), ("*/composite", 2)]
)
def test_a_push_that_is_shut_out_at_any_call_ends_there_with_one_line(
    crm: Org, shell: Shell, path: str, nth: int
) -> None:
    """Covers F80."""
    Account.objects.exclude(sf_id=None).update(website="https://acme.example")
    crm.served.faults.add("status", path=path, nth=nth, status=403, code="API_CURRENTLY_DISABLED")
    assert_one_line(shell("sf_push"), "API_CURRENTLY_DISABLED")
    assert [request.status for request in crm.served.requests].count(403) == 1
    assert crm.served.requests[-1].status == 403
    assert not Delivery.objects.filter(state__in=["claimed", "unknown", "problem"]).exists()
    assert shell("sf_push").code == 0
    assert_goes_on(crm, shell)


@BOTH
@pytest.mark.usefixtures("synced")
def test_a_frozen_user_is_one_line_and_one_sign_in(crm: Org, shell: Shell, name: str) -> None:
    """Covers F80."""
    set_access(crm, frozen=True)
    assert_one_line(shell(name), "services/oauth2/token", "frozen")
    assert [request.status for request in crm.served.requests] == [401, 400]
    assert_one_line(shell(name), "frozen")
    assert len(crm.served.requests) == 2  # no lockout by repeated sign-ins
    set_access(crm)
    connections.close()
    assert_goes_on(crm, shell)


@pytest.mark.databases
def test_an_object_that_is_no_longer_replicateable_says_so_and_the_others_go_on(
    crm: Org, shell: Shell, synced: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F80."""
    contact = crm.create("Contact", LastName="Ng", AccountId=synced)
    before = watermarks()
    spec = crm.served.org.schema.get("Account")
    object.__setattr__(spec, "replicateable", False)
    assert_one_line(
        shell("sf_pull"), "AccountMapping", "getUpdated", "sf_describe", "can still be replicated"
    )
    assert len(crm.served.requests) <= 4
    newest = {run.mapping: run.status for run in Run.objects.order_by("pk")}
    assert newest["AccountMapping"] == "failed"
    assert newest["ContactMapping"] == newest["OpportunityMapping"] == "success"
    assert watermarks()["AccountMapping"] == before["AccountMapping"]
    assert Account.objects.get(sf_id=synced).contacts.get().sf_id == contact
    object.__setattr__(spec, "replicateable", True)
    assert_goes_on(crm, shell)


@pytest.mark.databases
@pytest.mark.usefixtures("crm")
def test_too_many_requests_at_once_are_no_lost_answer(crm: Org, shell: Shell) -> None:
    """The org refused the write and said why, so it may be sent again, also without an external id."""
    Account.objects.create(name="Ours")
    crm.served.faults.add(
        "status",
        contains="compositeRequest",
        nth=2,
        status=403,
        code="REQUEST_LIMIT_EXCEEDED",
        message="ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
    )
    with option(AccountMapping, external_id=None):
        ended = shell("sf_push")
        assert (ended.code, ended.errors.count("too many calls run")) == (1, 1)
        assert Delivery.objects.get().state == "ready"
        assert shell("sf_push").code == 0
    assert crm.count("Account") == 1
    assert not Problem.objects.exists()


@pytest.mark.usefixtures("synced")
def test_what_concerns_the_org_is_no_problem_of_the_records_it_was_told_for(crm: Org, shell: Shell) -> None:
    """Covers F80."""
    Account.objects.exclude(sf_id=None).update(website="https://acme.example")
    crm.served.faults.add("status", method="PATCH", times=1, status=403, code="API_CURRENTLY_DISABLED")
    assert_one_line(shell("sf_push"), "API_CURRENTLY_DISABLED")
    assert not Problem.objects.exists()
    assert not Delivery.objects.filter(state__in=["claimed", "unknown", "problem"]).exists()
    assert shell("sf_push").code == 0
    assert_goes_on(crm, shell)


@pytest.mark.databases
def test_records_that_are_hidden_from_the_user_stay_and_come_back(crm: Org, shell: Shell) -> None:
    """Covers F79."""
    org = crm.served
    other = org.add_user("other@example.com", LastName="Other")
    hidden = {crm.create("Account", Name="Acme", OwnerId=other) for _ in range(4)}
    for _ in range(6):
        crm.create("Account", Name="Acme")
    assert shell("sf_pull").code == 0
    crm.pass_time(minutes=10)
    set_access(crm, view_all=False, modify_all=False)
    assert shell("sf_pull", "--full").code == 3
    assert Account.objects.count() == 10
    assert set(Problem.objects.values_list("record", "code")) == {(sf_id, "NOT_VISIBLE") for sf_id in hidden}
    set_access(crm)
    crm.pass_time(minutes=10)
    assert shell("sf_pull", "--full").code == 0
    assert not Problem.objects.exists()
