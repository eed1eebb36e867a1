"""The tree a SOQL text becomes: plain frozen data, without any knowledge of the schema.

Every node that can be wrong keeps the offset of its first character, so that an error found later, against
the schema, still points at the place in the text, as Salesforce does.
"""

from dataclasses import dataclass
from enum import Enum


class LiteralKind(Enum):
    NULL = "null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    STRING = "string"
    DATE = "date"
    DATETIME = "dateTime"


@dataclass(frozen=True)
class Literal:
    """A value as written; the text of a string is still escaped, because LIKE reads its escapes otherwise."""

    kind: LiteralKind
    text: str
    offset: int


@dataclass(frozen=True)
class Path:
    """A field name, or names of relationships and a field: ``Account.Owner.Name``."""

    names: tuple[str, ...]
    offset: int

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True)
class Comparison:
    path: Path
    operator: str
    literal: Literal


@dataclass(frozen=True)
class Membership:
    path: Path
    literals: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True)
class Negation:
    condition: "Condition"


@dataclass(frozen=True)
class Combination:
    """Conditions joined by one word, ``AND`` or ``OR``."""

    word: str
    conditions: "tuple[Condition, ...]"


Condition = Comparison | Membership | Negation | Combination


@dataclass(frozen=True)
class Ordering:
    path: Path
    descending: bool
    nulls_last: bool


@dataclass(frozen=True)
class Source:
    """The object of the FROM clause, under its name and the alias the query gives it."""

    name: str
    alias: str | None
    offset: int


@dataclass(frozen=True)
class Query:
    """One SELECT; ``fields`` is None for ``COUNT()``, ``limit`` and ``offset`` are None where not written."""

    text: str
    fields: tuple[Path, ...] | None
    source: Source
    where: Condition | None
    order: tuple[Ordering, ...]
    limit: int | None
    offset: int | None
