"""Rows of a page -> the records of the answer, parents nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..rendering import Renderer
from .selection import Selection
from .tables import PolymorphicTable


class Reader:
    """Render the records of one selection; `columns` is what to SELECT for it, in this order.

    A parent is an object of its own in the record, or null where the lookup is empty; a list of children is
    null until it is filled ("Understanding Relationship Query Results").
    """

    def __init__(self, selection: Selection, version: str, start: int = 0) -> None:
        self._renderer = Renderer(selection.spec, selection.fields, version)
        self._version = version
        table = selection.table
        self.columns = [table.sql(selection.spec.fields[name]) for name in self._renderer.columns]
        self._start, self._own_end = start, start + len(self.columns)
        self._polymorphic = table if isinstance(table, PolymorphicTable) else None
        if self._polymorphic:
            self.columns.append(self._polymorphic.type_sql)
        self._parents: dict[str, Reader] = {}
        for name, parent in selection.parents.items():
            self._parents[name] = Reader(parent, version, start + len(self.columns))
            self.columns += self._parents[name].columns
        self._children = [children.name for children in selection.children]
        names = list(selection.items)
        in_order = names == [*(spec.name for spec in selection.fields), *self._parents, *self._children]
        self._order = None if in_order else ["attributes", *names]

    def read(self, row: Sequence[Any]) -> dict[str, Any] | None:
        """Return the record of a row, None where the lookup to it found nothing."""
        if row[self._start] is None:
            return None
        record = self._renderer.render(row[self._start : self._own_end])
        if self._polymorphic:
            record["attributes"] = self._attributes(row, self._polymorphic)
        for name, parent in self._parents.items():
            record[name] = parent.read(row)
        for name in self._children:
            record[name] = None
        return record if self._order is None else {name: record[name] for name in self._order}

    def _attributes(self, row: Sequence[Any], table: PolymorphicTable) -> dict[str, str]:
        record_type = row[self._own_end]
        url = f"/services/data/v{self._version}/sobjects/{record_type}/{row[self._start]}"
        return {"type": table.attributes_type or record_type, "url": url}
