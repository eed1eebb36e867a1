"""Both sides of a sync: which rows and records belong together, and what each holds."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from crm.models import Account, Contact, Opportunity
from tests.engine.conftest import Org
from tests.engine.oracle import KINDS, LOCAL, ORG, Story, plain

MODELS: dict[str, type[Any]] = {"Account": Account, "Contact": Contact, "Opportunity": Opportunity}


class Sides:
    """The local database and the simulated org. `stories` holds all records that ever were."""

    def __init__(self, crm: Org, rng: Random) -> None:
        self.crm = crm
        self.rng = rng
        self.stories: list[Story] = []
        self.by_uid: dict[tuple[str, UUID], Story] = {}
        self.by_sf_id: dict[str, Story] = {}
        self.numbers = 0
        self.log: list[str] = []

    # Who is who

    def observe(self) -> None:
        """Learn which rows and records belong together now; two of one story on a side are a duplicate."""
        for kind in KINDS:
            here = [self.of_row(kind, row) for row in self.rows(kind)]
            there = [self.of_record(kind, sf_id) for sf_id in self.alive(kind)]
            for side, found in ((LOCAL, here), (ORG, there)):
                twice = {each for each in found if found.count(each) > 1}
                assert not twice, f"{twice} exist twice on the {side} side"

    def rows(self, kind: str) -> list[Any]:
        return list(MODELS[kind].objects.order_by("pk"))

    def alive(self, kind: str) -> list[str]:
        rows = self.crm.served.org.storage.read(
            f'SELECT "Id" FROM "{kind}" WHERE "IsDeleted" = 0 ORDER BY 1', ()
        )
        return [row[0] for row in rows]

    def of_row(self, kind: str, row: Any) -> Story:
        return self._known(kind, row.uid, row.sf_id)

    def of_record(self, kind: str, sf_id: str) -> Story:
        if sf_id in self.by_sf_id:
            return self.by_sf_id[sf_id]
        text = self.crm.read(kind, sf_id, "Django_Id__c")
        return self._known(kind, UUID(text) if text else None, sf_id)

    def _known(self, kind: str, uid: UUID | None, sf_id: str | None) -> Story:
        by_uid = self.by_uid.get((kind, uid)) if uid else None
        by_id = self.by_sf_id.get(sf_id) if sf_id else None
        story = by_id or by_uid
        assert story is not None, f"a {kind} nobody made: {uid} {sf_id}"
        assert by_uid in (None, story), f"{story} and {by_uid} have become one"
        return self._name(story, uid, sf_id)

    def _name(self, story: Story, uid: UUID | None, sf_id: str | None) -> Story:
        if uid:
            self.by_uid[story.kind, uid] = story
            story.uid = uid
        if sf_id:
            self.by_sf_id[sf_id] = story
            story.sf_ids.add(sf_id)
        return story

    def _new(self, kind: str) -> Story:
        self.stories.append(Story(kind, len(self.stories)))
        return self.stories[-1]

    # What both sides hold, in one form

    def local_values(self, kind: str, row: Any) -> dict[str, Any]:
        values = {}
        for each in KINDS[kind].values():
            if each.type == "reference":
                parent = getattr(row, each.name)
                values[each.name] = repr(self.of_row("Account", parent)) if parent else None
            else:
                values[each.name] = plain(getattr(row, each.name), each.type)
        return values

    def org_values(self, kind: str, sf_id: str) -> dict[str, Any]:
        names = [each.salesforce for each in KINDS[kind].values()]
        record = self.crm.read(kind, sf_id, *names)
        values = {}
        for each in KINDS[kind].values():
            value = record[each.salesforce]
            if each.type == "reference":
                values[each.name] = repr(self.of_record("Account", value)) if value else None
            else:
                values[each.name] = plain(value, each.type)
        return values
