"""What a record of an answer holds: fields, parents with selections of their own, lists of children."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..schema.base import FieldSpec, SObjectSpec
from ..wording import Unsourced
from .scope import Column, Scope
from .tables import Table
from .tree import Path

if TYPE_CHECKING:
    from .compile import Compiled


@dataclass(frozen=True)
class Children:
    """A subquery: the records whose lookup names the record; limit and offset count for each parent.

    The statement of `compiled` takes a JSON list of the parents' ids before its other parameters, and gives
    the child's id and the parent's.
    """

    name: str
    compiled: Compiled
    limit: int | None
    offset: int

    def some(self, ids: list[str]) -> list[str]:
        """Return those of one parent's children that the subquery's LIMIT and OFFSET leave."""
        return ids[self.offset : None if self.limit is None else self.offset + self.limit]


@dataclass
class Selection:
    """What a record of the answer holds, in order."""

    table: Table
    items: dict[str, FieldSpec | Selection | Children] = field(default_factory=dict)

    @property
    def spec(self) -> SObjectSpec:
        return self.table.spec

    @property
    def parents(self) -> dict[str, Selection]:
        return {name: item for name, item in self.items.items() if isinstance(item, Selection)}

    @property
    def fields(self) -> list[FieldSpec]:
        return [item for item in self.items.values() if isinstance(item, FieldSpec)]

    @property
    def children(self) -> list[Children]:
        return [item for item in self.items.values() if isinstance(item, Children)]

    def all_fields(self) -> Iterator[FieldSpec]:
        """Yield every selected field, those of parents included."""
        yield from self.fields
        for parent in self.parents.values():
            yield from parent.all_fields()

    def add_field(self, path: Path, scope: Scope) -> None:
        """Add what a path names, with the parents on the way to it."""
        column = scope.column(path)
        items = self._parent(column, scope).items
        if column.field.name in items:
            raise Unsourced("selected_twice", path=path)
        items[column.field.name] = column.field

    def add_children(self, children: Children) -> None:
        if children.name in self.items:
            raise Unsourced("selected_twice", path=children.name)
        self.items[children.name] = children

    def _parent(self, column: Column, scope: Scope) -> Selection:
        """Return the selection that the last name of a path belongs to, made on the way."""
        selection = self
        for depth, name in enumerate(column.relationships, start=1):
            item = selection.items.setdefault(name, Selection(scope.parent(column.relationships[:depth])))
            if not isinstance(item, Selection):
                raise Unsourced("field_and_relationship", name=name)
            selection = item
        return selection
