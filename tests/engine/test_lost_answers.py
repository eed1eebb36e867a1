"""The org commits and the answer never arrives; the process dies between two steps. Covers F1 to F6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.core.management import CommandError
from requests.adapters import HTTPAdapter

from crm.mappings import AccountMapping
from crm.models import Account
from sfsync.engine import loading, pushing
from sfsync.engine import sending as sending_module
from sfsync.models import Delivery, DeliveryState, LocalChange, MappingState, Problem
from sfsync.orgs import connections
from tests.engine.conftest import Command, Org, option

pytestmark = pytest.mark.databases


class Killed(BaseException):
    """The process ends here, with no chance to clean up."""


class DroppingAdapter(HTTPAdapter):
    """Send a request, then lose its answer: the connection breaks after, or before, the org has read it."""

    def __init__(self, dropped: Callable[[requests.PreparedRequest], bool], *, before: bool) -> None:
        super().__init__()
        self.dropped = dropped
        self.before = before

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        if not self.dropped(request):
            return super().send(request, *arguments, **options)
        if not self.before:
            super().send(request, *arguments, **options).close()
        raise requests.ConnectionError("the connection broke")


def is_write(request: requests.PreparedRequest) -> bool:
    body = request.body if isinstance(request.body, bytes) else b""
    return b'composite/sobjects"' in body or b'"method":"PATCH"' in body or b'"method": "PATCH"' in body


def break_writes(crm: Org, *, before: bool) -> None:
    connections["default"]._session.mount(crm.served.url, DroppingAdapter(is_write, before=before))


def heal_connection() -> None:
    connections.close()


@pytest.fixture(params=[False, True], ids=["all written", "none written"])
def broken(request: pytest.FixtureRequest, crm: Org) -> Callable[[], None]:
    return lambda: break_writes(crm, before=request.param)


def test_creates_whose_answer_was_lost_are_never_made_twice(
    crm: Org, push: Command, broken: Callable[[], None]
) -> None:
    """Covers F1, F2."""
    Account.objects.bulk_create([Account(name=f"Account {number}") for number in range(250)])
    broken()
    with pytest.raises(CommandError, match="No answer of Salesforce"):
        push()
    assert Delivery.objects.filter(state=DeliveryState.CLAIMED).count() == 250
    heal_connection()
    line = push()
    assert line["total"]["code"] == 0
    assert crm.count("Account") == 250
    assert Account.objects.filter(sf_id=None).count() == 0
    assert push()["AccountMapping"]["seen"] == 0
    assert not LocalChange.objects.exists()


def test_updates_whose_answer_was_lost_end_equal(
    crm: Org, pull: Command, push: Command, broken: Callable[[], None]
) -> None:
    sf_id = crm.create("Account", Name="Acme")
    pull()
    Account.objects.update(phone="1")
    broken()
    with pytest.raises(CommandError):
        push()
    heal_connection()
    Account.objects.update(phone="2")
    push()
    assert crm.read("Account", sf_id, "Phone") == Account.objects.get().phone == "2"
    assert not LocalChange.objects.exists()


def test_without_an_external_id_a_lost_create_waits_for_a_person(
    crm: Org, push: Command, broken: Callable[[], None]
) -> None:
    """Covers F3."""
    with option(AccountMapping, external_id=None):
        Account.objects.create(name="Acme")
        broken()
        with pytest.raises(CommandError):
            push()
        heal_connection()
        there = crm.count("Account")
        line = push()
        assert line["total"]["code"] == 3
        assert crm.count("Account") == there
    assert Delivery.objects.get().state == DeliveryState.UNKNOWN
    assert Problem.objects.get().code == "OUTCOME_UNKNOWN"


def test_a_run_killed_between_the_org_and_the_database_is_caught_up(
    crm: Org, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F4."""
    account = Account.objects.create(name="Acme")

    class Dying:
        def __init__(self, *arguments: Any) -> None:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pushing, "Settlement", Dying)
        with pytest.raises(Killed):
            push()
    assert crm.count("Account") == 1
    assert push()["AccountMapping"]["adopted"] == 1
    account.refresh_from_db()
    assert account.sf_id is not None
    assert crm.count("Account") == 1


def test_a_row_deleted_while_its_create_was_under_way_is_not_left_in_the_org(
    crm: Org, push: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F96."""
    Account.objects.create(name="Acme")
    sending = sending_module.send

    def delete_and_send(*arguments: Any) -> Any:
        Account.objects.all().delete()
        return sending(*arguments)

    monkeypatch.setattr(pushing, "send", delete_and_send)
    push()
    monkeypatch.setattr(pushing, "send", sending)
    push()
    assert crm.count("Account") == 1  # deleted_locally is KEEP
    assert not LocalChange.objects.exists()


def test_a_load_killed_in_the_middle_goes_on_where_it_was(
    crm: Org, pull: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F5, F6."""
    crm.seed(accounts=5_000, contacts=0, opportunities=0)
    applied: list[int] = []
    applying_page = loading.Load._apply_page

    def die_at_the_second(self: Any, *arguments: Any) -> None:
        if applied:
            raise Killed
        applied.append(1)
        applying_page(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(loading.Load, "_apply_page", die_at_the_second)
        with pytest.raises(Killed):
            pull("AccountMapping")
    state = MappingState.objects.get(mapping="AccountMapping")
    assert state.updated_watermark is None
    assert state.load_position != ""
    done = Account.objects.count()
    assert 0 < done < 5_000
    line = pull("AccountMapping")["AccountMapping"]
    assert line["created"] == 5_000 - done
    assert Account.objects.count() == 5_000


def test_a_poll_killed_inside_a_transaction_leaves_nothing_half_done(
    crm: Org, pull: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covers F5, F6."""
    ids = [crm.create("Account", Name=f"Account {number}") for number in range(10)]
    pull("AccountMapping")
    before = MappingState.objects.values().get(mapping="AccountMapping")
    for sf_id in ids:
        crm.update("Account", sf_id, Phone="1")

    def dying(*arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("sfsync.engine.writing._remember_problems", dying)
        with pytest.raises(Killed):
            pull("AccountMapping")
    assert not Account.objects.filter(phone="1").exists()
    after = MappingState.objects.values().get(mapping="AccountMapping")
    assert (after["updated_watermark"], after["deleted_watermark"]) == (
        before["updated_watermark"], before["deleted_watermark"],
    )  # fmt: skip
    assert pull("AccountMapping")["AccountMapping"]["updated"] == 10
