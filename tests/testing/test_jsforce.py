"""A public client of another language against the simulated org: jsforce, as it comes from npm."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sfsync.testing import SimulatedOrg

VERSION = "3.10.16"
ROAD = Path(__file__).parent / "jsforce" / "road.cjs"


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install jsforce into a folder of its own and return where Node finds it."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", f"jsforce@{VERSION}"]
    installed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if installed.returncode:
        pytest.skip(f"npm could not install jsforce: {installed.stderr[-200:]}")
    return folder / "node_modules"


@pytest.mark.slow
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
