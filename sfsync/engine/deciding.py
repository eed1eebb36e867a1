"""What is to be done about one record with local changes: send, wait, drop, or tell a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from sfsync.engine.merging import ABSENT, Canonical, Side
from sfsync.engine.outgoing import Outgoing
from sfsync.engine.parents import Parents, is_unlinked
from sfsync.engine.pending import Pending, PendingRecords
from sfsync.engine.records import (
    FieldConflict,
    Merged,
    Record,
    canonical_org,
    is_as_created,
    is_pulled,
    merge_record,
)
from sfsync.engine.target import Target
from sfsync.exceptions import ConversionError, RecordError
from sfsync.mappings import ConflictPolicy, DeletePolicy, Field, Reference
from sfsync.models import Delivery, DeliveryOperation, DeliveryState
from sfsync.values import check_fits

KEPT_THERE = "deleted here, kept in Salesforce"


@dataclass
class Verdict:
    """One record's outcome. `outcome` is "" while it is under way or waits for a parent."""

    outcome: str = ""
    outgoing: Outgoing | None = None
    row: Model | None = None
    sf_id: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    missing_parents: dict[str, str] = field(default_factory=dict)
    conflicts: list[FieldConflict] = field(default_factory=list)
    change_ids: list[int] = field(default_factory=list)
    delivery: Delivery | None = None
    problem: RecordError | None = None
    drop: bool = False
    exclude: str = ""
    revive: bool = False
    waits: bool = False


