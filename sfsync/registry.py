"""The mappings of this project, as SF_MAPPINGS lists them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.core.signals import setting_changed
from django.db.models import Model
from django.utils.module_loading import import_string

from sfsync import conf
from sfsync.exceptions import ConfigurationError
from sfsync.mappings import Mapping
from sfsync.mappings.suggestions import nearest


def mappings() -> list[type[Mapping]]:
    """Return the mappings in the order of SF_MAPPINGS. Raises ConfigurationError for the first wrong one."""
    return list(_mappings())


def get(name: str) -> type[Mapping]:
    """Return the mapping of that name. Raises ConfigurationError naming the nearest."""
    for mapping in _mappings():
        if mapping.options.name == name:
            return mapping
    hint = nearest(name, [mapping.options.name for mapping in _mappings()])
    raise ConfigurationError(f"There is no mapping {name!r} in SF_MAPPINGS.", hint=hint)


def for_model(model: type[Model]) -> list[type[Mapping]]:
    """Return the mappings of a model: at most one per org."""
    return [mapping for mapping in _mappings() if mapping.model() is model]


def by_sobject(org: str, sobject: str) -> list[type[Mapping]]:
    """Return the mappings of an org's sObject; the org does not tell the case of names apart."""
    return [m for m in _mappings() if m.options.org == org and m.options.sobject.lower() == sobject.lower()]


def select(names: Sequence[str] = ()) -> list[type[Mapping]]:
    """Return the mappings of these names (all without any), parents before children, each once.

    Mappings that point at each other keep the order of SF_MAPPINGS. Raises ConfigurationError for an unknown
    name.
    """
    chosen = [get(name) for name in names] or mappings()
    wanted = [mapping for mapping in _mappings() if mapping in chosen]
    ordered: dict[type[Mapping], None] = {}
    visiting: set[type[Mapping]] = set()

    def visit(mapping: type[Mapping]) -> None:
        if mapping in visiting:
            return
        visiting.add(mapping)
        for reference in mapping.references():
            visit(reference.target_mapping())
        ordered[mapping] = None

    for mapping in wanted:
        visit(mapping)
    return [mapping for mapping in ordered if mapping in wanted]


def load(path: str) -> type[Mapping]:
    """Import one entry of SF_MAPPINGS. Raises ConfigurationError when it is no mapping."""
    try:
        mapping: object = import_string(path)
    except ImportError as error:
        raise ConfigurationError(
            f"SF_MAPPINGS: {path!r} cannot be imported: {error}.",
            hint='Type the dotted path of a mapping class, such as "crm.mappings.ContactMapping".',
            check="sfsync.E001",
        ) from error
    if not (isinstance(mapping, type) and issubclass(mapping, Mapping) and "options" in vars(mapping)):
        raise ConfigurationError(
            f"SF_MAPPINGS: {path!r} is no mapping.",
            hint="Name a subclass of sfsync.Mapping that has a class Meta.",
            check="sfsync.E002",
        )
    return mapping


def check_names(loaded: Sequence[type[Mapping]]) -> None:
    """Refuse two mappings of one name: it is their key in the database, where some do not tell case apart."""
    seen: dict[str, type[Mapping]] = {}
    for mapping in loaded:
        other = seen.setdefault(mapping.options.name.lower(), mapping)
        if other is not mapping:
            raise ConfigurationError(
                f"{path(other)} and {path(mapping)} are both named {mapping.options.name!r}.",
                hint="Give one of them another Meta.name; whichever has already been synced keeps its own.",
                check="sfsync.E020",
            )


def path(mapping: type[Mapping]) -> str:
    """Return the dotted path of a mapping, as SF_MAPPINGS spells it."""
    return f"{mapping.__module__}.{mapping.__qualname__}"


@cache
def _mappings() -> tuple[type[Mapping], ...]:
    loaded = tuple(dict.fromkeys(load(path) for path in conf.mapping_paths()))
    check_names(loaded)
    return loaded


def forget(*, setting: str, **kwargs: Any) -> None:
    """Load the mappings anew after the setting changed (in tests)."""
    if setting in ("SF_MAPPINGS", "INSTALLED_APPS"):
        _mappings.cache_clear()


setting_changed.connect(forget, dispatch_uid="sfsync.registry")
