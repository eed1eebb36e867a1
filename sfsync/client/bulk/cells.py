"""Records as lines of CSV for a load.

Bulk API 2.0 guide, "Prepare CSV Files", "Valid Date Format in Records" and "Relationship Fields in a Header Row": an
empty cell leaves its field alone, `#N/A` empties it, and `Account.Ext__c` names a parent by its external id.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ...exceptions import ConversionError

NULL = "#N/A"
# "Bulk API and Bulk API 2.0 Limits and Allocations": characters; one record above them fails its whole job.
LONGEST_CELL = 131_072
LONGEST_RECORD = 400_000

Record = Mapping[str, Any]


def flat(record: Record) -> dict[str, Any]:
    """Name the parents of a record as columns do: {"Account": {"Ext__c": 1}} becomes {"Account.Ext__c": 1}.

    A parent with `attributes` names its sObject, as lookups to several need it: "Lead:Who.Email".
    """
    cells: dict[str, Any] = {}
    for name, value in record.items():
        if name == "attributes":
            continue
        cells |= _parent(name, value) if isinstance(value, Mapping) else {name: value}
    return cells


def line_writer(columns: Sequence[str]) -> Callable[[Record], bytes]:
    """Return what turns a record into one line of CSV. It raises ConversionError for one that cannot be loaded."""
    writer = csv.writer(_Line(), dialect="excel")

    def write(record: Record) -> bytes:
        found = flat(record)
        cells = [_cell(name, found[name]) if name in found else "" for name in columns]
        if len(found) > sum(name in found for name in columns):
            raise ConversionError("The record has a field that is no column of the load.", code="NO_COLUMN")
        if sum(map(len, cells)) > LONGEST_RECORD:
            raise ConversionError(
                f"The record has more than {LONGEST_RECORD} characters.", code="STRING_TOO_LONG"
            )
        text: str = writer.writerow(cells)
        return _encoded(text)

    return write


def header_line(columns: Sequence[str]) -> bytes:
    text: str = csv.writer(_Line(), dialect="excel").writerow(columns)
    return text.encode()


def _parent(name: str, parent: Record) -> dict[str, Any]:
    sobject = parent.get("attributes", {}).get("type")
    prefix = f"{sobject}:{name}" if sobject else name
    return {f"{prefix}.{field}": value for field, value in parent.items() if field != "attributes"}


def _cell(name: str, value: Any) -> str:
    match value:
        case None | "":
            return NULL
        case bool():
            return "true" if value else "false"
        case str():
            return _text(name, value)
        case int():
            return str(int(value))
        case Decimal() if value.is_finite():
            return format(value, "f")
    raise ConversionError(f"A {type(value).__name__} has no place in a load.", code="WRONG_TYPE", field=name)


def _text(name: str, value: str) -> str:
    if value == NULL:
        raise ConversionError(f"The text {NULL} means null in a load.", code="MEANS_NULL", field=name)
    if len(value) > LONGEST_CELL:
        raise ConversionError(
            f"The text has {len(value)} characters, a load takes {LONGEST_CELL}.",
            code="STRING_TOO_LONG",
            field=name,
        )
    return value


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        failure = ConversionError("A text holds half of a character.", code="NOT_UTF8")
    raise failure


class _Line:
    """A file for the csv module that hands the line back, as the result of `writerow`."""

    def write(self, text: str) -> str:
        return text
