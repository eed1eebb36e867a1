"""How each kind of Django field exchanges values with the org.

`read` turns the org's value into the attribute's, `write` the attribute's into the org's, and `fit` refuses
what the database column could not hold. One class per kind; the first that matches the Django field counts.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import Field as ModelField

from sfsync import values
from sfsync.exceptions import ConversionError

if TYPE_CHECKING:
    ModelFieldType = ModelField[Any, Any]

# PostgreSQL refuses NUL and half a surrogate pair; the same row must do the same on every database.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
WRONG_TYPE, TOO_LARGE = "WRONG_TYPE", "NUMBER_OUTSIDE_VALID_RANGE"


class Conversion:
    """How one kind of Django field exchanges values with the org."""

    python_type: ClassVar[type]
    empty: ClassVar[Any] = None  # what "no value" is in a column without NULL; None: there is nothing

    def read(self, value: Any) -> Any:
        """Return the attribute's value for a value of the org that is not None. Raises ConversionError."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """Return the org's value for an attribute's. Raises ConversionError."""
        return value

    def fit(self, value: Any, model_field: ModelFieldType) -> Any:
        """Return a value of `python_type` as the column keeps it. Raises ConversionError when it cannot."""
        if not isinstance(value, self.python_type):
            raise ConversionError(f"The value is no {self.python_type.__name__}.", code=WRONG_TYPE)
        return value


class Text(Conversion):
    python_type = str
    empty: ClassVar[Any] = ""

    def read(self, value: Any) -> str:
        return value if isinstance(value, str) else f"{values.parse_number(value):f}"

    def write(self, value: Any) -> str | None:
        return str(value) if value is not None and value != "" else None

    def fit(self, value: Any, model_field: ModelFieldType) -> str:
        text: str = super().fit(value, model_field)
        if (
            model_field.max_length
            and len(text) > model_field.max_length
            and not isinstance(model_field, models.TextField)
        ):
            raise ConversionError(
                f"The text has {len(text)} characters, the model field holds {model_field.max_length}.",
                code="STRING_TOO_LONG",
            )
        if UNSTORABLE.search(text):
            raise ConversionError(
                "The text has a NUL character or half a surrogate pair.", code="INVALID_CHARACTER"
            )
        return text


class Address(Text):
    empty: ClassVar[Any] = None  # PostgreSQL has no empty address


class Boolean(Conversion):
    python_type = bool
    empty = False

    def read(self, value: Any) -> bool:
        if isinstance(value, str) and value in ("true", "false"):
            return value == "true"
        return bool(self.fit(value, models.BooleanField()))


class Whole(Conversion):
    python_type = int

    def read(self, value: Any) -> int:
        number = values.parse_number(value)
        if number != int(number):
            raise ConversionError("The number is not whole.", code=WRONG_TYPE)
        return int(number)

    def write(self, value: Any) -> Decimal | None:
        return None if value is None else values.parse_number(value)

    def fit(self, value: Any, model_field: ModelFieldType) -> int:
        number: int = super().fit(value, model_field)
        # The narrowest ranges, PostgreSQL's: the same row must do the same on every database.
        low, high = BaseDatabaseOperations.integer_field_ranges[model_field.get_internal_type()]
        if not low <= number <= high:
            raise ConversionError("The number is out of the model field's range.", code=TOO_LARGE)
        return number


class Number(Conversion):
    python_type = Decimal

    def read(self, value: Any) -> Decimal:
        return values.parse_number(value)

    def write(self, value: Any) -> Decimal | None:
        return None if value is None else values.parse_number(value)

    def fit(self, value: Any, model_field: ModelFieldType) -> Decimal:
        number = values.parse_number(super().fit(value, model_field))
        digits, places = (
            getattr(model_field, "max_digits", None),
            getattr(model_field, "decimal_places", None),
        )
        if digits is None or places is None:
            return number
        exact = values.at_scale(number, places)
        if exact != number:
            raise ConversionError(f"The number has more than {places} decimal places.", code=TOO_LARGE)
        if number and number.adjusted() >= digits - places:
            raise ConversionError(
                f"The number has more than {digits - places} digits before the point.", code=TOO_LARGE
            )
        return exact


class Floating(Conversion):
    python_type = float

    def read(self, value: Any) -> float:
        return float(values.parse_number(value))

    def write(self, value: Any) -> Decimal | None:
        return None if value is None else values.parse_number(value)


class Moment(Conversion):
    python_type = datetime

    def read(self, value: Any) -> datetime:
        return values.parse_datetime(value)

    def fit(self, value: Any, model_field: ModelFieldType) -> datetime:
        moment: datetime = super().fit(value, model_field)
        if moment.tzinfo is None:
            raise ConversionError("The value has no time zone.", code=WRONG_TYPE)
        return moment


class Day(Conversion):
    python_type = date

    def read(self, value: Any) -> date:
        return values.parse_date(value)

    def fit(self, value: Any, model_field: ModelFieldType) -> date:
        if isinstance(value, datetime):
            raise ConversionError("The value is a time, not a day.", code=WRONG_TYPE)
        day: date = super().fit(value, model_field)
        return day


class TimeOfDay(Conversion):
    python_type = time

    def read(self, value: Any) -> time:
        return values.parse_time(value)


class Uuid(Conversion):
    python_type = UUID

    def read(self, value: Any) -> UUID:
        try:
            return UUID(value)
        except (ValueError, AttributeError, TypeError):
            raise ConversionError("The value is no UUID.", code=WRONG_TYPE) from None

    def write(self, value: Any) -> str | None:
        return None if value is None else str(value)


# Subclasses before their bases: DateTimeField is a DateField.
CONVERSIONS: tuple[tuple[tuple[type[ModelFieldType], ...], Conversion], ...] = (
    ((models.BooleanField,), Boolean()),
    ((models.IntegerField,), Whole()),
    ((models.DecimalField,), Number()),
    ((models.FloatField,), Floating()),
    ((models.DateTimeField,), Moment()),
    ((models.DateField,), Day()),
    ((models.TimeField,), TimeOfDay()),
    ((models.UUIDField,), Uuid()),
    ((models.GenericIPAddressField,), Address()),
    ((models.CharField, models.TextField), Text()),
)


def conversion_for(model_field: ModelFieldType) -> Conversion | None:
    """Return the conversion of a Django field, None for a kind without a form in Salesforce (JSON, files)."""
    if isinstance(model_field, models.GeneratedField):
        model_field = model_field.output_field or model_field
    return next((conversion for kinds, conversion in CONVERSIONS if isinstance(model_field, kinds)), None)


def empty_value(model_field: ModelFieldType, conversion: Conversion | None) -> Any:
    """Return what stands for "no value" in a model field. Raises ConversionError when nothing does."""
    if model_field.null:
        return None
    if conversion is None or conversion.empty is None:
        raise ConversionError("The org has no value, the model field must have one.", code="NULL_NOT_ALLOWED")
    return conversion.empty
