"""A command as a process of its own: `python -m tests.engine.child sf_pull AccountMapping`.

It works in the database of the test that started it. It says "ready" when everything is imported and begins
when a line comes in, so that several of them begin together; its lease can be made short.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import django

from tests import settings

if TYPE_CHECKING:
    from sfsync.engine.hooks import Hooks
    from sfsync.engine.report import Report
    from sfsync.mappings import Mapping


def main(name: str, arguments: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    settings.DATABASES["default"]["NAME"] = os.environ["CHILD_DATABASE"]
    for setting in ("SF_AUTH_DOMAIN", "SF_CONSUMER_KEY", "SF_CONSUMER_SECRET"):
        setattr(settings, setting, os.environ[setting])
    django.setup()
    command = command_class(name)()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    command.run_from_argv(["manage.py", name, *arguments])


def command_class(name: str) -> type[Any]:
    """Return the command, with a lease and a time to stop as short as the environment says."""
    from sfsync.management.commands import sf_pull, sf_push

    base: type[Any] = {"sf_pull": sf_pull.Command, "sf_push": sf_push.Command}[name]
    seconds = float(os.environ["CHILD_LEASE_SECONDS"])

    class Command(base):
        seconds_to_stop = float(os.environ["CHILD_SECONDS_TO_STOP"])

        def sync(self, org: str, mappings: Sequence[type[Mapping]], hooks: Hooks, **options: Any) -> Report:
            report: Report = super().sync(
                org, mappings, dataclasses.replace(hooks, lease_seconds=seconds), **options
            )
            return report

    return Command


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
