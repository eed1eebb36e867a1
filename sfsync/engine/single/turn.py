"""The lease for one record, waited for a little; what ended the run is raised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sfsync.engine.hooks import Hooks
from sfsync.engine.report import MappingReport
from sfsync.engine.session import Session
from sfsync.engine.target import Target
from sfsync.exceptions import EngineError, LeaseTaken
from sfsync.mappings import Mapping
from sfsync.orgs import connections

WAITS = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0)
"""Seconds between tries for the lease: another single record takes a fraction of one, a command may take long."""

Work = Callable[[Target, Session], object]


def take_turn(
    mapping: type[Mapping], direction: str, work: Work, *, dry_run: bool = False
) -> tuple[Target, int]:
    """Do `work` under the lease of the mapping; return the target with its report, and the API calls.

    Raises LeaseTaken when another run keeps the lease for about five seconds, and whatever ended the run.
    """
    client = connections[mapping.options.org]
    for wait in (*WAITS, None):
        session = Session(mapping.options.org, client, direction, dry_run, Hooks())
        report = session.run([mapping], partial(_work, session, work))
        (each,) = report
        if each.finished:
            return session.targets[0], report.api_calls
        if not each.skipped or wait is None:
            raise _reason(session, each)
        client.sleep(wait)
    raise AssertionError("the loop above returns or raises")


def _work(session: Session, work: Work, targets: Sequence[Target]) -> None:
    (target,) = targets
    work(target, session)
    target.report.finished = True


def _reason(session: Session, report: MappingReport) -> Exception:
    """Return why nothing, or not everything, was done."""
    if session.error is not None:
        return session.error
    if report.skipped:
        return LeaseTaken(
            f"{report.mapping}: {report.skipped} is at work on it; what was changed here is in the log and goes with "
            f"the next 'manage.py sf_{report.direction} {report.mapping}', or try again",
            owner=report.skipped,
        )
    if report.paused:
        return EngineError(f"{report.mapping} is paused: {report.paused}")
    return EngineError(report.error)
