"""What an sObject is made of: FieldSpec, SObjectSpec and the Schema that holds them.

Names are case-insensitive on input and canonical on output. The tables beside this module are data in these
terms; describe bodies are derived from them by rule (see `derive`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from .. import errors

COMPOUND_TYPES = frozenset({"address", "location"})
SCALED_TYPES = frozenset({"currency", "double", "percent"})
TEXT_TYPES = frozenset(
    (
        "string",
        "phone",
        "url",
        "email",
        "combobox",
        "picklist",
        "multipicklist",
        "textarea",
        "encryptedstring",
    )
)

# (values after a write, values before it, empty for a create, values the write set) -> values that follow;
# all in stored form
Derivation = Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
Check = Callable[[Any, Any], None]  # takes a computed.Row after and before a write, raises OrgError
Formula = Callable[[Any], Any]  # takes a computed.Row, returns the value as Python has it


@dataclass(frozen=True, kw_only=True)
class RollUp:
    """A value computed of the live records below one: `compute` takes their rows, as `computed.Row`.

    `lookup` is the child's lookup. With `keeps` a record without children keeps the value it was given.
    """

    child: str
    lookup: str
    compute: Callable[[Any], Any]
    keeps: bool = False


@dataclass(frozen=True, kw_only=True)
class PicklistValue:
    value: str
    label: str = ""
    active: bool = True
    default: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldSpec:
    """One field. `type` is the describe type; lengths are characters, precision and scale decimal digits.

    `default` is the value of a create that does not mention the field. `compound` names the field that this
    one is a part of. `child_relationship` is the name of the list of these records on the parent.
    `auto_number` is a display format such as `C-{0000}`. A `formula` is computed after every write of the
    record, and of a parent in one of the fields that `reads` names (`Account.Phone`, `What.AccountId`).
    `describe` holds describe properties that no rule explains.
    """

    name: str
    type: str
    label: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted_on_create: bool = False
    default: Any = None
    unique: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    id_lookup: bool = False
    name_field: bool = False
    filterable: bool = True
    sortable: bool = True
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    child_relationship: str | None = None
    on_parent_delete: Literal["cascade", "restrict", "clear"] = "clear"
    picklist_values: tuple[PicklistValue, ...] = ()
    restricted: bool = False
    calculated: bool = False
    auto_number: str | None = None
    formula: Formula | None = None
    reads: tuple[str, ...] = ()
    roll_up: RollUp | None = None
    compound: str | None = None
    describe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stored(self) -> bool:
        """Say whether the field has a column; compound fields are made of others' columns."""
        return self.type not in COMPOUND_TYPES

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def required(self) -> bool:
        """Say whether a create must carry it (Object Reference, "Required Fields")."""
        return self.createable and not self.nillable and not self.defaulted_on_create

    @property
    def is_text(self) -> bool:
        return self.type in TEXT_TYPES

    @property
    def is_scaled(self) -> bool:
        """Say whether the column holds an integer, the value times ten to the scale."""
        return self.type in SCALED_TYPES

    def picklist_value(self, text: str) -> str | None:
        """Return the defined value that equals the text without regard to case, or None."""
        return self._picklist.get(text.casefold())

    @cached_property
    def _picklist(self) -> dict[str, str]:
        return {entry.value.casefold(): entry.value for entry in self.picklist_values}


