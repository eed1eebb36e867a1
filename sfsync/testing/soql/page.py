"""Rows of a page -> the records of the answer, parents nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..rendering import Renderer
from .compile import Selection
from .scope import quoted


class Reader:
    """Render the records of one selection; `columns` is what to SELECT for it, in this order.

    A parent is an object of its own in the record, or null where the lookup is empty ("Understanding
    Relationship Query Results").
    """

    def __init__(self, selection: Selection, version: str, start: int = 0) -> None:
        self._renderer = Renderer(selection.spec, selection.fields, version)
        alias = selection.table.alias
        self.columns = [f"{alias}.{quoted(name)}" for name in self._renderer.columns]
        self._start, self._own_end = start, start + len(self.columns)
        self._parents: dict[str, Reader] = {}
        for name, parent in selection.parents.items():
            self._parents[name] = Reader(parent, version, start + len(self.columns))
            self.columns += self._parents[name].columns
        names = list(selection.items)
        parents_last = names == [*(spec.name for spec in selection.fields), *self._parents]
        self._order = None if parents_last else ["attributes", *names]

    def read(self, row: Sequence[Any]) -> dict[str, Any] | None:
        """Return the record of a row, None where the lookup to it found nothing."""
        if row[self._start] is None:
            return None
        record = self._renderer.render(row[self._start : self._own_end])
        for name, parent in self._parents.items():
            record[name] = parent.read(row)
        return record if self._order is None else {name: record[name] for name in self._order}
