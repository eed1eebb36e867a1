"""Crontab entries that wake `sf_pull --due` and `sf_push --due`; what is due is the mappings' business."""

from __future__ import annotations

import math
import os
import re
import shlex
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfsync import cron
from sfsync.exceptions import ConfigurationError

# What a Django project with sfsync commonly reads; others are named by the person.
CARRIED = re.compile(r"SF_\w+|DJANGO_\w+|DATABASE_URL|PYTHONPATH")
SECRET_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|PRIVATE")
URL_WITH_PASSWORD = re.compile(r"://[^/@]*:[^/@]*@")


@dataclass(frozen=True)
class Entry:
    """One line of a crontab."""

    direction: str
    schedule: str
    command: str

    def __str__(self) -> str:
        # cron ends the command at a bare percent sign: crontab(5).
        return f"{self.schedule} {self.command.replace('%', chr(92) + '%')}"


def schedule(expressions: Iterable[str]) -> str:
    """Return when cron must wake sfsync so that no slot of the expressions is late.

    cron counts in local time and slots are UTC, but time zones differ by quarters of an hour, so the step in
    minutes is the greatest one that meets every minute of the expressions in all of them.
    """
    step = math.gcd(15, *(minute for expression in expressions for minute in cron.minutes(expression)))
    return "* * * * *" if step == 1 else f"*/{step} * * * *"


def environment(pythonpath: str | None) -> dict[str, str]:
    """Return the environment of this process; `pythonpath` is what --pythonpath added."""
    paths = [str(Path(pythonpath).absolute()) if pythonpath else "", os.environ.get("PYTHONPATH", "")]
    joined = os.pathsep.join(filter(None, paths))
    return {**os.environ, "PYTHONPATH": joined} if joined else dict(os.environ)


def carried(environment: Mapping[str, str], named: Collection[str]) -> dict[str, str]:
    """Return the variables cron must be given, as it starts with almost none; secrets only when named."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if name in named or (CARRIED.fullmatch(name) and not is_secret(name, value))
    }


def left_out(environment: Mapping[str, str], named: Collection[str]) -> list[str]:
    """Return the names of secrets that are set here and that cron will not have."""
    return [
        name
        for name, value in sorted(environment.items())
        if CARRIED.fullmatch(name) and is_secret(name, value) and name not in named
    ]


def is_secret(name: str, value: str) -> bool:
    return bool(SECRET_NAME.search(name) or URL_WITH_PASSWORD.search(value))


def program(script: str) -> list[str]:
    """Return how this command was started, with absolute paths: by manage.py, or by Django's own script."""
    path = Path(script).absolute()
    started_by_file = path.suffix == ".py" and path.name != "__main__.py" and path.is_file()
    return [sys.executable, str(path)] if started_by_file else [sys.executable, "-m", "django"]


def command(
    words: Sequence[str], *, directory: Path, variables: Mapping[str, str], env_file: Path | None = None
) -> str:
    """Return `words` as a command for sh. What it prints is dropped; errors stay, for cron to mail.

    Raises ConfigurationError for a variable of several lines: a crontab has no form for them.
    """
    for name, value in variables.items():
        if "\n" in value:
            raise ConfigurationError(
                f"{name} has several lines.", hint="Put it into a file and type --env-file FILE."
            )
    source = f"set -a && . {shlex.quote(str(env_file))} && set +a && " if env_file else ""
    assignments = "".join(f"{name}={shlex.quote(value)} " for name, value in variables.items())
    return f"cd {shlex.quote(str(directory))} && {source}{assignments}{shlex.join(words)} > /dev/null"


def entries(
    schedules: Sequence[Mapping[str, str | None]], *, program: Sequence[str], **context: Any
) -> list[Entry]:
    """Return an entry for each direction that one of the schedules names; `context` is `command`'s."""
    found = []
    for direction in ("pull", "push"):
        wanted = [expression for each in schedules if (expression := each[direction])]
        if wanted:
            words = [*program, f"sf_{direction}", "--due"]
            found.append(Entry(direction, schedule(wanted), command(words, **context)))
    return found
