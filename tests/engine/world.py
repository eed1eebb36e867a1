"""What people write on both sides, with every write told to the oracle."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from crm.models import Account
from sfsync.testing.errors import OrgError
from tests.engine.oracle import KINDS, LOCAL, ORG, REQUIRED, Story
from tests.engine.sides import MODELS, Sides

CHILDREN = {"Contact": "account", "Opportunity": "account"}
"""What is deleted along with an account, on either side."""

FIRST_DAY = datetime.date(2000, 1, 1)


class World(Sides):
    """Both sides, as people write to them."""

    # What people write

    def value(self, side: str, name: str, kind: str) -> Any:
        """Return a value no other write has, or none at all."""
        if name not in REQUIRED and kind != "boolean" and self.rng.random() < 0.12:
            return None
        self.numbers += 1
        number = self.numbers
        blank = " " * (self.rng.random() < 0.1)
        made: dict[str, Callable[[], Any]] = {
            "text": lambda: f"{blank}{side} {number}{blank}",
            "email": lambda: self.rng.choice(
                [f"{side}{number}@example.com", f"{side.upper()}{number}@Example.com"]
            ),
            "whole": lambda: Decimal(number),
            "money": lambda: Decimal(number) + Decimal("0.25"),
            "percent": lambda: Decimal(number % 100),
            "date": lambda: FIRST_DAY + datetime.timedelta(days=number),
            "boolean": lambda: self.rng.random() < 0.5,
        }
        return made[kind]()

    def some(self, side: str, kind: str, *, all_: bool = False) -> dict[str, Any]:
        """Return new values of one or two fields, or of many for a new record. References are stories."""
        named = [each for each in KINDS[kind].values() if each.name != "is_won"]
        chosen = self.rng.sample(named, self.rng.randint(3, 6) if all_ else self.rng.choice([1, 1, 2]))
        chosen = [each for each in chosen if each.tracked or self.rng.random() < 0.3]
        if all_:
            chosen += [each for each in named if each.name in REQUIRED and each not in chosen]
        return {
            each.name: self.value(side, each.name, each.type) for each in chosen if each.type != "reference"
        } | {each.name: ... for each in chosen if each.type == "reference"}

    def create_here(self) -> None:
        kind = self.rng.choice(["Account", "Account", "Contact", "Contact", "Opportunity"])
        values = self._for_model(self.some(LOCAL, kind, all_=True), None)
        row = MODELS[kind](**values)
        if self.rng.random() < 0.5:
            row.save()
        else:
            MODELS[kind].objects.bulk_create([row])
        row = MODELS[kind].objects.get(uid=row.uid)
        story = self._name(self._new(kind), row.uid, None)
        story.begin(LOCAL, self.local_values(kind, row))
        self.note("create here", story, values)

    def _for_model(self, values: dict[str, Any], row: Any) -> dict[str, Any]:
        found = {}
        for name, value in values.items():
            if value is ...:
                accounts = [each for each in self.rows("Account") if self._may_be_parent(each, row)]
                value = self.rng.choice([None, *accounts, *accounts])
            elif value is None and name not in (
                "annual_revenue",
                "employees",
                "birthdate",
                "amount",
                "probability",
            ):
                value = ""
            found[name] = value
        return found

    def _may_be_parent(self, account: Any, row: Any) -> bool:
        return (
            not isinstance(row, Account)
            or account.pk < row.pk
            or (self.rng.random() < 0.02 and account != row)
        )

    def edit_here(self) -> None:
        kind, row = self._row()
        if row is None:
            return
        values = self._for_model(self.some(LOCAL, kind), row)
        if not values:
            return
        before = self.local_values(kind, row)
        way = self.rng.choice([self._save, self._save_fields, self._update, self._bulk_update, self._raw])
        way(row, values)
        if self.rng.random() < 0.1:
            self._roll_back(kind)
        fresh = MODELS[kind].objects.get(pk=row.pk)
        after = self.local_values(kind, fresh)
        story = self.of_row(kind, fresh)
        self._write(story, LOCAL, before, after)
        self.note(f"edit here ({way.__name__})", story, values)

    def _row(self) -> tuple[str, Any]:
        kind = self.rng.choice(list(KINDS))
        rows = self.rows(kind)
        return kind, self.rng.choice(rows) if rows else None

    def _write(self, story: Story, side: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        for name in after:
            story.write(side, name, before[name], after[name])

    @staticmethod
    def _save(row: Any, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()

    @staticmethod
    def _save_fields(row: Any, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))

    @staticmethod
    def _update(row: Any, values: dict[str, Any]) -> None:
        type(row).objects.filter(pk=row.pk).update(**values)

    @staticmethod
    def _bulk_update(row: Any, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        type(row).objects.bulk_update([row], list(values))

    @staticmethod
    def _raw(row: Any, values: dict[str, Any]) -> None:
        fields = [row._meta.get_field(name) for name in values]
        for each in fields:
            setattr(row, each.name, values[each.name])
        stored = [each.get_db_prep_save(getattr(row, each.attname), connection) for each in fields]
        names = ", ".join(f"{each.column} = %s" for each in fields)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {row._meta.db_table} SET {names} WHERE id = %s", [*stored, row.pk])

    def _roll_back(self, kind: str) -> None:
        """Change everything, and take it back."""
        try:
            with transaction.atomic():
                MODELS[kind].objects.update(**{next(iter(REQUIRED & KINDS[kind].keys())): "2001-01-01"})
                raise KeyError
        except KeyError:
            self.note("roll back", None, {})

    def delete_here(self) -> None:
        kind, row = self._row()
        if row is None:
            return
        dying = [(kind, row)]
        if kind == "Account":
            for child, name in CHILDREN.items():
                dying += [(child, each) for each in MODELS[child].objects.filter(**{name: row})]
            for each in row.children.all():
                before = self.local_values(kind, each)
                self.of_row(kind, each).write(LOCAL, "parent", before["parent"], None)
        stories = [(self.of_row(name, each), self.local_values(name, each)) for name, each in dying]
        for story, values in stories:
            story.die(LOCAL, values)
        self.note("delete here", stories[0][0], {"with": [story for story, _ in stories[1:]]})
        row.delete()

    # What people write in the org

    def create_there(self) -> None:
        kind = self.rng.choice(["Account", "Account", "Contact", "Contact", "Opportunity"])
        values = self._for_org(kind, self.some(ORG, kind, all_=True), None)
        story = None
        if self.rng.random() < 0.4:
            unlinked = [row for row in self.rows(kind) if row.sf_id is None]
            uid = self.rng.choice([uuid4(), *(row.uid for row in unlinked), *(row.uid for row in unlinked)])
            story = self.by_uid.get((kind, uid))
            values["Django_Id__c"] = self.rng.choice([str(uid), str(uid).upper()])
        try:
            sf_id = self.crm.create(kind, **values)
        except OrgError:
            return
        text = values.get("Django_Id__c")
        story = self._name(story or self._new(kind), UUID(text) if text else None, sf_id)
        story.loose = story.loose or bool(story.versions)
        story.begin(ORG, self.org_values(kind, sf_id))
        self.note("create there", story, values)

    def _for_org(self, kind: str, values: dict[str, Any], sf_id: str | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in values.items():
            if value is ...:
                accounts = [
                    each for each in self.alive("Account") if kind != "Account" or each < (sf_id or "~")
                ]
                value = self.rng.choice([None, *accounts, *accounts])
            elif isinstance(value, datetime.date):
                value = value.isoformat()
            found[KINDS[kind][name].salesforce] = value
        return found

    def edit_there(self) -> None:
        kind, sf_id = self._record()
        if sf_id is None:
            return
        values = self._for_org(kind, self.some(ORG, kind), sf_id)
        if not values:
            return
        before = self.org_values(kind, sf_id)
        try:
            self.crm.update(kind, sf_id, **values)
        except OrgError:
            return
        story = self.of_record(kind, sf_id)
        self._write(story, ORG, before, self.org_values(kind, sf_id))
        self.note("edit there", story, values)

    def _record(self) -> tuple[str, str | None]:
        kind = self.rng.choice(list(KINDS))
        ids = self.alive(kind)
        return kind, self.rng.choice(ids) if ids else None

    def delete_there(self) -> None:
        kind, sf_id = self._record()
        if sf_id is None:
            return
        dying = [(kind, sf_id), *self._belonging(kind, sf_id)]
        stories = [(self.of_record(name, each), self.org_values(name, each)) for name, each in dying]
        for child in self.alive("Account"):
            if kind == "Account" and self.crm.read("Account", child, "ParentId") == sf_id:
                self.of_record("Account", child).write(ORG, "parent", repr(stories[0][0]), None)
        for story, values in stories:
            story.die(ORG, values)
        self.note("delete there", stories[0][0], {"with": [story for story, _ in stories[1:]]})
        self.crm.delete(kind, sf_id)

    def _belonging(self, kind: str, sf_id: str) -> Iterator[tuple[str, str]]:
        if kind == "Account":
            for child in CHILDREN:
                for each in self.alive(child):
                    if self.crm.read(child, each, "AccountId") == sf_id:
                        yield child, each

    def note(self, what: str, story: Story | None, values: dict[str, Any]) -> None:
        names = f"{story} {sorted(story.sf_ids)}" if story else ""
        self.log.append(f"  {what} {names} {values}")
