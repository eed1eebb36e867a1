"""Walk the whole road against a simulated org: list, load, edit on both sides, pull, push, compare."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from example.demo import simulated_org
from example.demo.road import FEWEST, NeverQuiet, NotEmpty, Road
from example.demo.salesforce import Salesforce
from example.demo.terminal import CommandFailed, Terminal

SEED = "accounts=50,contacts=200,opportunities=100"


class Command(BaseCommand):
    help = (
        "Start a simulated Salesforce org and walk the whole road with the real commands, "
        "in a temporary database; exit with 1 if both sides differ at the end."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", default=SEED, help=f"records the org is born with (default: {SEED})")
        parser.add_argument("--database-url", help="an empty database, instead of a temporary SQLite file")

    def handle(self, *args: Any, seed: str, database_url: str | None, **options: Any) -> None:
        check_seed(seed)
        signal.signal(signal.SIGTERM, leave)
        try:
            with database(database_url) as url, simulated_org.running(seed) as credentials:
                differences = self.walk(credentials, url)
        except simulated_org.DidNotStart:
            raise CommandError("The simulated org did not start; the reason stands above.") from None
        except (CommandFailed, NeverQuiet, NotEmpty) as error:
            raise CommandError(str(error)) from None
        for difference in differences:
            self.stdout.write(f"  {difference}")
        if differences:
            raise CommandError(f"The two sides differ in {len(differences)} places.")
        self.stdout.write(self.style.SUCCESS("\nBoth sides are equal."))

    def walk(self, credentials: simulated_org.Credentials, url: str) -> list[str]:
        """Walk the road with the real commands, in an environment that points at the org and the database."""
        self.write(f"A simulated Salesforce org listens at {credentials.url}.")
        environment = {
            **os.environ,
            **credentials.environment(),
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "example.settings",
        }
        terminal = Terminal(self.write, environment)
        return Road(terminal, Salesforce(credentials, self.write), self.write).walk()

    def write(self, line: str) -> None:
        """Show a line at once, also when the output is a file."""
        self.stdout.write(line)
        self.stdout.flush()


def check_seed(seed: str) -> None:
    """Refuse a seed with too few records for the edits, naming what is missing."""
    given = dict(part.split("=", 1) for part in seed.split(",") if "=" in part)
    for noun, fewest in FEWEST.items():
        if not given.get(noun, "").isdigit() or int(given[noun]) < fewest:
            raise CommandError(f"--seed needs {noun}={fewest} or more, for example --seed {SEED}")


@contextmanager
def database(url: str | None) -> Iterator[str]:
    """Give the URL of the database to use: the named one, or a temporary SQLite file that goes afterwards."""
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="sfsync-demo-") as folder:
        yield f"sqlite:///{Path(folder) / 'demo.sqlite3'}"


def leave(number: int, frame: FrameType | None) -> None:
    """End on SIGTERM by an exception, so that the org's process and the database go too."""
    sys.exit(128 + number)
