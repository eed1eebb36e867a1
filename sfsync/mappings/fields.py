"""One pair of a model attribute and a field of the org."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db.models import Field as ModelField
from django.db.models import Model

from sfsync.exceptions import ConfigurationError, ConversionError, NotYet
from sfsync.mappings import options as meta
from sfsync.mappings.conversion import Conversion, conversion_for, empty_value
from sfsync.mappings.policies import ConflictPolicy, Direction
from sfsync.mappings.suggestions import nearest

if TYPE_CHECKING:
    from sfsync.mappings.mapping import Mapping

NOT_YET = frozenset({"depends_on", "too_long", "values"})
KNOWN = ("attribute", "pull_only", "push_only", "create_only", "conflict", "to_local", "to_salesforce")
CACHED = {"model_field", "attname", "column", "conversion", "_target"}
# What a person's conversion may raise for a value it does not like; anything else is a mistake in its code.
REFUSALS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, ValidationError)


class Field:
    """Pair the mapping attribute it is assigned to with the org's field `salesforce`.

    `attribute` names the model field where it differs from the mapping attribute. `pull_only` fields are
    never sent, `push_only` ones never read, `create_only` ones sent with the create and never again.
    `conflict` replaces the mapping's policy. `to_local` turns the org's value (str, bool, Decimal, None)
    into the attribute's, `to_salesforce` the attribute's into the org's; without them the Django field's
    type decides.
    """

    mapping: type[Mapping]
    name: str = ""
    attribute: str
    conflict: ConflictPolicy | None

    def __init__(
        self,
        salesforce: str,
        *,
        attribute: str | None = None,
        pull_only: bool = False,
        push_only: bool = False,
        create_only: bool = False,
        conflict: ConflictPolicy | None = None,
        to_local: Callable[[Any], Any] | None = None,
        to_salesforce: Callable[[Any], Any] | None = None,
        **unknown: Any,
    ) -> None:
        self.salesforce = salesforce
        self.attribute = attribute or ""
        self.pull_only = pull_only
        self.push_only = push_only
        self.create_only = create_only
        self.conflict = conflict
        self.to_local = to_local
        self.to_salesforce = to_salesforce
        self._unknown = unknown

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label}>"

    @property
    def label(self) -> str:
        """Return `ContactMapping.email`, as messages name the field."""
        owner = getattr(self, "mapping", None)
        return f"{owner.__name__}.{self.name}" if owner else self.name

    def bind(self, mapping: type[Mapping], direction: Direction) -> Self:
        """Return a copy that belongs to `mapping`. Raise ConfigurationError for options that are wrong."""
        bound = copy.copy(self)
        for name in CACHED & set(vars(bound)):  # found for the base class that was bound before
            delattr(bound, name)
        bound.mapping = mapping
        bound.attribute = self.attribute or self.name
        bound._check_options(direction)
        return bound

    def wrong(self, message: str, hint: str, check: str = "sfsync.E007") -> ConfigurationError:
        """Return a ConfigurationError that names the mapping and the field."""
        return ConfigurationError(f"{self.label}: {message}", hint=hint, check=check)

    def _check_options(self, direction: Direction) -> None:
        for name in self._unknown:
            if name in NOT_YET:
                raise NotYet(
                    f"{self.label}: {name} is not supported yet.", hint="Remove it: it would have no effect."
                )
            raise self.wrong(f"there is no option {name!r}.", nearest(name, KNOWN))
        if not isinstance(self.salesforce, str) or not meta.API_NAME.fullmatch(self.salesforce):
            raise self.wrong(
                f"{self.salesforce!r} is not the API name of a field.", 'Type one such as "FirstName".'
            )
        if self.salesforce.lower() == "id":
            raise self.wrong("Id is kept in the model field Meta.salesforce_id names.", "Remove the field.")
        if not isinstance(self.attribute, str) or not self.attribute.isidentifier():
            raise self.wrong(
                f"{self.attribute!r} is not the name of a model field.", 'Type one such as "email".'
            )
        if self.conflict is not None:
            self._check_conflict()
        self._check_direction(direction)

    def _check_conflict(self) -> None:
        try:
            self.conflict = meta.conflict(self.conflict)
        except NotYet as error:
            raise NotYet(f"{self.label}: {error.message}", hint=error.hint) from None
        except ConfigurationError as error:
            raise self.wrong(error.message, error.hint) from None

    def _check_direction(self, direction: Direction) -> None:
        given = [name for name in ("pull_only", "push_only", "create_only") if getattr(self, name)]
        if len(given) > 1:
            raise self.wrong(f"{' and '.join(given)} exclude each other.", "Keep one of them.")
        contradicts = {Direction.PULL: ("push_only", "create_only"), Direction.PUSH: ("pull_only",)}
        for name in given:
            if name in contradicts.get(direction, ()):
                raise self.wrong(
                    f"{name} contradicts the mapping's direction {direction.value}.", f"Remove {name}."
                )

    @cached_property
    def model_field(self) -> ModelField[Any, Any]:
        """Return the Django field. Raises ConfigurationError when the model has no such field."""
        return self.mapping.model_field(self.attribute)

    @cached_property
    def attname(self) -> str:
        """Return the instance attribute that holds the value; for a reference the key, `account_id`."""
        return self.model_field.attname

    @cached_property
    def column(self) -> str:
        """Return the database column."""
        return str(self.model_field.column)

    @cached_property
    def conversion(self) -> Conversion | None:
        """Return how the Django field's type exchanges values with the org, None when it has no way."""
        return conversion_for(self.model_field)

    def local_value(self, instance: Model) -> Any:
        """Return an instance's value as the org takes it: str, bool, Decimal, date, datetime, time or None.

        Raises ConversionError.
        """
        return self.org_value(getattr(instance, self.attname))

    def org_value(self, value: Any) -> Any:
        """Return a value of the attribute as the org takes it. Raises ConversionError."""
        if self.to_salesforce is not None:
            return self._converted(self.to_salesforce, value)
        return self._converted(self._conversion().write, value)

    def read(self, value: Any) -> Any:
        """Return the attribute's value for one of the org; None is "" or False where the column has no NULL.

        Raises ConversionError for what the model field cannot hold: nothing is ever cut or rounded to fit.
        The field's choices and validators are not asked, as `QuerySet.update` does not ask them.
        """
        if self.to_local is not None:
            value = self._converted(self.to_local, value)
        elif value is not None and value != "":
            value = self._converted(self._conversion().read, value)
        return self._converted(self._fit, value)

    def _fit(self, value: Any) -> Any:
        if value is None or value == "":
            return empty_value(self.model_field, self.conversion)
        return self.conversion.fit(value, self.model_field) if self.conversion else value

    def _conversion(self) -> Conversion:
        if self.conversion is None:
            raise self.wrong(
                f"a {type(self.model_field).__name__} has no form in Salesforce.",
                "Give the field to_local= and to_salesforce=.",
                check="sfsync.E021",
            )
        return self.conversion

    def _converted(self, convert: Callable[[Any], Any], value: Any) -> Any:
        try:
            return convert(value)
        except ConversionError as error:
            raise ConversionError(f"{self.label}: {error}", code=error.code, field=self.name) from None
        except REFUSALS as error:
            # The error's text may hold the value: only its kind is told.
            message = f"{self.label}: the conversion failed with {type(error).__name__}."
            raise ConversionError(message, code="CONVERSION_FAILED", field=self.name) from None
