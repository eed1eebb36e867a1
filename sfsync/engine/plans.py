"""Decide what happens to each record of a fetched batch. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from sfsync.engine.matching import Matches, external_value_of, find
from sfsync.engine.merging import Canonical
from sfsync.engine.parents import Parents, is_unlinked
from sfsync.engine.pending import Pending, PendingRecords
from sfsync.engine.records import Merged, Record, canonical_org, is_as_created, is_pulled, merge_record
from sfsync.engine.target import Target
from sfsync.exceptions import EngineError, RecordError
from sfsync.mappings import ConflictPolicy, Field, Reference
from sfsync.models import Delivery, DeliveryOperation, DeliveryState, Lease, WaitingReference


@dataclass
class Plan:
    """What happens to one record: its outcome, the values to write here, what to remember."""

    record: Record
    outcome: str
    row: Model | None = None
    values: dict[str, Any] = field(default_factory=dict)
    merged: Merged | None = None
    pending: Pending = field(default_factory=Pending)
    waiting: dict[str, str] = field(default_factory=dict)
    waited: bool = False
    problem: RecordError | None = None
    revived: str = ""
    key: Any = None

    @property
    def sf_id(self) -> str:
        return str(self.record["Id"])


@dataclass
class Batch:
    """The plans of one batch, and the ids to be fetched again because what was fetched may be older."""

    plans: list[Plan] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


class Planner:
    """Plans one batch under the row locks that `find` takes; every look-up is one query for the batch."""

    def __init__(self, target: Target, records: Iterable[Record], began: datetime) -> None:
        self.target = target
        self.records = list(records)
        self.began = began
        self.external_value = external_value_of(target)

    def plan(self) -> Batch:
        self.live_fence = live_push_fence(self.target)
        self.creating = self._is_creating()
        self.matches = find(self.target, self.records)
        self.pending = PendingRecords(self.target, self._keys(self.matches))
        self.waiting = self._waiting()
        self.parents = self._parents()
        batch = Batch()
        for record in self.records:
            self._plan_into(batch, record)
        if len(batch.plans) + len(batch.stale) != len(self.records):
            raise EngineError(
                f"{self.target.name}: a fetched record was not accounted for; nothing was written"
            )
        return batch

    def _plan_into(self, batch: Batch, record: Record) -> None:
        row = self._row(record)
        pending = self._pending(record, row)
        if self._may_be_older(pending) or (row is None and self.creating):
            batch.stale.append(record["Id"])
            return
        try:
            batch.plans.append(self._plan(record, row, pending))
        except RecordError as error:
            batch.plans.append(Plan(record, "problems", row=row, problem=error))

    def _is_creating(self) -> bool:
        """Tell whether a new record may be one that a push creates now, and nothing but its answer can tell.

        Asked before the rows are: a create that is over by then has linked its row.
        """
        if self.target.mapping.options.external_id is not None or self.live_fence is None:
            return False
        claimed = self.target.stored(Delivery).filter(state=DeliveryState.CLAIMED, fence=self.live_fence)
        return claimed.filter(operation=DeliveryOperation.CREATE).exists()

    def _pending(self, record: Record, row: Model | None) -> Pending:
        if row is not None:
            return self.pending[row.pk]
        key = self.matches.deleted_here.get(record["Id"])
        return self.pending[key] if key is not None else Pending()

    def _may_be_older(self, pending: Pending) -> bool:
        """Tell whether this copy may have been read before a push that is under way or has just been answered."""
        delivery = pending.delivery
        if delivery is None:
            return False
        if delivery.state == DeliveryState.CLAIMED:
            return delivery.fence == self.live_fence
        return delivery.answered_at is not None and delivery.answered_at >= self.began

    def _plan(self, record: Record, row: Model | None, pending: Pending) -> Plan:
        if row is not None:
            return self._plan_known(record, row, pending)
        if record["Id"] in self.matches.excluded:
            return Plan(record, "filtered", waited=record["Id"] in self.waiting)
        if record["Id"] in self.matches.deleted_here:
            return self._plan_deleted_here(record, pending)
        return self._plan_new(record)

    def _row(self, record: Record) -> Model | None:
        row = self.matches.by_id.get(record["Id"])
        if row is None:
            value = self.external_value(record)
            row = self.matches.by_external.get(value) if value is not None else None
        return row

    def _plan_known(self, record: Record, row: Model, pending: Pending) -> Plan:
        linked = self.target.linked_id(row)
        if linked != record["Id"]:
            self._check_adoptable(record, row, linked)
        old = self.pending.old_values(pending, self.parents)
        waiting = self.waiting.get(record["Id"], {})
        merged = merge_record(self.target, row, record, pending, self.parents, old, waiting)
        plan = Plan(record, "unchanged", row=row, merged=merged, pending=pending)
        for each in merged.take:
            self._take(plan, each)
        plan.waited = bool(waiting)
        if linked is None:
            plan.outcome = "adopted"
            plan.values[self.target.id_attribute] = record["Id"]
        elif plan.values:
            plan.outcome = "updated"
        return plan

    def _plan_new(self, record: Record) -> Plan:
        """Plan the first row of a record the org has and this side has not."""
        value = self.external_value(record)
        if value is not None and value in self.matches.repeated:
            raise self._ambiguous(record)
        plan = Plan(record, "created", values={self.target.id_attribute: record["Id"]})
        external = self.target.mapping.options.external_id
        if external is not None and value is not None:
            plan.values[external.attribute] = value
        for each in self.target.pulled:
            self._take(plan, each)
        if any(self._must_have(each) and each.name in plan.waiting for each in self.target.pulled):
            plan.outcome = "held"
        return plan

    def _plan_deleted_here(self, record: Record, pending: Pending) -> Plan:
        """Plan a record whose local row was deleted: it stays away unless the org edited it meanwhile."""
        if self.target.mapping.options.conflict is ConflictPolicy.LOCAL or not self._edited(record, pending):
            return Plan(record, "filtered", pending=pending, waited=record["Id"] in self.waiting)
        plan = self._plan_new(record)
        plan.revived = self.matches.deleted_here[record["Id"]]
        return plan

    def _edited(self, record: Record, pending: Pending) -> bool:
        """Tell whether the org edited the record since; a parent nobody knows any more tells nothing."""
        if is_as_created(record, pending):
            return False
        old = self.pending.old_values(pending, self.parents)
        for each in self.target.pushed:
            org = canonical_org(self.target, each, record)
            base = pending.base(each.name, old, org)
            if is_pulled(self.target, each) and base != org and not is_unlinked(base):
                return True
        return False

    def _take(self, plan: Plan, each: Field) -> None:
        """Put the org's value of one field among the values to write, or leave the reference waiting."""
        raw = plan.record.get(each.salesforce)
        if not isinstance(each, Reference):
            plan.values[each.attname] = each.read(raw)
            return
        org = canonical_org(self.target, each, plan.record)
        key = self.parents.key_of(each, str(org)) if org is not None else None
        if org is not None and key is None:
            plan.waiting[each.name] = str(org)
        else:
            plan.values[each.attname] = key

    @staticmethod
    def _must_have(each: Field) -> bool:
        return isinstance(each, Reference) and not each.model_field.null

    def _check_adoptable(self, record: Record, row: Model, linked: str | None) -> None:
        if linked is not None:
            raise RecordError(
                f"{self.target.name}: the external id of {record['Id']} belongs to local row {row.pk}, which is "
                f"linked to {linked}; clear the external id of one of the two records in Salesforce",
                code="LINKED_ELSEWHERE",
            )
        if self.external_value(record) in self.matches.repeated:
            raise self._ambiguous(record)

    def _ambiguous(self, record: Record) -> RecordError:
        return RecordError(
            f"{self.target.name}: {record['Id']} shares its external id with another record of the org; "
            "make the external id field unique in Salesforce and clear one of the two values",
            code="AMBIGUOUS_EXTERNAL_ID",
        )

    def _keys(self, matches: Matches) -> set[Any]:
        return {row.pk for row in matches.rows} | set(matches.deleted_here.values())

    def _waiting(self) -> dict[str, dict[str, str]]:
        ids = [record["Id"] for record in self.records]
        found: dict[str, dict[str, str]] = {}
        for each in self.target.stored(WaitingReference).filter(sf_id__in=ids):
            found.setdefault(each.sf_id, {})[each.field] = each.parent_sf_id
        return found

    def _parents(self) -> Parents:
        parents = Parents(self.target)
        for each in self.target.merged:
            if isinstance(each, Reference):
                parents.load_keys(
                    each, (canonical_key(record.get(each.salesforce)) for record in self.records)
                )
                keys = {getattr(row, each.attname) for row in self.matches.rows}
                parents.load_ids(each, keys | self.pending.reference_keys(each))
        return parents


def live_push_fence(target: Target) -> int | None:
    """Return the fence of the push that is running now; a claim with another fence belongs to a dead run."""
    lease = target.stored(Lease).filter(direction="push", expires_at__gt=target.database.now()).first()
    return lease.fence if lease is not None else None


def canonical_key(value: Any) -> str | None:
    """Return the Salesforce id of a reference value of the org."""
    return str(value) if value else None


def base_of(plan: Plan) -> dict[str, Canonical]:
    """Return the new base of a planned record: the org value just seen of every field."""
    return dict(plan.merged.org) if plan.merged else {}
