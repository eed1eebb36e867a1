"""Read everything of a mapping: its first run, `--full`, and whenever the org's log no longer reaches back.

The poll after the load starts at `latestDateCovered` as it was when the load began, so that what changed
meanwhile is read again. Pages come in the order of Id; the last Id of each committed page is kept with it, and
a load that was cut off goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef

from sfsync import soql
from sfsync.engine.applying import apply, in_transaction
from sfsync.engine.deletes import Deleter
from sfsync.engine.fetch import classify, clean, fetch
from sfsync.engine.invisible import note_invisible
from sfsync.engine.records import Record
from sfsync.engine.target import Target
from sfsync.models import LoadedId

LOOK_UP_SIZE = 2_000
"""Linked rows looked up in one fetch after the load (the limit of a collections retrieve)."""


class Load:
    """One load of one target; `covered` is latestDateCovered of the short getUpdated before it."""

    def __init__(self, target: Target, covered: datetime) -> None:
        self.target = target
        self.covered = covered
        self.stale: list[str] = []

    def run(self, *, allow_deletes: bool) -> None:
        """Read and apply all pages, then look up the rows that were not seen, then set the watermarks."""
        self._begin()
        pages, began = self._pages(), self.target.client.org_now()
        while (page := next(pages, None)) is not None:
            self._apply_page(page, began)
            began = self.target.client.org_now()
        self._apply_stale()
        self._look_up_missing(allow_deletes)
        self._finish()

    def _begin(self) -> None:
        """Start afresh, or go on with a load that was cut off."""
        target = self.target
        if target.dry_run:
            return
        if target.state.load_covered is not None:
            self.covered = target.state.load_covered
            return
        target.state.load_covered, target.state.load_position = self.covered, ""
        in_transaction(target, self._save_start)

    def _save_start(self) -> None:
        self.target.stored(LoadedId).delete()
        self.target.state.save(update_fields=["load_covered", "load_position"])

    def _pages(self) -> Iterator[list[Record]]:
        target = self.target
        position = "" if target.dry_run else target.state.load_position
        where = soql.greater("Id", position) if position else None
        text = soql.select(target.fetched_names, target.sobject, where=where, order_by="Id")
        yield from target.client.query(text)

    def _apply_page(self, page: list[Record], began: datetime) -> None:
        target = self.target
        target.checkpoint()
        if not page:
            return
        records = [clean(record) for record in page]
        last = records[-1]["Id"]

        def commit_page() -> None:
            names = ["org", "mapping", "sf_id"]
            rows = [(target.org, target.name, record["Id"]) for record in records]
            target.database.insert(LoadedId, names, rows)
            target.state.load_position = last
            target.state.save(update_fields=["load_position"])

        self.stale += apply(target, records, began, then=commit_page)
        target.progress(len(records))

    def _apply_stale(self) -> None:
        if not self.stale:
            return
        for fetched in fetch([(self.target, self.stale)]):
            left = apply(self.target, fetched.records, fetched.began)
            self.target.leave(left)

    def _look_up_missing(self, allow_deletes: bool) -> None:
        """Look up linked rows that no page held; only what queryAll calls deleted is deleted."""
        target, deleted = self.target, []
        for part in self._missing():
            target.checkpoint()
            fetched = fetch([(target, part)])[0]
            target.leave(apply(target, fetched.records, fetched.began))
            fate = classify(target, fetched.absent)
            deleted += fate.deleted
            target.leave(fate.alive)
            note_invisible(target, fate.invisible)
        Deleter(target, set(deleted), allow=allow_deletes).run(deleted)

    def _missing(self) -> Iterator[list[str]]:
        """Yield the Salesforce ids of linked rows that no page held, some at a time."""
        target, last = self.target, None
        if target.dry_run:
            return
        loaded = target.stored(LoadedId).filter(sf_id=OuterRef(target.id_attribute))
        unseen = target.linked_rows().filter(~Exists(loaded)).order_by("pk")
        while rows := list(unseen.filter(**({"pk__gt": last} if last is not None else {}))[:LOOK_UP_SIZE]):
            last = rows[-1].pk
            yield [str(target.linked_id(row)) for row in rows]

    def _finish(self) -> None:
        target = self.target
        if target.dry_run or target.left_behind:
            return

        def work() -> None:
            target.stored(LoadedId).delete()
            state = target.state
            state.updated_watermark = self.covered
            state.deleted_watermark = self.covered
            state.loaded_at = target.client.org_now()
            state.load_covered, state.load_position = None, ""
            state.save()

        in_transaction(target, work)
