"""What an administrator set up to happen on writes: validation rules, duplicate rules, triggers.

They work in the order of Salesforce ("Triggers and Order of Execution" in the Apex guide): changes to the
record itself, validation rules, duplicate rules, changes to others; all in the transaction of the write, which
is undone where a rule refuses it. What a trigger writes runs through no automation again.

A condition is what could stand after WHERE in a query of the object.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from .duplicates import DuplicateRule, DuplicatesDetected, duplicates_of
from .errors import OrgError
from .ids import is_id, to_18
from .rendering import render
from .schema import SObjectSpec
from .soql.query import Queries
from .storage.tables import quote

if TYPE_CHECKING:
    from .org import Org

WRITES = ("create", "update")

# (the record as it goes out) -> the fields to be changed
Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ValidationRule:
    """Refuse a record for which the condition holds; the error stands at `field`, or at the top."""

    sobject: str
    condition: str
    message: str
    field: str | None = None
    on: Sequence[str] = WRITES

    def error(self) -> OrgError:
        fields = [self.field] if self.field else []
        return OrgError(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", self.message, fields)


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Change fields of the record that was written, or of the one that its lookup `parent` names.

    `change` is the new values, or a function of the written record as it goes out that returns them. Without a
    `condition` every write counts; `on` may have "delete" where there is a `parent`.
    """

    sobject: str
    change: Mapping[str, Any] | Change
    condition: str | None = None
    parent: str | None = None
    on: Sequence[str] = WRITES

    def values(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.change(record) if callable(self.change) else self.change


Rule = ValidationRule | DuplicateRule | Trigger
R = TypeVar("R", ValidationRule, DuplicateRule, Trigger)
KINDS: Mapping[str, type[ValidationRule] | type[DuplicateRule] | type[Trigger]] = {
    "validation": ValidationRule,
    "duplicate": DuplicateRule,
    "trigger": Trigger,
}


class _Header(threading.local):
    """What the request of a thread said about duplicates, and the API version that their URLs have."""

    allow_save = False
    version = "66.0"


class Automation:
    """The rules of an org. `add("validation", sobject="Account", condition="Phone = null", message="...")`."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._queries = Queries(org)
        self._numbers = itertools.count(1)
        self._rules: dict[int, Rule] = {}
        self._header = _Header()

    def add(self, kind: str, **options: Any) -> int:
        """Add a rule and return its number.

        Raise ValueError for an unknown kind or option, OrgError for an unknown object, field or condition.
        """
        if kind not in KINDS:
            raise ValueError(f"There is no automation {kind!r}. Known are: {', '.join(KINDS)}.")
        try:
            rule = KINDS[kind](**options)
        except TypeError as error:
            raise ValueError(f"The automation {kind!r} cannot be made: {error}") from error
        self._check(rule)
        number = next(self._numbers)
        self._rules[number] = rule
        return number

    def remove(self, number: int) -> None:
        if self._rules.pop(number, None) is None:
            raise ValueError(f"There is no automation {number}.")

    def clear(self) -> None:
        self._rules.clear()

    def items(self) -> list[tuple[int, Rule]]:
        return list(self._rules.items())

    @contextmanager
    def duplicates_saved(self, allow_save: bool, version: str = _Header.version) -> Iterator[None]:
        """Save duplicates inside the block where their rule allows it (the Sforce-Duplicate-Rule-Header)."""
        self._header.allow_save, self._header.version = allow_save, version
        try:
            yield
        finally:
            self._header.allow_save, self._header.version = False, _Header.version

    def concerns(self, spec: SObjectSpec) -> bool:
        """Say whether writes of an object need any of this."""
        return any(rule.sobject.lower() == spec.name.lower() for rule in list(self._rules.values()))

    def written(self, spec: SObjectSpec, record_id: str, operation: str, user: str) -> None:
        """Let the rules see a record that was created or updated; raise OrgError where one refuses it."""
        for trigger in self._of(spec, Trigger):
            if trigger.parent is None and self._applies(trigger, spec, record_id, operation):
                values = trigger.values(self._record(spec, record_id))
                self._org.records.update(spec, record_id, values, user)
        self._validate(spec, record_id, operation)
        self._refuse_duplicates(spec, record_id, operation)
        for change_parent in self.parents_of(spec, record_id, operation, user):
            change_parent()

    def deleting(self, spec: SObjectSpec, record_id: str, user: str) -> list[Callable[[], None]]:
        """Return what triggers will do once a record is deleted, whose values are still there."""
        if not self.concerns(spec) or not is_id(record_id):
            return []
        return self.parents_of(spec, to_18(record_id), "delete", user)

    def parents_of(
        self, spec: SObjectSpec, record_id: str, operation: str, user: str
    ) -> list[Callable[[], None]]:
        """Return what triggers will do to the parents of a record, which may be about to be deleted."""
        found = []
        for trigger in self._of(spec, Trigger):
            if trigger.parent is not None and self._applies(trigger, spec, record_id, operation):
                record = self._record(spec, record_id)
                parent_id = record[spec.field(trigger.parent).name]
                if parent_id is not None:
                    found.append(self._change_of(parent_id, trigger.values(record), user))
        return found

    def _change_of(self, record_id: str, values: Mapping[str, Any], user: str) -> Callable[[], None]:
        def change() -> None:
            spec = self._org.schema.find_by_prefix(record_id[:3])
            if spec is not None:
                self._org.records.update(spec, record_id, values, user)

        return change

    def _validate(self, spec: SObjectSpec, record_id: str, operation: str) -> None:
        broken = [
            rule.error()
            for rule in self._of(spec, ValidationRule)
            if self._applies(rule, spec, record_id, operation)
        ]
        if broken:
            first, *others = broken
            raise OrgError(first.status, first.code, first.message, first.fields, others=others)

    def _refuse_duplicates(self, spec: SObjectSpec, record_id: str, operation: str) -> None:
        for rule in self._of(spec, DuplicateRule):
            if operation not in rule.on or (rule.allow_save and self._header.allow_save):
                continue
            found = duplicates_of(self._org.storage, spec, rule, record_id)
            if found:
                raise DuplicatesDetected(spec, rule, found, self._header.version)

    def _of(self, spec: SObjectSpec, kind: type[R]) -> list[R]:
        mine = [rule for rule in list(self._rules.values()) if rule.sobject.lower() == spec.name.lower()]
        return [rule for rule in mine if isinstance(rule, kind)]

    def _applies(
        self, rule: ValidationRule | Trigger, spec: SObjectSpec, record_id: str, operation: str
    ) -> bool:
        if operation not in rule.on:
            return False
        return rule.condition is None or self._holds(spec, rule.condition, record_id)

    def _holds(self, spec: SObjectSpec, condition: str, record_id: str) -> bool:
        text = f"SELECT Id FROM {spec.name} WHERE Id = '{record_id}' AND ({condition})"
        user = self._org.settings.user_id  # rules see every field, whoever writes
        return bool(self._queries.run(text, user=user, session="", version="66.0")["records"])

    def _record(self, spec: SObjectSpec, record_id: str) -> dict[str, Any]:
        row = next(self._org.storage.read(f'SELECT * FROM {quote(spec.name)} WHERE "Id" = ?', (record_id,)))
        return render(spec, row, spec.fields.values(), "66.0")

    def _check(self, rule: Rule) -> None:
        """Try a rule out on no record, so that a mistake in it shows at once."""
        _check_types(rule)
        spec = self._org.schema.get(rule.sobject)
        if isinstance(rule, DuplicateRule):
            for name in rule.fields:
                spec.field(name)
            return
        if isinstance(rule, Trigger) and rule.parent is not None:
            spec.field(rule.parent)
        if rule.condition is not None:
            self._holds(spec, rule.condition, "000000000000000AAA")


def _check_types(rule: Rule) -> None:
    """Refuse what JSON can bring in the place of a name, a list of operations or new values."""
    if not isinstance(rule.sobject, str):
        raise ValueError("sobject is the name of an object")
    if isinstance(rule.on, str) or not set(rule.on) <= {*WRITES, "delete"}:
        raise ValueError("on is a list of create, update and delete")
    if isinstance(rule, Trigger) and not (callable(rule.change) or isinstance(rule.change, Mapping)):
        raise ValueError("change is an object of new values")
