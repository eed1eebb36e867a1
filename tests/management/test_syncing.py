"""What sf_pull and sf_push have in common: usage, refusals, exit codes, what they print."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crm.mappings import AccountMapping, ContactMapping
from crm.models import Account
from sfsync.database import backend, leases, triggers
from sfsync.mappings import Direction
from sfsync.models import Lease, LocalChange, MappingState, Run
from tests.engine.conftest import Org, option
from tests.management.conftest import Shell

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

BOTH = pytest.mark.parametrize("name", ["sf_pull", "sf_push"])

MANAGE = Path(__file__).parents[2] / "example_project" / "manage.py"

KEYS = [
    "mapping", "direction", "seen", "created", "adopted", "updated", "unchanged", "deleted", "filtered", "held",
    "problems", "conflicts", "waiting", "seconds", "window",
]  # fmt: skip


def assert_refused(ended, code: int, *texts: str) -> None:
    """One line on standard error says why, and nothing else is said."""
    assert (ended.code, ended.out) == (code, ""), ended
    assert len(ended.errors.splitlines()) == 1, ended.errors
    assert ended.errors.startswith("UsageError: " if code == 2 else "CommandError: ")
    for text in texts:
        assert text in ended.errors


def assert_did_not_finish(ended, *texts: str) -> None:
    """The run began, so its counts are shown; one line on standard error says why it did not finish."""
    assert ended.code == 1
    assert len(ended.errors.splitlines()) == 1, ended.errors
    for text in texts:
        assert text in ended.errors


@BOTH
def test_nothing_to_do_is_success(crm: Org, shell: Shell, name: str) -> None:
    ended = shell(name)
    assert (ended.code, ended.errors) == (0, "")
    assert re.split(r"\s+", ended.lines[0])[0] == "mapping"
    assert [line.split()[0] for line in ended.lines[1:4]] == [
        "AccountMapping",
        "ContactMapping",
        "OpportunityMapping",
    ]
    assert "API calls" in ended.lines[-1]


@BOTH
def test_json_has_the_keys_in_their_order(crm: Org, shell: Shell, name: str) -> None:
    crm.create("Account", Name="Acme")
    ended = shell(name, "--json")
    lines = [json.loads(line) for line in ended.lines]
    assert [list(line) for line in lines] == [KEYS, KEYS, KEYS, ["total", "api_calls", "usage"]]
    assert [list(line["window"]) for line in lines[:-1]] == [["start", "end", "covered"]] * 3
    assert {line["direction"] for line in lines[:-1]} == {name[3:]}
    usage = {"default": {"used": crm.calls, "limit": 15_000}}
    assert lines[-1] == {"total": True, "api_calls": crm.calls, "usage": usage}
    assert (ended.code, ended.errors) == (0, "")


@BOTH
def test_named_mappings_only(crm: Org, shell: Shell, name: str) -> None:
    lines = shell(name, "ContactMapping", "AccountMapping", "--json").lines
    assert [json.loads(line).get("mapping") for line in lines] == ["AccountMapping", "ContactMapping", None]


@BOTH
def test_an_unknown_name_is_wrong_usage_and_names_the_nearest(crm: Org, shell: Shell, name: str) -> None:
    ended = shell(name, "ContcatMapping")
    assert_refused(ended, 2, "ContcatMapping", "ContactMapping")
    assert crm.calls == 0


@BOTH
def test_an_unknown_option_is_wrong_usage(crm: Org, shell: Shell, name: str) -> None:
    ended = shell(name, "--nothing")
    assert ended.code == 2
    assert "--nothing" in ended.errors


@BOTH
def test_a_mapping_of_the_other_direction_is_wrong_usage(crm: Org, shell: Shell, name: str) -> None:
    other = Direction.PUSH if name == "sf_pull" else Direction.PULL
    with option(AccountMapping, direction=other):
        assert_refused(shell(name, "AccountMapping"), 2, "AccountMapping", f"nothing to {name[3:]}")
        lines = shell(name, "--json").lines
    assert [json.loads(line).get("mapping") for line in lines[:-1]] == [
        "ContactMapping",
        "OpportunityMapping",
    ]


@BOTH
def test_without_mappings_it_says_what_to_type(crm: Org, shell: Shell, settings: Settings, name: str) -> None:
    settings.SF_MAPPINGS = []
    assert_refused(shell(name), 1, "SF_MAPPINGS is empty", "Type SF_MAPPINGS = ")


@BOTH
def test_without_a_consumer_key_it_says_which_setting(
    crm: Org, shell: Shell, settings: Settings, name: str
) -> None:
    settings.SF_CONSUMER_KEY = ""
    assert_refused(shell(name), 1, "SF_CONSUMER_KEY")


@BOTH
def test_a_wrong_secret_is_one_line_without_it(
    crm: Org, shell: Shell, settings: Settings, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Covers F80, F88."""
    Account.objects.create(name="Acme")
    settings.SF_CONSUMER_SECRET = "marked-secret"
    caplog.set_level("DEBUG")
    ended = shell(name)
    assert_did_not_finish(ended, "SF_CONSUMER_SECRET")
    assert "marked-secret" not in ended.out + ended.errors + caplog.text
    assert not Run.objects.filter(error__contains="marked-secret").exists()
    assert set(Run.objects.values_list("status", flat=True)) == {"failed"}


