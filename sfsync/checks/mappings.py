"""The mappings in SF_MAPPINGS, against each other and against their models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register

from sfsync import conf, registry
from sfsync.checks.fields import field_messages
from sfsync.checks.links import link_messages
from sfsync.exceptions import ConfigurationError
from sfsync.mappings import Direction, Mapping

Loaded = Sequence[type[Mapping]]


@register("sfsync")
def check_mappings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check the mappings in SF_MAPPINGS; one that cannot be loaded does not hide the others' mistakes."""
    messages: list[CheckMessage] = []
    loaded: dict[type[Mapping], None] = {}
    try:
        for path in conf.mapping_paths():
            try:
                loaded[registry.load(path)] = None
            except ConfigurationError as error:
                messages.append(error_message(error, path))
        registry.check_names(list(loaded))
    except ConfigurationError as error:
        messages.append(error_message(error, "SF_MAPPINGS"))
    for mapping in loaded:
        messages.extend(mapping_messages(mapping, list(loaded)))
    messages.extend(neighbours(list(loaded)))
    return without_repeats(messages)


def mapping_messages(mapping: type[Mapping], loaded: Loaded) -> Iterator[CheckMessage]:
    """Check one mapping; without a model there is nothing to compare its fields with."""
    obj = registry.path(mapping)
    try:
        conf.org(mapping.options.org)
    except ConfigurationError as error:
        yield error_message(error, obj)
    try:
        mapping.model()
    except ConfigurationError as error:
        yield error_message(error, obj)
        return
    yield from link_messages(mapping, obj)
    yield from field_messages(mapping, obj, loaded)


def neighbours(loaded: Loaded) -> Iterator[CheckMessage]:
    """Check pairs of mappings that would write the same rows or read the same records."""
    for one, other in combinations(loaded, 2):
        mine, theirs = one.options, other.options
        if same_model(one, other) and (mine.org == theirs.org or mine.salesforce_id == theirs.salesforce_id):
            yield Error(
                f"{one.__name__} and {other.__name__} map one model to one org, or share Meta.salesforce_id.",
                hint="Keep one mapping per model and org, and type a salesforce_id of its own for each org.",
                obj=registry.path(other),
                id="sfsync.E026",
            )
        pull_both = Direction.PUSH not in (mine.direction, theirs.direction)
        if pull_both and (mine.org, mine.sobject.lower()) == (theirs.org, theirs.sobject.lower()):
            yield Warning(
                f"{one.__name__} and {other.__name__} both pull every {mine.sobject}.",
                hint="If that is not meant, type direction = Direction.PUSH in one of them or remove it.",
                obj=registry.path(other),
                id="sfsync.W003",
            )


def same_model(one: type[Mapping], other: type[Mapping]) -> bool:
    try:
        return one.model() is other.model()
    except ConfigurationError:
        return False


def error_message(error: ConfigurationError, obj: str) -> Error:
    return Error(error.message, hint=error.hint, obj=obj, id=error.check)


def without_repeats(messages: Sequence[CheckMessage]) -> list[CheckMessage]:
    """Leave out repetitions: a module with three mappings and one mistake fails three times."""
    return list({(message.id, message.msg): message for message in reversed(messages)}.values())[::-1]
