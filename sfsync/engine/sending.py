"""Send claimed records: few calls, and an answer for each record by its position.

REST guide, "Composite" (25 subrequests, five of them sObject Collections), "Update Records Using sObject
Collections" (200 records). A call that fails without an answer raises: its records stay claimed, and the next run
looks before it sends again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from sfsync.client import (
    SaveResult,
    SubRequest,
    SubResponse,
    create_request,
    delete_request,
    save_results,
    update_request,
)
from sfsync.engine.applying import batches
from sfsync.engine.outgoing import Outgoing
from sfsync.engine.records import Record
from sfsync.engine.target import Target
from sfsync.exceptions import (
    ConcurrentLimit,
    MalformedResponse,
    PreconditionFailed,
    SalesforceError,
    Unavailable,
)
from sfsync.values import parse_datetime

COLLECTION = 200
COLLECTIONS_PER_CALL = 5
UPDATES_PER_CALL = COLLECTION * (COLLECTIONS_PER_CALL - 1)
"""Four collections of updates; the fifth place is taken by the retrieve that proves what they overwrote."""

CREATES_PER_CALL = COLLECTION * COLLECTIONS_PER_CALL

CONDITIONAL = 24
"""Up to so many updates travel as PATCHes with If-Unmodified-Since (REST guide, "Conditional Request Headers")."""


@dataclass
class Answer:
    """What the org said about one record. `found` is the record as it was just before the write, if it was read."""

    outgoing: Outgoing
    sf_id: str | None = None
    error: SalesforceError | None = None
    found: Record | None = None
    answered_at: datetime | None = field(default=None)


def call_size(operation: str) -> int:
    """Return how many records of an operation one call takes."""
    return UPDATES_PER_CALL if operation == "update" else CREATES_PER_CALL


def send(target: Target, outgoing: Sequence[Outgoing]) -> list[Answer]:
    """Send one call's worth of records of one operation; answers in order."""
    operation = outgoing[0].operation
    answers = _update(target, outgoing) if operation == "update" else _write(target, outgoing, operation)
    answered_at = target.now()
    for answer in answers:
        answer.answered_at = answered_at
    return answers


def _update(target: Target, outgoing: Sequence[Outgoing]) -> list[Answer]:
    """Read and write in one composite, in order: what was read is what the writes replaced.

    Few updates carry a condition besides, so that an edit that came between is not replaced at all. Whether the
    org honours that in a composite is not documented; where it refuses, the records are sent without.
    """
    body = {"ids": [each.sf_id for each in outgoing], "fields": target.fetched_names}
    read = SubRequest("POST", f"composite/sobjects/{target.sobject}", body)
    conditional = len(outgoing) <= CONDITIONAL and all(each.modified for each in outgoing)
    if not conditional or target.refuses_conditions:
        proof, *responses = target.client.composite([read, *_requests(target, outgoing, "update")])
        return _with_proof(_read(outgoing, responses), proof)
    proof, *responses = target.client.composite([read, *(_patch(target, each) for each in outgoing)])
    pairs = zip(outgoing, responses, strict=True)
    answers = _with_proof(
        [Answer(each, sf_id=each.sf_id, error=response.error) for each, response in pairs], proof
    )
    refused = [answer for answer in answers if answer.error and refuses_condition(answer.error)]
    if not refused:
        return answers
    target.refuses_conditions = True
    answered = [answer for answer in answers if answer not in refused]
    return answered + _update(target, [answer.outgoing for answer in refused])


def _patch(target: Target, outgoing: Outgoing) -> SubRequest:
    condition = {"If-Unmodified-Since": _http_date(str(outgoing.modified))}
    return SubRequest(
        "PATCH", f"sobjects/{target.sobject}/{outgoing.sf_id}", outgoing.body(target), condition
    )


def _http_date(stamp: str) -> str:
    return format_datetime(parse_datetime(stamp).astimezone(UTC), usegmt=True)


def _with_proof(answers: list[Answer], proof: SubResponse) -> list[Answer]:
    """Put the records as they were just before the write with their answers."""
    found = proof.body if proof.error is None and isinstance(proof.body, list) else []
    if len(found) == len(answers):
        for answer, record in zip(answers, found, strict=True):
            answer.found = record
    return answers


def _write(target: Target, outgoing: Sequence[Outgoing], operation: str) -> list[Answer]:
    return _read(outgoing, target.client.composite(list(_requests(target, outgoing, operation))))


def _requests(target: Target, outgoing: Sequence[Outgoing], operation: str) -> Iterator[SubRequest]:
    for part in batches(outgoing, COLLECTION):
        if operation == "delete":
            yield delete_request([str(each.sf_id) for each in part])
        elif operation == "create":
            yield create_request(target.sobject, [each.body(target) for each in part])
        else:
            records: list[dict[str, Any]] = [{"id": each.sf_id, **each.body(target)} for each in part]
            yield update_request(target.sobject, records)


def _read(outgoing: Sequence[Outgoing], responses: Sequence[SubResponse]) -> list[Answer]:
    """Match results by position. A collection that was refused as a whole gives its error to each of its records."""
    answers: list[Answer] = []
    parts = list(batches(outgoing, COLLECTION))
    for part, response in zip(parts, responses, strict=True):
        if response.error is not None:
            answers += [Answer(each, error=response.error) for each in part]
            continue
        try:
            results = save_results(response.body, len(part))
        except MalformedResponse as error:
            answers += [Answer(each, error=error) for each in part]
            continue
        answers += [_answer(each, result) for each, result in zip(part, results, strict=True)]
    return answers


def _answer(outgoing: Outgoing, result: SaveResult) -> Answer:
    error = result.error(f"composite/sobjects ({outgoing.operation})")
    return Answer(outgoing, sf_id=result.id or outgoing.sf_id, error=error)


def refuses_condition(error: SalesforceError) -> bool:
    """Tell whether the org refused the conditional form itself, and not the record."""
    return "HEADER" in error.code


def is_unknown(error: SalesforceError) -> bool:
    """Tell whether the record may have been written all the same."""
    return isinstance(error, Unavailable) and not isinstance(error, ConcurrentLimit)


def must_merge_again(error: SalesforceError) -> bool:
    return isinstance(error, PreconditionFailed)
