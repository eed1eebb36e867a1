"""sf_pull as a person types it."""

from __future__ import annotations

import json

import pytest

from crm.models import Account, Contact
from sfsync.models import MappingState, Problem, Run
from tests.engine.conftest import Org
from tests.management.conftest import Shell


def cells(line: str) -> list[str]:
    return line.split()


@pytest.mark.databases
def test_the_table_and_the_exit_code_of_a_first_pull(crm: Org, shell: Shell) -> None:
    account = crm.create("Account", Name="Acme")
    crm.create("Contact", LastName="Ng", AccountId=account)
    ended = shell("sf_pull")
    assert (ended.code, ended.errors) == (0, "")
    head, accounts, contacts, opportunities, calls = ended.lines
    assert cells(head) == ["mapping", "seen", "created", "seconds"]
    assert cells(accounts)[:3] == ["AccountMapping", "1", "1"]
    assert cells(contacts)[:3] == ["ContactMapping", "1", "1"]
    assert cells(opportunities)[:2] == ["OpportunityMapping", "0"]
    assert len(cells(opportunities)) == 3
    assert calls == f"{crm.calls} API calls; in 24 hours default has used {crm.calls} of 15000."


def test_the_window_of_a_poll_is_told(crm: Org, shell: Shell) -> None:
    shell("sf_pull")
    line = json.loads(shell("sf_pull", "AccountMapping", "--json").lines[0])
    start, end, covered = (line["window"][name] for name in ("start", "end", "covered"))
    assert start < covered <= end
    assert all(moment.endswith("Z") for moment in (start, end, covered))


def test_seen_is_the_sum_of_the_outcomes(crm: Org, shell: Shell) -> None:
    crm.seed(accounts=5, contacts=20, opportunities=5)
    for line in map(json.loads, shell("sf_pull", "--json").lines[:-1]):
        assert line["seen"] == sum(list(line.values())[3:11]) > 0


@pytest.mark.databases
def test_a_dry_run_says_per_record_what_would_change(crm: Org, shell: Shell) -> None:
    kept, changed, gone = (crm.create("Account", Name=name) for name in ("Kept", "Changed", "Gone"))
    shell("sf_pull")
    crm.update("Account", changed, Phone="1", Website="https://acme.example")
    crm.delete("Account", gone)
    new = crm.create("Account", Name="Marked Name")
    before = snapshot()
    ended = shell("sf_pull", "AccountMapping", "--dry-run")
    assert ended.code == 0
    assert f"  AccountMapping {changed} updated phone, website" in ended.out.replace(
        "website, phone", "phone, website"
    )
    assert any(line.startswith(f"  AccountMapping {new} created") for line in ended.lines)
    assert any(line.startswith(f"  AccountMapping {gone} deleted") for line in ended.lines)
    assert kept not in ended.out
    assert "Marked Name" not in ended.out
    assert snapshot() == before


def snapshot() -> list[list[object]]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Account, Contact, MappingState, Run, Problem)
    ]


def test_a_dry_run_of_the_first_pull_leaves_nothing(crm: Org, shell: Shell) -> None:
    crm.seed(accounts=3, contacts=0, opportunities=0)
    line = json.loads(shell("sf_pull", "--dry-run", "--json").lines[0])
    assert line["created"] == 3
    assert snapshot() == [[], [], [], [], []]


def test_many_lines_are_cut_unless_asked_for(crm: Org, shell: Shell) -> None:
    crm.seed(accounts=30, contacts=0, opportunities=0)
    cut = shell("sf_pull", "AccountMapping", "--dry-run")
    assert "  ... and 10 more; -v 2 shows all." in cut.lines
    assert sum(" created" in line for line in cut.lines[2:]) == 20
    whole = shell("sf_pull", "AccountMapping", "--dry-run", "-v", "2")
    assert sum(" created" in line for line in whole.lines[2:]) == 30
    assert "more;" not in whole.out


@pytest.fixture
def too_long(crm: Org, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of a contact whose title does not fit here."""
    monkeypatch.setattr(Contact._meta.get_field("title"), "max_length", 5)
    return crm.create("Contact", LastName="Ng", Title="x" * 128)


def test_a_problem_is_shown_with_its_record_and_asks_for_a_person(shell: Shell, too_long: str) -> None:
    """Covers F67."""
    ended = shell("sf_pull", "ContactMapping")
    assert (ended.code, ended.errors) == (3, "")
    (line,) = [line for line in ended.lines if too_long in line]
    assert line.startswith(f"  ContactMapping {too_long} problem ")
    assert "title" in line
    assert "xxxxx" not in ended.out
    assert "ContactMapping: 1 problems or conflicts are open in all." in ended.lines
    assert Problem.objects.get().record == too_long
    assert Run.objects.get().status == "problems"


def test_an_open_problem_of_an_earlier_run_still_asks_for_a_person(
    crm: Org, shell: Shell, too_long: str
) -> None:
    for _ in range(2):
        assert shell("sf_pull", "ContactMapping").code == 3
        crm.pass_time(minutes=30)
    ended = shell("sf_pull", "ContactMapping")
    assert ended.code == 3
    assert ended.lines[1].split()[1] == "0"


def test_a_problem_that_is_mended_asks_for_nobody(crm: Org, shell: Shell, too_long: str) -> None:
    shell("sf_pull", "ContactMapping")
    crm.update("Contact", too_long, Title="CTO")
    ended = shell("sf_pull", "ContactMapping")
    assert ended.code == 0
    assert Contact.objects.get().title == "CTO"
    assert not Problem.objects.exists()


def test_full_reads_every_record_again(crm: Org, shell: Shell) -> None:
    crm.seed(accounts=3, contacts=0, opportunities=0)
    for _ in range(2):
        shell("sf_pull")
        crm.pass_time(minutes=30)
    assert json.loads(shell("sf_pull", "AccountMapping", "--json").lines[0])["seen"] == 0
    line = json.loads(shell("sf_pull", "AccountMapping", "--full", "--json").lines[0])
    assert (line["seen"], line["unchanged"]) == (3, 3)


def test_deletes_above_the_guard_wait_for_a_person(crm: Org, shell: Shell) -> None:
    """Covers F25."""
    ids = [crm.create("Account", Name=f"Account {number}") for number in range(6)]
    shell("sf_pull")
    for sf_id in ids:
        crm.delete("Account", sf_id)
    held = shell("sf_pull", "AccountMapping")
    assert held.code == 3
    assert "--allow-deletes" in held.out
    assert Account.objects.count() == 6
    assert shell("sf_pull", "AccountMapping", "--allow-deletes").code == 0
    assert not Account.objects.exists()


def test_text_of_the_org_moves_no_cursor(crm: Org, shell: Shell) -> None:
    """Covers F85."""
    crm.create("Account", Name="\x1b[2J<script>")
    ended = shell("sf_pull", "AccountMapping", "--dry-run", "-v", "2")
    assert "\x1b" not in ended.out
    assert "<script>" not in ended.out
