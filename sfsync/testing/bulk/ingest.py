"""The work of an ingest job: 200 records at a time, each such chunk a transaction of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from .. import errors, ids, record_refusals
from ..errors import OrgError
from .dialect import DELIMITERS, LINE_ENDINGS, Rows
from .header import resolve_header
from .jobs import Job, JobFailed
from .outcome import Outcome, error_text, worded_for_csv
from .store import Store
from .text import echo_text, quoted_line

if TYPE_CHECKING:
    from ..org import Org

CHUNK = 200
# SOAP guide, "update()": how often one record may come in one call.
MAX_SAME_RECORD = 12


@dataclass(frozen=True)
class Row:
    """One row: its texts as uploaded, the record's id where a column holds it, and the values to write."""

    texts: Sequence[str]
    record_id: str
    values: dict[str, Any]


class Ingest:
    """Work through one job's upload, `step` by `step`.

    The whole upload is read once before the first record is written, so that data which is no CSV leaves
    nothing behind. Raises JobFailed.
    """

    def __init__(self, org: Org, store: Store, job: Job) -> None:
        self._org = org
        self._store = store
        self._spec = org.schema.get(job.sobject)
        self._first_pass = _rows(store, job)
        self._rows: Iterator[list[str]] = iter(())
        self._columns = resolve_header(org, self._spec, self._first_pass.header, job.user)
        self._check_header(job)

    def prepare(self, job: Job) -> None:
        """Read the upload to its end, for what is wrong with it, and begin again where the work stands."""
        for _ in self._first_pass:
            continue
        self._rows = islice(iter(_rows(self._store, job)), job.processed, None)

    def step(self, job: Job) -> Job:
        """Do the next chunk inside the open transaction, and return the job as it then stands."""
        rows = [self._read(texts) for texts in islice(self._rows, CHUNK)]
        self._check_quota(len(rows))
        outcomes = self._write(job, rows)
        self._keep(job, rows, outcomes)
        return replace(
            job,
            state="InProgress" if len(rows) == CHUNK else "JobComplete",
            processed=job.processed + len(rows),
            failed=job.failed + sum(outcome.error is not None for outcome in outcomes),
        )

    def _check_header(self, job: Job) -> None:
        keys = [column.key for column in self._columns]
        if job.operation in ("delete", "hardDelete") and keys != ["Id"]:
            raise JobFailed(f"InvalidBatch : The header of a {job.operation} job must hold Id only")
        if job.operation == "update" and "Id" not in keys:
            raise JobFailed("InvalidBatch : Field name not found : Id")
        if job.operation == "upsert" and job.external_id_field not in keys:
            raise JobFailed(f"InvalidBatch : Field name not found : {job.external_id_field}")

    def _check_quota(self, count: int) -> None:
        day_ago = self._org.clock.now() - timedelta(days=1)
        limit = self._org.settings.bulk_daily_records
        if count and self._store.records_since(day_ago) + count > limit:
            raise JobFailed(f"ExceededQuota : Max records ({limit}) per 24 hrs has been reached")

    def _read(self, texts: list[str]) -> Row:
        """Make a record of a row; an empty value says nothing about its field."""
        values: dict[str, Any] = {}
        record_id = ""
        for column, text in zip(self._columns, texts, strict=False):
            if column.key == "Id":
                record_id = text.strip()
            elif text:
                values[column.key] = column.value(text)
        return Row(texts, record_id, values)

    def _write(self, job: Job, rows: Sequence[Row]) -> list[Outcome]:
        operation = self._operation(job, rows)
        return [self._attempt(operation, row) for row in rows]

    def _attempt(self, operation: Callable[[Row], Outcome], row: Row) -> Outcome:
        try:
            return operation(row)
        except OrgError as error:
            worded = worded_for_csv(error, self._spec, row.values, self._org.settings)
            known = ids.to_18(row.record_id) if ids.is_id(row.record_id) else row.record_id
            return Outcome(known, error=worded)

    def _operation(self, job: Job, rows: Sequence[Row]) -> Callable[[Row], Outcome]:
        org, name, user = self._org, self._spec.name, job.user
        uses: Counter[str] = Counter()

        def insert(row: Row) -> Outcome:
            if row.record_id:
                message = "cannot specify Id in an insert call"
                raise OrgError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, ["Id"])
            return Outcome(org.create(name, row.values, user), created=True)

        def update(row: Row) -> Outcome:
            record_id = _given_id(row, "update")
            uses[record_id[:15]] += 1
            if uses[record_id[:15]] > MAX_SAME_RECORD:
                raise _too_often(record_id)
            org.update(name, record_id, row.values, user)
            return Outcome(ids.to_18(record_id))

        def delete(row: Row) -> Outcome:
            record_id = _given_id(row, "delete")
            with org.transaction():
                org.delete(name, record_id, user)
                if job.operation == "hardDelete":
                    org.purge(name, record_id, user)
            return Outcome(ids.to_18(record_id))

        if job.operation == "upsert":
            return self._upsert(job, rows)
        return {"insert": insert, "update": update, "delete": delete, "hardDelete": delete}[job.operation]

    def _upsert(self, job: Job, rows: Sequence[Row]) -> Callable[[Row], Outcome]:
        """Update or create by external id; a value that comes twice in a chunk fails in every row."""
        org, name, user, key = self._org, self._spec.name, job.user, str(job.external_id_field)

        def value_of(row: Row) -> Any:
            return row.record_id or None if key == "Id" else row.values.get(key)

        ignores_case = key != "Id" and not self._spec.field(key).case_sensitive

        def folded(value: Any) -> str:
            return str(value).strip().lower() if ignores_case else str(value).strip()

        uses = Counter(folded(value_of(row)) for row in rows if value_of(row) is not None)

        def upsert(row: Row) -> Outcome:
            value = value_of(row)
            if value is None and key == "Id":
                return Outcome(org.create(name, row.values, user), created=True)
            if value is None:
                raise OrgError(400, "MISSING_ARGUMENT", f"{key} not specified", [])
            if uses[folded(value)] > 1:
                raise OrgError(400, "DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [key])
            if key != "Id" and row.record_id:
                raise errors.id_in_body()
            return self._upsert_one(job, key, value, row.values)

        return upsert

    def _upsert_one(self, job: Job, key: str, value: str, values: Mapping[str, Any]) -> Outcome:
        org, name = self._org, self._spec.name
        org.permissions.require_upsert(job.user, self._spec.field(key))
        found = [value] if key == "Id" else org.find_by_external_id(name, key, value, job.user)
        if len(found) > 1:
            raise record_refusals.foreign_key_ambiguous(str(value), key, name)
        if not found:
            return Outcome(org.create(name, values, job.user), created=True)
        changes = {field: given for field, given in values.items() if field != key}
        org.update(name, found[0], changes, job.user)
        return Outcome(ids.to_18(found[0]))

    def _keep(self, job: Job, rows: Sequence[Row], outcomes: Sequence[Outcome]) -> None:
        """Store the result lines of a chunk."""
        lines: dict[bool, list[str]] = {True: [], False: []}
        end = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.error is None:
                about = [outcome.record_id, "true" if outcome.created else "false"]
                line = quoted_line([*about, *self._echo(row.texts)], *end)
            else:
                about = [outcome.record_id, error_text(outcome.error)]
                line = quoted_line([*about, *self._padded(row.texts)], *end)
            lines[outcome.error is None].append(line)
        if self._org.settings.bulk_results_reversed:
            lines = {succeeded: some[::-1] for succeeded, some in lines.items()}
        self._store.add_results(job.id, "success", job.processed - job.failed, lines[True])
        self._store.add_results(job.id, "failure", job.failed, lines[False])

    def _echo(self, texts: Sequence[str]) -> list[str]:
        style = self._org.settings.bulk_doubles
        return [
            echo_text(column.field, text, style) if column.field.is_scaled and text else text
            for column, text in zip(self._columns, self._padded(texts), strict=True)
        ]

    def _padded(self, texts: Sequence[str]) -> list[str]:
        return [*texts, *[""] * (len(self._columns) - len(texts))]


def unprocessed(store: Store, job: Job) -> Iterator[bytes]:
    """Yield the uploaded header, and the rows that nobody has worked on as far as they can be read."""
    delimiter, line_ending = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
    try:
        rows = _rows(store, job)
        yield (rows.raw_header + line_ending).encode()
        for row in islice(iter(rows), job.processed, None):
            yield quoted_line(row, delimiter, line_ending).encode("utf-8", "replace")
    except JobFailed:
        return


def raw_header(store: Store, job: Job) -> str:
    """Return the uploaded header as it was sent, empty where none can be read."""
    try:
        return _rows(store, job).raw_header
    except JobFailed:
        return ""


def _rows(store: Store, job: Job) -> Rows:
    return Rows(job, store.upload(job.id))


def _given_id(row: Row, call: str) -> str:
    if not row.record_id:
        raise OrgError(400, "MISSING_ARGUMENT", f"Id not specified in an {call} call", [])
    return row.record_id


def _too_often(record_id: str) -> OrgError:
    message = (
        f"Maximum number of duplicate updates in one batch ({MAX_SAME_RECORD} allowed). Attempt to update Id "
        f"more than once in this Api call: {record_id}"
    )
    return OrgError(400, "DUPLICATE_VALUE", message, [])
