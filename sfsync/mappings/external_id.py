"""The external id: a value known before the record exists in the org, so that none is created twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Field as ModelField
from django.db.models import Model

from sfsync.exceptions import ConfigurationError, ConversionError

if TYPE_CHECKING:
    from sfsync.mappings.mapping import Mapping


@dataclass(frozen=True)
class ExternalId:
    """Pair the org's unique external id field `salesforce` with the unique model field `attribute`."""

    salesforce: str
    attribute: str
    mapping: type[Mapping] | None = field(default=None, repr=False, compare=False)

    @property
    def model_field(self) -> ModelField[Any, Any]:
        """Return the Django field of the attribute. Raises ConfigurationError when the model has none."""
        if self.mapping is None:
            raise ConfigurationError(
                f"ExternalId({self.salesforce!r}, {self.attribute!r}) belongs to no mapping."
            )
        return self.mapping.model_field(self.attribute)

    def value(self, instance: Model) -> str:
        """Return the external id of an instance as the org stores it: trimmed text, a UUID with hyphens.

        Raises ConversionError when the instance has none.
        """
        value = getattr(instance, self.model_field.attname)
        text = "" if value is None else str(value).strip()
        if not text:
            raise ConversionError(
                "The record has no external id.", code="NO_EXTERNAL_ID", field=self.attribute
            )
        return text

    def parse(self, text: str) -> Any:
        """Return the value to look local rows up by. Raises ConversionError when the text cannot be one."""
        try:
            return self.model_field.to_python(text)
        except (ValidationError, ValueError):
            raise ConversionError(
                "The org's external id cannot be a value of the model field.",
                code="WRONG_TYPE",
                field=self.attribute,
            ) from None
