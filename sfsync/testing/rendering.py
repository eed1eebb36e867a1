"""From columns to the record that goes out: names in canonical case, compound fields put together.

A Renderer is made once per query page; what has to be done for each field is decided there, so that a row
costs little more than building its dict.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .schema.base import FieldSpec, SObjectSpec
from .storage.values import wire_decoder

Decoder = Callable[[Sequence[Any]], Any]


class Renderer:
    """Render rows of one object.

    `columns` are the columns to select, in this order, Id first; `render` takes a row of them.
    """

    def __init__(self, spec: SObjectSpec, fields: Iterable[FieldSpec], version: str) -> None:
        self.columns: list[str] = ["Id"]
        self._type = spec.name
        self._url = f"/services/data/v{version}/sobjects/{spec.name}/"
        self._plain: list[tuple[str, int]] = []
        self._decoded: list[tuple[str, int, Callable[[Any], Any]]] = []
        self._compound: list[tuple[str, Decoder]] = []
        self._names = [field.name for field in self._plan(spec, fields)]

    def render(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return the record: `attributes` first, then the fields in the order asked for."""
        record: dict[str, Any] = {"attributes": {"type": self._type, "url": self._url + row[0]}}
        record.update(dict.fromkeys(self._names))
        for name, index in self._plain:
            record[name] = row[index]
        for name, index, decode in self._decoded:
            if (value := row[index]) is not None:
                record[name] = decode(value)
        for name, compose in self._compound:
            record[name] = compose(row)
        return record

    def _plan(self, spec: SObjectSpec, fields: Iterable[FieldSpec]) -> list[FieldSpec]:
        planned = list(dict.fromkeys(fields))
        for field in planned:
            if not field.stored:
                self._compound.append((field.name, self._composer(spec, field)))
            elif field.type == "base64":
                self._compound.append((field.name, self._address(field.name)))
            elif (decode := wire_decoder(field)) is not None:
                self._decoded.append((field.name, self._column(field.name), decode))
            else:
                self._plain.append((field.name, self._column(field.name)))
        return planned

    def _column(self, name: str) -> int:
        if name not in self.columns:
            self.columns.append(name)
        return self.columns.index(name)

    def _address(self, name: str) -> Decoder:
        """Return what gives the address of a field's bytes (REST guide, "sObject Blob Get")."""
        index = self._column(name)
        return lambda row: f"{self._url}{row[0]}/{name}" if row[index] is not None else None

    def _composer(self, spec: SObjectSpec, field: FieldSpec) -> Decoder:
        parts = sorted((_key(part, field), part) for part in spec.parts_of(field.name))
        plan = [(key, self._column(part.name), wire_decoder(part)) for key, part in parts]

        def compose(row: Sequence[Any]) -> dict[str, Any] | None:
            values = {
                key: decode(row[index]) if decode and row[index] is not None else row[index]
                for key, index, decode in plan
            }
            return values if any(value is not None for value in values.values()) else None

        return compose


def _key(part: FieldSpec, compound: FieldSpec) -> str:
    """Return the key of a part, such as postalCode for BillingPostalCode, latitude for Site__Latitude__s."""
    if part.name.endswith("__s"):
        return part.name.split("__")[-2].lower()
    bare = part.name.removeprefix(compound.name.removesuffix("Address"))
    return bare[0].lower() + bare[1:]


def render(
    spec: SObjectSpec, row: Mapping[str, Any] | sqlite3.Row, fields: Iterable[FieldSpec], version: str
) -> dict[str, Any]:
    """Render one row that is known by column names, such as a row of `storage.read`."""
    renderer = Renderer(spec, fields, version)
    return renderer.render([row[column] for column in renderer.columns])
