"""What the engine asks of a database, whatever its kind."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from sfsync.database.rows import (
    Batch,
    ModelField,
    Row,
    insert_batch,
    instances,
    link_to_parents,
    table_models,
    update_batches,
)
from sfsync.database.triggers.spec import quiet_key

Model = TypeVar("Model", bound=models.Model)


class Database(ABC):
    """Bulk statements, locks and the clock of one database."""

    def __init__(self, using: str) -> None:
        self.using = using

    @property
    def connection(self) -> BaseDatabaseWrapper:
        return connections[self.using]

    @abstractmethod
    def now(self) -> datetime.datetime:
        """Return the time by the database's clock, aware, in UTC. It goes on during a transaction."""

    @contextmanager
    def quiet(self, org: str, mapping: str, table: str) -> Iterator[None]:
        """Let ONE bulk statement on a mapped model's table leave no change in the log for this target.

        `table` is the model's `db_table`; the parent tables of a multi-table inheritance are quiet with it.
        Other targets still log. Raises RuntimeError outside a transaction. Never run code of users inside.
        """
        if not self.connection.in_atomic_block:
            raise RuntimeError("quiet() needs a transaction: open transaction.atomic() around it.")
        key = quiet_key(org, mapping, table)
        # The savepoint takes the silence back with everything else when the statement fails.
        with transaction.atomic(using=self.using):
            self._silence(key)
            yield
            self._end_silence(key)

    @abstractmethod
    def _silence(self, key: int) -> None:
        """Make the triggers of this quiet key log nothing, at most until the transaction ends."""

    @abstractmethod
    def _end_silence(self, key: int) -> None:
        """Let the triggers log again."""

    def lock(self, queryset: models.QuerySet[Model], *, skip_locked: bool = False) -> list[Model]:
        """Lock the rows until the transaction ends and return them in the order of their primary keys.

        With `skip_locked`, rows that other transactions hold are left out, where the database can do so.
        SQLite locks no rows: its writers follow one another, and the lease's check is the first write.
        """
        features = self.connection.features
        ordered = queryset.using(self.using).order_by("pk")
        if not features.has_select_for_update:
            return list(ordered)
        locked = ordered.select_for_update(
            skip_locked=skip_locked and features.has_select_for_update_skip_locked,
            of=lockable(queryset.model) if features.has_select_for_update_of else (),
            no_key=features.has_select_for_no_key_update,
        )
        return list(locked)

    def insert(self, model: type[models.Model], attnames: Sequence[str], rows: Sequence[Row]) -> list[Any]:
        """Insert rows of values for `attnames`; return each primary key, None where a unique value is taken.

        Nothing is overwritten and nothing cut: other refusals raise Django's database errors. Fields that are
        not named get their defaults, `auto_now` and `auto_now_add` included. The number of statements does
        not depend on that of the rows. Raises RuntimeError outside a transaction.
        """
        self._need_transaction("insert()")
        given = frozenset(attnames)
        records = instances(model, attnames, rows)
        alive = records
        for table_model in table_models(model):
            alive = self._insert_table(table_model, given, alive)
        inserted = set(map(id, alive))
        self._remove_orphans(model, [record for record in records if id(record) not in inserted])
        return [record.pk if id(record) in inserted else None for record in records]

    def _insert_table(
        self, table_model: type[models.Model], given: frozenset[str], records: list[models.Model]
    ) -> list[models.Model]:
        """Insert the records' rows of one table; return the records that were not refused."""
        if not records:
            return []
        for record in records:
            link_to_parents(table_model, record)
        batch = insert_batch(table_model, given, records, self.connection)
        keys = self._insert(batch)
        accepted = [(record, key) for record, key in zip(records, keys, strict=True) if key is not None]
        if batch.keys is None:
            for record, key in accepted:
                setattr(record, table_model._meta.pk.attname, key)
        return [record for record, _ in accepted]

    def _remove_orphans(self, model: type[models.Model], refused: list[models.Model]) -> None:
        """Remove the parents' rows of records whose row in a child table was refused."""
        for table_model in reversed(table_models(model)[:-1]):
            name = table_model._meta.pk.attname
            keys = [key for record in refused if (key := getattr(record, name)) is not None]
            table_model._base_manager.using(self.using).filter(pk__in=keys)._raw_delete(self.using)

    def update(self, model: type[models.Model], attnames: Sequence[str], rows: Sequence[Row]) -> int:
        """Write rows of (primary key, value per attname); return how many rows were found.

        The number of statements does not depend on that of the rows; `auto_now` fields keep their values.
        Raises Django's database errors, and RuntimeError outside a transaction.
        """
        self._need_transaction("update()")
        if not rows or not attnames:
            return 0
        return max(self._update(batch) for batch in update_batches(model, attnames, rows, self.connection))

    def _need_transaction(self, name: str) -> None:
        if not self.connection.in_atomic_block:
            raise RuntimeError(f"{name} needs a transaction: open transaction.atomic() around it.")

    @abstractmethod
    def _insert(self, batch: Batch) -> list[Any]:
        """Insert the rows of one table; return a primary key per row, None where a unique value is taken."""

    @abstractmethod
    def _update(self, batch: Batch) -> int:
        """Update the rows of one table by primary key, the first column; return how many there were."""

    def quote(self, *names: str) -> str:
        """Return quoted names, with commas between them."""
        return ", ".join(self.connection.ops.quote_name(name) for name in names)


def lockable(model: type[models.Model]) -> tuple[str, ...]:
    """Name the tables of the model for FOR UPDATE OF; those of joined models stay free."""
    links = []
    current, path = model, ""
    while pair := next(((parent, link) for parent, link in parents(current) if link is not None), None):
        current, link = pair
        path = f"{path}__{link.name}" if path else link.name
        links.append(path)
    return ("self", *links)


def parents(model: type[models.Model]) -> Iterable[tuple[type[models.Model], ModelField | None]]:
    """Return the direct parents of a model with the links to them."""
    return (model._meta.concrete_model or model)._meta.parents.items()
