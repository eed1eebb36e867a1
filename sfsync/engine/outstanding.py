"""Which records of a target have something to push, and may be tried now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils import timezone

from sfsync.engine.pending import PendingRecords
from sfsync.engine.target import Target
from sfsync.models import Delivery

CHUNK = 2_000
"""Records looked at together: their org values are read by one retrieve."""


def outstanding(target: Target) -> Iterator[list[str]]:
    """Yield the primary keys (as text) of records with local changes or ready deliveries, CHUNK at a time.

    Left out: what waits for its time, for its cause to change, or for a person.
    """
    yield from _changed(target)
    yield from _ready(target)


def _changed(target: Target) -> Iterator[list[str]]:
    last = ""
    while True:
        grouped = target.changes().filter(pk_text__gt=last).values("pk_text").annotate(newest=Max("id"))
        found = dict(grouped.order_by("pk_text").values_list("pk_text", "newest")[:CHUNK])
        if not found:
            return
        last = next(reversed(found))  # the last one in the order of the database
        blocked = _blocked(target, found)
        keys = [key for key in found if key not in blocked]
        if keys:
            yield keys


def _blocked(target: Target, newest: dict[str, int]) -> set[str]:
    deliveries = target.stored(Delivery).filter(pk_text__in=list(newest))
    now = timezone.now()
    return {each.pk_text for each in deliveries if each.blocks(newest[each.pk_text], now)}


def _ready(target: Target) -> Iterator[list[str]]:
    """Yield what is ready without a local change, such as the other side of an adoption."""
    last = 0
    while True:
        deliveries = Delivery.objects.using(target.using).of(target.mapping.target())
        ready = deliveries.ready(timezone.now()).filter(pk__gt=last).order_by("pk")
        found = list(ready.values_list("pk", "pk_text")[:CHUNK])
        if not found:
            return
        last = found[-1][0]
        keys = [key for _, key in found]
        changed = set(target.changes().filter(pk_text__in=keys).values_list("pk_text", flat=True))
        rest = [key for key in keys if key not in changed]
        if rest:
            yield rest


@dataclass
class SortedKeys:
    """Primary keys by what is to be done: linked rows and gone ones with their Salesforce ids ("" if never sent)."""

    linked: dict[str, str] = field(default_factory=dict)
    unlinked: list[str] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)


def sort(target: Target, keys: Sequence[str]) -> SortedKeys:
    """Sort records by their rows as they are now; the claim looks again under the locks."""
    found = SortedKeys()
    rows = target.rows().filter(pk__in=list(keys))
    here = {target.key_text(key): sf_id for key, sf_id in rows.values_list("pk", target.id_attribute)}
    for key, sf_id in here.items():
        if sf_id:
            found.linked[key] = sf_id
        else:
            found.unlinked.append(key)
    gone = [key for key in keys if key not in here]
    pending = PendingRecords(target, gone)
    found.gone = {key: pending[key].sf_id() or "" for key in gone}
    return found
