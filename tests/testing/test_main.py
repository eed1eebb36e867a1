from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sfsync.testing import SimulatedOrg

COMMAND = [sys.executable, "-W", "error", "-m", "sfsync.testing"]
ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    arguments = ["--port", "0", "--data", str(tmp_path / "org.sqlite3"), "--seed", "accounts=3,contacts=2"]
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        yield started
        started.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_introduces_itself_serves_and_stops(process: subprocess.Popen[str], stop: signal.Signals) -> None:
    assert process.stdout is not None
    lines = [process.stdout.readline().rstrip("\n") for _ in range(6)]
    assert lines[:5] == [
        "Consumer key: 3MVG9SIMULATEDORG.consumer.key",
        "Consumer secret: 5IMULATED0RG5ECRET",
        "Username: admin@simulated-org.example",
        "Password: simulated-password",
        "Security token: simulatedtoken",
    ]
    ready = re.fullmatch(r"Simulated org ready at (http://127\.0\.0\.1:\d+)", lines[5])
    assert ready is not None
    assert requests.get(ready[1] + "/services/data", timeout=20).status_code == 200
    os.kill(process.pid, stop)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")


def test_a_port_in_use_says_what_to_do() -> None:
    with SimulatedOrg() as simulated:
        port = simulated.url.rpartition(":")[2]
        finished = run("--port", port)
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.startswith(f"Port {port} is in use. ")
    assert finished.stderr.count("\n") == 1


def test_an_unusable_file_says_what_to_do(tmp_path: Path) -> None:
    finished = run("--data", str(tmp_path / "missing" / "org.sqlite3"))
    assert (finished.returncode, finished.stderr.count("\n")) == (1, 1)
    assert "--data" in finished.stderr


def test_missing_certificates_say_what_to_do(tmp_path: Path) -> None:
    finished = run("--port", "0", "--tls", str(tmp_path / "cert"), str(tmp_path / "key"))
    assert (finished.returncode, finished.stderr.count("\n")) == (1, 1)
    assert "--tls" in finished.stderr


def test_a_file_of_objects(tmp_path: Path) -> None:
    described = tmp_path / "objects.json"
    described.write_text('[{"name": "Invoice__c"}]')
    with SimulatedOrg(objects=json.loads(described.read_text())) as simulated:
        assert simulated.org.schema.find("Invoice__c") is not None
        port = simulated.url.rpartition(":")[2]
        assert f"Port {port} is in use" in run("--port", port, "--schema", str(described)).stderr


@pytest.mark.parametrize("content", [None, "no json", '[{"name": 1}]'])
def test_a_file_of_no_objects_says_what_to_do(tmp_path: Path, content: str | None) -> None:
    described = tmp_path / "objects.json"
    if content is not None:
        described.write_text(content)
    finished = run("--port", "0", "--schema", str(described))
    assert (finished.returncode, finished.stderr.count("\n")) == (1, 1)
    assert str(described) in finished.stderr


@pytest.mark.parametrize(
    "arguments", [["--seed", "leads=3"], ["--seed", "accounts=x"], ["--port", "x"], ["--foo"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_a_certificate_that_cannot_be_read(tmp_path: Path) -> None:
    finished = run("--certificate", str(tmp_path / "missing.pem"))
    assert finished.returncode == 2
    assert "name a PEM file" in finished.stderr
