"""What ingest and query jobs of the Bulk API 2.0 have in common: their JSON, lists, ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..bulk import Job
from ..bulk.jobs import Kind
from .answer import Answer, no_content
from .call import Call

# "Get Information About All Jobs": 1,000 jobs a page.
PAGE = 1_000
CSV = "text/csv"
# ORDER BY and LIMIT disable it ("Create a Query Job").
_ORDERED = re.compile(r"\b(ORDER\s+BY|LIMIT)\b", re.IGNORECASE)
_PK_CHUNKING_SINCE = 53  # recorded answers up to version 52 do not speak of it
_COLLECTION = {"V2Ingest": "ingest", "V2Query": "query"}


def list_jobs(call: Call, kind: Kind) -> Answer:
    """Return the jobs of a kind; the locator of the next page is the last id of this one."""
    if (
        call.parameters.get("jobType", kind).lower() != kind.lower()
    ):  # such as Classic, which there are none of
        return Answer(200, {"done": True, "records": [], "nextRecordsUrl": None})
    jobs = call.org.bulk.page(kind, call.parameters.get("queryLocator", ""), PAGE + 1)
    following = None
    if len(jobs) > PAGE:
        path = f"/services/data/v{call.version}/jobs/{_COLLECTION[kind]}"
        following = f"{path}?queryLocator={jobs[PAGE - 1].id}"
    records = [list_item(job) for job in jobs[:PAGE]]
    return Answer(200, {"done": following is None, "records": records, "nextRecordsUrl": following})


def change(call: Call, kind: Kind, job_id: str) -> Answer:
    return Answer(
        200, short_body(call.org.bulk.change_state(kind, job_id, call.json_object().get("state"), call.user))
    )


def delete(call: Call, kind: Kind, job_id: str) -> Answer:
    call.org.bulk.delete(kind, job_id, call.user)
    return no_content()


def short_body(job: Job) -> dict[str, Any]:
    """Return what the answer to a change of state says, in the recorded order."""
    body: dict[str, Any] = {
        "id": job.id,
        "operation": job.operation,
        "object": job.sobject,
        "createdById": job.user,
        "createdDate": job.created,
        "systemModstamp": job.modified,
        "state": job.state,
    }
    if job.external_id_field:
        body["externalIdFieldName"] = job.external_id_field
    return {
        **body,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.version),
    }


def created_body(job: Job) -> dict[str, Any]:
    return {**short_body(job), **_content_url(job), **_dialect(job)}


def list_item(job: Job) -> dict[str, Any]:
    return {**short_body(job), "jobType": job.kind, **_content_url(job), **_dialect(job)}


def info_body(job: Job) -> dict[str, Any]:
    """Return all there is to say about a job, in the recorded order."""
    body = list_item(job)
    is_ingest = job.kind == "V2Ingest"
    if not is_ingest or job.state != "Open" or job.upload == "done":
        body["numberRecordsProcessed"] = job.processed
        if is_ingest:
            body["numberRecordsFailed"] = job.failed
    # Salesforce counts how often it saved rows again that were locked; here a locked row fails at once.
    body |= {"retries": 0, "totalProcessingTime": job.milliseconds}
    if is_ingest:
        body |= {"apiActiveProcessingTime": job.milliseconds, "apexProcessingTime": 0}
    elif float(job.version) >= _PK_CHUNKING_SINCE:
        body["isPkChunkingSupported"] = not _ORDERED.search(str(job.query))
    if job.error is not None:
        body["errorMessage"] = job.error
    return body


def csv_answer(chunks: Iterable[bytes], **headers: str) -> Answer:
    return Answer(200, stream=chunks, headers=headers, media_type=f"{CSV};charset=UTF-8")


def _content_url(job: Job) -> dict[str, Any]:
    """Return where the data of an open job goes: without a leading slash, as recorded."""
    if job.kind != "V2Ingest" or job.state != "Open":
        return {}
    return {"contentUrl": f"services/data/v{job.version}/jobs/ingest/{job.id}/batches"}


def _dialect(job: Job) -> dict[str, Any]:
    return {"lineEnding": job.line_ending, "columnDelimiter": job.delimiter}
