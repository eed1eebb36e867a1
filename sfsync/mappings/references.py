"""A foreign key here, a lookup there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.module_loading import import_string

from sfsync import values
from sfsync.exceptions import ConfigurationError
from sfsync.mappings.fields import Field
from sfsync.mappings.policies import Direction

if TYPE_CHECKING:
    from sfsync.mappings.mapping import Mapping


class Reference(Field):
    """Pair a foreign key with the org's lookup field `salesforce`, whose records `target` maps.

    `target` is the other mapping: the class, its dotted path (for cycles), or "self". Takes the options of
    Field, but for `to_local` and `to_salesforce`.
    """

    def __init__(self, salesforce: str, target: type[Mapping] | str, **options: Any) -> None:
        super().__init__(salesforce, **options)
        self.target = target

    def _check_options(self, direction: Direction) -> None:
        super()._check_options(direction)
        for name in ("to_local", "to_salesforce"):
            if getattr(self, name) is not None:
                raise self.wrong(f"a reference takes no {name}.", f"Remove {name}.")
        if isinstance(self.target, str) and self.target != "self" and "." not in self.target:
            raise self._no_target(f"{self.target!r} is no dotted path.")

    def target_mapping(self) -> type[Mapping]:
        """Return the mapping of the records pointed at. Raises ConfigurationError when there is none."""
        return self._target

    @cached_property
    def _target(self) -> type[Mapping]:
        from sfsync.mappings.mapping import Mapping  # Mapping collects fields, so it imports this module

        if self.target == "self":
            return self.mapping
        try:
            target: object = import_string(self.target) if isinstance(self.target, str) else self.target
        except ImportError as error:
            raise self._no_target(f"{error}.") from error
        if not (isinstance(target, type) and issubclass(target, Mapping) and "options" in vars(target)):
            raise self._no_target(f"{self.target!r} is no mapping.")
        return target

    def _no_target(self, message: str) -> ConfigurationError:
        hint = 'Type the mapping class, "self", or a dotted path such as "crm.mappings.AccountMapping".'
        return self.wrong(message, hint, check="sfsync.E017")

    @property
    def relation(self) -> models.ForeignKey[Any, Any]:
        """Return the foreign key. Raises ConfigurationError when the model field is none."""
        model_field = self.model_field
        if not isinstance(model_field, models.ForeignKey):
            raise self.wrong(
                f"{self.attribute} is no foreign key.",
                "Type sfsync.Field for plain values.",
                check="sfsync.E018",
            )
        return model_field

    def org_value(self, value: Any) -> Any:
        """Return the parent's local key unchanged: the engine turns keys into Salesforce ids, in bulk."""
        return value

    def read(self, value: Any) -> str | None:
        """Return the parent's 18-character Salesforce id, or None. Raises ConversionError."""
        return None if value is None or value == "" else self._converted(values.id18, value)
