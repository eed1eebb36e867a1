"""Ingest jobs: create, upload, close or abort, look, fetch results, delete, list."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from ..bulk.creation import IngestRequest
from ..bulk.jobs import invalid_job
from ..bulk.results import ingest_results
from ..errors import OrgError
from . import bulk
from .answer import Answer
from .call import Call, parser_error, read_json

# "Create a Job": how many characters a request with both job and data may hold.
MAX_MULTIPART = 100_000


def jobs(call: Call) -> Answer:
    return bulk.list_jobs(call, "V2Ingest")


def create(call: Call) -> Answer:
    """Open a job; with the data in the same request, close it as well."""
    media_type, options = parse_options_header(call.headers.get("content-type", ""))
    if media_type != "multipart/form-data":
        return Answer(200, bulk.created_body(_create(call, call.json_object())))
    document, data = _parts(call, options)
    jobs = call.org.bulk
    job = _create(call, document)
    jobs.upload(job.id, iter([data]))
    jobs.change_state("V2Ingest", job.id, "UploadComplete", call.user)
    return Answer(200, bulk.created_body(jobs.get("V2Ingest", job.id)))


def read(call: Call, job_id: str) -> Answer:
    return Answer(200, bulk.info_body(call.org.bulk.look("V2Ingest", job_id)))


def change(call: Call, job_id: str) -> Answer:
    return bulk.change(call, "V2Ingest", job_id)


def delete(call: Call, job_id: str) -> Answer:
    return bulk.delete(call, "V2Ingest", job_id)


def upload(call: Call, job_id: str) -> Answer:
    """Take the CSV; clients call it text/csv, and some say nothing."""
    media_type, _ = parse_options_header(call.headers.get("content-type", ""))
    if media_type not in ("", bulk.CSV, "application/octet-stream"):
        message = f"The data of a job must be {bulk.CSV}"
        raise OrgError(415, "UNSUPPORTED_MEDIA_TYPE", message)
    call.org.bulk.upload(job_id, call.chunks())
    return Answer(201)


def results(call: Call, job_id: str, results: str) -> Answer:
    """Return a set of results; its name may be written in any case."""
    job = call.org.bulk.get("V2Ingest", job_id)
    return bulk.csv_answer(ingest_results(call.org.bulk.store, job, results.lower()))


def _create(call: Call, document: dict[str, Any]) -> Any:
    if str(document.get("contentType") or "CSV").upper() != "CSV":
        raise invalid_job("contentType must be CSV")
    return call.org.bulk.create_ingest(IngestRequest.read(document), call.user, call.version)


def _parts(call: Call, options: dict[str, str]) -> tuple[dict[str, Any], bytes]:
    """Return the part `job` as JSON, and the part `content`."""
    if len(call.content) > MAX_MULTIPART:
        raise invalid_job(f"A request with job and data may not be longer than {MAX_MULTIPART} characters")
    try:
        _, form, files = FormDataParser(stream_factory=_memory, silent=False).parse(
            BytesIO(call.content), "multipart/form-data", len(call.content), options
        )
    except ValueError:
        raise parser_error("The request body is no multipart/form-data") from None
    parts = {name: value.encode() for name, value in form.items()}
    parts |= {name: value.read() for name, value in files.items()}
    document = read_json(parts.get("job", b""))
    if not isinstance(document, dict) or "content" not in parts:
        raise invalid_job("A multipart request needs the parts job and content")
    return document, parts["content"]


def _memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> BytesIO:
    """Keep an uploaded part in memory, which the limit of such requests allows."""
    return BytesIO()
