"""What describe says about one field of the org, as far as sfsync needs it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sfsync.exceptions import MalformedResponse


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """The type of one field of the org. `scale` is None when unknown: numbers then keep their decimals."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int | None = None
    digits: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted_on_create: bool = False
    unique: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    reference_to: tuple[str, ...] = ()

    @classmethod
    def from_describe(cls, field: dict[str, Any]) -> FieldType:
        """Take what is needed from one entry of `fields` in a describe answer.

        A key that is missing is never taken for a default: raises MalformedResponse.
        """
        try:
            values = {name: field[key] for name, key in DESCRIBE_KEYS.items()}
        except KeyError as error:
            raise MalformedResponse(f"A field of a describe answer has no key {error}.") from None
        values["reference_to"] = tuple(values["reference_to"] or ())
        for name in ("length", "precision", "scale", "digits"):
            values[name] = int(values[name] or 0)
        return cls(**values)

    @property
    def required(self) -> bool:
        """Say whether a create must name the field (Object Reference, Required Fields)."""
        return self.createable and not self.nillable and not self.defaulted_on_create

    def to_json(self) -> dict[str, Any]:
        """Return a dict that JSON can hold; `from_json` turns it back."""
        return {**asdict(self), "reference_to": list(self.reference_to)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FieldType:
        """Turn what `to_json` returned back into a FieldType."""
        return cls(**{**data, "reference_to": tuple(data["reference_to"])})


# Our names, and those of the answer (API guide, DescribeSObjectResult).
DESCRIBE_KEYS = {
    "name": "name",
    "type": "type",
    "label": "label",
    "length": "length",
    "precision": "precision",
    "scale": "scale",
    "digits": "digits",
    "nillable": "nillable",
    "createable": "createable",
    "updateable": "updateable",
    "defaulted_on_create": "defaultedOnCreate",
    "unique": "unique",
    "external_id": "externalId",
    "case_sensitive": "caseSensitive",
    "reference_to": "referenceTo",
}
