"""Start the simulated Salesforce org in a process of its own, as one would in a second terminal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

READY = "Simulated org ready at "
SECONDS_TO_STOP = 10


class DidNotStart(Exception):
    """The simulated org ended before it was ready; its own message is on standard error."""


@dataclass(frozen=True)
class Credentials:
    """Where the org listens, and what it printed for signing in."""

    url: str
    consumer_key: str
    consumer_secret: str
    username: str
    password: str
    security_token: str

    def environment(self) -> dict[str, str]:
        """Return the variables that point the example's settings at this org."""
        return {
            "SF_AUTH": "client_credentials",
            "SF_AUTH_DOMAIN": self.url,
            "SF_CONSUMER_KEY": self.consumer_key,
            "SF_CONSUMER_SECRET": self.consumer_secret,
            "SF_USER": self.username,
            "SF_PASSWORD": self.password,
            "SF_SECURITY_TOKEN": self.security_token,
        }


def read_credentials(lines: Iterable[str]) -> Credentials:
    """Read what the org prints up to its last line, the ready line. Raise DidNotStart if that never comes."""
    printed: dict[str, str] = {}
    for line in lines:
        if line.startswith(READY):
            return Credentials(
                url=line.removeprefix(READY).strip(),
                consumer_key=printed["Consumer key"],
                consumer_secret=printed["Consumer secret"],
                username=printed["Username"],
                password=printed["Password"],
                security_token=printed["Security token"],
            )
        name, _, value = line.partition(":")
        printed[name.strip()] = value.strip()
    raise DidNotStart


def command(seed: str) -> list[str]:
    """Return what is typed to start the org: a free port, nothing kept on disk."""
    return [
        *(sys.executable, "-m", "sfsync.testing"),
        *("--port", "0", "--data", ":memory:", "--seed", seed),
    ]


@contextmanager
def running(seed: str) -> Iterator[Credentials]:
    """Run the org for the length of the block; `seed` says how many records it is born with."""
    process = subprocess.Popen(command(seed), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield read_credentials(process.stdout)
    finally:
        stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """End the org's process: SIGTERM, which it answers cleanly, and SIGKILL if it does not."""
    process.terminate()
    try:
        process.wait(timeout=SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
