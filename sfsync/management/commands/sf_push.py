"""sf_push: send what changed in this database to the org."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from typing import Any

from sfsync.engine.hooks import Hooks
from sfsync.engine.pushing import PushOptions, push
from sfsync.engine.report import Report
from sfsync.management.syncing import SyncCommand
from sfsync.mappings import Mapping
from sfsync.orgs import connections


class Command(SyncCommand):
    help = "Push local changes to Salesforce: creates, updates of the changed fields, deletes by policy."
    direction = "push"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--limit", type=at_least_one, help="Send at most so many records of each mapping."
        )

        parser.add_argument("--allow-deletes", action="store_true", help="Send deletes above the guard.")

    def sync(self, org: str, mappings: Sequence[type[Mapping]], hooks: Hooks, **options: Any) -> Report:
        chosen = PushOptions(
            dry_run=options["dry_run"], limit=options["limit"], allow_deletes=options["allow_deletes"]
        )
        return push(org, connections[org], mappings, chosen, hooks)


def at_least_one(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise ArgumentTypeError("a whole number of 1 or more is needed")
    return number
