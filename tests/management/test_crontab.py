"""What a crontab entry is made of."""

import subprocess
import sys
from pathlib import Path

import pytest

from sfsync.exceptions import ConfigurationError
from sfsync.management import crontab

ENVIRONMENT = {
    "DATABASE_URL": "postgres://localhost/crm",
    "DJANGO_SETTINGS_MODULE": "example.settings",
    "HOME": "/root",
    "SF_AUTH_DOMAIN": "https://acme.my.salesforce.com",
    "SF_CONSUMER_SECRET": "marked",
    "SF_PASSWORD": "marked",
}


@pytest.mark.parametrize(
    ("expressions", "expected"),
    [
        (["* * * * *"], "* * * * *"),
        (["*/5 * * * *"], "*/5 * * * *"),
        (["*/10 * * * *", "@hourly"], "*/5 * * * *"),
        (["0 6 * * *"], "*/15 * * * *"),
        (["*/15 * * * *", "3 * * * *"], "*/3 * * * *"),
        (["*/15 * * * *", "7 * * * *"], "* * * * *"),
    ],
)
def test_cron_wakes_often_enough_in_every_time_zone(expressions, expected):
    assert crontab.schedule(expressions) == expected


def test_secrets_are_left_out_unless_named():
    """Covers F88."""
    assert set(crontab.carried(ENVIRONMENT, [])) == {
        "DATABASE_URL",
        "DJANGO_SETTINGS_MODULE",
        "SF_AUTH_DOMAIN",
    }
    assert crontab.left_out(ENVIRONMENT, []) == ["SF_CONSUMER_SECRET", "SF_PASSWORD"]
    assert "SF_PASSWORD" in crontab.carried(ENVIRONMENT, ["SF_PASSWORD", "HOME"])
    assert "HOME" in crontab.carried(ENVIRONMENT, ["SF_PASSWORD", "HOME"])
    assert crontab.left_out(ENVIRONMENT, ["SF_PASSWORD"]) == ["SF_CONSUMER_SECRET"]


def test_an_address_with_a_password_is_a_secret():
    environment = {"DATABASE_URL": "postgres://user:marked@localhost/crm"}
    assert crontab.carried(environment, []) == {}
    assert crontab.left_out(environment, []) == ["DATABASE_URL"]


def test_what_pythonpath_added_is_kept(monkeypatch, tmp_path):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    assert "PYTHONPATH" not in crontab.environment(None)
    assert crontab.environment("source")["PYTHONPATH"] == str(tmp_path / "source")
    monkeypatch.setenv("PYTHONPATH", "/opt/lib")
    assert crontab.environment("source")["PYTHONPATH"] == f"{tmp_path / 'source'}:/opt/lib"


def test_starts_the_way_it_was_started(monkeypatch, tmp_path):
    (tmp_path / "manage.py").touch()
    (tmp_path / "__main__.py").touch()
    monkeypatch.chdir(tmp_path)
    assert crontab.program("manage.py") == [sys.executable, str(tmp_path / "manage.py")]
    for script in ("/usr/bin/django-admin", "__main__.py", "gone.py"):
        assert crontab.program(script) == [sys.executable, "-m", "django"]


def test_one_entry_for_each_direction_that_is_scheduled():
    schedules = [{"pull": "*/5 * * * *", "push": None}, {"pull": "0 6 * * *", "push": None}]
    (entry,) = crontab.entries(
        schedules, program=["python", "manage.py"], directory=Path("/srv"), variables={}
    )
    assert str(entry) == "*/5 * * * * cd /srv && python manage.py sf_pull --due > /dev/null"
    assert (
        crontab.entries([{"pull": None, "push": None}], program=[], directory=Path("/"), variables={}) == []
    )


def as_cron_runs(entry):
    """Return the command of an entry after cron has read it: a bare percent sign ends it (crontab(5))."""
    command = str(entry).split(maxsplit=5)[5]
    return command.replace("\\%", "\0").partition("%")[0].replace("\0", "%")


@pytest.mark.parametrize("value", ["plain", "two words", "it's 100 %", '$HOME `id` \\ %20 "x"', "ünï", ""])
def test_every_value_reaches_the_program(tmp_path, value):
    directory = tmp_path / "a 100% folder"
    directory.mkdir()
    script = directory / "it's manage.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "seen = [*sys.argv[1:], os.environ['VALUE'], os.environ['FILE']]\n"
        "pathlib.Path('seen').write_text('\\n'.join(seen))\n"
    )
    env_file = tmp_path / "secrets of sfsync"
    env_file.write_text("FILE='from a file'\n")
    (entry,) = crontab.entries(
        [{"pull": None, "push": "* * * * *"}],
        program=[sys.executable, str(script)],
        directory=directory,
        variables={"VALUE": value},
        env_file=env_file,
    )
    subprocess.run(["env", "-i", "sh", "-c", as_cron_runs(entry)], check=True)
    assert (directory / "seen").read_text() == f"sf_push\n--due\n{value}\nfrom a file"


def test_a_value_of_several_lines_is_refused():
    with pytest.raises(ConfigurationError, match=r"SF_USER has several lines.*--env-file"):
        crontab.command(["python"], directory=Path("/"), variables={"SF_USER": "a\n* * * * * rm"})
