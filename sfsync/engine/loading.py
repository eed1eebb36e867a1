"""Read everything of a mapping: its first run, `--full`, and whenever the org's log no longer reaches back.

The poll after the load starts at `latestDateCovered` as it was when the load began, so that what changed
meanwhile is read again. Pages come in the order of Id; the last Id of each committed page is kept with it, and
a load that was cut off goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sfsync import soql
from sfsync.client import Page
from sfsync.engine.applying import apply, in_transaction
from sfsync.engine.deletes import Deleter
from sfsync.engine.fetch import classify, clean, fetch
from sfsync.engine.invisible import note_invisible
from sfsync.engine.records import Record
from sfsync.engine.target import Target
from sfsync.exceptions import CursorLost, Oversized, QueryTimeout
from sfsync.models import LoadedId, MappingState

PART_SIZES = (None, 20_000, 2_000, 200)
"""Records of one query: all that are left, then fewer, each time the org says QUERY_TIMEOUT or sends too much."""

LOOK_UP_SIZE = 2_000
"""Linked rows looked up in one fetch after the load (the limit of a collections retrieve)."""


class Load:
    """One load of one target; `covered` is latestDateCovered of the short getUpdated before it."""

    def __init__(self, target: Target, covered: datetime) -> None:
        self.target = target
        self.covered = covered
        self.stale: set[str] = set()
        self.deleted: list[str] = []

    def read(self) -> None:
        """Read and apply all pages, then look up the rows that were not seen; `deleted` are to be deleted."""
        self._begin()
        pages, began = self._pages(), self.target.now()
        while (page := next(pages, None)) is not None:
            self._apply_page(page, began)
            began = self.target.now()
        self._look_up_missing()

    def finish(self, gone: set[str], *, allow_deletes: bool) -> None:
        """Delete what the org calls deleted, then set the watermarks; `gone` is deleted in any target."""
        target = self.target
        Deleter(target, gone, allow=allow_deletes).run(self.deleted)
        if not target.dry_run and not target.left_behind:
            in_transaction(target, self._set_watermarks)

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
        """Yield all pages behind the last committed one, each record once, whatever ends a query early.

        A cursor that died (with its session, say) is not asked again: the query begins anew behind the last
        Id. One that takes the org too long, or whose pages are too large, is cut into smaller and smaller parts.
        """
        sizes = iter(PART_SIZES)
        limit, position = next(sizes), "" if self.target.dry_run else self.target.state.load_position
        while True:
            start, count = position, 0
            try:
                for page in self._query(position, limit):
                    yield page
                    count += len(page)
                    position = page[-1]["Id"] if page else position
                if limit is None or count < limit:
                    return
            except CursorLost:
                if position == start:  # not a page further: it would be lost for ever
                    raise
            except (QueryTimeout, Oversized):
                smaller = next(sizes, None)
                if smaller is None:
                    raise
                limit = smaller

    def _query(self, position: str, limit: int | None) -> Iterator[Page]:
        target = self.target
        where = soql.greater("Id", position) if position else None
        text = soql.select(target.fetched_names, target.sobject, where=where, order_by="Id", limit=limit)
        return target.client.query_pages(text)

    def _apply_page(self, page: list[Record], began: datetime) -> None:
        target = self.target
        target.checkpoint()
        if not page:
            return
        records = [clean(record) for record in page]
        last = records[-1]["Id"]

        stale: set[str] = set()

        def commit_page() -> None:
            names = ["org", "mapping", "sf_id"]
            rows = [
                (target.org, target.name, record["Id"]) for record in records if record["Id"] not in stale
            ]
            if rows:
                target.database.insert(LoadedId, names, rows)
            target.state.load_position = last
            target.state.save(update_fields=["load_position"])

        stale.update(apply(target, records, began, then=commit_page))
        if stale and not target.dry_run:
            in_transaction(target, commit_page)
        self.stale |= stale
        target.progress(len(records) - len(stale))

    def _look_up_missing(self) -> None:
        """Look up linked rows that no page held; only what queryAll calls deleted is to be deleted.

        Records that a push held come here as well: no page counts as having held them.
        """
        target = self.target
        for part in self._missing():
            target.checkpoint()
            self.stale -= set(part)
            fetched = fetch([(target, part)])[0]
            target.leave(apply(target, fetched.records, fetched.began))
            fate = classify(target, fetched.absent)
            self.deleted += fate.deleted
            target.leave(fate.alive)
            note_invisible(target, fate.invisible)
        target.leave(self.stale)

    def _missing(self) -> Iterator[list[str]]:
        """Yield the Salesforce ids of linked rows that no page held, some at a time.

        No join: MariaDB refuses to compare columns of two collations, and the model's table may have any.
        """
        target, missing = self.target, list[str]()
        last: dict[str, Any] = {}
        if target.dry_run:
            return
        linked = target.linked_rows().order_by("pk").values_list("pk", target.id_attribute)
        while rows := list(linked.filter(**last)[:LOOK_UP_SIZE]):
            last = {"pk__gt": rows[-1][0]}
            ids = [sf_id for _, sf_id in rows if sf_id]
            loaded = target.stored(LoadedId).filter(sf_id__in=ids)
            missing += sorted(set(ids) - set(loaded.values_list("sf_id", flat=True)))
            if len(missing) >= LOOK_UP_SIZE:
                yield missing[:LOOK_UP_SIZE]
                missing = missing[LOOK_UP_SIZE:]
        if missing:
            yield missing

    def _set_watermarks(self) -> None:
        target, state = self.target, self.target.state
        target.stored(LoadedId).delete()
        state.updated_watermark = state.deleted_watermark = self.covered
        state.loaded_at = None if self._field_is_back() else target.client.org_now()
        state.load_covered, state.load_position = None, ""
        names = ["updated_watermark", "deleted_watermark", "loaded_at", "load_covered", "load_position"]
        state.save(update_fields=names)  # the other columns are not ours: somebody may have paused us

    def _field_is_back(self) -> bool:
        """Tell whether another run has seen a field meanwhile that this load did not read."""
        target = self.target
        described = MappingState.objects.using(target.using).values_list("described", flat=True)
        return bool(set(described.get(pk=target.state.pk)) - target.types.keys())
