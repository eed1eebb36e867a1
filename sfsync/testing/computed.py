"""Fields that nobody writes: formulas, roll-ups and auto numbers.

Their values are stored beside the others, so that queries filter and sort by them, and are computed anew when
what they are made of changes: by the write itself for the record's own, after it for its children's formulas
and its parents' roll-ups. Such a change touches no stamp, unless the settings say so (Object Reference, "System
Fields": SystemModstamp does not capture every field change).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .schema.base import FieldSpec, Schema, SObjectSpec
from .storage import Storage, decode, encode
from .storage.tables import quote

_NUMBER = re.compile(r"\{(0+)\}")


@dataclass(frozen=True)
class Row:
    """One record as a formula sees it: values by canonical field name, as Python has them.

    Numbers with a scale are Decimals, dates and times text as it travels. A row of no record has None in
    every field, as a formula through an empty lookup has.
    """

    schema: Schema
    storage: Storage
    spec: SObjectSpec | None = None
    stored: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        if self.spec is None or name not in self.stored:
            return None
        return decode(self.spec.fields[name], self.stored[name])

    def parent(self, relationship: str) -> Row:
        """Return the record that a lookup names, such as `Account` for AccountId."""
        lookup = self.spec.find_relationship(relationship) if self.spec else None
        record_id = self.stored.get(lookup.name) if lookup else None
        target = self.schema.find_by_prefix(record_id[:3]) if record_id else None
        if target is None:
            return Row(self.schema, self.storage)
        sql = f'SELECT * FROM {quote(target.name)} WHERE "Id" = ?'
        found = next(self.storage.read(sql, (record_id,)), None)
        return Row(self.schema, self.storage, target, dict(found) if found else {})

    def siblings(self, *lookups: str) -> Iterator[Row]:
        """Yield the other live records of the object that name the same parents in all of these fields."""
        if self.spec is None:
            return
        same = " AND ".join(f"{quote(lookup)} = ?" for lookup in lookups)
        sql = f'SELECT * FROM {quote(self.spec.name)} WHERE {same} AND "Id" != ? AND "IsDeleted" = 0'
        for row in self.storage.read(sql, [*(self.stored[lookup] for lookup in lookups), self.stored["Id"]]):
            yield Row(self.schema, self.storage, self.spec, dict(row))


Below = dict[tuple[str, str], list[Row]]  # by the names of the children's object and of their lookup


@dataclass
class Links:
    """Who follows whom in one state of the schema."""

    revision: int
    readers: dict[tuple[str, str], list[tuple[SObjectSpec, FieldSpec]]] = field(default_factory=dict)
    parents: dict[str, list[tuple[FieldSpec, SObjectSpec]]] = field(default_factory=dict)


@dataclass
class Computed:
    """Work out what follows from stored values."""

    storage: Storage
    schema: Schema
    _known: Links = field(default_factory=lambda: Links(-1), init=False, repr=False)

    def numbers(self, spec: SObjectSpec) -> dict[str, str]:
        """Return the auto numbers of a new record; none is given out twice."""
        return {one.name: self._number(spec, one) for one in spec.numbered_fields}

    def complete(self, spec: SObjectSpec, record: dict[str, Any], before: Mapping[str, Any]) -> None:
        """Put in the formulas of a record that is to be written, and the roll-ups that the write overrode."""
        for one in spec.computed_fields:
            if one.formula:
                record[one.name] = encode(one, one.formula(Row(self.schema, self.storage, spec, record)))
            elif before and record[one.name] != before[one.name]:
                record[one.name] = self._rolled_up(one, record, {})

    def refreshed(self, spec: SObjectSpec, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return a stored record with all its computed values, and what the object derives of them."""
        record = dict(before)
        below: Below = {}
        for one in spec.computed_fields:
            if one.roll_up:
                record[one.name] = self._rolled_up(one, record, below)
        self.complete(spec, record, {})
        if spec.derive:
            record |= spec.derive(record, before, {})
        return record

    def followers(
        self, spec: SObjectSpec, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[tuple[SObjectSpec, dict[str, Any]]]:
        """Yield the live records, with their objects, that a write may have changed the computed values of."""
        links = self._links()
        lookups = {
            (child.name, lookup.name): (child, lookup)
            for name in (after if before else ())
            if after[name] != before[name]
            for child, lookup in links.readers.get((spec.name, name), ())
        }
        for child, lookup in lookups.values():
            yield from self._live(child, lookup.name, after["Id"])
        for lookup, parent in links.parents.get(spec.name, ()):
            for parent_id in {before.get(lookup.name), after[lookup.name]} - {None}:
                yield from self._live(parent, "Id", parent_id)

    def _live(
        self, spec: SObjectSpec, column: str, value: Any
    ) -> Iterator[tuple[SObjectSpec, dict[str, Any]]]:
        sql = f'SELECT * FROM {quote(spec.name)} WHERE {quote(column)} = ? AND "IsDeleted" = 0'
        for row in self.storage.read(sql, (value,)):
            yield spec, dict(row)

    def _rolled_up(self, one: FieldSpec, record: Mapping[str, Any], below: Below) -> Any:
        """Return the value of a roll-up; `below` has the children that were read for others of the record."""
        assert one.roll_up is not None
        child, lookup = self.schema.get(one.roll_up.child), one.roll_up.lookup
        if (child.name, lookup) not in below:
            found = self._live(child, lookup, record["Id"])
            below[child.name, lookup] = [Row(self.schema, self.storage, child, row) for _, row in found]
        rows = below[child.name, lookup]
        if one.roll_up.keeps and not rows:
            return record[one.name]
        return encode(one, one.roll_up.compute(rows))

    def _number(self, spec: SObjectSpec, one: FieldSpec) -> str:
        number = self.storage.next_number(f"{spec.name}.{one.name}")
        return _NUMBER.sub(lambda zeros: str(number).zfill(len(zeros[1])), str(one.auto_number))

    def _links(self) -> Links:
        if self._known.revision != self.schema.revision:
            self._known = _links(self.schema)
        return self._known


def _links(schema: Schema) -> Links:
    links = Links(schema.revision)
    for spec in schema:
        for one in spec.computed_fields:
            for path in one.reads:
                relationship, _, name = path.partition(".")
                lookup = spec.find_relationship(relationship)
                if lookup is None:
                    continue
                for target in lookup.reference_to:
                    links.readers.setdefault((target, name), []).append((spec, lookup))
            child = schema.find(one.roll_up.child) if one.roll_up else None
            if child and one.roll_up:
                parent = (child.field(one.roll_up.lookup), spec)
                if parent not in links.parents.setdefault(child.name, []):
                    links.parents[child.name].append(parent)
    return links
