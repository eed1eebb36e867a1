"""Record what the org answered, per record, in one transaction per call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from sfsync.client.errors import concerns_org
from sfsync.engine.claiming import remove_changes
from sfsync.engine.merging import Canonical, Side
from sfsync.engine.outgoing import Outgoing
from sfsync.engine.records import FieldConflict, canonical_org, policy_of
from sfsync.engine.sending import Answer, is_unknown, must_merge_again
from sfsync.engine.target import Target
from sfsync.engine.writing import keep_conflicts, note_problem, save_deliveries
from sfsync.exceptions import Deleted, DuplicateValue, RecordError, RowLocked, SalesforceError
from sfsync.models import Delivery, DeliveryOperation, DeliveryState, JournalEntry, Problem

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
"""How long a locked record waits before the next try: doubled each time, up to an hour."""

TRIES = 6
"""After so many tries a locked record is a problem for a person."""

OUTCOMES = {"create": "created", "update": "updated", "delete": "deleted"}


@dataclass
class Settled:
    """What came of one call, by primary key. `duplicates` are to be adopted, `again` to be merged once more."""

    outcomes: dict[str, str] = field(default_factory=dict)
    duplicates: list[Outgoing] = field(default_factory=list)
    again: set[str] = field(default_factory=set)
    fatal: SalesforceError | None = None


class Settlement:
    """Settles the answers of one call; `run` is called inside a fenced transaction."""

    def __init__(self, target: Target, answers: Sequence[Answer], run_id: int | None) -> None:
        self.target = target
        self.answers = answers
        self.run_id = run_id

    def run(self) -> Settled:
        self.settled = Settled()
        self.rows = self._lock_rows()
        self.saved: list[Delivery] = []
        answers = self._still_claimed()
        self._succeed([answer for answer in answers if answer.error is None])
        for answer in answers:
            if answer.error is not None:
                self._fail(answer, answer.error)
        save_deliveries(self.target, self.saved)
        return self.settled

    def _lock_rows(self) -> dict[str, Model]:
        keys = [answer.outgoing.key for answer in self.answers]
        rows = self.target.database.lock(self.target.rows().filter(pk__in=keys))
        return {self.target.key_text(row.pk): row for row in rows}

    def _still_claimed(self) -> list[Answer]:
        """Leave out what a pull has settled meanwhile: the record was deleted in the org, here as well or not."""
        keys = [answer.outgoing.delivery.pk for answer in self.answers]
        stored = self.target.stored(Delivery).filter(pk__in=keys, state=DeliveryState.CLAIMED)
        claimed = set(stored.values_list("pk", flat=True))
        for answer in self.answers:
            if answer.outgoing.delivery.pk not in claimed:
                self.settled.outcomes[answer.outgoing.key] = "unchanged"
        return [answer for answer in self.answers if answer.outgoing.delivery.pk in claimed]

    def _succeed(self, answers: Sequence[Answer]) -> None:
        target = self.target
        self._link([answer for answer in answers if answer.outgoing.operation == "create"])
        for answer in answers:
            outgoing, delivery = answer.outgoing, answer.outgoing.delivery
            delivery.settle(answer.answered_at, answer.sf_id, left_out=outgoing.left_out)
            if outgoing.operation == "create" and outgoing.key not in self.rows:
                delivery.delete_instead(str(answer.sf_id))
            self.saved.append(delivery)
            self.settled.outcomes[outgoing.key] = OUTCOMES[outgoing.operation]
            if outgoing.left_out or (outgoing.key not in self.rows and outgoing.operation != "delete"):
                self.settled.again.add(outgoing.key)
        remove_changes(target, [change_id for answer in answers for change_id in answer.outgoing.change_ids])
        records = [name for answer in answers for name in (answer.outgoing.key, answer.outgoing.record)]
        target.stored(Problem).filter(direction="push", record__in=records).delete()
        self._journal(answers)
        self._keep_overwritten(answers)

    def _link(self, answers: Sequence[Answer]) -> None:
        """Store the new Salesforce ids. The column is never pushed, so no local change is logged."""
        rows = [
            (self.rows[answer.outgoing.key].pk, answer.sf_id)
            for answer in answers
            if answer.outgoing.key in self.rows and not self.target.linked_id(self.rows[answer.outgoing.key])
        ]
        if rows:
            self.target.database.update(self.target.model, [self.target.id_attribute], rows)

    def _journal(self, answers: Sequence[Answer]) -> None:
        """Keep the org's values from before: what a person needs to undo a push."""
        rows: list[tuple[Any, ...]] = [
            (
                self.target.org,
                self.target.name,
                self.run_id,
                answer.sf_id,
                self._before(answer),
                answer.answered_at,
            )
            for answer in answers
            if answer.outgoing.operation == "update"
        ]
        if rows:
            names = ["org", "mapping", "run_id", "sf_id", "before", "at"]
            self.target.database.insert(JournalEntry, names, rows)

    def _before(self, answer: Answer) -> dict[str, Canonical]:
        """Return the org's values just before the write: as read in the same call, else as read before the claim."""
        if answer.found is None:
            return answer.outgoing.expected
        fields = [each for each in self.target.pushed if each.name in answer.outgoing.sent]
        return {each.name: canonical_org(self.target, each, answer.found) for each in fields}

    def _keep_overwritten(self, answers: Sequence[Answer]) -> None:
        """Keep an edit of the org that slipped in between the read and the write, and was overwritten."""
        found: list[tuple[Model | None, str, FieldConflict]] = []
        fields = {each.name: each for each in self.target.pushed}
        for answer in answers:
            if answer.found is None:
                continue
            outgoing = answer.outgoing
            for name, before in self._before(answer).items():
                if before not in (outgoing.expected.get(name), outgoing.sent[name]):
                    policy = policy_of(self.target, fields[name]).value
                    conflict = FieldConflict(
                        name,
                        outgoing.expected.get(name),
                        outgoing.sent[name],
                        before,
                        Side.SALESFORCE,
                        policy,
                    )
                    found.append((outgoing.row, str(outgoing.sf_id), conflict))
        self.target.report.counts.add("conflicts", keep_conflicts(self.target, found))

    def _fail(self, answer: Answer, error: SalesforceError) -> None:
        outgoing, delivery = answer.outgoing, answer.outgoing.delivery
        if concerns_org(error):
            self.settled.fatal = error
            if not is_unknown(error):
                delivery.give_back()
                self.saved.append(delivery)
        elif must_merge_again(error):
            self._again(delivery, outgoing.key)
        elif isinstance(error, Deleted) and outgoing.operation == DeliveryOperation.DELETE:
            self._succeed([Answer(outgoing, sf_id=outgoing.sf_id, answered_at=answer.answered_at)])
        elif isinstance(error, DuplicateValue) and outgoing.operation == "create" and delivery.external_id:
            self._again(delivery, outgoing.key)
            self.settled.duplicates.append(outgoing)
        elif isinstance(error, RowLocked) and delivery.attempts + 1 < TRIES:
            wait = min(FIRST_WAIT * 2**delivery.attempts, LONGEST_WAIT)
            delivery.retry(code=error.code, at=timezone.now() + wait)
            self.saved.append(delivery)
            self.settled.outcomes[outgoing.key] = "held"
        else:
            self._refuse(outgoing, error)

    def _again(self, delivery: Delivery, key: str) -> None:
        delivery.give_back()
        self.saved.append(delivery)
        self.settled.again.add(key)

    def _refuse(self, outgoing: Outgoing, error: SalesforceError) -> None:
        """Keep the org's refusal as a problem: tried again when the record, here or there, changes."""
        named = ", ".join(error.fields) or "no field named"
        problem = RecordError(
            f"{self.target.name}: Salesforce refused to {outgoing.operation} {outgoing.record} "
            f"({error.code or error.status}: {named}); correct the record here or the rule there, then change "
            "the record: it is sent again",
            code=error.code or "REFUSED",
            field=self._field_of(error),
        )
        outgoing.delivery.refuse(code=error.code, message=str(problem))
        self.saved.append(outgoing.delivery)
        self.settled.outcomes[outgoing.key] = "problems"
        note_problem(self.target, "push", outgoing.record, problem, error.org_message)

    def _field_of(self, error: SalesforceError) -> str:
        names = [each.name for each in self.target.merged if each.salesforce in error.fields]
        return names[0] if len(names) == 1 else ""


def give_back(target: Target, outgoing: Sequence[Outgoing]) -> None:
    """Undo the claims of a call that the org refused as a whole."""
    keys = [each.delivery.pk for each in outgoing]
    claimed = target.stored(Delivery).filter(pk__in=keys, state=DeliveryState.CLAIMED)
    claimed.update(state=DeliveryState.READY)
