"""Write a planned batch: model rows quietly and in bulk, then what must be remembered about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from sfsync.engine.plans import Plan, base_of
from sfsync.engine.records import FieldConflict
from sfsync.engine.target import Target
from sfsync.exceptions import RecordError
from sfsync.models import (
    Conflict,
    ConflictStatus,
    Delivery,
    DeliveryOperation,
    DeliveryState,
    Excluded,
    Problem,
    WaitingReference,
)

PULL = "pull"

LOOK_AGAIN = timedelta(hours=1)
"""A record that could not be applied is read again after this time: its cause may lie in this database."""


def write(target: Target, plans: Sequence[Plan]) -> None:
    """Write what the plans ask for, inside the caller's transaction. The number of statements is constant."""
    _insert(target, [plan for plan in plans if plan.outcome == "created"])
    _update(target, [plan for plan in plans if plan.row is not None and plan.values])
    _remember_bases(target, [plan for plan in plans if plan.merged is not None])
    _remember_waiting(target, plans)
    _take_back(target, [plan.sf_id for plan in plans if plan.row is not None])
    _forget_revived(target, [plan for plan in plans if plan.revived])
    keep_conflicts(target, ((plan.row, plan.sf_id, each) for plan in plans for each in _conflicts(plan)))
    _remember_problems(target, plans)


def _insert(target: Target, plans: list[Plan]) -> None:
    if not plans:
        return
    names = [target.id_attribute, *(each.attname for each in target.pulled)]
    external = target.mapping.options.external_id
    if external is not None and external.attribute not in names:
        names.append(external.attribute)
    names += [name for name in target.new_values if name not in names]
    rows = [tuple(_value(target, plan, name) for name in names) for plan in plans]
    with target.database.quiet(target.org, target.name, target.model._meta.db_table):
        keys = target.database.insert(target.model, names, rows)
    for plan, key in zip(plans, keys, strict=True):
        plan.key = key
        if key is None:
            plan.outcome, plan.problem = "problems", _refused(target, plan)


def _value(target: Target, plan: Plan, name: str) -> Any:
    if name in plan.values:
        return plan.values[name]
    if name in target.new_values:
        return target.new_values[name]
    return target.model._meta.get_field(name).get_default()  # type: ignore[union-attr]


def _refused(target: Target, plan: Plan) -> RecordError:
    unique = [
        each.name for each in target.model._meta.concrete_fields if each.unique and not each.primary_key
    ]
    return RecordError(
        f"{target.name}: {plan.sf_id} was not created here: another {target.model._meta.label} has the same value "
        f"in a unique field (one of {', '.join(unique)}); change one of the two, then run 'manage.py sf_pull "
        f"{target.name}' again",
        code="UNIQUE_HERE",
    )


def _update(target: Target, plans: list[Plan]) -> None:
    if not plans:
        return
    names = sorted({name for plan in plans for name in plan.values})
    rows = [(plan.row.pk, *_new_values(plan, names)) for plan in plans if plan.row is not None]
    with target.database.quiet(target.org, target.name, target.model._meta.db_table):
        target.database.update(target.model, names, rows)


def _new_values(plan: Plan, names: Iterable[str]) -> Iterable[Any]:
    return (plan.values[name] if name in plan.values else getattr(plan.row, name) for name in names)


def _remember_bases(target: Target, plans: list[Plan]) -> None:
    """Keep the org value just seen as the base of every record with something outstanding."""
    fresh, changed, done = [], [], []
    for plan in plans:
        delivery, outstanding = (
            plan.pending.delivery,
            bool(plan.pending.changes or (plan.merged and plan.merged.send)),
        )
        if delivery is None and outstanding and plan.row is not None:
            fresh.append((target.org, target.name, target.key_text(plan.row.pk), plan.sf_id, *_ready(plan)))
        elif delivery is not None and outstanding:
            delivery.rebase(base_of(plan), plan.sf_id)
            changed.append(delivery)
        elif delivery is not None:
            done.append(plan)
    if fresh:
        names = ["org", "mapping", "pk_text", "sf_id", "operation", "state", "base"]
        target.database.insert(Delivery, names, fresh)
    save_deliveries(target, changed)
    if done:
        _settle(target, done)


