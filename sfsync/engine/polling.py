"""Read what changed in a window: many mappings of one org in shared calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from sfsync.client import PollResult, Window
from sfsync.engine import report, windows
from sfsync.engine.applying import Then, apply
from sfsync.engine.deletes import DELETE_HELD, Deleter, held_ids
from sfsync.engine.fetch import Fetched, classify, fetch
from sfsync.engine.invisible import note_invisible
from sfsync.engine.target import Target
from sfsync.exceptions import EngineError, InvalidReplicationDate, SalesforceError, TooManyIds
from sfsync.models import Problem

PIECE = 2_000
"""Ids of one retrieve (REST guide, "Get Records with a Request Body Using sObject Collections")."""

PIECES_PER_CALL = 5
"""sObject Collections in one composite (REST guide, "Composite")."""

IDS_PER_CALL = 4_000
"""Ids fetched at once, so that memory stays flat however many changed."""


@dataclass
class Found:
    """What a poll found for one target."""

    target: Target
    result: PollResult
    watermark: datetime | None = None
    deleted: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    advanced: bool = False

    def advance(self) -> None:
        """Move the watermarks; runs inside the transaction of the last rows they cover."""
        state = self.target.state
        state.updated_watermark = state.deleted_watermark = self.watermark
        state.save(update_fields=["updated_watermark", "deleted_watermark"])


class Poll:
    """One poll of several targets of one org; afterwards `out_of_reach` holds those that must be loaded."""

    def __init__(self, targets: Sequence[Target], *, allow_deletes: bool) -> None:
        self.targets = targets
        self.allow_deletes = allow_deletes
        self.out_of_reach: list[Target] = []

    def run(self) -> None:
        if not self.targets:
            return
        found = self._ask()
        for piece in self._calls(found):
            for fetched in fetch([(each.target, ids) for each, ids in piece]):
                owner = next(each for each, _ in piece if each.target is fetched.target)
                self._apply(owner, fetched)
        gone = {sf_id for each in found for sf_id in each.gone}
        for each in reversed(found):
            self._finish(each, gone)

    def _ask(self) -> list[Found]:
        org_now = self.targets[0].client.org_now()
        asked = [self._window(target, org_now) for target in self.targets]
        results = self.targets[0].client.poll(asked)
        after = self.targets[0].client.org_now()
        found = []
        for target, window, result in zip(self.targets, asked, results, strict=True):
            if self._usable(target, result, window):
                found.append(self._found(target, result, window, after))
        return found

    @staticmethod
    def _window(target: Target, org_now: datetime) -> Window:
        marks = [target.state.updated_watermark, target.state.deleted_watermark]
        start, end = windows.window_from(min(mark for mark in marks if mark is not None), org_now)
        return Window(target.sobject, start, end)

    def _usable(self, target: Target, result: PollResult, window: Window) -> bool:
        """Tell whether the answer is complete; else the target is loaded, or its report says why not."""
        if isinstance(result.error, InvalidReplicationDate | TooManyIds):
            self.out_of_reach.append(target)
            return False
        if result.error is not None:
            target.report.error = refusal(target, result.error)
            return False
        earliest = result.earliest_available
        if earliest is not None and earliest > window.start and not target.loaded_today():
            self.out_of_reach.append(target)
            return False
        return True

    def _found(self, target: Target, result: PollResult, window: Window, org_now: datetime) -> Found:
        covered = min(at for at in (result.updated_covered, result.deleted_covered) if at is not None)
        target.report.window = report.Window(window.start, window.end, covered)
        found = Found(target, result, windows.advanced(covered, org_now))
        found.deleted = {sf_id for sf_id, _ in result.deleted}
        if self.allow_deletes:
            found.deleted |= set(held_ids(target))
        problems = Problem.objects.using(target.using).of(target.mapping.target()).due(timezone.now())
        due = problems.filter(direction="pull").exclude(code=DELETE_HELD)
        oldest = due.exclude(record="").order_by("next_look").values_list("record", flat=True)
        again = set(oldest[:PIECE])  # the others next time: a pull's cost does not grow with its problems
        found.ids = sorted({*result.updated} | found.deleted | again)
        return found

    def _calls(self, found: Sequence[Found]) -> Iterator[list[tuple[Found, list[str]]]]:
        """Pack the ids of all targets into as few fetches as fit."""
        call: list[tuple[Found, list[str]]] = []
        for each in found:
            for start in range(0, len(each.ids), PIECE):
                ids = each.ids[start : start + PIECE]
                total = sum(len(part) for _, part in call) + len(ids)
                if call and (len(call) == PIECES_PER_CALL or total > IDS_PER_CALL):
                    yield call
                    call = []
                call.append((each, ids))
        if call:
            yield call

    def _apply(self, found: Found, fetched: Fetched) -> None:
        target = found.target
        target.checkpoint()
        found.gone += [sf_id for sf_id in fetched.absent if sf_id in found.deleted]
        unexplained = [sf_id for sf_id in fetched.absent if sf_id not in found.deleted]
        if unexplained:
            fate = classify(target, unexplained)
            found.gone += fate.deleted
            target.leave(fate.alive)
            note_invisible(target, fate.invisible)
        last = bool(fetched.records) and len(found.ids) <= PIECE
        last = last and not found.gone and not target.left_behind
        stale = apply(target, fetched.records, fetched.began, then=self._then(found) if last else None)
        found.advanced = last and not stale and not target.dry_run
        self._apply_again(target, stale)
        target.progress(len(fetched.records) + len(fetched.absent))

    @staticmethod
    def _then(found: Found) -> Then | None:
        return None if found.target.dry_run else found.advance

    @staticmethod
    def _apply_again(target: Target, stale: list[str]) -> None:
        """Fetch records again that a push settled meanwhile; those a push still holds are left for the next run."""
        if stale:
            fetched = fetch([(target, stale)])[0]
            target.leave([*apply(target, fetched.records, fetched.began), *fetched.absent])

    def _finish(self, found: Found, gone: set[str]) -> None:
        target = found.target
        movable = not target.left_behind and not target.dry_run and not found.advanced
        then = found.advance if movable else None
        Deleter(target, gone, allow=self.allow_deletes).run(found.gone, then)
        if target.report.counts.seen != len(found.ids):
            raise EngineError(
                f"{target.name}: the org listed {len(found.ids)} records and {target.report.counts.seen} were "
                "accounted for; nothing is lost, the next run reads them again, but please report this as a bug"
            )


def refusal(target: Target, error: SalesforceError) -> str:
    """Return why a mapping cannot be polled, and what to look at; its watermark stays."""
    return (
        f"{target.name}: {error} Without getUpdated and getDeleted nobody knows what changed in {target.sobject}: see "
        f"in 'manage.py sf_describe' that it can still be replicated, and that the integration user may read it; the "
        "next run goes on from where the last one ended."
    )
