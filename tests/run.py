"""Run the tests on every database: `python -m tests.run [arguments of pytest]`.

On SQLite all tests run, on PostgreSQL and MariaDB those marked `databases`. A server that does not answer is
left out and named, unless SFSYNC_TEST_DATABASES (such as `sqlite,postgresql,mysql`) names it: then that is a
failure. Two databases are worked on at a time.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}
ROOT = Path(__file__).resolve().parent.parent
# What pytest returns when it collected nothing: no failure on a server when a path was named.
NO_TESTS = 5
PROBE = "import django; django.setup(); from django.db import connection as c; c._nodb_cursor().__enter__()"


@dataclasses.dataclass
class Tally:
    """How many tests ended how; `broken` counts runs that could not even be counted."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    @classmethod
    def read(cls, report: Path) -> Tally:
        """Count the results in a report of pytest (JUnit XML); a test with an error at its end has failed."""
        tally = cls()
        for case in ElementTree.parse(report).iter("testcase"):
            kinds = {child.tag for child in case}
            if kinds & {"failure", "error"}:
                tally.failed += 1
            elif "skipped" in kinds:
                tally.skipped += 1
            else:
                tally.passed += 1
        return tally


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def environment(database: str) -> dict[str, str]:
    settings = {"SFSYNC_TEST_DATABASE": database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return os.environ | settings


def reason_against(database: str) -> str:
    """Return why a database cannot be used, "" when it can."""
    if database == "sqlite":
        return ""
    command = [sys.executable, "-c", PROBE]
    probe = subprocess.run(
        command, env=environment(database), cwd=ROOT, capture_output=True, text=True, check=False
    )
    return probe.stderr.strip().splitlines()[-1] if probe.returncode else ""


def run(database: str, arguments: list[str], output: IO[str] | None = None) -> tuple[Tally, bool]:
    """Run pytest on one database; return the counts and whether all is well. It prints to `output`, else here."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
        code = subprocess.run(
            command, env=environment(database), cwd=ROOT, check=False, stdout=output, stderr=output
        ).returncode
        tally = Tally.read(report) if report.exists() else Tally()
    return tally, code == 0 or (code == NO_TESTS and database != "sqlite")


def run_all(databases: list[str], arguments: list[str]) -> Iterator[tuple[str, Tally, bool]]:
    """Run pytest on some databases, two at a time; what the first one prints is seen at once, the others' in turn."""
    with ThreadPoolExecutor(2) as pool, ExitStack() as stack:
        started: list[tuple[str, IO[str] | None, Future[tuple[Tally, bool]]]] = []
        for database in databases:
            output = stack.enter_context(tempfile.TemporaryFile("w+")) if started else None
            started.append((database, output, pool.submit(run, database, arguments, output)))
        for database, printed, result in started:
            say(f"--- {NAMES[database]}")
            tally, passed = result.result()
            if printed is not None:
                printed.seek(0)
                say(printed.read().rstrip())
            yield database, tally, passed


def main(arguments: list[str]) -> int:
    named = [name for name in os.environ.get("SFSYNC_TEST_DATABASES", "").replace(" ", "").split(",") if name]
    if unknown := sorted(set(named) - set(NAMES)):
        say(f"SFSYNC_TEST_DATABASES: unknown {', '.join(unknown)}; choose from {', '.join(NAMES)}.")
        return 2
    total, well, summary, usable = Tally(), True, [], []
    for database in named or NAMES:
        if not (reason := reason_against(database)):
            usable.append(database)
            continue
        well = well and database not in named
        verdict = "FAILED, it is named in SFSYNC_TEST_DATABASES and" if named else "left out, it"
        summary.append(f"{NAMES[database]}: {verdict} does not answer ({reason})")
        total += Tally(failed=1) if named else Tally()
    for database, tally, passed in run_all(usable, arguments):
        total, well = total + tally, well and passed
        summary.append(
            f"{NAMES[database]}: {tally}" + ("" if passed or tally.failed else ", but pytest failed")
        )
    say("\n".join(["---", *summary, str(total)]))
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
