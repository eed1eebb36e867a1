"""Records deleted in Salesforce: what happens to their local rows.

Rows go through Django's collector, so cascades and signals behave as in `Model.delete()`. Nothing that a pull
deletes is ever pushed as a delete.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError
from django.db.models import Model
from django.utils import timezone

from sfsync import signals
from sfsync.engine.applying import Then, batches, in_transaction, send_after_commit
from sfsync.engine.cascades import Cascade, Keys, cascade_of, check, forget_cleared, last_change
from sfsync.engine.guard import holds
from sfsync.engine.merging import Side
from sfsync.engine.parents import Parents
from sfsync.engine.pending import Pending, PendingRecords
from sfsync.engine.records import FieldConflict
from sfsync.engine.target import Target
from sfsync.engine.writing import exclude, keep_conflicts, note_problem
from sfsync.exceptions import RecordError
from sfsync.mappings import ConflictPolicy, DeletePolicy, Reference
from sfsync.models import (
    Delivery,
    DeliveryOperation,
    DeliveryState,
    Excluded,
    LocalChange,
    Operation,
    Problem,
    WaitingReference,
)

BATCH_SIZE = 100
"""Rows per transaction: each is collected with its relations."""

COUNT_SIZE = 2_000

KEPT = "deleted in Salesforce, kept here"

DELETE_HELD = "DELETE_HELD"


def held_ids(target: Target) -> list[str]:
    """Return the Salesforce ids whose deletes wait for a person."""
    return list(
        target.stored(Problem).filter(direction="pull", code=DELETE_HELD).values_list("record", flat=True)
    )


class Deleter:
    """Applies the deletes of one target.

    `gone` are all Salesforce ids the org reported deleted in this run, of any target; those that are held leave
    it, so that no parent takes them along.
    """

    def __init__(self, target: Target, gone: set[str], *, allow: bool) -> None:
        self.target = target
        self.gone = gone
        self.allow = allow
        self.removed: Keys = {}

    def run(self, ids: Sequence[str], then: Then | None = None) -> None:
        """Apply the deletes, or hold them all and run `then` alone."""
        if not self._must_wait(ids):
            self.apply(ids, then)
            return
        self.target.report.counts.add("held", len(ids))
        self.gone.difference_update(ids)
        if self.target.dry_run:
            return
        in_transaction(self.target, lambda: self._hold(ids))
        if then is not None:
            in_transaction(self.target, then)

    def _must_wait(self, ids: Sequence[str]) -> bool:
        if self.allow or self.target.mapping.options.deleted_in_salesforce is not DeletePolicy.DELETE:
            return False
        waiting = sorted({*ids, *held_ids(self.target)})
        rows = sum(
            self.target.rows().filter(**{f"{self.target.id_attribute}__in": part}).count()
            for part in batches(waiting, COUNT_SIZE)
        )
        return holds(rows, self.target.linked_rows().count())

    def _hold(self, ids: Sequence[str]) -> None:
        """Keep the held deletes as problems, so that a person can see them and a later run can apply them."""
        target, now = self.target, timezone.now()
        message = (
            f"{target.name}: {len(ids)} deletes wait, more than the guard lets pass; look at them in Salesforce, then "
            f"run 'manage.py sf_pull {target.name} --allow-deletes'"
        )
        names = ["org", "mapping", "direction", "record", "code", "message", "first_seen", "last_seen"]
        for part in batches(ids):
            held = target.stored(Problem).filter(direction="pull", record__in=part)
            held.exclude(code=DELETE_HELD).delete()
            known = set(held.values_list("record", flat=True))
            rows = [
                (target.org, target.name, "pull", sf_id, DELETE_HELD, message, now, now)
                for sf_id in part
                if sf_id not in known
            ]
            if rows:
                target.database.insert(Problem, names, rows)
        target.note("", "held", message)

    def apply(self, ids: Sequence[str], then: Then | None = None) -> None:
        """Delete, keep or recreate the rows of these ids; `then` runs inside the last transaction."""
        parts = list(batches(ids, BATCH_SIZE))
        for number, part in enumerate(parts, start=1):
            self._apply_part(part, then if number == len(parts) else None)
        if not parts and then is not None:
            in_transaction(self.target, then)

    def _apply_part(self, ids: list[str], then: Then | None) -> None:
        if self.target.dry_run:
            self._preview(ids)
            return

        def work() -> dict[str, list[str]]:
            outcomes = self._work(ids)
            if then is not None:
                then()
            return outcomes

        try:
            outcomes = in_transaction(self.target, work)
        except (IntegrityError, DataError) as error:
            self._apply_halves(ids, then, error)
            return
        for outcome, found in outcomes.items():
            self.target.report.counts.add(outcome, len(found))
        deleted = outcomes.get("deleted")
        if deleted:
            send_after_commit(self.target, signals.records_deleted, deleted=deleted)

    def _apply_halves(self, ids: list[str], then: Then | None, error: DatabaseError) -> None:
        """Find the one row whose delete the database refuses, and keep it as a problem."""
        target = self.target
        if len(ids) > 1:
            middle = len(ids) // 2
            self._apply_part(ids[:middle], None)
            self._apply_part(ids[middle:], then)
            return
        refusal = RecordError(
            f"{target.name}: the database refused to delete the row of {ids[0]} ({type(error).__name__}); look for "
            f"rows of other tables that point at {target.model._meta.label}",
            code="REFUSED_BY_DATABASE",
        )

        def work() -> None:
            note_problem(target, "pull", ids[0], refusal)
            if then is not None:
                then()

        in_transaction(target, work)
        target.report.counts.add("problems")

    def _preview(self, ids: list[str]) -> None:
        keep = self.target.mapping.options.deleted_in_salesforce is DeletePolicy.KEEP
        known = self.target.rows().filter(**{f"{self.target.id_attribute}__in": ids})
        found = list(known.values_list(self.target.id_attribute, flat=True))
        outcome = "filtered" if keep else "deleted"
        self.target.report.counts.add(outcome, len(found))
        self.target.report.counts.add("unchanged", len(ids) - len(found))
        for sf_id in found:
            self.target.note(sf_id, outcome, "deleted in Salesforce")

    def _work(self, ids: list[str]) -> dict[str, list[str]]:
        target = self.target
        rows = target.database.lock(target.rows().filter(**{f"{target.id_attribute}__in": ids}))
        pending = PendingRecords(target, [row.pk for row in rows])
        outcomes: dict[str, list[str]] = {}
        self.removed, before = {}, last_change(target)
        for row in rows:
            sf_id = str(target.linked_id(row))
            outcomes.setdefault(self._one(row, sf_id, pending), []).append(sf_id)
        self._let_go([row for row in rows if str(target.linked_id(row)) in outcomes.get("filtered", ())])
        missing = sorted(set(ids) - {str(target.linked_id(row)) for row in rows})
        outcomes.setdefault("unchanged", []).extend(missing)
        self._forget(missing)
        exclude(target, dict.fromkeys(outcomes.get("filtered", ()), KEPT))
        forget_cleared(target, self.removed, after=before)
        return outcomes

    def _one(self, row: Model, sf_id: str, pending: PendingRecords) -> str:
        if self.target.mapping.options.deleted_in_salesforce is DeletePolicy.KEEP:
            return "filtered"
        record = pending[row.pk]
        if self._local_edit_wins(record):
            self._forget([sf_id])
            self._recreate(row, record)
            return "updated"
        try:
            self._delete(row, sf_id, record, pending)
        except RecordError as error:
            note_problem(self.target, "pull", sf_id, error)
            return "problems"
        return "deleted"

    def _local_edit_wins(self, record: Pending) -> bool:
        """Tell whether an outstanding local edit brings the record back: at most once per record."""
        if self.target.mapping.options.conflict is not ConflictPolicy.LOCAL or not record.changes:
            return False
        return record.delivery is None or not record.delivery.recreated

    def _recreate(self, row: Model, record: Pending) -> None:
        target = self.target
        target.rows().filter(pk=row.pk).update(**{target.id_attribute: None})
        defaults: dict[str, Any] = {
            "sf_id": None, "operation": DeliveryOperation.CREATE, "state": DeliveryState.READY, "base": None,
            "sent": None, "recreated": True, "last_change": record.last_change,
        }  # fmt: skip
        target.stored(Delivery).update_or_create(
            org=target.org, mapping=target.name, pk_text=target.key_text(row.pk), defaults=defaults
        )

    def _delete(self, row: Model, sf_id: str, record: Pending, pending: PendingRecords) -> None:
        cascade = cascade_of(self.target, row)
        check(self.target, row, cascade, self.gone)
        if record.changes:
            self._keep_losers(row, sf_id, record, pending)
        key = self.target.key_text(row.pk)
        row.delete(using=self.target.using)
        cascade.keys.setdefault(self.target.mapping, set()).add(key)
        self._settle(cascade)
        for mapping, keys in cascade.keys.items():
            self.removed.setdefault(mapping, set()).update(keys)
        self._forget([sf_id])

    def _keep_losers(self, row: Model, sf_id: str, record: Pending, pending: PendingRecords) -> None:
        """Keep the edited local values that go with the row."""
        target, parents = self.target, Parents(self.target)
        for each in target.merged:
            if isinstance(each, Reference):
                keys = {getattr(row, each.attname)} | pending.reference_keys(each)
                parents.load_ids(each, keys)
        old = pending.old_values(record, parents)
        policy = target.mapping.options.conflict.value
        found = []
        for each in target.merged:
            local = parents.canonical_local(each, getattr(row, each.attname))
            if each.name in old and old[each.name] != local:
                conflict = FieldConflict(each.name, old[each.name], local, None, Side.LOCAL, policy)
                found.append((row, sf_id, conflict))
        target.report.counts.add("conflicts", keep_conflicts(target, found))

    def _let_go(self, rows: Sequence[Model]) -> None:
        """Forget what was to be sent of rows that are kept: there is no record any more to send it to."""
        keys = {self.target.key_text(row.pk) for row in rows}
        names = {str(self.target.linked_id(row)) for row in rows}
        self._settle(Cascade(keys={self.target.mapping: keys}, linked={self.target.mapping: names}))

    def _settle(self, cascade: Cascade) -> None:
        """Remove what the triggers logged of this delete: its rows are locked, so nobody else wrote to them."""
        using = self.target.using
        for mapping, keys in cascade.keys.items():
            target = {"org": mapping.options.org, "mapping": mapping.options.name}
            LocalChange.objects.using(using).filter(**target, pk_text__in=keys).delete()
            Delivery.objects.using(using).filter(**target, pk_text__in=keys).delete()
            records = keys | cascade.linked.get(mapping, set())
            Problem.objects.using(using).filter(**target, record__in=records).delete()

    def _forget(self, sf_ids: Sequence[str]) -> None:
        """Drop what is remembered of records that are gone on both sides."""
        if not sf_ids:
            return
        target = self.target
        target.stored(WaitingReference).filter(sf_id__in=sf_ids).delete()
        target.stored(Excluded).filter(sf_id__in=sf_ids).exclude(reason=KEPT).delete()
        target.stored(Problem).filter(record__in=sf_ids).delete()
        target.stored(Delivery).filter(sf_id__in=sf_ids, operation=DeliveryOperation.DELETE).delete()
        deletes = target.changes().filter(sf_id__in=sf_ids, operation=Operation.DELETE)
        keys = set(deletes.values_list("pk_text", flat=True))
        deletes.delete()
        here = target.rows().filter(pk__in=keys).values_list("pk", flat=True)
        gone = keys - {target.key_text(key) for key in here}
        target.changes().filter(pk_text__in=gone).delete()
        target.stored(Delivery).filter(pk_text__in=gone).delete()
