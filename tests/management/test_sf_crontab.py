"""sf_crontab, as a person uses it: the printed lines are run as cron would run them."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sfsync.testing import SimulatedOrg

MANAGE = Path(__file__).parents[2] / "example_project" / "manage.py"
PATHS = ["crm.mappings.AccountMapping", "crm.mappings.ContactMapping"]


def run(*arguments, **variables):
    environment = {"PATH": os.environ["PATH"], **variables}
    command = [sys.executable, str(MANAGE), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def commands(printed):
    """Return the commands of a crontab by their schedule and last words, unescaped as cron does it."""
    lines = [line for line in printed.splitlines() if not line.startswith("#")]
    fields = [line.split(maxsplit=5) for line in lines]
    return [(" ".join(parts[:5]), parts[5].replace("\\%", "%")) for parts in fields]


def test_the_lines_work_as_pasted(tmp_path):
    database = tmp_path / "crm 100%.sqlite3"
    with SimulatedOrg(seed={"accounts": 3, "contacts": 0, "opportunities": 0}) as org:
        variables = {
            "DATABASE_URL": f"sqlite:///{database}",
            "SF_AUTH_DOMAIN": org.url,
            "SF_CONSUMER_SECRET": org.consumer_secret,
        }
        run("migrate", **variables)
        printed = run("sf_crontab", **variables)
        (pull_at, pull), (push_at, push) = commands(printed.stdout)
        assert (pull_at, push_at) == ("*/5 * * * *", "* * * * *")
        assert org.consumer_secret not in printed.stdout
        assert "SF_CONSUMER_SECRET" in printed.stderr
        for command in (pull, push):
            ran = subprocess.run(
                ["env", "-i", "sh", "-c", command], capture_output=True, text=True, check=False
            )
            assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(sf_id) FROM crm_account").fetchone() == (3,)
    connection.close()


def test_json(settings):
    settings.SF_MAPPINGS = PATHS
    stdout = io.StringIO()
    call_command("sf_crontab", "--json", stdout=stdout, stderr=io.StringIO())
    lines = [json.loads(line) for line in stdout.getvalue().splitlines()]
    assert [line["direction"] for line in lines] == ["pull", "push"]
    assert [line["schedule"] for line in lines] == ["*/5 * * * *", "* * * * *"]
    assert all(line["command"].endswith(f"sf_{line['direction']} --due > /dev/null") for line in lines)


@pytest.mark.parametrize("option", [["--env", "SF_PASSWORD"], ["--env-file", __file__]])
def test_secrets_that_are_provided_for_are_not_warned_of(settings, monkeypatch, option):
    for name in [name for name in os.environ if name.startswith("SF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SF_PASSWORD", "marked")
    settings.SF_MAPPINGS = PATHS
    stdout, stderr = io.StringIO(), io.StringIO()
    call_command("sf_crontab", *option, stdout=stdout, stderr=stderr)
    assert stderr.getvalue() == ""
    assert ("marked" in stdout.getvalue()) is (option[0] == "--env")


@pytest.mark.parametrize(
    ("mappings", "option", "code", "message"),
    [
        ([], [], 1, "No mapping has a schedule. Type schedule ="),
        (PATHS, ["--env-file", "/nowhere/secrets"], 2, "There is no file /nowhere/secrets."),
    ],
)
def test_what_is_missing_is_told(settings, mappings, option, code, message):
    settings.SF_MAPPINGS = mappings
    with pytest.raises(CommandError, match=message) as caught:
        call_command("sf_crontab", *option)
    assert caught.value.returncode == code
