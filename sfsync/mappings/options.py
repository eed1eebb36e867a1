"""`class Meta` of a mapping: read once, checked, frozen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from django.db.models import Model, TextChoices

from sfsync import cron
from sfsync.exceptions import ConfigurationError, NotYet
from sfsync.mappings.external_id import ExternalId
from sfsync.mappings.policies import ConflictPolicy, DeletePolicy, Direction
from sfsync.mappings.suggestions import nearest

API_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}", re.ASCII)
TARGET_NAME = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)

NOT_YET = frozenset(
    [
        "match_on",
        "where",
        "leaves_where",
        "push_where",
        "on_create",
        "write",
        "push",
        "headers",
        "bulk_updates",
        "priority",
    ]
)
NO_SCHEDULE: MappingProxyType[str, str | None] = MappingProxyType({"pull": None, "push": None})


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a mapping. `name` and `org` together are its key in the database, called the target."""

    model: str | type[Model]
    sobject: str
    name: str
    org: str = "default"
    salesforce_id: str = "sf_id"
    external_id: ExternalId | None = None
    fields_map: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))
    direction: Direction = Direction.BOTH
    conflict: ConflictPolicy = ConflictPolicy.SALESFORCE
    deleted_in_salesforce: DeletePolicy = DeletePolicy.KEEP
    deleted_locally: DeletePolicy = DeletePolicy.KEEP
    schedule: MappingProxyType[str, str | None] = field(default_factory=lambda: NO_SCHEDULE)

    @classmethod
    def load(cls, meta: type, mapping: str) -> Options:
        """Read a mapping's `class Meta`. Raise ConfigurationError naming the option and the mapping."""
        given = {name: getattr(meta, name) for name in dir(meta) if not name.startswith("__")}
        check_known(given, mapping)
        given.setdefault("name", mapping)
        with naming(mapping, "direction"):
            direction = choice(given.get("direction", Direction.BOTH), Direction)
        values: dict[str, Any] = {}
        for name, value in given.items():
            with naming(mapping, name):
                values[name] = schedule(value, direction) if name == "schedule" else READERS[name](value)
        return cls(**values)


@contextmanager
def naming(mapping: str, option: str) -> Iterator[None]:
    """Name the mapping and the option in every error raised inside."""
    try:
        yield
    except ConfigurationError as error:
        message = f"{mapping}: Meta.{option}: {error.message}"
        raise type(error)(message, hint=error.hint, check=error.check) from None


def check_known(given: dict[str, Any], mapping: str) -> None:
    """Raise an error for an option that does not exist, does not exist yet, or is required and missing."""
    known = [option.name for option in fields(Options)]
    for name in given:
        if name in NOT_YET:
            raise NotYet(
                f"{mapping}: Meta.{name} is not supported yet.",
                hint="Remove it: it would have no effect.",
            )
        if name not in known:
            raise ConfigurationError(
                f"{mapping}: Meta has no option {name!r}.", hint=nearest(name, known), check="sfsync.E003"
            )
    for name in ("model", "sobject"):
        if name not in given:
            example = '"crm.Contact"' if name == "model" else '"Contact"'
            raise ConfigurationError(
                f"{mapping}: Meta.{name} is missing.", hint=f"Type {name} = {example}.", check="sfsync.E003"
            )


def wrong(message: str, hint: str) -> ConfigurationError:
    return ConfigurationError(message, hint=hint, check="sfsync.E003")


def model(value: Any) -> str | type[Model]:
    if isinstance(value, type) and issubclass(value, Model):
        return value
    if isinstance(value, str) and value.count(".") == 1:
        return value
    raise ConfigurationError(
        f"{value!r} is no model.",
        hint='Type the model class or its label, such as "crm.Contact".',
        check="sfsync.E005",
    )


def api_name(value: Any) -> str:
    if isinstance(value, str) and API_NAME.fullmatch(value):
        return value
    raise wrong(f"{value!r} is no API name.", 'Type one such as "Contact" or "Invoice__c".')


def target_name(limit: int) -> Callable[[Any], str]:
    """Return a reader for a part of the target; `limit` is the width of its column."""

    def read(value: Any) -> str:
        if isinstance(value, str) and len(value) <= limit and TARGET_NAME.fullmatch(value):
            return value
        raise wrong(
            f"{value!r} is no name.", f"Type up to {limit} letters, digits, dots, hyphens or underscores."
        )

    return read


def attribute(value: Any) -> str:
    if isinstance(value, str) and value.isidentifier():
        return value
    raise wrong(f"{value!r} is not the name of a model field.", 'Type one such as "sf_id".')


def external_id(value: Any) -> ExternalId | None:
    if value is None or isinstance(value, ExternalId):
        return value
    raise wrong(f"{value!r} is no ExternalId.", 'Type sfsync.ExternalId("Django_Id__c", "uid").')


def fields_map(value: Any) -> MappingProxyType[str, str]:
    if isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair):
        return MappingProxyType(dict(value))
    raise wrong(
        "the value is no dict of texts.", 'Type {"Phone": "phone"}: the org\'s field, then the model field.'
    )


def choice(value: Any, choices: type[TextChoices]) -> Any:
    """Return the member of `choices` that a member or its text stands for."""
    if isinstance(value, str) and value in choices.values:
        return choices(value)
    names = " or ".join(f"{choices.__name__}.{member.name}" for member in choices)
    raise wrong(f"{value!r} is no {choices.__name__}.", f"Type {names}.")


def conflict(value: Any) -> ConflictPolicy:
    """Return the policy of a mapping or a field; those of a later version raise NotYet."""
    if callable(value) or value in (ConflictPolicy.NEWEST, ConflictPolicy.MANUAL):
        shown = "a callable" if callable(value) else f"ConflictPolicy.{ConflictPolicy(value).name}"
        raise NotYet(
            f"{shown} is not supported yet.", hint="Type ConflictPolicy.SALESFORCE or ConflictPolicy.LOCAL."
        )
    policy: ConflictPolicy = choice(value, ConflictPolicy)
    return policy


def deletion(value: Any) -> DeletePolicy:
    if value.__class__.__name__ == "Mark":
        raise NotYet("Mark is not supported yet.", hint="Type DeletePolicy.KEEP or DeletePolicy.DELETE.")
    policy: DeletePolicy = choice(value, DeletePolicy)
    return policy


def schedule(value: Any, direction: Direction) -> MappingProxyType[str, str | None]:
    """Return {"pull": .., "push": ..}; one expression stands for the directions the mapping has."""
    directions = ["pull", "push"] if direction is Direction.BOTH else [direction.value]
    if isinstance(value, str):
        value = dict.fromkeys(directions, value)
    if value is None:
        value = {}
    if not isinstance(value, dict) or not set(value) <= set(directions):
        raise wrong(
            f"only {' and '.join(directions)} can be scheduled here.",
            'Type a cron expression, or {"pull": "*/5 * * * *", "push": "* * * * *"}.',
        )
    for expression in value.values():
        if expression is not None:
            cron.validate(expression)
    return MappingProxyType({**NO_SCHEDULE, **value})


READERS: dict[str, Callable[[Any], Any]] = {
    "model": model,
    "sobject": api_name,
    "name": target_name(100),
    "org": target_name(40),
    "salesforce_id": attribute,
    "external_id": external_id,
    "fields_map": fields_map,
    "direction": lambda value: choice(value, Direction),
    "conflict": conflict,
    "deleted_in_salesforce": deletion,
    "deleted_locally": deletion,
}
