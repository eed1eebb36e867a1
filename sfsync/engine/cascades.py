"""What Django would delete along with a row, and whether Salesforce still has any of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Model, ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from sfsync import registry
from sfsync.engine.target import Target
from sfsync.exceptions import RecordError
from sfsync.mappings import DeletePolicy, Mapping
from sfsync.models import Delivery, DeliveryState, LocalChange, Operation

Keys = dict[type[Mapping], set[str]]


@dataclass
class Cascade:
    """The rows that go with one row: by mapping of the same org, their Salesforce ids and primary keys."""

    linked: Keys = field(default_factory=dict)
    keys: Keys = field(default_factory=dict)
    unlinked: Keys = field(default_factory=dict)


def cascade_of(target: Target, row: Model) -> Cascade:
    """Collect what deleting this row would take along. Raises RecordError when a relation protects it."""
    collector = Collector(using=target.using, origin=row)
    try:
        collector.collect([row])
    except (ProtectedError, RestrictedError) as error:
        raise RecordError(
            f"{target.name}: local row {row.pk} was deleted in Salesforce, but {_labels(error)} rows here point at "
            "it and protect it; delete or move them, then pull again",
            code="PROTECTED",
        ) from None
    cascade = Cascade()
    for model, rows in _collected(collector):
        for mapping in registry.for_model(model):
            if mapping.options.org == target.org and mapping is not target.mapping:
                _add(cascade, mapping, rows)
        if model is target.model:
            _add(cascade, target.mapping, [each for each in rows if each.pk != row.pk])
    return cascade


def _collected(collector: Collector) -> Iterable[tuple[type[Model], Iterable[Any]]]:
    yield from collector.data.items()
    for queryset in collector.fast_deletes:
        if registry.for_model(queryset.model):
            yield queryset.model, queryset


def _add(cascade: Cascade, mapping: type[Mapping], rows: Iterable[Any]) -> None:
    for row in rows:
        sf_id = getattr(row, mapping.options.salesforce_id, None)
        cascade.keys.setdefault(mapping, set()).add(str(row.pk))
        if sf_id:
            cascade.linked.setdefault(mapping, set()).add(sf_id)
        else:
            cascade.unlinked.setdefault(mapping, set()).add(str(row.pk))


def _labels(error: ProtectedError | RestrictedError) -> str:
    objects: Iterable[Model] = (
        error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
    )
    return ", ".join(sorted({each._meta.label for each in objects}))


def check(target: Target, row: Model, cascade: Cascade, gone: set[str]) -> None:
    """Refuse a cascade that reaches a row whose record is alive, a row to be kept, or one the org has never seen."""
    for mapping, sf_ids in cascade.linked.items():
        alive = sorted(sf_ids - gone)
        if alive:
            raise RecordError(
                f"{target.name}: deleting local row {row.pk} would take {len(alive)} {mapping.options.name} rows "
                f"along that Salesforce still has (first: {alive[0]}); move them to another parent, or delete "
                "their records in Salesforce",
                code="CASCADE_ALIVE",
            )
        if mapping.options.deleted_in_salesforce is not DeletePolicy.DELETE:
            raise RecordError(
                f"{target.name}: deleting local row {row.pk} would take {len(sf_ids)} {mapping.options.name} rows "
                f"along, which are kept when Salesforce deletes their records (first: {min(sf_ids)}); move them to "
                "another parent, or delete them",
                code="CASCADE_KEPT",
            )
    for mapping, keys in cascade.unlinked.items():
        raise RecordError(
            f"{target.name}: deleting local row {row.pk} would take {len(keys)} {mapping.options.name} rows along "
            f"that were never in Salesforce (first: primary key {min(keys)}); move or delete them, or push them first",
            code="CASCADE_UNLINKED",
        )


def last_change(target: Target) -> int:
    """Return the id of the newest local change of any target."""
    newest = LocalChange.objects.using(target.using).aggregate(last=Max("id"))["last"]
    return newest or 0


def forget_cleared(target: Target, removed: Keys, *, after: int) -> None:
    """Settle what the triggers logged since `after` of keys that SET_NULL cleared: nobody's edit, nor news.

    Salesforce clears its lookups in the same way. A user who cleared the same key meanwhile wanted the same.
    To a record the org refused it is news: its cause may have been the parent that is gone.
    """
    changes = LocalChange.objects.using(target.using).filter(id__gt=after, operation=Operation.UPDATE)
    for mapping in registry.mappings() if removed else ():
        if mapping.options.org == target.org and mapping.using() == target.using:
            keys = _referred(mapping, removed)
            logged = changes.filter(org=target.org, mapping=mapping.options.name) if keys else ()
            refused = _refused(mapping, target.using, [each.pk_text for each in logged])
            cleared = [each.pk for each in logged if _is_cleared(each, keys) and each.pk_text not in refused]
            changes.filter(pk__in=cleared).delete()


def _refused(mapping: type[Mapping], using: str, keys: list[str]) -> set[str]:
    refused = Delivery.objects.using(using).of(mapping.target()).filter(state=DeliveryState.PROBLEM)
    return set(refused.filter(pk_text__in=keys).values_list("pk_text", flat=True)) if keys else set()


def _referred(mapping: type[Mapping], removed: Keys) -> dict[str, set[str]]:
    """Return {foreign key column: primary keys that are gone} of a mapping's references."""
    return {
        each.column: keys
        for each in mapping.references()
        for other, keys in removed.items()
        if each.relation.related_model is other.model()
    }


def _is_cleared(change: LocalChange, keys: dict[str, set[str]]) -> bool:
    return len(change.old) == 1 and all(old in keys.get(column, ()) for column, old in change.old.items())
