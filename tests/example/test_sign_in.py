"""The example signs in as SF_AUTH of the environment says, with its defaults for the rest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MANAGE = Path(__file__).parents[2] / "example_project" / "manage.py"


@pytest.fixture
def manage(simulated_org, tmp_path):
    """Run a command of the example in a database of its own, with these variables."""

    def run(*command, **environment):
        variables = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{tmp_path / 'example.sqlite3'}",
            "SF_AUTH_DOMAIN": simulated_org.url,
            **environment,
        }
        return subprocess.run(
            [sys.executable, str(MANAGE), *command],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize("auth", ["client_credentials", "password", "soap", "refresh_token", "jwt"])
def test_the_example_signs_in(simulated_org, manage, auth):
    variables = {"SF_AUTH": auth, "SF_PRIVATE_KEY": simulated_org.private_key if auth == "jwt" else ""}
    if auth == "refresh_token":
        assert manage("migrate", "--verbosity", "0").returncode == 0
    done = manage("sf_describe", "Account", **variables)
    assert done.returncode == 0, done.stderr
    assert "Name" in done.stdout
    paths = {request.path for request in simulated_org.requests}
    assert ("/services/Soap/u/64.0" in paths) == (auth == "soap")


def test_a_token_that_has_no_table_yet_says_what_to_type(simulated_org, manage):
    done = manage("sf_describe", "Account", SF_AUTH="refresh_token")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "python manage.py migrate sfsync" in done.stderr
    assert simulated_org.requests == []
