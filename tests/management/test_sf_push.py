"""sf_push as a person types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crm.models import Account, Contact
from sfsync.models import Delivery, LocalChange, MappingState, Problem, Run
from tests.engine.conftest import Org
from tests.management.conftest import Shell

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


@pytest.mark.databases
def test_the_table_and_the_exit_code_of_a_push(crm: Org, shell: Shell) -> None:
    account = Account.objects.create(name="Acme")
    Contact.objects.create(last_name="Ng", account=account)
    ended = shell("sf_push")
    assert (ended.code, ended.errors) == (0, "")
    head, accounts, contacts, *_, calls = ended.lines
    assert head.split() == ["mapping", "seen", "created", "seconds"]
    assert accounts.split()[:3] == ["AccountMapping", "1", "1"]
    assert contacts.split()[:3] == ["ContactMapping", "1", "1"]
    assert calls == f"{crm.calls} API calls; in 24 hours default has used {crm.calls} of 15000."
    assert (crm.count("Account"), crm.count("Contact")) == (1, 1)


def test_there_is_no_window(crm: Org, shell: Shell) -> None:
    line = json.loads(shell("sf_push", "AccountMapping", "--json").lines[0])
    assert line["window"] == {"start": None, "end": None, "covered": None}


def test_writes_can_be_forbidden(crm: Org, shell: Shell, settings: Settings) -> None:
    Account.objects.create(name="Acme")
    settings.SF_WRITES = False
    ended = shell("sf_push")
    assert (ended.code, ended.out) == (1, "")
    assert len(ended.errors.splitlines()) == 1
    assert "SF_WRITES" in ended.errors
    assert (crm.calls, crm.count("Account")) == (0, 0)
    assert LocalChange.objects.exists()
    assert not Run.objects.exists()
    assert shell("sf_push", "--dry-run").code == 0
    assert shell("sf_pull").code == 0
    assert crm.count("Account") == 0


@pytest.mark.databases
def test_a_dry_run_says_per_record_what_would_be_sent(crm: Org, shell: Shell) -> None:
    sf_id = crm.create("Account", Name="Acme")
    shell("sf_pull")
    Account.objects.update(phone="1", website="https://acme.example")
    new = Account.objects.create(name="Marked Name")
    before = snapshot()
    ended = shell("sf_push", "AccountMapping", "--dry-run")
    assert (ended.code, ended.errors) == (0, "")
    assert any(line.startswith(f"  AccountMapping {new.pk} created ") for line in ended.lines)
    (line,) = [line for line in ended.lines if sf_id in line]
    assert line.startswith(f"  AccountMapping {sf_id} updated ")
    assert {"phone", "website"} == set(line.replace(",", "").split()[3:])
    assert "Marked Name" not in ended.out
    assert snapshot() == before
    assert crm.count("Account") == 1


def snapshot() -> list[list[object]]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Account, Contact, MappingState, Run, Problem, Delivery, LocalChange)
    ]


def test_a_limit_holds_for_each_mapping(crm: Org, shell: Shell) -> None:
    Account.objects.bulk_create([Account(name=f"Account {number}") for number in range(5)])
    Contact.objects.bulk_create([Contact(last_name=f"Contact {number}") for number in range(5)])
    lines = [json.loads(line) for line in shell("sf_push", "--limit", "2", "--json").lines]
    assert [line.get("created") for line in lines[:2]] == [2, 2]
    assert (crm.count("Account"), crm.count("Contact")) == (2, 2)
    shell("sf_push")
    assert (crm.count("Account"), crm.count("Contact")) == (5, 5)


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5"])
def test_a_limit_that_is_no_number_is_wrong_usage(crm: Org, shell: Shell, limit: str) -> None:
    Account.objects.create(name="Acme")
    ended = shell("sf_push", f"--limit={limit}")
    assert (ended.code, ended.out) == (2, "")
    assert "--limit" in ended.errors
    assert crm.calls == 0


@pytest.mark.databases
def test_one_record_that_is_refused_is_shown_and_stops_no_other(crm: Org, shell: Shell) -> None:
    """Covers F46."""
    Account.objects.create(name="Acme")
    bad = Contact.objects.create(last_name="Ng", email="marked at nowhere")
    Contact.objects.create(last_name="Oh", email="oh@example.com")
    ended = shell("sf_push")
    assert (ended.code, ended.errors) == (3, "")
    (line,) = [line for line in ended.lines if "INVALID_EMAIL_ADDRESS" in line]
    assert line.startswith(f"  ContactMapping {bad.pk} problem ")
    assert "marked at nowhere" not in ended.out
    assert "ContactMapping: 1 problems or conflicts are open in all." in ended.lines
    assert (crm.count("Account"), crm.count("Contact")) == (1, 1)
    assert shell("sf_push").code == 3
    Contact.objects.filter(pk=bad.pk).update(email="ng@example.com")
    assert shell("sf_push").code == 0
    assert crm.count("Contact") == 2


def test_without_a_problem_shown_at_quiet_verbosity(crm: Org, shell: Shell) -> None:
    Contact.objects.create(last_name="Ng", email="marked at nowhere")
    ended = shell("sf_push", "ContactMapping", "-v", "0")
    assert ended.code == 3
    assert "open in all" not in ended.out


def test_a_problem_of_the_other_direction_also_asks_for_a_person(crm: Org, shell: Shell) -> None:
    Contact.objects.create(last_name="Ng", email="marked at nowhere")
    shell("sf_push")
    assert shell("sf_pull", "ContactMapping").code == 3
    assert shell("sf_pull", "AccountMapping").code == 0
