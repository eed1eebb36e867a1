"""Records that are linked here, that the org neither shows nor calls deleted."""

from __future__ import annotations

from collections.abc import Sequence

from sfsync.engine.target import Target
from sfsync.engine.writing import note_problem
from sfsync.exceptions import RecordError


def note_invisible(target: Target, sf_ids: Sequence[str]) -> None:
    """Keep a problem for each linked row; its values stay as they are. Ids unknown here count as filtered."""
    if not sf_ids:
        return
    rows = target.rows().filter(**{f"{target.id_attribute}__in": sf_ids})
    linked = set(rows.values_list(target.id_attribute, flat=True))
    target.report.counts.add("problems", len(linked))
    target.report.counts.add("filtered", len(set(sf_ids) - linked))
    for sf_id in sorted(linked):
        error = RecordError(
            f"{target.name}: {sf_id} is linked here, but Salesforce neither shows it nor lists it as deleted; give "
            "the integration user 'View All' on the object, or delete the local row",
            code="NOT_VISIBLE",
        )
        if target.dry_run:
            target.note(sf_id, "problem", str(error))
        else:
            note_problem(target, "pull", sf_id, error)
