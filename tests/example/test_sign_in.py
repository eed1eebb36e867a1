"""The example signs in as SF_AUTH of the environment says, with its defaults for the rest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MANAGE = Path(__file__).parents[2] / "example_project" / "manage.py"


@pytest.mark.parametrize("auth", ["client_credentials", "password", "soap", "refresh_token", "jwt"])
def test_the_example_signs_in(simulated_org, tmp_path, auth):
    variables = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{tmp_path / 'example.sqlite3'}",
        "SF_AUTH_DOMAIN": simulated_org.url,
        "SF_AUTH": auth,
        "SF_PRIVATE_KEY": simulated_org.private_key if auth == "jwt" else "",
    }
    commands = [["migrate", "--verbosity", "0"]] if auth == "refresh_token" else []
    for command in [*commands, ["sf_describe", "Account"]]:
        done = subprocess.run(
            [sys.executable, str(MANAGE), *command],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert "Name" in done.stdout
    paths = {request.path for request in simulated_org.requests}
    assert ("/services/Soap/u/64.0" in paths) == (auth == "soap")
