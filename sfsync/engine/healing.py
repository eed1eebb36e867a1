"""References whose parent has arrived: the foreign key is set, unless somebody has set it since."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sfsync.engine.applying import BATCH_SIZE, apply, in_transaction
from sfsync.engine.fetch import fetch
from sfsync.engine.parents import Parents
from sfsync.engine.pending import PendingRecords
from sfsync.engine.target import Target
from sfsync.mappings import Reference
from sfsync.models import WaitingReference


def heal(target: Target) -> None:
    """Set every foreign key that waited for a parent that is here now, and count those that still wait.

    A record that was held back whole, because its key may not be null, is fetched and created.
    """
    for each in target.merged:
        if isinstance(each, Reference) and each.salesforce in target.types:
            _heal_reference(target, each)
    target.report.counts.set("waiting", target.stored(WaitingReference).count())


def _heal_reference(target: Target, reference: Reference) -> None:
    last = 0
    waiting = target.stored(WaitingReference).filter(field=reference.name).order_by("pk")
    while rows := list(waiting.filter(pk__gt=last)[:BATCH_SIZE]):
        last = rows[-1].pk
        parents = Parents(target)
        parents.load_keys(reference, [row.parent_sf_id for row in rows])
        ready = [row for row in rows if parents.key_of(reference, row.parent_sf_id) is not None]
        if ready:
            target.checkpoint()
            set_keys = partial(_set_keys, target, reference, parents, ready)
            _create_held_back(target, in_transaction(target, set_keys))


def _set_keys(
    target: Target, reference: Reference, parents: Parents, waiting: Sequence[WaitingReference]
) -> list[str]:
    """Set the foreign keys under the row locks; return the ids of records that have no row here yet."""
    parent_of = {each.sf_id: each.parent_sf_id for each in waiting}
    rows = target.database.lock(target.rows().filter(**{f"{target.id_attribute}__in": list(parent_of)}))
    pending = PendingRecords(target, [row.pk for row in rows])
    values = []
    for row in rows:
        edited = any(reference.column in change.old for change in pending[row.pk].changes)
        if not edited:
            key = parents.key_of(reference, parent_of[str(target.linked_id(row))])
            values.append((row.pk, key))
    if values:
        with target.database.quiet(target.org, target.name, target.model._meta.db_table):
            target.database.update(target.model, [reference.attname], values)
    here = {str(target.linked_id(row)) for row in rows}
    done = [each.pk for each in waiting if each.sf_id in here]
    target.stored(WaitingReference).filter(pk__in=done).delete()
    return sorted(parent_of.keys() - here)


def _create_held_back(target: Target, sf_ids: Sequence[str]) -> None:
    if not sf_ids:
        return
    fetched = fetch([(target, sf_ids)])[0]
    target.release(sf_ids)
    target.leave(apply(target, fetched.records, fetched.began))
    target.stored(WaitingReference).filter(sf_id__in=fetched.absent).delete()
