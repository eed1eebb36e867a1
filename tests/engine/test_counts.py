"""What a run costs: API calls, queries, memory."""

from __future__ import annotations

import os
import subprocess
import sys
from math import ceil
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Account
from tests.engine.conftest import Command, Org

EXAMPLE = Path(__file__).resolve().parents[2] / "example_project"


def touch(crm: Org, number: int, **values: object) -> None:
    """Change so many accounts in the org, in one transaction."""
    with crm.served.org.transaction():
        for sf_id in Account.objects.order_by("pk").values_list("sf_id", flat=True)[:number]:
            crm.update("Account", sf_id, **values)


@pytest.mark.parametrize("number", [0, 1, 300, 2_100, 4_100])
def test_calls_of_a_pull(crm: Org, pull: Command, number: int) -> None:
    crm.seed(accounts=max(number, 1), contacts=0, opportunities=0)
    pull("AccountMapping")
    crm.pass_time(minutes=10)
    pull("AccountMapping")
    touch(crm, number, Phone="changed")
    before = crm.calls
    line = pull("AccountMapping")
    assert line["AccountMapping"]["updated"] == number
    assert line["total"]["api_calls"] == crm.calls - before <= 1 + ceil(number / 2_000)


@pytest.mark.parametrize("number", [1, 24, 199, 200, 201, 1_000])
def test_calls_of_a_push(crm: Org, pull: Command, push: Command, number: int) -> None:
    crm.seed(accounts=number, contacts=0, opportunities=0)
    pull("AccountMapping")
    Account.objects.update(phone="changed")
    before = crm.calls
    line = push("AccountMapping")
    assert line["AccountMapping"]["updated"] == number
    assert line["total"]["api_calls"] == crm.calls - before <= ceil(number / 200) + ceil(number / 2_000)


@pytest.mark.databases
def test_queries_of_a_pull_do_not_depend_on_its_size(crm: Org, pull: Command) -> None:
    crm.seed(accounts=400, contacts=0, opportunities=0)
    pull("AccountMapping")
    counts = set()
    for number in (20, 400):
        touch(crm, number, Phone=f"changed {number}")
        with CaptureQueriesContext(connection) as queries:
            assert pull("AccountMapping")["AccountMapping"]["updated"] == number
        counts.add(len(queries))
    assert len(counts) == 1


@pytest.mark.databases
def test_queries_of_a_push_do_not_depend_on_its_size(crm: Org, pull: Command, push: Command) -> None:
    crm.seed(accounts=180, contacts=0, opportunities=0)
    pull("AccountMapping")
    Account.objects.filter(pk=Account.objects.first().pk).update(phone="once before")
    push("AccountMapping")
    counts = set()
    for number in (30, 180):
        keys = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:number])
        Account.objects.filter(pk__in=keys).update(phone=f"changed {number}")
        with CaptureQueriesContext(connection) as queries:
            assert push("AccountMapping")["AccountMapping"]["updated"] == number
        counts.add(len(queries))
    assert len(counts) == 1


SCRIPT = """
import resource
import django
from django.core.management import call_command
django.setup()
from crm.models import Account
call_command("migrate", verbosity=0)
call_command("sf_describe", "Account", "--json", stdout=open("/dev/null", "w"))
Account.objects.count()
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
call_command("sf_pull", "ContactMapping", "--json")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) // 1024)
"""


def test_a_load_of_20_000_records_needs_little_memory(crm: Org, tmp_path: Path) -> None:
    crm.seed(accounts=0, contacts=20_000, opportunities=0)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example.settings",
        "PYTHONPATH": str(EXAMPLE),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'load.sqlite3'}",
        "SF_AUTH_DOMAIN": crm.served.url,
        "SF_CONSUMER_KEY": crm.served.consumer_key,
        "SF_CONSUMER_SECRET": crm.served.consumer_secret,
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert '"created": 20000' in lines[0]
    assert int(lines[-1]) < 60  # MiB over the idle process
