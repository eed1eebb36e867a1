"""One command's work on one org: leases, the org pin, describes, and the Run rows that tell the truth."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connections
from django.utils import timezone

from sfsync import conf
from sfsync.client import Client
from sfsync.client.usage import Spent
from sfsync.database import leases, triggers
from sfsync.engine import budgets
from sfsync.engine.describing import forget, refresh
from sfsync.engine.hooks import Hooks
from sfsync.engine.report import MappingReport, Report
from sfsync.engine.target import Target
from sfsync.exceptions import (
    ConfigurationError,
    EngineError,
    InvalidField,
    LeaseTaken,
    LimitExceeded,
    SfsyncError,
    Stopped,
    Unavailable,
    WrongOrg,
)
from sfsync.mappings import Mapping
from sfsync.models import Conflict, MappingState, Problem, Run, RunStatus

logger = logging.getLogger("sfsync.engine")

Work = Callable[[list[Target]], None]


@dataclass
class Session:
    """The mappings of one org that run together in one direction. Calls are shared and counted once.

    `error` is what ended the batch, if anything did.
    """

    org: str
    client: Client
    direction: str
    dry_run: bool
    hooks: Hooks
    owner: str = field(default_factory=leases.owner_name)
    batch: uuid.UUID = field(default_factory=uuid.uuid4)
    targets: list[Target] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    stopped: bool = False
    error: SfsyncError | None = None

    def run(self, mappings: Sequence[type[Mapping]], work: Work) -> Report:
        """Do `work` on every mapping whose lease is free; return what happened to each.

        An error ends the batch: every mapping that had not finished carries it in its report. So does the end
        of a budget, or of the org's API calls: they are paused then, and the next run goes on.
        """
        report = Report([MappingReport(each.options.name, self.direction) for each in mappings])
        settings = conf.org(self.org)
        with self.client.spending.run(settings.run_budget, setting=settings.setting("run_budget")) as spent:
            self._run(mappings, work, report, spent)
        return report

    def _run(self, mappings: Sequence[type[Mapping]], work: Work, report: Report, spent: Spent) -> None:
        try:
            self._open(mappings, report)
            able = [target for target in self.targets if not target.report.error]
            if able:
                work(able)
            report.warnings += budgets.warnings(self.client, self.org, spent)
        except SfsyncError as error:
            self.error = error
            if isinstance(error, InvalidField):
                forget(self.targets)
            self._fail(report, error)
            report.stopped = self.stopped = isinstance(error, Stopped)
        except BaseException as error:  # a bug, a database that is gone: no run may pass for a success
            self._fail(report, EngineError(f"ended by {type(error).__name__}"))
            raise
        finally:
            report.api_calls = spent.calls
            report.usage = {self.org: self.client.usage} if self.client.usage else {}
            self._close(report.api_calls)

    def _open(self, mappings: Sequence[type[Mapping]], report: Report) -> None:
        require_triggers(mappings)
        budgets.recall(self.client, self.org, dict.fromkeys(mapping.using() for mapping in mappings))
        for mapping, each in zip(mappings, report, strict=True):
            target = Target(mapping, self.client, self._state(mapping), each, hooks=self.hooks)
            if target.state.paused:
                each.paused = target.state.paused_reason or "paused"
            elif self._take(target):
                self.targets.append(target)
                target.batch = self.targets
                self.runs[target.name] = self._start(target)
        for target in self.targets:
            self._pin(target)
        if self.targets:
            refresh(self.client, self.targets, self.direction)

    def _state(self, mapping: type[Mapping]) -> MappingState:
        states = MappingState.objects.using(mapping.using())
        if not self.dry_run:
            return states.get_for(mapping.target())
        found = states.of(mapping.target()).first()
        return found or MappingState(org=mapping.options.org, mapping=mapping.options.name)

    def _take(self, target: Target) -> bool:
        """Take the lease; a dry run needs none. When another run holds it, the report says who."""
        if self.dry_run:
            return True
        try:
            target.lease = leases.take(
                target.using,
                target.org,
                target.name,
                self.direction,
                owner=self.owner,
                seconds=self.hooks.lease_seconds,
            )
        except LeaseTaken as error:
            target.report.skipped = error.owner
            return False
        target.state.refresh_from_db()
        return True

    def _pin(self, target: Target) -> None:
        """Remember which org this data belongs to, and refuse any other."""
        pinned = target.state.org_id
        if pinned is None:
            target.state.org_id = self.client.org_id
            if not self.dry_run:
                target.state.save(update_fields=["org_id"])
        elif pinned != self.client.org_id:
            raise WrongOrg(
                f"{target.name} was synced with org {pinned}, but SF_AUTH_DOMAIN of {self.org!r} leads to "
                f"org {self.client.org_id}; point it at the right org, or use an empty database for this one"
            )

    def _start(self, target: Target) -> Run:
        run = Run(**target.key, batch=self.batch, direction=self.direction, owner=self.owner)
        run.started_at = timezone.now()
        target.started = target.renewed = time.monotonic()
        if not self.dry_run:
            # Whoever holds the lease knows that no other run of this kind is alive.
            dead = target.stored(Run).filter(direction=self.direction, status=RunStatus.RUNNING)
            dead.update(status=RunStatus.FAILED, error="died without a word", finished_at=run.started_at)
            run.save(using=target.using)
        return run

    def _fail(self, report: Report, error: SfsyncError) -> None:
        """Let every mapping that had not finished say why."""
        for each in report:
            if each.finished or each.skipped or each.paused:
                continue
            if isinstance(error, LimitExceeded):
                each.paused = budgets.reason(error, self.client)
            else:
                each.error = each.error or why(error)

    def _close(self, api_calls: int) -> None:
        """Write the Run rows and release the leases; the calls of the batch stand in its first run."""
        for number, target in enumerate(self.targets):
            connection = connections[target.using]
            if not connection.in_atomic_block:  # as inside a Django TestCase, whose transaction has to go on
                # A connection the server has ended: another one can still set the lease free.
                connection.close_if_unusable_or_obsolete()
            target.report.seconds = round(time.monotonic() - target.started, 3)
            target.report.open_problems = _open_problems(target)
            if self.dry_run:
                continue
            self._finish(self.runs[target.name], target, api_calls if number == 0 else 0)
            if target.lease is not None:
                leases.release(target.lease)
        if api_calls and not self.dry_run:
            budgets.remember(self.client, self.org, dict.fromkeys(target.using for target in self.targets))

    def _finish(self, run: Run, target: Target, api_calls: int) -> None:
        report = target.report
        run.status = status_of(report, stopped=self.stopped)
        run.finished_at = timezone.now()
        run.counts, run.error, run.api_calls = (
            report.counts.as_dict(),
            report.error or report.paused,
            api_calls,
        )
        window = report.window
        run.window_start, run.window_end, run.covered = window.start, window.end, window.covered
        run.save(using=target.using)
        logger.info(
            "%s %s: %s, %s seen",
            target.name,
            self.direction,
            run.status,
            report.counts.seen,
            extra={"action": f"sfsync_{self.direction}", "mapping": target.name, "counts": run.counts},
        )


def require_triggers(mappings: Sequence[type[Mapping]]) -> None:
    """Refuse to run where a trigger is missing or stale: local edits would be lost. Asks each database once.

    A pull that does not know of a local edit overwrites it, so this holds for both directions. Raises
    ConfigurationError.
    """
    for using in dict.fromkeys(mapping.using() for mapping in mappings):
        wrong = [problem for problem in triggers.problems(using) if problem.kind != "foreign"]
        if wrong:
            tables = ", ".join(sorted({problem.table for problem in wrong}))
            kinds = " or ".join(sorted({problem.kind for problem in wrong}))
            raise ConfigurationError(
                f"Database {using!r}: triggers of the log are {kinds} ({tables}); nothing is synced.",
                hint=f"Type: manage.py migrate --database={using}",
                check="sfsync.W101",
            )


def why(error: SfsyncError) -> str:
    """Return why a run failed; an org that is down is told from one that refuses."""
    return f"org unavailable: {error}" if isinstance(error, Unavailable) else str(error)


def status_of(report: MappingReport, *, stopped: bool) -> str:
    """Return the status of a mapping's run; `stopped` tells that SIGTERM ended the batch."""
    if report.error:
        return RunStatus.STOPPED if stopped and not report.finished else RunStatus.FAILED
    if report.paused:
        return RunStatus.PAUSED
    return RunStatus.PROBLEMS if report.needs_a_person else RunStatus.SUCCESS


def _open_problems(target: Target) -> int:
    conflicts = Conflict.objects.using(target.using).of(target.mapping.target()).undecided()
    return target.stored(Problem).count() + conflicts.count()
