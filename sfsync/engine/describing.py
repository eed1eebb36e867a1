"""What each target may read and write, from describe: kept for a day, compared with what it was before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from sfsync.client import Client
from sfsync.engine.describe import FieldTypes, describe_each, drift, missing_fields
from sfsync.engine.target import SYSTEM_FIELDS, Target
from sfsync.engine.writing import note_problem
from sfsync.exceptions import RecordError, SalesforceError
from sfsync.models import Problem
from sfsync.values import FieldType

MAX_AGE = timedelta(days=1)
"""A describe older than this is asked for again; an INVALID_FIELD makes it old at once."""

FIELD_MISSING = "FIELD_MISSING"


def refresh(client: Client, targets: Sequence[Target], direction: str) -> None:
    """Give every target its field types: from its state, or for all that are out of date by shared calls.

    A target whose sObject cannot be described gets the reason as the error of its report.
    """
    stale = [target for target in targets if not _is_fresh(target)]
    answers = describe_each(client, [target.mapping for target in stale]) if stale else {}
    for target in targets:
        if target not in stale:
            target.types = _stored(target)
            continue
        answer = answers[target.sobject]
        if isinstance(answer, SalesforceError):
            target.report.error = f"{target.name}: {answer}"
        else:
            _take(target, answer, direction)


def _is_fresh(target: Target) -> bool:
    state = target.state
    if state.described_at is None or state.fingerprint != fingerprint(target):
        return False
    return timezone.now() - state.described_at < MAX_AGE


def fingerprint(target: Target) -> str:
    """Return a hash of the fields the mapping names: another one when the mapping was edited."""
    return hashlib.sha256("\n".join(sorted(target.mapping.salesforce_names())).encode()).hexdigest()


def _stored(target: Target) -> FieldTypes:
    return {name: FieldType.from_json(data) for name, data in target.state.described.items()}


def _take(target: Target, current: FieldTypes, direction: str) -> None:
    before = _stored(target)
    needed = {*target.mapping.salesforce_names(), *SYSTEM_FIELDS}
    target.types = {name: each for name, each in current.items() if name in needed}
    state, saved = target.state, ["described", "described_at", "fingerprint"]
    if before and drift(target.mapping, before, current).appeared:
        state.loaded_at = None  # the next pull reads the field for all records, whoever saw it first
        saved.append("loaded_at")
    if target.dry_run:
        return
    state.described = {name: each.to_json() for name, each in target.types.items()}
    state.described_at, state.fingerprint = timezone.now(), fingerprint(target)
    state.save(update_fields=saved)
    _note_missing(target, missing_fields(target.mapping, current), direction)


def _note_missing(target: Target, missing: dict[str, str], direction: str) -> None:
    """Keep a problem of the mapping for each field that is left out; those that are back are forgotten."""
    problems = target.stored(Problem).filter(code=FIELD_MISSING)
    problems.exclude(field__in=missing).delete()
    for name, message in missing.items():
        error = RecordError(message, code=FIELD_MISSING, field=name)
        note_problem(target, direction, "", error)


def forget(targets: Sequence[Target]) -> None:
    """Let the next run describe again: the org refused a field."""
    for target in targets:
        if not target.dry_run:
            target.state.described_at = None
            target.state.save(update_fields=["described_at"])
