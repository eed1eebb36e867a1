"""What is said about one record, and the errors of what could not be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sfsync.engine.report import OUTCOMES, Counts
from sfsync.engine.target import Target
from sfsync.exceptions import RecordError
from sfsync.models import Excluded, Problem


@dataclass(frozen=True)
class RecordReport:
    """What a pull or a push did about one record.

    `outcome` is "created", "adopted" (linked to a record that was there), "updated", "unchanged", "deleted" or
    "filtered" (kept, and out of the sync from now on), on the side that is written to. `sf_id` is the Salesforce
    id or None. `conflicts` counts the fields that both sides had changed; what lost is kept. `waiting` names the
    references that follow as soon as their parent is on the other side.
    """

    mapping: str
    direction: str
    outcome: str
    sf_id: str | None
    conflicts: int = 0
    waiting: tuple[str, ...] = ()
    api_calls: int = 0


def outcome_of(counts: Counts) -> str:
    """Return what one record was counted as, "" when there was nothing to do."""
    return next((name for name in OUTCOMES if counts[name] > 0), "")


def problem_of(target: Target, direction: str, records: Iterable[str]) -> RecordError:
    """Return the problem of a record as an error: the one that is kept, in a dry run the one that was found.

    The org's own words stay in their column.
    """
    problems = target.stored(Problem).filter(direction=direction, record__in=list(records))
    newest = problems.order_by("-last_seen", "-pk").first()
    if newest is None:
        found = [line.detail for line in target.report.lines if line.action == "problem"]
        return RecordError(
            found[-1] if found else f"{target.name}: see sfsync.models.Problem", code="PROBLEM"
        )
    return RecordError(newest.message, code=newest.code, field=newest.field)


def excluded_error(target: Target, sf_id: str) -> RecordError:
    """Say that a record was taken out of the sync, why, and how it comes back."""
    reason = target.stored(Excluded).filter(sf_id=sf_id).values_list("reason", flat=True).first()
    return RecordError(
        f"{target.name}: {sf_id} was taken out of the sync ({reason or 'deleted on one side'}); to sync it again, "
        f"delete its row of sfsync.models.Excluded",
        code="EXCLUDED",
    )
