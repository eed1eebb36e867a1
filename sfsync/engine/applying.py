"""Apply fetched records: batches of one transaction each, halved down to the record when the database refuses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import DataError, IntegrityError, OperationalError, connections, transaction
from django.dispatch import Signal

from sfsync import signals
from sfsync.database import leases
from sfsync.engine.plans import Batch, Plan, Planner
from sfsync.engine.records import Record
from sfsync.engine.target import Target
from sfsync.engine.writing import note_problem, write
from sfsync.exceptions import RecordError

logger = logging.getLogger("sfsync.engine")

BATCH_SIZE = 500
"""Records per transaction: row locks are held for about a tenth of a second."""

LOCK_TRIES = 5
"""How often a batch is tried when the database says it is locked, or deadlocked, or gone."""

Then = Callable[[], None]
T = TypeVar("T")


def batches(items: Iterable[T], size: int = BATCH_SIZE) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def apply(target: Target, records: Sequence[Record], began: datetime, then: Then | None = None) -> list[str]:
    """Merge and write fetched records; `then` runs inside the last transaction, unless a record is stale.

    `began` is when the fetch began, by `Target.now`. Returns the stale ids: they must be fetched again,
    because a push settled them after that moment or is at work on them.
    """
    stale: list[str] = []
    parts = list(batches(records))
    for number, part in enumerate(parts, start=1):
        stale += _apply_or_halve(target, part, began, then if number == len(parts) and not stale else None)
    if then is not None and not parts:
        in_transaction(target, then)
    return stale


def in_transaction(target: Target, work: Callable[[], T]) -> T:
    """Run `work` in one fenced transaction, again when the database was locked or lost the connection.

    Raises LeaseLost when a later run has taken over, and the database's own error when it stays.
    """
    for attempt in range(1, LOCK_TRIES + 1):
        try:
            with transaction.atomic(using=target.using):
                if target.lease is not None:
                    leases.check(target.lease)
                return work()
        except OperationalError:
            connection = connections[target.using]
            if attempt == LOCK_TRIES or connection.in_atomic_block:
                raise
            connection.close_if_unusable_or_obsolete()
            target.client.sleep(0.1 * 2**attempt)
    raise AssertionError("the loop above returns or raises")


def _apply_or_halve(target: Target, records: list[Record], began: datetime, then: Then | None) -> list[str]:
    try:
        return _apply_once(target, records, began, then)
    except (IntegrityError, DataError) as error:
        if len(records) == 1:
            _set_aside(target, records[0], error, then)
            return []
    middle = len(records) // 2
    stale = _apply_or_halve(target, records[:middle], began, None)
    return stale + _apply_or_halve(target, records[middle:], began, None if stale else then)


def _apply_once(target: Target, records: list[Record], began: datetime, then: Then | None) -> list[str]:
    lines = len(target.report.lines)

    def work() -> Batch:
        del target.report.lines[lines:]
        batch = Planner(target, records, began).plan()
        if not target.dry_run:
            write(target, batch.plans)
            if then is not None and not batch.stale:
                then()
        return batch

    batch = work() if target.dry_run else in_transaction(target, work)
    count(target, batch.plans)
    announce(target, batch.plans)
    return batch.stale


def _set_aside(target: Target, record: Record, error: Exception, then: Then | None) -> None:
    """Keep a record that the database refuses as a problem; the database's own text may hold values."""
    problem = RecordError(
        f"{target.name}: the database refused {record['Id']} ({type(error).__name__}); compare the constraints of "
        f"{target.model._meta.label} with the record in Salesforce",
        code="REFUSED_BY_DATABASE",
    )

    def work() -> None:
        note_problem(target, "pull", record["Id"], problem)
        if then is not None:
            then()

    in_transaction(target, work)
    target.report.counts.add("problems")


def count(target: Target, plans: Iterable[Plan]) -> None:
    counts = target.report.counts
    for plan in plans:
        counts.add(plan.outcome)
        if plan.outcome == "held":
            target.held_back.add(plan.sf_id)
        counts.add("conflicts", len(plan.merged.conflicts) if plan.merged else 0)
        if target.dry_run and plan.outcome != "unchanged":
            target.note(plan.sf_id, plan.outcome, _what_changes(plan))


def _what_changes(plan: Plan) -> str:
    """Name the fields that would change. Values stay out: a report may end in a log."""
    if plan.problem is not None:
        return str(plan.problem)
    names = [each.name for each in plan.merged.take] if plan.merged else sorted(plan.values)
    return ", ".join(names)


def announce(target: Target, plans: Iterable[Plan]) -> None:
    """Send `records_pulled` for what was written; receivers run after the commit, at most once."""
    created = [plan.key for plan in plans if plan.outcome == "created"]
    updated = [
        plan.row.pk for plan in plans if plan.row is not None and plan.outcome in ("adopted", "updated")
    ]
    if (created or updated) and not target.dry_run:
        send_after_commit(target, signals.records_pulled, created=created, updated=updated)


def send_after_commit(target: Target, signal: Signal, **arguments: Any) -> None:
    """Send a signal when the rows are committed. A receiver that raises is logged, and stops nothing."""

    def send() -> None:
        for receiver, result in signal.send_robust(target.model, mapping=target.mapping, **arguments):
            if isinstance(result, Exception):
                logger.error("%s: %r raised %s", target.name, receiver, type(result).__name__)

    transaction.on_commit(send, using=target.using)
