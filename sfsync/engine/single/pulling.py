"""Pull one record: the org's values, merged with what is saved here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import Model

from sfsync import values
from sfsync.engine.adopting import records_of
from sfsync.engine.applying import Then, apply, count
from sfsync.engine.deletes import Deleter
from sfsync.engine.fetch import Fetched, classify, fetch
from sfsync.engine.invisible import note_invisible
from sfsync.engine.plans import Plan, Planner
from sfsync.engine.single.choice import (
    Wanted,
    attributes,
    mapping_of,
    no_row,
    require_no_transaction,
    require_own_database,
    saved_values,
)
from sfsync.engine.single.report import RecordReport, excluded_error, outcome_of, problem_of
from sfsync.engine.single.turn import take_turn
from sfsync.engine.target import Target
from sfsync.exceptions import ConversionError, RecordError
from sfsync.mappings import Mapping
from sfsync.models import WaitingReference

PAUSES = (0.2, 0.5, 1.0)
"""Seconds before a record is read again that a push is at work on, or that came back between two questions."""


def pull(instance: Model, save: bool = True, *, mapping: Wanted = None) -> RecordReport:
    """Pull the record of an instance now: by its Salesforce id, or else by its external id.

    With `save` the org's values are merged with the row, written, and put on the instance, like
    `refresh_from_db()`; an instance that was never saved gets a row, which is linked. Deletes go by the mapping's
    policy, as in a pull: when the row goes, the instance loses its primary key. Without `save` nothing is written:
    what the merge takes from the org is put on the instance. `mapping` (the class or its name) is needed where a
    model has several.

    Raises RecordError when the record is not in the org, or cannot be applied: then the problem is kept, too.
    Raises InsideTransaction, LeaseTaken and ConfigurationError before anything is written, and SalesforceError
    as the org fails.
    """
    chosen = mapping_of(instance, mapping, "pull")
    require_own_database(instance, chosen)
    require_no_transaction(chosen.using())
    row = None if instance._state.adding else saved_values(chosen, instance)
    if row is None and not instance._state.adding:
        raise no_row(chosen, instance)
    one = PullOne(instance, row, save=save)
    target, calls = take_turn(chosen, "pull", lambda target, session: one.run(target), dry_run=not save)
    if save:
        one.refresh(target)
    return one.report(target, calls)


class PullOne:
    """A pull of one record. `row` holds the saved values of its attributes, None when it was never saved."""

    def __init__(self, instance: Model, row: dict[str, Any] | None, *, save: bool) -> None:
        self.instance = instance
        self.row = row
        self.save = save
        self.sf_id = ""
        self.plan: Plan | None = None

    def run(self, target: Target) -> Target:
        """Read and apply the record, again when a push was at work on it."""
        self.sf_id = self._known_id(target)
        for pause in (*PAUSES, None):
            if self._applied(target, self._read(target)):
                return target
            if pause is not None:
                target.client.sleep(pause)
        raise RecordError(
            f"{target.name}: a push is at work on {self.sf_id}; nothing was changed here, try again",
            code="BEING_PUSHED",
        )

    def _known_id(self, target: Target) -> str:
        value = self.row[target.id_attribute] if self.row is not None else target.linked_id(self.instance)
        try:
            return values.id18(value) if value else ""
        except ConversionError as error:
            raise RecordError(
                f"{target.name}: {target.id_attribute} of the instance is no Salesforce id", code=error.code
            ) from None

    def _read(self, target: Target) -> Fetched:
        if self.sf_id:
            return fetch([(target, [self.sf_id])])[0]
        began = target.now()
        return Fetched(target, began, self._by_external_id(target))

    def _by_external_id(self, target: Target) -> list[dict[str, Any]]:
        """Return the records of the instance's external id: more than one are a problem of each."""
        external = target.mapping.options.external_id
        if external is None:
            raise RecordError(
                f"{target.name}: the instance has no Salesforce id, and the mapping no external_id to find its "
                f"record by; store the record's Id in {target.id_attribute}",
                code="NOT_LINKED",
            )
        try:
            found = list(records_of(target, external, [external.value(self.instance)]))
        except ConversionError as error:
            raise RecordError(
                f"{target.name}: the instance has neither a Salesforce id nor an external id; store the record's Id "
                f"in {target.id_attribute}, or a value in {external.attribute}",
                code=error.code,
                field=error.field,
            ) from None
        if not found:
            raise self._nowhere(target, "has the external id of the instance")
        self.sf_id = str(found[0]["Id"])
        return found

    def _nowhere(self, target: Target, what: str) -> RecordError:
        return RecordError(
            f"{target.name}: no {target.sobject} in Salesforce that this user may see {what}; "
            "sfsync.push(instance) creates one",
            code="NOT_IN_SALESFORCE",
        )

    def _applied(self, target: Target, fetched: Fetched) -> bool:
        """Apply what was read; return False when it may be older than what a push has sent, or is gone again."""
        if not fetched.absent:
            return self._written(target, fetched) if self.save else self._planned(target, fetched)
        if self.row is None:
            raise self._nowhere(target, f"has the Id {self.sf_id}")
        fate = classify(target, fetched.absent)
        Deleter(target, set(fate.deleted), allow=False).run(fate.deleted)
        note_invisible(target, fate.invisible)
        return not fate.alive

    def _written(self, target: Target, fetched: Fetched) -> bool:
        if self.row is None:
            target.new_values = unmapped(target.mapping, self.instance)
        return not apply(target, fetched.records, fetched.began, then=self._then(target))

    def _then(self, target: Target) -> Then | None:
        """Return what writes the values that are only pushed, so that the log has them; a new row had none."""
        names = [each.attname for each in target.mapping.fields if each.push_only]
        if self.row is not None or not names:
            return None
        given = {name: getattr(self.instance, name) for name in names}
        rows = target.rows().filter(**{target.id_attribute: self.sf_id})
        return partial(_write, rows, given)

    def _planned(self, target: Target, fetched: Fetched) -> bool:
        """Put what a merge would write on the instance."""
        batch = Planner(target, fetched.records, fetched.began).plan()
        count(target, batch.plans)
        for plan in batch.plans:
            self.plan = plan
            if plan.problem is None and plan.outcome in ("created", "adopted", "updated"):
                assign(self.instance, plan.values)
        return not batch.stale

    def refresh(self, target: Target) -> None:
        """Put the row's values on the instance."""
        instance, attname = self.instance, target.model._meta.pk.attname
        if target.report.counts["deleted"]:
            setattr(instance, attname, None)
            return
        names: Iterable[str] | None = attributes(target.mapping)
        if self.row is None:
            key = (
                target.rows().filter(**{target.id_attribute: self.sf_id}).values_list("pk", flat=True).first()
            )
            if key is None:
                return
            setattr(instance, attname, key)
            instance._state.adding, names = False, None
        instance.refresh_from_db(using=target.using, fields=names)

    def report(self, target: Target, calls: int) -> RecordReport:
        """Return what came of it. Raises RecordError when the record could not be applied."""
        outcome = outcome_of(target.report.counts)
        if outcome == "problems":
            problem = self.plan.problem if self.plan is not None else None
            raise problem or problem_of(target, "pull", [self.sf_id])
        if outcome == "filtered" and self.row is None:
            raise excluded_error(target, self.sf_id)
        waiting = self._waiting(target)
        if outcome == "held":
            raise self._held(target, waiting)
        conflicts = target.report.counts["conflicts"]
        return RecordReport(target.name, "pull", outcome, self.sf_id, conflicts, waiting, calls)

    def _waiting(self, target: Target) -> tuple[str, ...]:
        if self.plan is not None:
            return tuple(sorted(self.plan.waiting))
        waiting = target.stored(WaitingReference).filter(sf_id=self.sf_id)
        return tuple(sorted(waiting.values_list("field", flat=True)))

    def _held(self, target: Target, waiting: tuple[str, ...]) -> RecordError:
        if self.row is not None:
            return problem_of(target, "pull", [self.sf_id])
        return RecordError(
            f"{target.name}: {self.sf_id} was not created here: its parent ({', '.join(waiting)}) is not here yet, and "
            "the key may not be empty; pull the parent first, then it again",
            code="PARENT_NOT_HERE",
            field=waiting[0] if len(waiting) == 1 else "",
        )


def _write(rows: Any, given: dict[str, Any]) -> None:
    rows.update(**given)


def assign(instance: Model, found: dict[str, Any]) -> None:
    for name, value in found.items():
        setattr(instance, name, value)


def unmapped(mapping: type[Mapping], instance: Model) -> dict[str, Any]:
    """Return what a new instance holds in the columns that no pull writes; what is None is left to the model."""
    pulled = {each.attname for each in mapping.fields} | {mapping.options.salesforce_id}
    given: dict[str, Any] = {}
    for each in type(instance)._meta.concrete_fields:
        value = None if each.generated else getattr(instance, each.attname)
        if value is not None and each.attname not in pulled and not hasattr(value, "resolve_expression"):
            given[each.attname] = value
    return given
