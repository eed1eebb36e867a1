"""Pull: everything on the first run, what changed on the later ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sfsync.client import Client, Window
from sfsync.engine import windows
from sfsync.engine.healing import heal
from sfsync.engine.hooks import Hooks
from sfsync.engine.loading import Load
from sfsync.engine.polling import Poll, refusal
from sfsync.engine.report import Report
from sfsync.engine.session import Session
from sfsync.engine.target import Target
from sfsync.mappings import Mapping


@dataclass(frozen=True)
class PullOptions:
    """`full` loads everything again, `dry_run` writes nothing, `allow_deletes` lifts the guard for this run."""

    full: bool = False
    dry_run: bool = False
    allow_deletes: bool = False


def pull(
    org: str, client: Client, mappings: Sequence[type[Mapping]], options: PullOptions, hooks: Hooks
) -> Report:
    """Pull the mappings of one org, parents first; calls are shared between them."""
    session = Session(org, client, "pull", options.dry_run, hooks)
    return session.run(mappings, lambda targets: Pull(targets, options).run())


class Pull:
    """One pull of several targets of one org."""

    def __init__(self, targets: Sequence[Target], options: PullOptions) -> None:
        self.targets = targets
        self.options = options

    def run(self) -> None:
        to_load = [target for target in self.targets if self._must_load(target)]
        self._load(to_load)
        poll = Poll(
            [each for each in self.targets if each not in to_load], allow_deletes=self.options.allow_deletes
        )
        poll.run()
        self._load(poll.out_of_reach)
        for target in self.targets:
            if not target.dry_run:
                heal(target)
            target.report.finished = True

    def _must_load(self, target: Target) -> bool:
        state = target.state
        updated, deleted = state.updated_watermark, state.deleted_watermark
        if self.options.full or not state.loaded or state.load_covered is not None:
            return True
        if updated is None or deleted is None:
            return True
        return windows.out_of_reach(updated, deleted, target.client.org_now())

    def _load(self, targets: Sequence[Target]) -> None:
        """Take `latestDateCovered` of all targets by one short poll, then read each of them whole.

        Deletes come at the end, children first: what goes with a parent may be gone in the org as well.
        """
        if not targets:
            return
        client = targets[0].client
        org_now = client.org_now()
        start, end = windows.window_from(org_now, org_now)
        results = client.poll([Window(target.sobject, start, end) for target in targets])
        loads = []
        for target, result in zip(targets, results, strict=True):
            if result.error is not None:
                target.report.error = refusal(target, result.error)
                continue
            known_to = min(at for at in (result.updated_covered, result.deleted_covered) if at is not None)
            covered = windows.advanced(known_to, client.org_now())
            loads.append(Load(target, covered))
        for load in loads:
            load.read()
        gone = {sf_id for load in loads for sf_id in load.deleted}
        for load in reversed(loads):
            load.finish(gone, allow_deletes=self.options.allow_deletes)
