"""Commands as processes of their own, and a gate that stops them at a precise place: the door of the org."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from sfsync.database import backend
from sfsync.models import Lease
from sfsync.testing import SimulatedOrg

ROOT = Path(__file__).resolve().parents[2]

LONG = 30.0
"""Seconds after which something that ought to happen is taken for stuck; nothing waits so long."""

Matches = Callable[[str, str, bytes], bool]
"""Told the method, path and body of a request."""


class Gate:
    """Holds the first request that matches, before the org sees it or (`after`) when it has answered."""

    def __init__(self, application: Any, matches: Matches, *, after: bool) -> None:
        self.application = application
        self.matches = matches
        self.after = after
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        held = not self.reached.is_set() and self.matches(
            environ["REQUEST_METHOD"], environ["PATH_INFO"], body
        )
        if held and not self.after:
            self._hold()
        answer = list(self.application(environ, start_response))
        if held and self.after:
            self._hold()
        return answer

    def _hold(self) -> None:
        self.reached.set()
        self.opened.wait(LONG)

    def wait(self) -> None:
        """Wait until a process stands at the gate."""
        assert self.reached.wait(LONG), "no request came to the gate"

    def open(self) -> None:
        self.opened.set()


@contextmanager
def gate(served: SimulatedOrg, matches: Matches, *, after: bool = True) -> Iterator[Gate]:
    """Put a gate before the org for the length of a block; it is open afterwards."""
    server = served._server._server
    application = server.wsgi_app
    built = server.wsgi_app = Gate(application, matches, after=after)
    try:
        yield built
    finally:
        built.open()
        server.wsgi_app = application


def sign_in(method: str, path: str, body: bytes) -> bool:
    return path == "/services/oauth2/token"


def describe(method: str, path: str, body: bytes) -> bool:
    return path.endswith("/describe") or b"/describe" in body


def retrieve(method: str, path: str, body: bytes) -> bool:
    return method == "POST" and path.rpartition("/")[0].endswith("/composite/sobjects")


def query(method: str, path: str, body: bytes) -> bool:
    return path.endswith("/query")


def poll(method: str, path: str, body: bytes) -> bool:
    return path.endswith("/composite") and b"/updated/" in body


def next_page(method: str, path: str, body: bytes) -> bool:
    return "/query/" in path


def write(method: str, path: str, body: bytes) -> bool:
    return path.endswith("/composite") and (b'composite/sobjects"' in body or b"PATCH" in body)


@dataclass(frozen=True)
class Ended:
    """How a process ended: exit code, what it printed as lines of JSON by mapping, and its errors."""

    code: int
    lines: dict[str, dict[str, Any]]
    errors: str


class Child:
    """One command in a process of its own, ready to begin."""

    def __init__(
        self, served: SimulatedOrg, name: str, *arguments: str, lease_seconds: float, seconds_to_stop: float
    ) -> None:
        environment = os.environ | {
            "CHILD_DATABASE": str(connection.settings_dict["NAME"]),
            "CHILD_LEASE_SECONDS": str(lease_seconds),
            "CHILD_SECONDS_TO_STOP": str(seconds_to_stop),
            "SF_AUTH_DOMAIN": served.url,
            "SF_CONSUMER_KEY": served.consumer_key,
            "SF_CONSUMER_SECRET": served.consumer_secret,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.child", name, *arguments, "--json"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == "ready\n", self.process.communicate()[1]

    def begin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self) -> bool:
        return self.process.poll() is not None

    def end(self) -> Ended:
        """Wait for the end."""
        out, errors = self.process.communicate(timeout=LONG)
        lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        return Ended(self.process.returncode, {line.get("mapping", "total"): line for line in lines}, errors)

    def clear_away(self) -> None:
        """Leave nothing behind, whatever happened to the test."""
        if not self.ended():
            self.process.kill()
        self.process.communicate()


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + LONG
    while not happened():
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.02)


def wait_for_lease(direction: str) -> None:
    """Wait until the lease that somebody holds has expired."""
    held = Lease.objects.filter(mapping="AccountMapping", direction=direction)
    assert held.exists()
    wait_until(lambda: not held.filter(expires_at__gt=backend("default").now()).exists())
