"""sf_crontab: the crontab entries of this project."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from sfsync import registry
from sfsync.exceptions import ConfigurationError
from sfsync.management import crontab
from sfsync.management.base import DONE, SfsyncCommand, UsageError

HEADING = "# sfsync: slots are in UTC; each run does what is due by the mappings' schedules."


class Command(SfsyncCommand):
    help = (
        "Print the crontab entries that run what the mappings' schedules say, to be pasted into crontab -e."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--env",
            action="append",
            default=[],
            metavar="NAME",
            help="A variable the settings read besides SF_*, DJANGO_* and DATABASE_URL; can be repeated.",
        )
        parser.add_argument(
            "--env-file", metavar="FILE", help="A file of NAME=value lines for sh, where secrets belong."
        )

    def run(self, **options: Any) -> int:
        environment = crontab.environment(options["pythonpath"])
        env_file = existing(options["env_file"])
        entries = crontab.entries(
            [mapping.options.schedule for mapping in registry.mappings()],
            program=crontab.program(sys.argv[0]),
            directory=Path.cwd(),
            variables=crontab.carried(environment, options["env"]),
            env_file=env_file,
        )
        if not entries:
            raise ConfigurationError(
                "No mapping has a schedule.",
                hint='Type schedule = {"pull": "*/5 * * * *"} in its class Meta.',
            )
        self.show(entries, as_json=options["json"])
        secrets = crontab.left_out(environment, options["env"])
        if secrets and env_file is None:
            self.stderr.write(
                f"Not printed, as they are secrets: {', '.join(secrets)}. If the settings read them, "
                "put them into a file that only you can read, and type: sf_crontab --env-file FILE"
            )
        return DONE

    def show(self, entries: list[crontab.Entry], *, as_json: bool) -> None:
        if not as_json:
            self.stdout.write(HEADING)
        for entry in entries:
            if as_json:
                self.line(
                    {"direction": entry.direction, "schedule": entry.schedule, "command": entry.command}
                )
            else:
                self.stdout.write(str(entry))


def existing(file: str | None) -> Path | None:
    """Return the absolute path of a file; one that is not there is a UsageError."""
    if file is None:
        return None
    path = Path(file).absolute()
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    return path
