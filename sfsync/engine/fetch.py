"""Read records by id, for many mappings in shared calls, and find out why one is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sfsync import soql
from sfsync.engine.records import Record
from sfsync.engine.target import Target
from sfsync.exceptions import CursorLost

IDS_PER_QUERY = 400
"""Ids in one IN clause of a GET: a URI of 16,384 bytes holds about 600 of them (REST guide, "Status Codes")."""


@dataclass
class Fetched:
    """What one fetch gave for one target; it began at `began` by `Target.now`."""

    target: Target
    began: datetime
    records: list[Record] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def fetch(wanted: Sequence[tuple[Target, Sequence[str]]]) -> list[Fetched]:
    """Retrieve records of one org's targets by id, as few calls as possible; results in order.

    Ids the org does not answer for (deleted, unknown, or not visible) are `absent`.
    """
    if not wanted:
        return []
    client = wanted[0][0].client
    requests = [(target.sobject, list(ids), target.fetched_names) for target, ids in wanted]
    began = [target.now() for target, _ in wanted]
    answers = client.retrieve_many(requests)
    found = []
    for (target, ids), moment, answer in zip(wanted, began, answers, strict=True):
        records = [record for sf_id in ids if (record := answer.records.get(sf_id)) is not None]
        absent = [sf_id for sf_id in ids if answer.records.get(sf_id) is None]
        found.append(Fetched(target, moment, [clean(record) for record in records], absent))
    return found


def query(target: Target, text: str, *, all_rows: bool = False) -> list[Record]:
    """Return all records of a query of a few hundred, begun again once if its cursor dies between two pages."""
    try:
        return list(target.client.query(text, all_rows=all_rows))
    except CursorLost:
        return list(target.client.query(text, all_rows=all_rows))


def clean(record: dict[str, Any]) -> Record:
    """Leave out what describes the answer and not the record."""
    return {name: value for name, value in record.items() if name != "attributes"}


@dataclass
class Fate:
    """Why records are absent: `deleted` are in the recycle bin, `invisible` are neither here nor there.

    `alive` came back between the two questions.
    """

    deleted: list[str] = field(default_factory=list)
    invisible: list[str] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)


def classify(target: Target, absent: Iterable[str]) -> Fate:
    """Ask queryAll about ids that retrieve does not answer for: a null is never taken for a delete."""
    fate = Fate()
    ids = sorted(set(absent))
    for start in range(0, len(ids), IDS_PER_QUERY):
        part = ids[start : start + IDS_PER_QUERY]
        text = soql.select(["Id", "IsDeleted"], target.sobject, where=soql.in_("Id", part))
        seen = {record["Id"]: record["IsDeleted"] for record in query(target, text, all_rows=True)}
        fate.deleted += [sf_id for sf_id in part if seen.get(sf_id) is True]
        fate.alive += [sf_id for sf_id in part if seen.get(sf_id) is False]
        fate.invisible += [sf_id for sf_id in part if sf_id not in seen]
    return fate
