"""Push: local changes to the org, parents first, deletes last and children first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DataError, IntegrityError

from sfsync import conf
from sfsync.client import Client
from sfsync.engine.adopting import adopt, recover
from sfsync.engine.applying import batches, in_transaction
from sfsync.engine.claiming import Claim, Claimed, Read
from sfsync.engine.deletes import DELETE_HELD
from sfsync.engine.fetch import fetch
from sfsync.engine.guard import holds
from sfsync.engine.healing import heal
from sfsync.engine.hooks import Hooks
from sfsync.engine.outgoing import Outgoing
from sfsync.engine.outstanding import CHUNK, outstanding, sort
from sfsync.engine.report import Report
from sfsync.engine.sending import call_size, is_unknown, send
from sfsync.engine.session import Session
from sfsync.engine.settling import OUTCOMES, Settlement, give_back
from sfsync.engine.target import Target
from sfsync.engine.writing import note_problem
from sfsync.exceptions import RecordError, SalesforceError, WritesDisabled
from sfsync.mappings import DeletePolicy, Mapping
from sfsync.models import Problem

ROUNDS = 10
"""Passes over all mappings: each sends what the one before made possible, such as children of new parents."""

FRESH = timedelta(seconds=30)
"""Values read longer ago are read again before they are merged."""


@dataclass(frozen=True)
class PushOptions:
    """`dry_run` writes nothing on either side, `limit` is the number of records per mapping.

    `allow_deletes` lifts the guard for this run.
    """

    dry_run: bool = False
    limit: int | None = None
    allow_deletes: bool = False


def push(
    org: str, client: Client, mappings: Sequence[type[Mapping]], options: PushOptions, hooks: Hooks
) -> Report:
    """Push the mappings of one org, parents first. Raises WritesDisabled before the first call."""
    if not options.dry_run:
        require_writes(org)
    session = Session(org, client, "push", options.dry_run, hooks)
    return session.run(mappings, lambda targets: Push(targets, options, session).run())


def require_writes(org: str) -> None:
    """Raise WritesDisabled where the settings forbid to write to the org."""
    if not conf.org(org).writes:
        raise WritesDisabled(
            f"SF_WRITES is False for org {org!r}: nothing is pushed from here; set SF_WRITES = True to allow it"
        )


@dataclass
class Progress:
    """What one target has done in this run: each record is counted once, however often it is sent."""

    target: Target
    room: int | None = None
    counted: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    deletes: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    admitted: set[str] = field(default_factory=set)

    def admit(self, keys: Iterable[str]) -> list[str]:
        """Let records in, up to the limit; one that was let in before stays so."""
        if self.room is None:
            return list(keys)
        known = [key for key in keys if key in self.admitted]
        fresh = [key for key in keys if key not in self.admitted][: self.room - len(self.admitted)]
        self.admitted.update(fresh)
        return known + fresh

    def count(self, key: str, outcome: str, *, again: bool = False) -> None:
        self.waiting.discard(key)
        if key not in self.counted:
            self.target.report.counts.add(outcome)
        if again:
            self.counted.add(key)


class Push:
    """One push of several targets of one org."""

    def __init__(self, targets: Sequence[Target], options: PushOptions, session: Session) -> None:
        self.options = options
        self.session = session
        self.progress = [Progress(target, room=options.limit) for target in targets]

    def run(self) -> None:
        if not self.options.dry_run:
            for each in self.progress:
                each.target.stored(Problem).filter(direction="push", code=DELETE_HELD).delete()
                each.counted |= recover(each.target)
        self._rounds()
        for each in self.progress:
            each.target.report.counts.add("held", len((each.waiting | each.held) - each.counted))
            if not self.options.dry_run:
                heal(each.target)
            each.target.report.counts.add("waiting", len(each.waiting))
            each.target.report.finished = True

    def _rounds(self) -> None:
        """Create and update until nothing moves, then delete; a record without its parent goes at the last."""
        last_chance = False
        for _ in range(ROUNDS):
            moved = sum(self._pass(each, last_chance=last_chance) for each in self.progress)
            moved += sum(self._delete(each) for each in reversed(self.progress))
            if self.options.dry_run or (not moved and (last_chance or not self._waiting())):
                return
            last_chance = not moved

    def outstanding(self, target: Target) -> Iterator[list[str]]:
        """Yield the primary keys of what is to be sent now, some thousands at a time."""
        return outstanding(target)

    def _waiting(self) -> bool:
        return any(each.waiting for each in self.progress)

    def _pass(self, progress: Progress, *, last_chance: bool) -> int:
        """Create and update what one target has outstanding; deletes are kept for later. Returns what moved."""
        moved = 0
        for keys in self.outstanding(progress.target):
            progress.target.checkpoint()
            sorted_keys = sort(progress.target, keys)
            progress.deletes.update(sorted_keys.gone)
            moved += self._work(progress, "update", sorted_keys.linked, last_chance)
            moved += self._work(progress, "create", dict.fromkeys(sorted_keys.unlinked, ""), last_chance)
        return moved

    def _delete(self, progress: Progress) -> int:
        gone, progress.deletes = progress.deletes, {}
        if gone and not self.options.allow_deletes and self._must_wait(progress, gone):
            return 0
        return self._work(progress, "delete", gone, False)

    def _must_wait(self, progress: Progress, gone: dict[str, str]) -> bool:
        """Tell whether so many deletes wait for a person; a problem of the mapping says so."""
        target = progress.target
        deletes = sum(map(bool, gone.values()))
        if target.mapping.options.deleted_locally is not DeletePolicy.DELETE:
            return False
        if not holds(deletes, target.linked_rows().count() + deletes):
            return False
        progress.held.update(gone)
        error = RecordError(
            f"{target.name}: {deletes} deletes wait, more than the guard lets pass; if these rows were to be "
            f"deleted, run 'manage.py sf_push {target.name} --allow-deletes'",
            code=DELETE_HELD,
        )
        if target.dry_run:
            target.note("", "held", str(error))
        elif not target.stored(Problem).filter(direction="push", code=DELETE_HELD).exists():
            note_problem(target, "push", "", error)
        return True

    def _work(self, progress: Progress, operation: str, ids: dict[str, str], last_chance: bool) -> int:
        """Read, claim and send records of one operation; `ids` maps primary keys to Salesforce ids or ""."""
        moved = 0
        for chunk in batches(progress.admit(ids), CHUNK):
            read = self._read(progress.target, [ids[key] for key in chunk])
            for part in batches(chunk, call_size(operation)):
                if progress.target.now() - read.began > FRESH:
                    read = self._read(progress.target, [ids[key] for key in chunk])
                moved += self._claim_and_send(progress, part, read, last_chance)
        return moved

    @staticmethod
    def _read(target: Target, sf_ids: Sequence[str]) -> Read:
        """Read the org's current values before anything is claimed."""
        asked = sorted({sf_id for sf_id in sf_ids if sf_id})
        if not asked:
            return Read(target.now())
        fetched = fetch([(target, asked)])[0]
        records = {record["Id"]: record for record in fetched.records}
        return Read(fetched.began, records, frozenset(asked))

    def _claim_and_send(self, progress: Progress, keys: list[str], read: Read, last_chance: bool) -> int:
        target = progress.target
        target.checkpoint()
        if target.dry_run:
            self._preview(progress, Claim(target, keys, read).run(last_chance=last_chance))
            return 0
        moved = 0
        for claimed in self._claim(target, keys, read, last_chance):
            moved += self._count(progress, claimed)
            for operation in ("create", "update", "delete"):
                group = [each for each in claimed.outgoing if each.operation == operation]
                for part in batches(group, call_size(operation)):
                    moved += self._send(progress, part)
        return moved

    def _claim(self, target: Target, keys: list[str], read: Read, last_chance: bool) -> Iterator[Claimed]:
        """Claim records, halved down to the one whose values from the org the database refuses."""
        claim = Claim(target, keys, read)
        try:
            claimed = in_transaction(target, lambda: claim.run(last_chance=last_chance))
        except (IntegrityError, DataError) as error:
            refusal = error
        else:
            yield claimed
            return
        if len(keys) == 1:
            yield in_transaction(target, lambda: claim.refuse(refusal))
            return
        middle = len(keys) // 2
        yield from self._claim(target, keys[:middle], read, last_chance)
        yield from self._claim(target, keys[middle:], read, last_chance)

    @staticmethod
    def _count(progress: Progress, claimed: Claimed) -> int:
        moved = 0
        for key, verdict in claimed.verdicts.items():
            progress.target.report.counts.add("conflicts", len(verdict.conflicts))
            if verdict.outcome:
                progress.count(key, verdict.outcome)
            elif verdict.waits:
                progress.waiting.add(key)
            elif verdict.outgoing is None:
                moved += 1
        return moved

    @staticmethod
    def _preview(progress: Progress, claimed: Claimed) -> None:
        for key, verdict in claimed.verdicts.items():
            outgoing = verdict.outgoing
            outcome = OUTCOMES[outgoing.operation] if outgoing else verdict.outcome or OUTCOMES["create"]
            progress.count(key, outcome)
            detail = str(verdict.problem or ", ".join(outgoing.sent if outgoing else ()))
            if verdict.waits:
                detail = "as soon as its parent is in Salesforce"
            if outcome != "unchanged":
                progress.target.note(verdict.sf_id or key, outcome, detail)

    def _send(self, progress: Progress, outgoing: list[Outgoing]) -> int:
        target = progress.target
        target.keep_leases()
        try:
            answers = send(target, outgoing)
        except SalesforceError as error:
            if not is_unknown(error):  # refused as a whole: nothing was written
                in_transaction(target, lambda: give_back(target, outgoing))
            raise
        settlement = Settlement(target, answers, self.session.runs[target.name].pk)
        settled = in_transaction(target, settlement.run)
        for key, outcome in settled.outcomes.items():
            progress.count(key, outcome, again=key in settled.again)
        if settled.duplicates:
            unknown = adopt(target, settled.duplicates)
            for each in settled.duplicates:
                if each.key in unknown:
                    progress.count(each.key, "problems")
                progress.counted.add(each.key)
        target.progress(len(outgoing))
        if settled.fatal is not None:
            raise settled.fatal
        return len(outgoing)
