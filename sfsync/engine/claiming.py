"""Fix what will be sent, in one transaction before the writing call.

Under the row locks each record is merged with the org's values just read; what comes out stands in its delivery
before anything leaves the house, so that a run that dies in the middle leaves nothing to guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError
from django.db.models import Model

from sfsync.engine.deciding import Decider, Verdict, refused
from sfsync.engine.outgoing import Outgoing
from sfsync.engine.parents import Parents
from sfsync.engine.pending import PendingRecords
from sfsync.engine.plans import Plan, Planner
from sfsync.engine.records import Record
from sfsync.engine.target import Target
from sfsync.engine.writing import exclude, keep_conflicts, note_problem, save_deliveries, write
from sfsync.exceptions import RecordError
from sfsync.mappings import Reference
from sfsync.models import Delivery, DeliveryState, Excluded, Problem, WaitingReference

IDS_PER_STATEMENT = 10_000


@dataclass
class Claimed:
    """The outcome of one claim: what goes out, and what came of the rest, by primary key."""

    outgoing: list[Outgoing] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """The org's values, by Salesforce id, of the ids `asked` for; they were read at `began` by `Target.now`."""

    began: datetime
    records: dict[str, Record] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()


class Claim:
    """Claims some records of one target."""

    def __init__(self, target: Target, keys: Sequence[str], read: Read) -> None:
        self.target = target
        self.keys = list(keys)
        self.asked = read.asked
        self.records = read.records
        self.began = read.began

    def run(self, *, last_chance: bool) -> Claimed:
        """Decide and remember every record; runs inside a fenced transaction (or reads only, in a dry run).

        `last_chance` sends a record without a parent that will not come in this run, if the org allows that.
        """
        target = self.target
        rows = self._rows()
        pending = PendingRecords(target, self.keys)
        decider = Decider(
            target=target,
            rows=rows,
            pending=pending,
            parents=self._parents(rows.values(), pending),
            waiting=self._waiting(),
            excluded=self._excluded(),
            moved=self._moved(rows),
            records=self.records,
            asked=self.asked,
            last_chance=last_chance,
        )
        verdicts = {key: decider.decide(key) for key in self.keys}
        claimed = Claimed([each.outgoing for each in verdicts.values() if each.outgoing], verdicts)
        if not target.dry_run:
            self._remember(claimed)
        return claimed

    def refuse(self, error: DatabaseError) -> Claimed:
        """Keep the one record of this claim, which the database refused, as a problem."""
        (key,) = self.keys
        target, pending = self.target, PendingRecords(self.target, self.keys)[key]
        problem = RecordError(
            f"{target.name}: the database refused what the org has of local row {key} ({type(error).__name__}); "
            f"compare the constraints of {target.model._meta.label} with the record in Salesforce",
            code="REFUSED_BY_DATABASE",
        )
        verdict = refused(target, key, pending, Verdict(sf_id=pending.sf_id() or ""), problem)
        claimed = Claimed(verdicts={key: verdict})
        self._remember(claimed)
        return claimed

    def _rows(self) -> dict[str, Model]:
        queryset = self.target.rows().filter(pk__in=list(self.keys))
        rows = list(queryset) if self.target.dry_run else self.target.database.lock(queryset)
        return {self.target.key_text(row.pk): row for row in rows}

    def _parents(self, rows: Iterable[Model], pending: PendingRecords) -> Parents:
        parents, rows = Parents(self.target), list(rows)
        for each in self.target.merged:
            if isinstance(each, Reference):
                keys = {getattr(row, each.attname) for row in rows}
                parents.load_ids(each, keys | pending.reference_keys(each))
                parents.load_keys(each, (record.get(each.salesforce) for record in self.records.values()))
        return parents

    def _waiting(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for each in self.target.stored(WaitingReference).filter(sf_id__in=list(self.asked)):
            found.setdefault(each.sf_id, {})[each.field] = each.parent_sf_id
        return found

    def _moved(self, rows: dict[str, Model]) -> set[str]:
        """Return the ids whose row only changed its primary key: the log shows that as a delete of the old key."""
        if all(key in rows for key in self.keys):
            return set()
        linked = self.target.rows().filter(**{f"{self.target.id_attribute}__in": list(self.asked)})
        return set(linked.values_list(self.target.id_attribute, flat=True))

    def _excluded(self) -> set[str]:
        excluded = self.target.stored(Excluded).filter(sf_id__in=list(self.asked))
        return set(excluded.values_list("sf_id", flat=True))

    def _remember(self, claimed: Claimed) -> None:
        target, verdicts = self.target, claimed.verdicts
        self._save(claimed)
        self._take(verdicts)
        self._drop(verdicts)
        conflicts = [
            (each.row, each.sf_id, conflict) for each in verdicts.values() for conflict in each.conflicts
        ]
        keep_conflicts(target, conflicts)
        for key, verdict in verdicts.items():
            if verdict.problem is not None:
                note_problem(target, "push", verdict.sf_id or key, verdict.problem)
        self._revive(verdicts)

    def _save(self, claimed: Claimed) -> None:
        """Write the deliveries of what goes out, and of what is refused before it does."""
        deliveries = [each.outgoing.delivery for each in claimed.verdicts.values() if each.outgoing]
        deliveries += [each.delivery for each in claimed.verdicts.values() if each.problem and each.delivery]
        new = [each for each in deliveries if each.pk is None]
        save_deliveries(self.target, [each for each in deliveries if each.pk is not None])
        if new:
            names = [each.attname for each in Delivery._meta.concrete_fields if not each.primary_key]
            names = [name for name in names if name not in ("created_at", "updated_at")]
            rows = [tuple(getattr(each, name) for name in names) for each in new]
            for each, key in zip(new, self.target.database.insert(Delivery, names, rows), strict=True):
                each.pk = key

    def _take(self, verdicts: dict[str, Verdict]) -> None:
        """Write here what the merge took from the org."""
        plans = [
            Plan(
                {"Id": each.sf_id}, "updated", row=each.row, values=each.values, waiting=each.missing_parents
            )
            for each in verdicts.values()
            if each.values or each.missing_parents
        ]
        if plans:
            write(self.target, plans)

    def _drop(self, verdicts: dict[str, Verdict]) -> None:
        """Remove changes and deliveries that turned out to be nothing."""
        done = {key: each for key, each in verdicts.items() if each.drop}
        change_ids = [change_id for each in done.values() for change_id in each.change_ids]
        remove_changes(self.target, change_ids)
        self.target.stored(Delivery).filter(pk_text__in=list(done)).exclude(
            state=DeliveryState.SETTLED
        ).delete()
        records = {name for key, each in done.items() for name in (key, each.sf_id) if name}
        self.target.stored(Problem).filter(direction="push", record__in=records).delete()
        exclude(
            self.target, {each.sf_id: each.exclude for each in done.values() if each.exclude and each.sf_id}
        )

    def _revive(self, verdicts: dict[str, Verdict]) -> None:
        """Bring records back here whose local delete lost against an edit in the org."""
        records = [self.records[each.sf_id] for each in verdicts.values() if each.revive and each.sf_id]
        if records:
            write(self.target, Planner(self.target, records, self.began).plan().plans)


def remove_changes(target: Target, change_ids: Sequence[int]) -> None:
    for start in range(0, len(change_ids), IDS_PER_STATEMENT):
        target.changes().filter(id__in=change_ids[start : start + IDS_PER_STATEMENT]).delete()