@dataclass(frozen=True, kw_only=True, eq=False)
class SObjectSpec:
    """One object type: its fields in describe order, what may be done with it, and the rules of its own.

    `derive` runs after every write and returns values that follow from others (a contact's Name, an
    opportunity's Probability). `check` refuses a create or an update that the object does not allow.
    `describe` holds describe properties that no rule explains.
    """

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    fields: Mapping[str, FieldSpec]
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    queryable: bool = True
    replicateable: bool = True
    retrieveable: bool = True
    undeletable: bool = True
    searchable: bool = True
    layoutable: bool = True
    derive: Derivation | None = None
    check: Check | None = None
    urls: tuple[str, ...] = ()
    describe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    def field(self, name: str) -> FieldSpec:
        """Return a field by name in any case; raise OrgError INVALID_FIELD when there is none."""
        found = self.find(name)
        if found is None:
            raise errors.no_such_column(name, self.name)
        return found

    def find(self, name: str) -> FieldSpec | None:
        return self.fields.get(name) or self._by_lower_name.get(name.lower())

    def find_relationship(self, name: str) -> FieldSpec | None:
        """Return the lookup whose relationship has this name, such as AccountId for Account."""
        return self._by_relationship.get(name.lower())

    @cached_property
    def stored_fields(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.fields.values() if spec.stored)

    @cached_property
    def required_fields(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.stored_fields if spec.required)

    @cached_property
    def numbered_fields(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.stored_fields if spec.auto_number)

    @cached_property
    def computed_fields(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.stored_fields if spec.formula or spec.roll_up)

    @cached_property
    def unique_fields(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.stored_fields if spec.unique)

    def parts_of(self, compound: str) -> tuple[FieldSpec, ...]:
        """Return the fields that a compound field is made of."""
        return self._parts.get(compound, ())

    @cached_property
    def name_field(self) -> FieldSpec | None:
        return next((spec for spec in self.fields.values() if spec.name_field), None)

    @cached_property
    def modstamp_field(self) -> str | None:
        """Return the clock column of replication (REST guide, "sObject Get Updated")."""
        return next((name for name in ("SystemModstamp", "LastModifiedDate") if name in self.fields), None)

    @cached_property
    def _by_lower_name(self) -> dict[str, FieldSpec]:
        return {name.lower(): spec for name, spec in self.fields.items()}

    @cached_property
    def _by_relationship(self) -> dict[str, FieldSpec]:
        named = (spec for spec in self.fields.values() if spec.relationship_name and spec.reference_to)
        return {str(spec.relationship_name).lower(): spec for spec in named}

    @cached_property
    def _parts(self) -> dict[str, tuple[FieldSpec, ...]]:
        parts: dict[str, list[FieldSpec]] = {}
        for spec in self.fields.values():
            if spec.compound:
                parts.setdefault(spec.compound, []).append(spec)
        return {name: tuple(specs) for name, specs in parts.items()}


def sobject(*, fields: Iterable[FieldSpec], **properties: Any) -> SObjectSpec:
    """Make an SObjectSpec from a sequence of fields."""
    return SObjectSpec(fields=MappingProxyType({spec.name: spec for spec in fields}), **properties)


@dataclass
class Schema:
    """The object types of an org."""

    objects: dict[str, SObjectSpec] = field(default_factory=dict)
    revision: int = 0  # grows with every change

    def add(self, spec: SObjectSpec) -> None:
        self.objects[spec.name] = spec
        self.revision += 1
        for derived in ("_by_lower_name", "_children"):
            self.__dict__.pop(derived, None)

    def add_fields(self, sobject_name: str, fields: Iterable[FieldSpec]) -> None:
        """Give an object further fields, after those it has."""
        spec = self.get(sobject_name)
        added = {extra.name: extra for extra in fields}
        self.add(replace(spec, fields=MappingProxyType({**spec.fields, **added})))

    def find(self, name: str) -> SObjectSpec | None:
        return self._by_lower_name.get(name.lower())

    def get(self, name: str, missing: Callable[[str], errors.OrgError] | None = None) -> SObjectSpec:
        """Return an object by name in any case.

        Raise OrgError NOT_FOUND, as for a resource in a path, or what `missing` makes of the name
        (`errors.invalid_type` for a name in a body or a query).
        """
        spec = self.find(name)
        if spec is None:
            raise missing(name) if missing else errors.not_found()
        return spec

    def find_by_prefix(self, key_prefix: str) -> SObjectSpec | None:
        """Return the object whose ids begin with these three characters."""
        return next((spec for spec in self if spec.key_prefix == key_prefix), None)

    def children(self, parent: str) -> Iterator[tuple[SObjectSpec, FieldSpec]]:
        """Yield every lookup to an object, with the object that holds it, by the child's name.

        The MasterRecordId of a merged record is history and makes no child; a computed lookup follows others.
        """
        yield from self._children.get(parent, ())

    def __iter__(self) -> Iterator[SObjectSpec]:
        return iter(self.objects.values())

    @cached_property
    def _by_lower_name(self) -> dict[str, SObjectSpec]:
        return {name.lower(): spec for name, spec in self.objects.items()}

    @cached_property
    def _children(self) -> dict[str, list[tuple[SObjectSpec, FieldSpec]]]:
        children: dict[str, list[tuple[SObjectSpec, FieldSpec]]] = {}
        for _, child in sorted(self.objects.items()):
            for lookup in child.fields.values():
                if lookup.name != "MasterRecordId" and lookup.formula is None:
                    for parent in lookup.reference_to:
                        children.setdefault(parent, []).append((child, lookup))
        return children