@dataclass
class Decider:
    """Decides the records of one claim, under their locks."""

    target: Target
    rows: dict[str, Model]
    pending: PendingRecords
    parents: Parents
    waiting: dict[str, dict[str, str]]
    excluded: set[str]
    moved: set[str]
    records: dict[str, Record]
    asked: frozenset[str]
    last_chance: bool

    def decide(self, key: str) -> Verdict:
        pending = self.pending[key]
        row = self.rows.get(key)
        verdict = Verdict(row=row, change_ids=[each.id for each in pending.changes])
        try:
            if row is None:
                self._gone(key, pending, verdict)
            elif self.target.linked_id(row) is None:
                self._create(key, row, pending, verdict)
            else:
                self._update(key, row, pending, verdict)
        except RecordError as error:
            verdict = refused(self.target, key, pending, verdict, error)
        return verdict

    def _gone(self, key: str, pending: Pending, verdict: Verdict) -> None:
        """The row is gone: delete the record, keep it, or bring the row back."""
        sf_id = verdict.sf_id = pending.sf_id() or ""
        if sf_id and sf_id not in self.asked:
            return
        record = self.records.get(sf_id)
        keep = self.target.mapping.options.deleted_locally is DeletePolicy.KEEP
        verdict.drop = True
        if record is None or sf_id in self.moved:
            verdict.outcome = "unchanged"
        elif sf_id in self.excluded or keep:
            verdict.outcome, verdict.exclude = "filtered", KEPT_THERE
        else:
            self._delete(key, pending, verdict, record)

    def _delete(self, key: str, pending: Pending, verdict: Verdict, record: Record) -> None:
        """Delete the record, or bring the row back when the org edited it since and its edits win.

        An edit in the second of the create looks like a default of the org: it is kept, and brings nothing back.
        """
        edits = self._edits_there(record, pending)
        org_wins = self.target.mapping.options.conflict is not ConflictPolicy.LOCAL
        if edits and org_wins and not is_as_created(record, pending):
            verdict.outcome, verdict.revive = "unchanged", True
            return
        verdict.drop, verdict.conflicts = False, edits
        org = {each.name: canonical_org(self.target, each, record) for each in self.target.merged}
        self._send(key, pending, verdict, DeliveryOperation.DELETE, {}, record, Merged(org))

    def _edits_there(self, record: Record, pending: Pending) -> list[FieldConflict]:
        """Return what the org edited since, as conflicts that the org's values lose to a delete."""
        policy = self.target.mapping.options.conflict.value
        old = self.pending.old_values(pending, self.parents)
        found = []
        for each in self.target.pushed:
            org = canonical_org(self.target, each, record)
            base = pending.base(each.name, old, org)
            if is_pulled(self.target, each) and base is not ABSENT and base != org and not is_unlinked(base):
                found.append(FieldConflict(each.name, base, None, org, Side.SALESFORCE, policy))
        return found

    def _create(self, key: str, row: Model, pending: Pending, verdict: Verdict) -> None:
        values: dict[str, Canonical] = {}
        left_out: list[str] = []
        for each in self.target.pushed:
            value = self._local(each, row)
            if is_unlinked(value):
                if not self._may_leave_out(each):
                    verdict.waits = True
                    return
                left_out.append(each.name)
            else:
                values[each.name] = value
        external = self.target.mapping.options.external_id
        external_id = self._frozen(pending) or (external.value(row) if external is not None else None)
        outgoing = self._send(key, pending, verdict, DeliveryOperation.CREATE, values, None)
        outgoing.delivery.external_id, outgoing.left_out = external_id, left_out

    @staticmethod
    def _frozen(pending: Pending) -> str | None:
        """Return the external id of a create that was begun. A settled one was for an earlier row of this key."""
        delivery = pending.delivery
        if delivery is None or delivery.operation != DeliveryOperation.CREATE:
            return None
        return None if delivery.state == DeliveryState.SETTLED else delivery.external_id

    def _may_leave_out(self, reference: Field) -> bool:
        return self.last_chance and self.target.types[reference.salesforce].nillable

    def _update(self, key: str, row: Model, pending: Pending, verdict: Verdict) -> None:
        sf_id = verdict.sf_id = str(self.target.linked_id(row))
        if sf_id not in self.asked:  # linked since the org was read: the next pass reads it
            return
        if sf_id in self.excluded:
            verdict.outcome, verdict.drop = "filtered", True
            return
        record = self.records.get(sf_id)
        if record is None:
            raise RecordError(
                f"{self.target.name}: {sf_id} (local row {row.pk}) is no longer in Salesforce, or hidden from this "
                f"user; run 'manage.py sf_pull {self.target.name}' to apply the delete",
                code="GONE_IN_SALESFORCE",
            )
        waiting = self.waiting.get(sf_id, {})
        old = self.pending.old_values(pending, self.parents)
        merged = merge_record(self.target, row, record, pending, self.parents, old, waiting)
        send = {name: value for name, value in merged.send.items() if not is_unlinked(value)}
        if merged.send and not send:
            verdict.waits = True
            return
        verdict.conflicts = merged.conflicts
        self._take(merged, record, verdict)
        if send:
            outgoing = self._send(key, pending, verdict, DeliveryOperation.UPDATE, send, record, merged)
            outgoing.left_out = sorted(merged.send.keys() - send.keys())
        else:
            verdict.outcome, verdict.drop = "unchanged", True

    def _take(self, merged: Merged, record: Record, verdict: Verdict) -> None:
        for each in merged.take:
            if isinstance(each, Reference) and merged.org[each.name] is not None:
                sf_id = str(merged.org[each.name])
                key = self.parents.key_of(each, sf_id)
                if key is None:
                    verdict.missing_parents[each.name] = sf_id
                else:
                    verdict.values[each.attname] = key
            elif isinstance(each, Reference):
                verdict.values[each.attname] = None
            else:
                verdict.values[each.attname] = each.read(record[each.salesforce])

    def _send(
        self,
        key: str,
        pending: Pending,
        verdict: Verdict,
        operation: DeliveryOperation,
        values: dict[str, Canonical],
        record: Record | None,
        merged: Merged | None = None,
    ) -> Outgoing:
        self._check_fits(values)
        base = dict(merged.org) if merged else None
        delivery = delivery_of(self.target, key, pending)
        delivery.claim(operation, self._fence(), values, base, pending.last_change)
        delivery.sf_id = verdict.sf_id or None
        expected = {name: merged.org[name] for name in values} if merged else {}
        verdict.outgoing = Outgoing(
            key,
            operation.value,
            delivery,
            row=verdict.row,
            sf_id=verdict.sf_id or None,
            sent=values,
            expected=expected,
            change_ids=verdict.change_ids,
            modified=record.get("LastModifiedDate") if record else None,
        )
        return verdict.outgoing

    def _check_fits(self, values: dict[str, Canonical]) -> None:
        for each in self.target.pushed:
            if each.name in values:
                try:
                    check_fits(values[each.name], self.target.types[each.salesforce])
                except ConversionError as error:
                    raise ConversionError(
                        f"{self.target.name}.{each.name}: {error}", code=error.code, field=each.name
                    ) from None

    def _fence(self) -> int | None:
        return self.target.lease.fence if self.target.lease is not None else None

    def _local(self, each: Field, row: Model) -> Canonical:
        return self.parents.canonical_local(each, getattr(row, each.attname))


def refused(target: Target, key: str, pending: Pending, verdict: Verdict, error: RecordError) -> Verdict:
    """Return the verdict of a record that cannot be sent: nothing of its merge is written on either side."""
    delivery = delivery_of(target, key, pending)
    delivery.operation = delivery.operation or DeliveryOperation.UPDATE
    delivery.refuse(code=error.code, message="", last_change=pending.last_change)
    return Verdict("problems", row=verdict.row, sf_id=verdict.sf_id, delivery=delivery, problem=error)


def delivery_of(target: Target, key: str, pending: Pending) -> Delivery:
    """Return the delivery of a record, a new one when there is none yet."""
    return pending.delivery or Delivery(**target.key, pk_text=key, state=DeliveryState.READY)
