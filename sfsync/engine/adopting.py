"""Records the org already has: found by their external id and merged, never created twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet

from sfsync import soql
from sfsync.engine.applying import apply, batches, in_transaction
from sfsync.engine.fetch import clean, query
from sfsync.engine.outgoing import Outgoing
from sfsync.engine.records import Record
from sfsync.engine.target import Target
from sfsync.engine.writing import note_problem, save_deliveries
from sfsync.exceptions import RecordError
from sfsync.mappings import Direction, ExternalId
from sfsync.models import Delivery, DeliveryOperation, DeliveryState

VALUES_PER_QUERY = 200
"""External ids in one IN clause of a GET: 36 characters each stay far below a URI of 16,384 bytes."""


def find(target: Target, values: Iterable[str]) -> dict[str, Record]:
    """Return the org's records by their external id, in lower case."""
    external = target.mapping.options.external_id
    if external is None:
        return {}
    return {str(each[external.salesforce]).lower(): each for each in records_of(target, external, values)}


def records_of(target: Target, external: ExternalId, values: Iterable[str]) -> Iterator[Record]:
    """Yield the org's records of these external ids: two of one value where the org does not keep it unique."""
    for part in batches(sorted(set(values)), VALUES_PER_QUERY):
        text = soql.select(target.fetched_names, target.sobject, where=soql.in_(external.salesforce, part))
        yield from (clean(record) for record in query(target, text))


def adopt(target: Target, duplicates: Sequence[Outgoing]) -> set[str]:
    """Adopt what the org refused to create twice; returns the keys of what is not in the org at all.

    The records are merged like any other pulled record, with no base but with what was sent.
    """
    began = target.now()
    found = find(target, [str(each.delivery.external_id) for each in duplicates])
    target.leave(apply(target, list(found.values()), began))
    keys = [each.key for each in duplicates]
    unlinked = target.rows().filter(pk__in=keys, **{target.id_attribute: None}).values_list("pk", flat=True)
    left = {target.key_text(key) for key in unlinked}
    twins = {each.key: found.get(str(each.delivery.external_id).lower()) for each in duplicates}
    refused = [each for each in duplicates if each.key in left]

    def refuse() -> None:
        for outgoing in refused:
            _refuse(target, outgoing, twins[outgoing.key])

    in_transaction(target, refuse)
    return {key for key, twin in twins.items() if twin is None}


def _refuse(target: Target, outgoing: Outgoing, twin: Record | None) -> None:
    """Keep a create as a problem that the org refuses again and again; `twin` has its external id."""
    outgoing.delivery.refuse(code="DUPLICATE_VALUE", message="")
    save_deliveries(target, [outgoing.delivery])
    reason = (
        "Salesforce has another record with a unique value of it, but none with its external id; change the value "
        "here, or set the external id there so that both are one"
    )
    if twin is not None:
        reason = (
            f"{twin['Id']} has its external id and could not be linked to it; solve the problem of {twin['Id']}, or "
            "clear its external id, then change the row"
        )
    problem = RecordError(
        f"{target.name}: local row {outgoing.key} was not created: {reason}", code="DUPLICATE_VALUE"
    )
    note_problem(target, "push", outgoing.key, problem)


def recover(target: Target, key: str | None = None) -> set[str]:
    """Look in the org for what a dead run had claimed before anything is sent again; returns what was found.

    With `key`, a primary key as text, only for that record.
    """
    fence = target.lease.fence if target.lease is not None else 0
    deliveries = Delivery.objects.using(target.using).of(target.mapping.target())
    if key is not None:
        deliveries = deliveries.filter(pk_text=key)
    left = deliveries.left_behind(fence)
    creates = left.filter(operation=DeliveryOperation.CREATE)
    adopted = _recover_creates(target, list(creates.exclude(external_id=None)))
    for delivery in creates.filter(external_id=None):
        in_transaction(target, lambda delivery=delivery: _note_unknown(target, delivery))  # type: ignore[misc]
    in_transaction(
        target, lambda: left.exclude(operation=DeliveryOperation.CREATE).update(state=DeliveryState.READY)
    )
    _resolve_unknown(target, deliveries)
    if target.mapping.options.direction is Direction.PUSH:  # no pull will ever see what was settled
        deliveries.settled().delete()
    return adopted


def _resolve_unknown(target: Target, deliveries: QuerySet[Delivery]) -> None:
    """Go on with creates of unknown outcome whose row a person has linked or deleted since."""
    unknown = deliveries.filter(state=DeliveryState.UNKNOWN)
    keys = list(unknown.values_list("pk_text", flat=True))
    if keys:
        open_rows = target.rows().filter(pk__in=keys, **{target.id_attribute: None})
        waiting = [target.key_text(key) for key in open_rows.values_list("pk", flat=True)]
        in_transaction(target, lambda: unknown.exclude(pk_text__in=waiting).update(state=DeliveryState.READY))


def _recover_creates(target: Target, deliveries: Sequence[Delivery]) -> set[str]:
    if not deliveries:
        return set()
    began = target.now()
    found = find(target, [str(each.external_id) for each in deliveries])
    keys = {each.pk_text for each in deliveries}
    rows = target.rows().filter(pk__in=list(keys))
    here = {target.key_text(key) for key in rows.values_list("pk", flat=True)}

    def give_back() -> None:
        for delivery in deliveries:
            record = found.get(str(delivery.external_id).lower())
            if record is not None and delivery.pk_text not in here:
                delivery.delete_instead(record["Id"])
            else:
                delivery.give_back()
            delivery.save()

    in_transaction(target, give_back)
    known = [each for each in deliveries if each.pk_text in here and str(each.external_id).lower() in found]
    target.leave(apply(target, [found[str(each.external_id).lower()] for each in known], began))
    return {each.pk_text for each in known}


def _note_unknown(target: Target, delivery: Delivery) -> None:
    """Without an external id nobody can tell whether the create arrived: it is not sent again."""
    delivery.state = DeliveryState.UNKNOWN
    delivery.save(update_fields=["state"])
    problem = RecordError(
        f"{target.name}: the answer to the create of local row {delivery.pk_text} was lost, and the mapping has no "
        f"external_id to find it by; look for the record in Salesforce and store its Id in "
        f"{target.id_attribute}; if it is not there, replace the row by a new one",
        code="OUTCOME_UNKNOWN",
    )
    note_problem(target, "push", delivery.pk_text, problem)
