"""The example's settings come from the environment, and have defaults for the simulated org."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sfsync.testing.settings import OrgSettings

MANAGE = Path(__file__).parents[2] / "example_project" / "manage.py"
NAMES = (
    "SF_AUTH",
    "SF_AUTH_DOMAIN",
    "SF_CONSUMER_KEY",
    "SF_CONSUMER_SECRET",
    "SF_USER",
    "SF_PASSWORD",
    "SF_SECURITY_TOKEN",
    "SF_PRIVATE_KEY_FILE",
    "SF_PRIVATE_KEY",
    "SF_JWT_AUDIENCE",
    "SF_REFRESH_TOKEN",
    "SF_CLI_ORG",
    "SF_API_VERSION",
)
CODE = f"""
import json
from django.conf import settings
values = {{name: getattr(settings, name) for name in {NAMES!r}}}
values["engine"] = settings.DATABASES["default"]["ENGINE"]
values["name"] = str(settings.DATABASES["default"]["NAME"])
print(json.dumps(values))
"""


@pytest.fixture
def values_with(tmp_path):
    def read(**environment):
        """Start manage.py from another directory, with only these variables set."""
        variables = {**environment, "PATH": os.environ["PATH"]}
        command = [sys.executable, str(MANAGE), "shell", "--verbosity", "0", "--command", CODE]
        done = subprocess.run(
            command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        return json.loads(done.stdout)

    return read


def test_the_defaults_are_those_of_the_simulated_org(values_with):
    org = OrgSettings()
    assert values_with() == {
        "SF_AUTH": "client_credentials",
        "SF_AUTH_DOMAIN": "http://127.0.0.1:8799",
        "SF_CONSUMER_KEY": org.consumer_key,
        "SF_CONSUMER_SECRET": org.consumer_secret,
        "SF_USER": org.username,
        "SF_PASSWORD": org.password,
        "SF_SECURITY_TOKEN": org.security_token,
        "SF_PRIVATE_KEY_FILE": "",
        "SF_PRIVATE_KEY": "",
        "SF_JWT_AUDIENCE": "",
        "SF_REFRESH_TOKEN": org.refresh_token,
        "SF_CLI_ORG": "",
        "SF_API_VERSION": "66.0",
        "engine": "django.db.backends.sqlite3",
        "name": str(MANAGE.parent / "example.sqlite3"),
    }


def test_the_environment_rules(values_with):
    values = values_with(**{name: f"my {name}" for name in NAMES}, DATABASE_URL="sqlite:////tmp/mine.sqlite3")
    assert all(values[name] == f"my {name}" for name in NAMES)
    assert values["name"] == "/tmp/mine.sqlite3"
