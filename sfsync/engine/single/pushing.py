"""Push one record: what is saved and outstanding of it, or the record itself when the org has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Max, Model
from django.utils import timezone

from sfsync.engine.adopting import recover
from sfsync.engine.applying import in_transaction
from sfsync.engine.parents import Parents, is_unlinked
from sfsync.engine.pushing import Push, PushOptions, require_writes
from sfsync.engine.session import Session
from sfsync.engine.single.choice import (
    Wanted,
    mapping_of,
    no_row,
    require_no_transaction,
    require_own_database,
    saved_values,
)
from sfsync.engine.single.report import RecordReport, excluded_error, outcome_of, problem_of
from sfsync.engine.single.turn import take_turn
from sfsync.engine.target import Target
from sfsync.exceptions import RecordError
from sfsync.mappings import Mapping
from sfsync.models import Delivery, DeliveryState


def push(instance: Model, *, mapping: Wanted = None) -> RecordReport:
    """Push what is saved of an instance, and not yet in the org, now; without anything outstanding, call nobody.

    An instance the org does not know is created there, or adopted by its external id. A record that was refused
    before is tried again. Afterwards the instance has its Salesforce id, and the values that the merge took from
    the org; its other attributes stay as they are, and what was not saved is not sent. `mapping` (the class or
    its name) is needed where a model has several.

    Raises RecordError when the record is not in the org afterwards as it is here: its code and message are those
    of the problem that is kept. Raises InsideTransaction, LeaseTaken, WritesDisabled, ConfigurationError before
    anything is sent, and SalesforceError as the org fails: what it may have received is looked up by the next
    push, and never sent twice.
    """
    chosen = mapping_of(instance, mapping, "push")
    require_writes(chosen.options.org)
    require_own_database(instance, chosen)
    require_no_transaction(chosen.using())
    before = _saved(chosen, instance)
    key = Target.key_text(instance.pk)
    target, calls = take_turn(chosen, "push", lambda target, session: PushOne(target, key, session).only())
    after = saved_values(chosen, instance) or before  # deleted meanwhile
    _bring_over(instance, before, after)
    return _report(target, key, after, calls)


def _saved(mapping: type[Mapping], instance: Model) -> dict[str, Any]:
    if instance._state.adding or instance.pk is None:
        raise RecordError(
            f"{mapping.options.name}: this {instance._meta.label} is not saved, and only what is saved is pushed; "
            "call its save() first",
            code="NOT_SAVED",
        )
    values = saved_values(mapping, instance)
    if values is None:
        raise no_row(mapping, instance)
    return values


class PushOne(Push):
    """A push of the record with the primary key `key` (as text), and of no other."""

    def __init__(self, target: Target, key: str, session: Session) -> None:
        super().__init__([target], PushOptions(), session)
        self.key = key

    def only(self) -> Target:
        """Push the record; its target's report says what came of it."""
        (progress,) = self.progress
        progress.counted |= recover(progress.target, self.key)
        in_transaction(progress.target, self._try_again)
        self._rounds()
        progress.target.report.counts.add("held", len((progress.waiting | progress.held) - progress.counted))
        return progress.target

    def _try_again(self) -> None:
        """Let a record go again that waited for its time or for its cause to change: a person asks for it."""
        waiting = (DeliveryState.PROBLEM, DeliveryState.RETRY)
        deliveries = self.progress[0].target.stored(Delivery).filter(pk_text=self.key, state__in=waiting)
        deliveries.update(state=DeliveryState.READY, next_attempt_at=None)

    def outstanding(self, target: Target) -> Iterator[list[str]]:
        newest = target.changes().filter(pk_text=self.key).aggregate(newest=Max("id"))["newest"]
        delivery = target.stored(Delivery).filter(pk_text=self.key).first()
        if delivery is not None and delivery.blocks(newest or 0, timezone.now()):
            return
        settled = delivery is None or delivery.state == DeliveryState.SETTLED
        if newest or not settled or self._unlinked(target):
            yield [self.key]

    def _unlinked(self, target: Target) -> bool:
        """Tell whether the org has never had the row: perhaps it is older than the log."""
        return bool(target.rows().filter(pk=self.key, **{target.id_attribute: None}).exists())


def _bring_over(instance: Model, before: dict[str, Any], after: dict[str, Any]) -> None:
    for name, value in after.items():
        if value != before[name]:
            setattr(instance, name, value)


def _report(target: Target, key: str, saved: dict[str, Any], calls: int) -> RecordReport:
    sf_id = saved[target.id_attribute] or None
    waiting = tuple(_waiting(target, saved))
    outcome = outcome_of(target.report.counts)
    error = _error(target, key, outcome, sf_id, waiting)
    if error is not None:
        raise error
    conflicts = target.report.counts["conflicts"]
    return RecordReport(target.name, "push", outcome or "unchanged", sf_id, conflicts, waiting, calls)


def _waiting(target: Target, saved: dict[str, Any]) -> Iterator[str]:
    """Yield the references whose parent the org does not know."""
    parents = Parents(target)
    for each in target.mapping.references():
        if each in target.pushed:
            parents.load_ids(each, [saved[each.attname]])
            if is_unlinked(parents.canonical_local(each, saved[each.attname])):
                yield each.name


def _error(
    target: Target, key: str, outcome: str, sf_id: str | None, waiting: tuple[str, ...]
) -> RecordError | None:
    """Return why the record is not in the org as it is here, also when a first part of it got there."""
    delivery = target.stored(Delivery).filter(pk_text=key).first()
    state = delivery.state if delivery is not None else ""
    if outcome == "problems" or state in (DeliveryState.PROBLEM, DeliveryState.UNKNOWN):
        return problem_of(target, "push", [name for name in (key, sf_id) if name])
    if delivery is not None and state == DeliveryState.RETRY:
        return _locked(target, key, delivery.error_code)
    if outcome == "filtered":
        return excluded_error(target, str(sf_id))
    return _orphan(target, key, waiting) if outcome == "held" else None


def _locked(target: Target, key: str, code: str) -> RecordError:
    return RecordError(
        f"{target.name}: local row {key} was not sent: its record is locked in Salesforce; try again, or leave it to "
        f"'manage.py sf_push {target.name}', which sends it when its time has come",
        code=code,
    )


def _orphan(target: Target, key: str, waiting: tuple[str, ...]) -> RecordError:
    return RecordError(
        f"{target.name}: local row {key} was not sent: Salesforce does not know its parent ({', '.join(waiting)}); "
        "push the parent first, then it again",
        code="PARENT_NOT_IN_SALESFORCE",
        field=waiting[0] if len(waiting) == 1 else "",
    )
