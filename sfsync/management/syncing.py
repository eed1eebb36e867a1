"""What sf_pull and sf_push share: names in, one engine call per org, a table or JSON lines out."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from sfsync import registry
from sfsync.engine.hooks import Hooks
from sfsync.engine.report import OUTCOMES, OVERLAPS, MappingReport, Report
from sfsync.engine.scheduling import take_due
from sfsync.exceptions import ConfigurationError, EngineError, Stopped
from sfsync.management.base import DONE, NEEDS_A_PERSON, SfsyncCommand, UsageError, one_line
from sfsync.mappings import Direction, Mapping

COLUMNS = ("mapping", "seen", *OUTCOMES, *OVERLAPS, "seconds")

ALWAYS = ("mapping", "seen", "seconds")
"""Columns of the table that are always there; the others appear when they say something."""

LINES_SHOWN = 20
"""Problems and dry-run lines shown for each mapping at the normal verbosity; -v 2 shows all."""


class SyncCommand(SfsyncCommand):
    """Run one direction for some mappings. Subclasses name the direction and call the engine."""

    direction = ""
    finishes_batches = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help="Mappings by Meta.name; without any, all."
        )
        parser.add_argument("--dry-run", action="store_true", help="Show what would change; write nothing.")
        parser.add_argument("--due", action="store_true", help="Only mappings whose schedule is due now.")

    def sync(self, org: str, mappings: Sequence[type[Mapping]], hooks: Hooks, **options: Any) -> Report:
        """Run the engine for the mappings of one org."""
        raise NotImplementedError

    def run(self, **options: Any) -> int:
        mappings = self.chosen(options["names"])
        if options["due"]:
            mappings = take_due(mappings, self.direction, dry_run=options["dry_run"])
        total = Report()
        label = "Pulling" if self.direction == "pull" else "Pushing"
        with self.progress(label) as bar:
            hooks = Hooks(stopping=lambda: self.stopping, progress=lambda name, records: bar.update(records))
            for org, group in by_org(mappings).items():
                report = self.sync(org, group, hooks, **options)
                total.include(report)
                if report.stopped:
                    break
        if total.api_calls or not total.errors or options["json"]:
            self.show(total, options)
        return self.outcome(total)

    def chosen(self, names: Sequence[str]) -> list[type[Mapping]]:
        """Return the mappings of these names that have this direction, parents first."""
        known = registry.mappings()
        if not known:
            raise ConfigurationError(
                "SF_MAPPINGS is empty.",
                hint='Type SF_MAPPINGS = ["crm.mappings.ContactMapping"] in the settings.',
            )
        for name in names:
            self.check_name(name)
        other = Direction.PUSH if self.direction == "pull" else Direction.PULL
        return [each for each in registry.select(names) if each.options.direction is not other]

    def check_name(self, name: str) -> None:
        try:
            mapping = registry.get(name)
        except ConfigurationError as error:
            raise UsageError(one_line(str(error))) from error
        if mapping.options.direction not in (Direction.BOTH, self.direction):
            raise UsageError(
                f"{name} has the direction {mapping.options.direction.value}: there is nothing to {self.direction}."
            )

    def show(self, report: Report, options: dict[str, Any]) -> None:
        if options["json"]:
            for each in report:
                self.line(as_json(each))
            self.line(total_as_json(report))
            return
        if not report.mappings:
            self.stdout.write("Nothing is due." if options["due"] else "There is nothing to do.")
            return
        columns = [name for name in COLUMNS if name in ALWAYS or any(each.counts[name] for each in report)]
        self.table([row(each, columns) for each in report], columns)
        for each in report:
            self.details(each, options["verbosity"])
        self.spent(report, options["verbosity"])

    def spent(self, report: Report, verbosity: int) -> None:
        """Print which budget is nearly spent, what the run cost, and what each org says is used."""
        if verbosity > 0:
            for warning in report.warnings:
                self.stdout.write(self.style.WARNING(one_line(warning)))
        used = [f"{org} has used {used} of {limit}" for org, (used, limit) in report.usage.items()]
        in_all = f"; in 24 hours {', '.join(used)}" if used else ""
        self.stdout.write(f"{report.api_calls} API calls{in_all}.")

    def details(self, report: MappingReport, verbosity: int) -> None:
        """Print why a mapping did not run, what a dry run would do, and each problem with its next step."""
        if report.skipped:
            self.stdout.write(f"{report.mapping}: skipped, {report.skipped} is at work on it.")
        if report.paused:
            self.stdout.write(self.style.WARNING(one_line(f"{report.mapping}: paused: {report.paused}")))
        shown = report.lines if verbosity > 1 else report.lines[:LINES_SHOWN]
        for line in shown:
            parts = [report.mapping, line.record, line.action, line.detail]
            self.stdout.write("  " + one_line(" ".join(part for part in parts if part)))
        if len(shown) < len(report.lines):
            self.stdout.write(f"  ... and {len(report.lines) - len(shown)} more; -v 2 shows all.")
        if report.open_problems and verbosity > 0:
            text = f"{report.mapping}: {report.open_problems} problems or conflicts are open in all."
            self.stdout.write(self.style.WARNING(text))

    def outcome(self, report: Report) -> int:
        if report.stopped:
            raise Stopped("stopped by SIGTERM")
        if report.errors:
            reasons = dict.fromkeys(each.error for each in report.errors)
            raise EngineError(" ".join(reasons))
        return NEEDS_A_PERSON if report.needs_a_person else DONE


def row(report: MappingReport, columns: Sequence[str]) -> list[Any]:
    values = {"mapping": report.mapping, **report.counts.as_dict(), "seconds": f"{report.seconds:.1f}"}
    return [values[name] if name in ALWAYS else values[name] or "" for name in columns]


def by_org(mappings: Sequence[type[Mapping]]) -> dict[str, list[type[Mapping]]]:
    groups: dict[str, list[type[Mapping]]] = {}
    for mapping in mappings:
        groups.setdefault(mapping.options.org, []).append(mapping)
    return groups


def total_as_json(report: Report) -> dict[str, Any]:
    """Return the last line; `warnings` are there only when there are any."""
    usage = {org: {"used": used, "limit": limit} for org, (used, limit) in report.usage.items()}
    line = {"total": True, "api_calls": report.api_calls, "usage": usage}
    return line | ({"warnings": report.warnings} if report.warnings else {})


def as_json(report: MappingReport) -> dict[str, Any]:
    """Return the line of one mapping; `skipped`, `paused` and `error` are there only when they happened."""
    window = report.window
    line: dict[str, Any] = {
        "mapping": report.mapping,
        "direction": report.direction,
        **report.counts.as_dict(),
        "seconds": report.seconds,
        "window": {"start": window.start, "end": window.end, "covered": window.covered},
    }
    happened = {"skipped": report.skipped, "paused": report.paused, "error": report.error}
    line |= {name: text for name, text in happened.items() if text}
    return line