def _settle(target: Target, plans: Sequence[Plan]) -> None:
    """Forget deliveries that a fetch has seen, and what was wrong with them."""
    keys = [plan.pending.delivery.pk_text for plan in plans if plan.pending.delivery is not None]
    target.stored(Delivery).filter(pk_text__in=keys).delete()
    names = [*keys, *(plan.sf_id for plan in plans)]
    target.stored(Problem).filter(direction="push", record__in=names).delete()


def _ready(plan: Plan) -> tuple[str, str, dict[str, Any]]:
    return DeliveryOperation.UPDATE.value, DeliveryState.READY.value, base_of(plan)


def save_deliveries(target: Target, deliveries: Sequence[Delivery]) -> None:
    """Write changed deliveries back by one statement."""
    if not deliveries:
        return
    names = [each.attname for each in Delivery._meta.concrete_fields if not each.primary_key]
    names.remove("created_at")
    for each in deliveries:
        each.updated_at = timezone.now()
    rows = [(each.pk, *(getattr(each, name) for name in names)) for each in deliveries]
    target.database.update(Delivery, names, rows)


def _remember_waiting(target: Target, plans: Iterable[Plan]) -> None:
    touched = [plan for plan in plans if plan.problem is None and (plan.waiting or plan.waited)]
    if not touched:
        return
    target.stored(WaitingReference).filter(sf_id__in=[plan.sf_id for plan in touched]).delete()
    rows = [
        (target.org, target.name, plan.sf_id, name, parent)
        for plan in touched
        for name, parent in plan.waiting.items()
    ]
    if rows:
        names = ["org", "mapping", "sf_id", "field", "parent_sf_id"]
        target.database.insert(WaitingReference, names, rows)


def _take_back(target: Target, sf_ids: list[str]) -> None:
    """Sync records again that were taken out: they are alive in the org, and have a row here."""
    if sf_ids:
        target.stored(Excluded).filter(sf_id__in=sf_ids).delete()


def _forget_revived(target: Target, plans: list[Plan]) -> None:
    """Drop the local delete that lost against an edit in the org: the record is back."""
    if not plans:
        return
    keys = [plan.revived for plan in plans]
    target.changes().filter(pk_text__in=keys).delete()
    target.stored(Delivery).filter(pk_text__in=keys).delete()


def exclude(target: Target, reasons: dict[str, str]) -> None:
    """Take records out of the sync: {Salesforce id: reason}. What is known already keeps its reason."""
    if reasons:
        now = timezone.now()
        rows = [(target.org, target.name, sf_id, reason, now) for sf_id, reason in reasons.items()]
        target.database.insert(Excluded, ["org", "mapping", "sf_id", "reason", "since"], rows)
        target.stored(WaitingReference).filter(sf_id__in=list(reasons)).delete()


def _conflicts(plan: Plan) -> list[FieldConflict]:
    return plan.merged.conflicts if plan.merged else []


def keep_conflicts(target: Target, found: Iterable[tuple[Model | None, str, FieldConflict]]) -> int:
    """Store the losers of conflicts; returns how many there were."""
    now = timezone.now()
    rows = [
        (target.org, target.name, target.key_text(row.pk) if row else "", sf_id, each.field, each.base, each.local,
         each.salesforce, each.loser.value, each.policy, ConflictStatus.DECIDED.value, now, now)
        for row, sf_id, each in found
    ]  # fmt: skip
    if rows:
        names = ["org", "mapping", "pk_text", "sf_id", "field", "base", "local", "salesforce", "loser", "policy",
                 "status", "created_at", "decided_at"]  # fmt: skip
        target.database.insert(Conflict, names, rows)
    return len(rows)


def _remember_problems(target: Target, plans: Sequence[Plan]) -> None:
    fine = [plan.sf_id for plan in plans if plan.problem is None]
    target.stored(Problem).filter(direction=PULL, record__in=fine).delete()
    for plan in plans:
        if plan.problem is not None:
            note_problem(target, PULL, plan.sf_id, plan.problem)


def note_problem(
    target: Target, direction: str, record: str, error: RecordError, org_message: str = ""
) -> None:
    """Store a problem of one record, or count it again, and put it among the report's lines."""
    now = timezone.now()
    Problem.objects.using(target.using).note(
        (target.org, target.name),
        direction,
        now=now,
        next_look=now + LOOK_AGAIN if direction == PULL and record else None,
        record=record,
        field=error.field,
        code=error.code,
        message=str(error),
        org_message=org_message,
    )
    target.note(record, "problem", str(error))
