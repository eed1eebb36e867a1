"""Find the local row of each org record: by Salesforce id, then by external id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from sfsync.engine.records import Record
from sfsync.engine.target import Target
from sfsync.exceptions import ConversionError
from sfsync.models import Delivery, DeliveryOperation, DeliveryState, Excluded, Operation


@dataclass
class Matches:
    """The locked rows of a batch, and what is known of records that have none."""

    by_id: dict[str, Model] = field(default_factory=dict)
    by_external: dict[Any, Model] = field(default_factory=dict)
    repeated: set[Any] = field(default_factory=set)
    deleted_here: dict[str, str] = field(default_factory=dict)
    excluded: set[str] = field(default_factory=set)

    @property
    def rows(self) -> list[Model]:
        found = {row.pk: row for row in (*self.by_id.values(), *self.by_external.values())}
        return list(found.values())


def find(target: Target, records: Iterable[Record]) -> Matches:
    """Find and lock the rows of these records, in primary key order.

    `deleted_here` maps the Salesforce ids of rows deleted here, and not yet settled, to their primary keys.
    """
    records = list(records)
    ids = {record["Id"] for record in records}
    externals = Counter(value for value in map(external_value_of(target), records) if value is not None)
    matches = Matches(repeated={value for value, times in externals.items() if times > 1})
    for row in _rows(target, ids, set(externals)):
        sf_id = target.linked_id(row)
        if sf_id is not None and sf_id in ids:
            matches.by_id[sf_id] = row
        if externals:
            matches.by_external[_external_attribute(target, row)] = row
    missing = ids - matches.by_id.keys()
    if missing:
        _find_deleted(target, missing, matches)
        _find_begun(target, [record for record in records if record["Id"] in missing], matches)
    return matches


def external_value_of(target: Target) -> Any:
    """Return a function record -> local value of its external id, None when it has none that can be one."""
    external = target.mapping.options.external_id
    if external is None or external.salesforce not in target.types:
        return lambda record: None

    def value(record: Record) -> Any:
        text = record.get(external.salesforce)
        if not text:
            return None
        try:
            return external.parse(text)
        except ConversionError:
            return None

    return value


def _external_attribute(target: Target, row: Model) -> Any:
    external = target.mapping.options.external_id
    return getattr(row, external.attribute) if external else None


def _rows(target: Target, ids: set[str], externals: set[Any]) -> list[Model]:
    condition = Q(**{f"{target.id_attribute}__in": ids})
    external = target.mapping.options.external_id
    if externals and external:
        condition |= Q(**{f"{external.attribute}__in": externals})
    queryset = target.rows().filter(condition)
    if target.dry_run:
        return list(queryset)
    return target.database.lock(queryset)


def _find_deleted(target: Target, missing: set[str], matches: Matches) -> None:
    changes = target.changes().filter(operation=Operation.DELETE, sf_id__in=missing)
    matches.deleted_here.update({str(each.sf_id): each.pk_text for each in changes.only("sf_id", "pk_text")})
    deliveries = target.stored(Delivery).filter(operation=DeliveryOperation.DELETE, sf_id__in=missing)
    matches.deleted_here.update(deliveries.values_list("sf_id", "pk_text"))
    excluded = target.stored(Excluded).filter(sf_id__in=missing)
    matches.excluded.update(excluded.values_list("sf_id", flat=True))


def _find_begun(target: Target, records: Iterable[Record], matches: Matches) -> None:
    """Find records of creates whose answer was lost, and whose row has been deleted since."""
    value_of = external_value_of(target)
    values = {str(value): record["Id"] for record in records if (value := value_of(record)) is not None}
    claimed = target.stored(Delivery).filter(operation=DeliveryOperation.CREATE, state=DeliveryState.CLAIMED)
    begun = claimed.filter(external_id__in=list(values))
    here = {target.key_text(row.pk) for row in matches.rows}
    for external_id, key in begun.values_list("external_id", "pk_text") if values else ():
        if key not in here:
            matches.deleted_here.setdefault(values[external_id], key)
