"""The tree a SOQL text becomes: plain frozen data, without any knowledge of the schema.

Every node that can be wrong keeps the offset of its first character, so that an error found later, against
the schema, still points at the place in the text, as Salesforce does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class LiteralKind(Enum):
    NULL = "null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    STRING = "string"
    DATE = "date"
    DATETIME = "dateTime"
    RELATIVE_DATE = "date literal"


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
class Call:
    """A function of a field, such as ``COUNT(Id)``, its name in upper case."""

    function: str
    path: Path
    offset: int

    def __str__(self) -> str:
        return f"{self.function}({self.path})"


Operand = Path | Call


@dataclass(frozen=True)
class Aliased:
    """A selected field or function under a name of its own, as grouped queries give."""

    operand: Operand
    alias: str


@dataclass(frozen=True)
class Comparison:
    operand: Operand
    operator: str
    literal: Literal


@dataclass(frozen=True)
class Membership:
    operand: Operand
    literals: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True)
class Inclusion:
    """INCLUDES or EXCLUDES; each literal names values that a record must have together: ``'A;B'``."""

    operand: Operand
    literals: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True)
class Join:
    """A semi-join, ``IN (SELECT ..)``, or negated an anti-join; the offset is that of the inner SELECT."""

    operand: Operand
    query: Query
    negated: bool
    offset: int


@dataclass(frozen=True)
class Negation:
    condition: Condition


@dataclass(frozen=True)
class Combination:
    """Conditions joined by one word, ``AND`` or ``OR``."""

    word: str
    conditions: tuple[Condition, ...]


Condition = Comparison | Membership | Inclusion | Join | Negation | Combination


@dataclass(frozen=True)
class Grouping:
    paths: tuple[Path, ...]
    having: Condition | None


@dataclass(frozen=True)
class Ordering:
    operand: Operand
    descending: bool
    nulls_last: bool


@dataclass(frozen=True)
class Source:
    """The object or child relationship of the FROM clause, and the alias the query gives it."""

    name: str
    alias: str | None
    offset: int


@dataclass(frozen=True)
class Query:
    """One SELECT; ``fields`` is None for ``COUNT()``, the clauses are None where not written."""

    fields: tuple[Selected, ...] | None
    source: Source
    where: Condition | None
    group: Grouping | None
    order: tuple[Ordering, ...]
    limit: int | None
    offset: int | None
    text: str = ""


Selected = Path | Call | Aliased | Query
