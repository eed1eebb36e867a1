"""A public client of another language against the simulated org: jsforce, as it comes from npm.

It takes a minute and the network, so it is slow; with SFSYNC_TEST_JSFORCE set it always runs, and nothing that
is missing is a reason to skip it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from sfsync.testing import SimulatedOrg

VERSION = "3.10.16"
ROAD = Path(__file__).parent / "jsforce" / "road.cjs"
DEMANDED = bool(os.environ.get("SFSYNC_TEST_JSFORCE"))
TRIES = 3

pytestmark = [] if DEMANDED else [pytest.mark.slow]


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail where it was demanded."""
    if DEMANDED:
        pytest.fail(f"SFSYNC_TEST_JSFORCE is set, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install jsforce into a folder of its own and return where Node finds it."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        missing("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", f"jsforce@{VERSION}"]
    for _ in range(TRIES):
        installed = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
        )
        if installed.returncode == 0:
            return folder / "node_modules"
    missing(f"npm could not install jsforce: {installed.stderr[-200:]}")


def test_the_whole_road_with_jsforce(modules: Path) -> None:
    with SimulatedOrg() as simulated:
        settings = simulated.org.settings
        password = settings.password + settings.security_token
        arguments = [
            simulated.url,
            settings.username,
            password,
            settings.consumer_key,
            settings.consumer_secret,
        ]
        walked = subprocess.run(
            ["node", str(ROAD), *arguments],
            env={**os.environ, "NODE_PATH": str(modules)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert walked.stdout.strip() == "arrived", walked.stderr[-3000:]
        kinds = {record.kind for record in simulated.requests}
    assert {"soap", "token", "collections", "query", "updated", "deleted", "ingest_upload"} <= kinds
