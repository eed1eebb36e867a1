"""The mapping class itself: collects its fields, reads its options, finds its model."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import router
from django.db.models import Field as ModelField
from django.db.models import Model

from sfsync.exceptions import ConfigurationError
from sfsync.mappings.fields import Field
from sfsync.mappings.options import Options
from sfsync.mappings.policies import Direction
from sfsync.mappings.references import Reference
from sfsync.mappings.suggestions import nearest


class Mapping:
    """Pair a Django model with an sObject: subclass it with fields and a `class Meta`. Never instantiated.

    A subclass without a `class Meta` of its own is a base for others, which inherit its fields.
    """

    options: ClassVar[Options]
    fields: ClassVar[tuple[Field, ...]] = ()

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} is a declaration; mappings are never instantiated.")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "Meta" not in vars(cls):
            check_names(cls)
            return
        options = Options.load(vars(cls)["Meta"], cls.__name__)
        if options.external_id is not None:
            external_id = dataclasses.replace(options.external_id, mapping=cls)
            options = dataclasses.replace(options, external_id=external_id)
        check_names(cls)
        cls.options = options
        cls.fields = tuple(field.bind(cls, options.direction) for field in declared(cls, options))
        for field in cls.fields:
            if isinstance(getattr(cls, field.name, None), Field):
                setattr(cls, field.name, field)
        check_twice(cls)

    @classmethod
    def target(cls) -> tuple[str, str]:
        """Return (org, name): the key of everything sfsync stores about this mapping."""
        return cls.options.org, cls.options.name

    @classmethod
    def model(cls) -> type[Model]:
        """Return the Django model. Raises ConfigurationError when there is none of that label."""
        label = cls.options.model
        if not isinstance(label, str):
            return label
        try:
            return apps.get_model(label)
        except LookupError:
            labels = [model._meta.label for model in apps.get_models()]
            raise ConfigurationError(
                f"{cls.__name__}: Meta.model: there is no model {label!r}.",
                hint=nearest(label, labels),
                check="sfsync.E005",
            ) from None

    @classmethod
    def using(cls) -> str:
        """Return the alias of the database the model is written to; replicas are never read."""
        return router.db_for_write(cls.model())

    @classmethod
    def model_field(cls, name: str) -> ModelField[Any, Any]:
        """Return the model field of that name, if it has a column. Raises ConfigurationError."""
        meta = cls.model()._meta
        concrete = {field.name: field for field in meta.concrete_fields}
        try:
            found = meta.get_field(name)
        except FieldDoesNotExist:
            found = None
        if found is None or found.name not in concrete:
            raise ConfigurationError(
                f"{cls.__name__}: {meta.label} has no field {name!r}.",
                hint=nearest(name, concrete),
                check="sfsync.E006",
            )
        return concrete[found.name]

    @classmethod
    def pulled_fields(cls) -> tuple[Field, ...]:
        """Return the fields read from the org; none when the direction is PUSH."""
        if cls.options.direction is Direction.PUSH:
            return ()
        return tuple(field for field in cls.fields if not field.push_only)

    @classmethod
    def pushed_fields(cls) -> tuple[Field, ...]:
        """Return the fields sent to the org, `create_only` ones too; none when the direction is PULL."""
        if cls.options.direction is Direction.PULL:
            return ()
        return tuple(field for field in cls.fields if not field.pull_only)

    @classmethod
    def references(cls) -> tuple[Reference, ...]:
        """Return the fields that point at records of a mapping."""
        return tuple(field for field in cls.fields if isinstance(field, Reference))

    @classmethod
    def salesforce_names(cls) -> tuple[str, ...]:
        """Return the org's fields this mapping needs, external id included, without Id."""
        external_id = cls.options.external_id
        names = tuple(field.salesforce for field in cls.fields)
        return (*names, external_id.salesforce) if external_id else names


RESERVED = frozenset(name for name in [*vars(Mapping), "options", "Meta"] if not name.startswith("_"))


def check_names(cls: type[Mapping]) -> None:
    """Refuse field names that hide the mapping's own, and attributes that look like a forgotten Field."""
    for name, value in vars(cls).items():
        if isinstance(value, Field) and (name in RESERVED or name.startswith("_")):
            raise ConfigurationError(
                f"{cls.__name__}.{name}: the name is reserved.",
                hint=f'Type another name and attribute="{name}".',
                check="sfsync.E009",
            )
        forgotten = isinstance(value, (str, tuple)) or (isinstance(value, type) and issubclass(value, Field))
        if forgotten and not name.startswith("_") and not name.isupper():
            raise ConfigurationError(
                f"{cls.__name__}.{name} is no Field.",
                hint=f'Type {name} = sfsync.Field("FirstName"), without a comma at the end.',
                check="sfsync.E007",
            )


def declared(cls: type[Mapping], options: Options) -> Iterator[Field]:
    """Yield the fields in order of declaration: of base classes, the class's own, those of fields_map."""
    names = {
        name
        for base in reversed(cls.__mro__)
        for name, value in vars(base).items()
        if isinstance(value, Field)
    }
    order = dict.fromkeys(name for base in reversed(cls.__mro__) for name in vars(base) if name in names)
    for name in order:
        field = getattr(cls, name)
        if isinstance(field, Field):
            yield field
    for salesforce, attribute in options.fields_map.items():
        field = Field(salesforce)
        field.name = attribute
        yield field


def check_twice(cls: type[Mapping]) -> None:
    """Refuse a field of either side that is named twice; the org does not tell case apart."""
    options = cls.options
    seen = {("attribute", options.salesforce_id): "Meta.salesforce_id"}
    if options.external_id is not None:
        seen["Salesforce field", options.external_id.salesforce.lower()] = "Meta.external_id"
        seen["attribute", options.external_id.attribute] = "Meta.external_id"
    for field in cls.fields:
        for key in (("Salesforce field", field.salesforce.lower()), ("attribute", field.attribute)):
            if key in seen:
                raise field.wrong(
                    f"the {key[0]} {key[1]!r} is already that of {seen[key]}.",
                    "Remove one of the two.",
                    check="sfsync.E008",
                )
            seen[key] = field.label
