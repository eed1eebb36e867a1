"""sf_pull: bring what changed in the org into this database."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from sfsync.engine.hooks import Hooks
from sfsync.engine.pulling import PullOptions, pull
from sfsync.engine.report import Report
from sfsync.management.syncing import SyncCommand
from sfsync.mappings import Mapping
from sfsync.orgs import connections


class Command(SyncCommand):
    help = "Pull changes from Salesforce. The first run of a mapping reads everything."
    direction = "pull"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--full", action="store_true", help="Read every record again, not only what changed."
        )
        parser.add_argument(
            "--allow-deletes", action="store_true", help="Apply deletes above the guard, and those it holds."
        )

    def sync(self, org: str, mappings: Sequence[type[Mapping]], hooks: Hooks, **options: Any) -> Report:
        chosen = PullOptions(
            full=options["full"], dry_run=options["dry_run"], allow_deletes=options["allow_deletes"]
        )
        return pull(org, connections[org], mappings, chosen, hooks)
