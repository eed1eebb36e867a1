"""Merge one record, field by field, on canonical values; the same for a pull and for a push."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from sfsync.engine.merging import ABSENT, AGREED, TAKE_ORG, Absent, Canonical, Outcome, Side, merge
from sfsync.engine.parents import Parents
from sfsync.engine.pending import Pending
from sfsync.engine.target import Target
from sfsync.exceptions import RecordError
from sfsync.mappings import ConflictPolicy, Direction, Field
from sfsync.models import DeliveryOperation
from sfsync.values import canonical

Record = dict[str, Any]


@dataclass(frozen=True)
class FieldConflict:
    """Both sides changed one field: what each held, and which side lost."""

    field: str
    base: Canonical
    local: Canonical
    salesforce: Canonical
    loser: Side
    policy: str


@dataclass
class Merged:
    """What the merge of one record asks for.

    `org` is the org's value of every field (the new base), `take` the fields to be written here, `send` the
    canonical values to be written there.
    """

    org: dict[str, Canonical] = field(default_factory=dict)
    take: list[Field] = field(default_factory=list)
    send: dict[str, Canonical] = field(default_factory=dict)
    conflicts: list[FieldConflict] = field(default_factory=list)


def canonical_org(target: Target, each: Field, record: Record) -> Canonical:
    """Return the canonical form of the org's value. A key missing from an answer is never taken for null."""
    try:
        value = record[each.salesforce]
    except KeyError:
        raise RecordError(
            f"{target.name}.{each.name}: the org's answer has no {each.salesforce}; "
            f"run 'manage.py sf_describe {target.sobject}' to see whether the field is still visible",
            code="FIELD_MISSING_FROM_ANSWER",
            field=each.name,
        ) from None
    return canonical(value, target.types[each.salesforce])


def is_as_created(record: Record, pending: Pending) -> bool:
    """Tell whether we created a record and nobody has edited it since: defaults and automation are no edits."""
    delivery = pending.delivery
    if delivery is None or delivery.operation != DeliveryOperation.CREATE:
        return False
    return "CreatedDate" in record and record["CreatedDate"] == record.get("LastModifiedDate")


def merge_record(
    target: Target,
    row: Model,
    record: Record,
    pending: Pending,
    parents: Parents,
    old: dict[str, Canonical],
    waiting: MappingType[str, str],
) -> Merged:
    """Merge a local row with the org's record.

    `old` holds the values before the outstanding changes, `waiting` the fields whose parent is not here yet, with
    its Salesforce id: their local value is stale by design and never sent, unless somebody has edited it since.
    """
    merged = Merged()
    baseless = target.linked_id(row) is None or pending.is_new
    for each in target.merged:
        org = canonical_org(target, each, record)
        local = parents.canonical_local(each, getattr(row, each.attname))
        merged.org[each.name] = org
        default: Canonical | Absent = ABSENT if baseless else local
        base = pending.base(each.name, old, default)
        if each.name in waiting:
            base = waiting[each.name] if each.name in old else local
        outcome = _decide(target, each, base, local, org, pending.sent(each.name))
        _collect(merged, target, each, outcome, base, local)
    return merged


def _decide(
    target: Target,
    each: Field,
    base: Canonical | Absent,
    local: Canonical,
    org: Canonical,
    sent: Canonical | Absent,
) -> Outcome:
    if not is_pushed(target, each):
        return AGREED if local == org else TAKE_ORG
    outcome = merge(base=base, local=local, org=org, sent=sent, policy=policy_of(target, each))
    if outcome.writes is Side.LOCAL and not is_pulled(target, each):
        return AGREED
    return outcome


def _collect(
    merged: Merged, target: Target, each: Field, outcome: Outcome, base: Canonical | Absent, local: Canonical
) -> None:
    if outcome.writes is Side.LOCAL:
        merged.take.append(each)
    elif outcome.writes is Side.SALESFORCE and not each.create_only:
        merged.send[each.name] = local
    if outcome.loser is not None:
        known = None if base is ABSENT else base
        policy = policy_of(target, each)
        merged.conflicts.append(
            FieldConflict(each.name, known, local, merged.org[each.name], outcome.loser, policy.value)
        )


def policy_of(target: Target, each: Field) -> ConflictPolicy:
    """Return the field's conflict policy; a field that is only pushed keeps the local value."""
    if not is_pulled(target, each):
        return ConflictPolicy.LOCAL
    return each.conflict or target.mapping.options.conflict


def is_pushed(target: Target, each: Field) -> bool:
    return target.mapping.options.direction is not Direction.PULL and not each.pull_only


def is_pulled(target: Target, each: Field) -> bool:
    return target.mapping.options.direction is not Direction.PUSH and not each.push_only
