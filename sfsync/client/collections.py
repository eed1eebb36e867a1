"""Many records of one sObject in one request: read 2,000, write 200.

REST guide, "Get Records Using sObject Collections" (with a request body), "Create / Update / Upsert / Delete
Records Using sObject Collections": results come in the order of the request, and the request as a whole succeeds even
if every record fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from ..exceptions import ConversionError, Oversized, SalesforceError
from ..values import id18
from . import composite, errors
from .answers import malformed
from .composite import SubRequest
from .connection import Connection
from .paths import api_name

READ_LIMIT = 2_000
WRITE_LIMIT = 200
WRITE_PATH = "composite/sobjects"

Record = dict[str, Any]


@dataclass
class Retrieved:
    """What came back for one retrieval. `began` is the org's time when the first of its calls began.

    `error` is set where the org refused this retrieval, as for a field that it does not know.
    """

    began: datetime
    found: dict[str, Record | None] = field(default_factory=dict, repr=False)
    error: SalesforceError | None = None

    @property
    def records(self) -> dict[str, Record | None]:
        """Records by the id they were asked for, None for one that is unknown, deleted or not visible.

        Raises the error, if there is one: that nothing came back must not look as if nothing was there.
        """
        if self.error is not None:
            raise self.error
        return self.found


@dataclass(frozen=True)
class SaveError:
    """Why one record was refused. `message` is the org's own text, which can hold record values."""

    code: str
    message: str = field(repr=False)
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class SaveResult:
    """The outcome for one record; a refused one has no id (match it by position).

    `created` says of an upsert whether the record is new, and is None for every other operation.
    """

    id: str | None
    success: bool
    errors: tuple[SaveError, ...] = ()
    created: bool | None = None

    def error(self, resource: str) -> SalesforceError | None:
        """Return the exception for the first known of the errors, or None after success."""
        if self.success:
            return None
        return errors.from_entries([errors.Entry(*astuple(error)) for error in self.errors], resource)


class Retrieval(NamedTuple):
    """Which fields of which records of one sObject to read."""

    sobject: str
    ids: Sequence[str]
    fields: Sequence[str]

    @property
    def resource(self) -> str:
        return f"{WRITE_PATH}/{api_name(self.sobject)}"

    def body(self) -> dict[str, Any]:
        return {"ids": list(self.ids), "fields": list(dict.fromkeys(["Id", *self.fields]))}


def retrieve_many(connection: Connection, retrievals: Sequence[Retrieval]) -> list[Retrieved]:
    """Read records of several sObjects, packing five requests of 2,000 ids into a call.

    Returns one result for each retrieval, in their order. A single request travels alone.
    """
    began = connection.org_now()
    results = [Retrieved(began) for _ in retrievals]
    pieces = [
        (result, retrieval._replace(ids=ids))
        for result, retrieval in zip(results, retrievals, strict=True)
        for ids in composite.chunks(list(dict.fromkeys(retrieval.ids)), READ_LIMIT)
    ]
    for group in composite.chunks(pieces, composite.COLLECTIONS_LIMIT):
        answers = _retrieve(connection, [piece for _, piece in group])
        for (result, piece), answer in zip(group, answers, strict=True):
            if isinstance(answer, SalesforceError):
                result.error = answer
            else:
                result.found |= _records(piece, answer)
    return results


def _retrieve(connection: Connection, pieces: Sequence[Retrieval]) -> list[Any]:
    """Return a body or an error for each piece; what sfsync does not read in one answer is asked in halves."""
    try:
        return _ask(connection, pieces)
    except Oversized:
        if len(pieces) == 1 and len(pieces[0].ids) == 1:
            raise
    if len(pieces) == 1:
        return [_halved(connection, pieces[0])]
    half = len(pieces) // 2
    return _retrieve(connection, pieces[:half]) + _retrieve(connection, pieces[half:])


