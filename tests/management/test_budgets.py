"""What sf_pull and sf_push say about API calls and budgets."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from crm.models import Account
from sfsync.models import ApiUsage, MappingState, Run
from sfsync.orgs import connections
from tests.engine.conftest import Org
from tests.management.conftest import Shell

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

BOTH = pytest.mark.parametrize("name", ["sf_pull", "sf_push"])


@pytest.fixture(autouse=True)
def account(crm: Org) -> None:
    """Give both directions something to do."""
    crm.create("Account", Name="Acme")
    Account.objects.create(name="Ours")


@BOTH
def test_a_spent_budget_is_a_pause_with_exit_code_3(
    crm: Org, shell: Shell, settings: Settings, name: str
) -> None:
    """Covers F50."""
    settings.SF_RUN_BUDGET = 1
    ended = shell(name)
    assert (ended.code, ended.errors) == (3, "")
    assert (
        "AccountMapping: paused: quota: this run has made the 1 API calls that it may make (SF_RUN_BUDGET); "
        "the next run goes on from here; allow more if runs do not come to an end"
    ) in ended.lines
    assert set(Run.objects.values_list("status", flat=True)) == {"paused"}
    settings.SF_RUN_BUDGET = None
    assert shell(name).code == 0


@BOTH
def test_an_org_without_calls_left_is_a_pause_with_exit_code_3(
    crm: Org, shell: Shell, settings: Settings, name: str
) -> None:
    """Covers F50."""
    settings.SF_API_BUDGET = None
    crm.served.site.usage.set(15_000)
    ended = shell(name)
    assert (ended.code, ended.errors) == (3, "")
    (line,) = [line for line in ended.lines if line.startswith("AccountMapping: paused: quota: ")]
    assert "REQUEST_LIMIT_EXCEEDED" in line
    assert "15000 of 15000 are used" in line
    assert [request.status for request in crm.served.requests].count(403) == 1  # and not asked again


@BOTH
def test_a_share_that_is_used_says_which_figures(crm: Org, shell: Shell, name: str) -> None:
    """Covers F50."""
    ApiUsage.objects.remember("default", 14_000, 15_000, timezone.now() - timedelta(minutes=5))
    lines = [json.loads(line) for line in shell(name, "--json").lines]
    for line in lines[:-1]:
        assert line["paused"].startswith("quota: 14000 of the org's 15000 API calls of the last 24 hours")
        assert "90% of them (SF_API_BUDGET)" in line["paused"]
    assert lines[-1] == {
        "total": True,
        "api_calls": 0,
        "usage": {"default": {"used": 14_000, "limit": 15_000}},
    }
    assert crm.calls == 0
    assert not MappingState.objects.exclude(updated_watermark=None).exists()


@BOTH
def test_a_budget_that_is_nearly_spent_is_a_warning(
    crm: Org, shell: Shell, settings: Settings, name: str
) -> None:
    usage = crm.served.site.usage
    usage.set(int(0.72 * usage.limit) - 10)
    needed = json.loads(shell(name, "--json", "AccountMapping", "--dry-run").lines[-1])["api_calls"]
    usage.set(int(0.72 * usage.limit))
    connections.close()
    ended = shell(name, "--dry-run", "AccountMapping")
    used = usage.limit * 72 // 100 + needed
    warning = f"default: {used} of 15000 API calls of the last 24 hours are used; sfsync stops at 90% of them"
    assert f"{warning} (SF_API_BUDGET)." in ended.lines
    assert ended.code == 0
    assert warning not in shell(name, "--dry-run", "AccountMapping", "-v", "0").out
    (told,) = json.loads(shell(name, "--dry-run", "AccountMapping", "--json").lines[-1])["warnings"]
    assert told.endswith("(SF_API_BUDGET).")


@BOTH
def test_a_run_near_its_budget_is_a_warning(crm: Org, shell: Shell, settings: Settings, name: str) -> None:
    needed = json.loads(shell(name, "--json", "AccountMapping", "--dry-run").lines[-1])["api_calls"]
    settings.SF_RUN_BUDGET = needed
    ended = shell(name, "--dry-run", "AccountMapping")
    warning = (
        f"default: this run has made {needed} of the {needed} API calls that it may make (SF_RUN_BUDGET)."
    )
    assert warning in ended.lines
    settings.SF_RUN_BUDGET = 2 * needed
    assert "SF_RUN_BUDGET" not in shell(name, "--dry-run", "AccountMapping").out


def test_what_the_org_has_used_is_told(crm: Org, shell: Shell) -> None:
    total = json.loads(shell("sf_pull", "--json").lines[-1])
    assert total["usage"] == {"default": {"used": crm.calls, "limit": 15_000}}


@BOTH
def test_a_sign_in_that_is_refused_for_want_of_calls_is_a_pause(crm: Org, shell: Shell, name: str) -> None:
    """Covers F50."""
    crm.served.faults.add(
        "status",
        kind="token",
        times=1,
        status=403,
        code="REQUEST_LIMIT_EXCEEDED",
        message="TotalRequests Limit exceeded.",
    )
    ended = shell(name)
    assert (ended.code, ended.errors) == (3, "")
    assert "AccountMapping: paused: quota: " in ended.out
    connections.close()
    assert shell(name).code == 0