@BOTH
def test_an_org_that_does_not_answer_is_one_line(
    crm: Org, shell: Shell, settings: Settings, name: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.SF_AUTH_DOMAIN = f"http://127.0.0.1:{taken.getsockname()[1]}"
        ended = shell(name)
    assert_did_not_finish(ended, "No answer of Salesforce")
    assert not Lease.objects.filter(expires_at__gt=backend("default").now()).exists()


@BOTH
def test_another_org_is_refused(crm: Org, shell: Shell, name: str) -> None:
    """Covers F57, F82."""
    shell("sf_pull")
    MappingState.objects.update(org_id="00D000000000099AAA")
    before = crm.calls
    Account.objects.create(name="Acme")
    assert_did_not_finish(shell(name), "00D000000000099AAA", "SF_AUTH_DOMAIN")
    assert crm.calls == before
    assert LocalChange.objects.count() == 1


@BOTH
def test_a_paused_mapping_is_left_alone_and_asks_for_a_person(crm: Org, shell: Shell, name: str) -> None:
    MappingState.objects.get_for(("default", "AccountMapping")).pause("the accounts are\nbeing merged")
    ended = shell(name)
    assert (ended.code, ended.errors) == (3, "")
    assert "AccountMapping: paused: the accounts are being merged" in ended.out
    line = json.loads(shell(name, "--json").lines[0])
    assert (line["paused"], line["seen"]) == ("the accounts are\nbeing merged", 0)
    assert set(Run.objects.values_list("mapping", flat=True)) == {"ContactMapping", "OpportunityMapping"}


@BOTH
def test_a_lease_that_is_held_is_success_and_says_by_whom(crm: Org, shell: Shell, name: str) -> None:
    """Covers F14."""
    leases.take("default", "default", "AccountMapping", name[3:], owner="worker-7:42:ab", seconds=60)
    ended = shell(name, "AccountMapping")
    assert (ended.code, ended.errors) == (0, "")
    assert "AccountMapping: skipped, worker-7:42:ab is at work on it." in ended.lines
    assert json.loads(shell(name, "AccountMapping", "--json").lines[0])["skipped"] == "worker-7:42:ab"
    assert crm.calls == 0


@BOTH
def test_due_runs_what_is_due_once(crm: Org, shell: Shell, name: str) -> None:
    """Covers F14."""
    yearly = {"pull": "0 0 1 1 *", "push": "0 0 1 1 *"}
    never = {"pull": None, "push": None}
    with option(AccountMapping, schedule=yearly), option(ContactMapping, schedule=never):
        lines = shell(name, "AccountMapping", "ContactMapping", "--due", "--json").lines
        assert [json.loads(line).get("mapping") for line in lines] == ["AccountMapping", None]
        again = shell(name, "AccountMapping", "ContactMapping", "--due")
    assert (again.code, again.lines) == (0, ["Nothing is due."])


@BOTH
@pytest.mark.databases
def test_missing_triggers_are_refused(crm: Org, shell: Shell, name: str) -> None:
    crm.create("Account", Name="Acme")
    Account.objects.create(name="Ours")
    triggers.drop("default", triggers.specs("default")[:1])
    ended = shell(name, "--json")
    assert_did_not_finish(ended, "missing (crm_account)", "manage.py migrate")
    assert crm.calls == 0
    assert not Run.objects.exists()
    assert shell(name, "--dry-run").code == 1
    triggers.install("default")
    assert shell(name).code == 0


@BOTH
@pytest.mark.databases
def test_triggers_of_an_older_mapping_are_refused(crm: Org, shell: Shell, name: str) -> None:
    stale = [spec for spec in triggers.specs("default") if spec.mapping == "ContactMapping"]
    fewer = [type(spec)(**{**vars(spec), "columns": spec.columns[1:]}) for spec in stale]
    rest = [spec for spec in triggers.specs("default") if spec.mapping != "ContactMapping"]
    triggers.install("default", [*rest, *fewer])
    ended = shell(name, "AccountMapping")
    assert_did_not_finish(ended, "stale (crm_contact)", "manage.py migrate")


def test_triggers_that_nobody_needs_stop_nothing(crm: Org, shell: Shell, settings: Settings) -> None:
    settings.SF_MAPPINGS = ["crm.mappings.AccountMapping"]
    assert {problem.kind for problem in triggers.problems("default")} == {"foreign"}
    assert shell("sf_pull").code == 0


@BOTH
def test_a_database_without_tables_is_one_line(crm: Org, tmp_path: Path, name: str) -> None:
    ended = example(tmp_path, crm, name)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "manage.py migrate" in ended.stderr


def test_exit_codes_reach_the_shell(crm: Org, tmp_path: Path) -> None:
    assert example(tmp_path, crm, "migrate").returncode == 0
    crm.create("Account", Name="Acme")
    done = example(tmp_path, crm, "sf_pull", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[0])["created"] == 1
    assert example(tmp_path, crm, "sf_pull", "--limit", "1").returncode == 2
    unknown = example(tmp_path, crm, "sf_push", "Acount")
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (2, 1)
    refused = example(tmp_path, crm, "sf_push", SF_CONSUMER_SECRET="wrong")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)


def example(tmp_path: Path, crm: Org, *arguments: str, **environment: str):
    """Run a command of the example project on an SQLite file of its own."""
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/example.sqlite3", "SF_AUTH_DOMAIN": crm.served.url}
    inherited = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, str(MANAGE), *arguments],
        env=inherited | settings | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