def _halved(connection: Connection, piece: Retrieval) -> Any:
    """Return the body of one piece as if it had come in one answer, or the first thing that is no body."""
    body: list[Any] = []
    for ids in composite.chunks(piece.ids, (len(piece.ids) + 1) // 2):
        (part,) = _retrieve(connection, [piece._replace(ids=ids)])
        if not isinstance(part, list):
            return part
        body += part
    return body


def _ask(connection: Connection, pieces: Sequence[Retrieval]) -> list[Any]:
    if len(pieces) == 1:
        try:
            return [connection.call("POST", pieces[0].resource, body=pieces[0].body(), read=True).body]
        except SalesforceError as error:
            if errors.concerns_org(error):
                raise
            return [error]
    requests = [SubRequest("POST", piece.resource, piece.body()) for piece in pieces]
    return [response.error or response.body for response in composite.send(connection, requests)]


def _records(piece: Retrieval, body: Any) -> dict[str, Record | None]:
    if not isinstance(body, list) or len(body) != len(piece.ids):
        raise malformed(piece.resource, "another number of records than was asked for")
    records = dict(zip(piece.ids, body, strict=True))
    for id_, record in records.items():
        if record is not None and not (isinstance(record, dict) and str(record.get("Id"))[:15] == id_[:15]):
            raise malformed(piece.resource, "records that were not asked for")
    return records


def create_request(sobject: str, records: Sequence[Mapping[str, Any]]) -> SubRequest:
    """Return the request that creates up to 200 records."""
    return _write("POST", [{"attributes": {"type": sobject}, **record} for record in records])


def update_request(sobject: str, records: Sequence[Mapping[str, Any]]) -> SubRequest:
    """Return the request that updates up to 200 records, each with its `id`."""
    return _write("PATCH", [{"attributes": {"type": sobject}, **record} for record in records])


def upsert_request(sobject: str, external_id_field: str, records: Sequence[Mapping[str, Any]]) -> SubRequest:
    """Return the request that creates or updates up to 200 records, each with its value of the external id.

    The value decides: one that no record carries creates, one that a single record carries updates, and one that
    several carry, or that comes twice in the request, is an error of each record that has it.
    """
    path = f"{WRITE_PATH}/{api_name(sobject)}/{api_name(external_id_field)}"
    return _write("PATCH", [{"attributes": {"type": sobject}, **record} for record in records], path)


def delete_request(ids: Sequence[str]) -> SubRequest:
    """Return the request that deletes up to 200 records, also of several sObjects."""
    _check_size(ids)
    names = ",".join(id18(id_) for id_ in ids)
    return SubRequest("DELETE", f"{WRITE_PATH}?ids={names}&allOrNone=false")


def save_results(body: Any, count: int) -> list[SaveResult]:
    """Read the answer to one of the requests above. Raise MalformedResponse if it is not `count` results.

    After that error nobody knows what was written: the caller must look.
    """
    if not isinstance(body, list) or len(body) != count:
        raise malformed(WRITE_PATH, f"something that is not {count} results")
    try:
        return [_save_result(item) for item in body]
    except (KeyError, TypeError, AttributeError, ConversionError):
        failure = malformed(WRITE_PATH, "results that lack an id or a reason")
    raise failure


def _save_result(item: Any) -> SaveResult:
    created = item["created"] is True if "created" in item else None
    if item["success"] is True:
        return SaveResult(id18(item["id"]), True, created=created)
    found = tuple(SaveError(*entry) for entry in errors.entries(item["errors"]))
    id_ = item.get("id")
    return SaveResult(id18(id_) if id_ else None, False, found, created)


def _write(method: str, records: Sequence[Mapping[str, Any]], path: str = WRITE_PATH) -> SubRequest:
    _check_size(records)
    return SubRequest(method, path, {"allOrNone": False, "records": records})


def _check_size(items: Sequence[Any]) -> None:
    if not 0 < len(items) <= WRITE_LIMIT:
        raise ValueError(f"one request writes 1 to {WRITE_LIMIT} records, not {len(items)}")
