"""Which mappings are due: missed slots become one run, and a slot never runs twice."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from sfsync import cron
from sfsync.mappings import Mapping
from sfsync.models import MappingState


def take_due(
    mappings: Sequence[type[Mapping]], direction: str, *, dry_run: bool = False
) -> list[type[Mapping]]:
    """Return the mappings with a slot due, and mark the slot as taken before anything runs.

    Two processes that ask at the same moment get each slot once: the update is conditional on the slot before.
    A dry run marks nothing.
    """
    return [mapping for mapping in mappings if _take(mapping, direction, dry_run)]


def _take(mapping: type[Mapping], direction: str, dry_run: bool) -> bool:
    expression = mapping.options.schedule[direction]
    if expression is None:
        return False
    column = f"last_{direction}_slot"
    states = MappingState.objects.using(mapping.using())
    last = states.of(mapping.target()).values_list(column, flat=True).first()
    slot = cron.due_slot(expression, last, timezone.now())
    if slot is None or dry_run:
        return slot is not None
    state = states.get_for(mapping.target())
    return bool(states.filter(pk=state.pk, **{column: last}).update(**{column: slot}))
