"""What a job is, which states it goes through, and how Salesforce words what it refuses.

    Open -> UploadComplete -> InProgress -> JobComplete
      \\           \\              \\-> Failed
       \\-----------\\--------------\\-> Aborted

A query job begins at UploadComplete (Bulk API 2.0 Developer Guide, "Job States").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import OrgError

State = Literal["Open", "UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted"]
Upload = Literal["none", "running", "done"]
Kind = Literal["V2Ingest", "V2Query"]
Part = Literal["success", "failure", "result"]

WAITING: tuple[State, ...] = ("UploadComplete", "InProgress")
FINISHED: tuple[State, ...] = ("JobComplete", "Failed", "Aborted")
INGEST_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
QUERY_OPERATIONS = ("query", "queryAll")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as it stands; times are texts as they travel.

    `position` counts the rows of the upload that have been worked on, `processed` and `failed` what became of
    them, failed ones among the processed. `header` is that of a query's results, `milliseconds` the time that
    the work took.
    """

    id: str
    operation: str
    sobject: str
    user: str
    version: str
    created: str
    modified: str
    state: State
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    external_id_field: str | None = None
    query: str | None = None
    header: str = ""
    upload: Upload = "none"
    processed: int = 0
    failed: int = 0
    milliseconds: int = 0
    error: str | None = None

    @property
    def kind(self) -> Kind:
        return "V2Query" if self.operation in QUERY_OPERATIONS else "V2Ingest"

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED


class JobFailed(Exception):
    """End a job as Failed; the message is its errorMessage."""

    def __init__(self, message: str) -> None:
        super().__init__("the job failed")  # the message may quote the upload, which belongs in no traceback
        self.message = message


def refusal(status: int, code: str, message: str) -> OrgError:
    """Return an error of Bulk API 2.0, which has the code first, as a real org's answers have it."""
    return OrgError(status, code, message, code_first=True)


def invalid_job(message: str) -> OrgError:
    """Refuse the properties of a new job (Bulk API 2.0 Developer Guide, "Errors": InvalidJob)."""
    return refusal(400, "INVALIDJOB", f"InvalidJob : {message}")


def invalid_state(message: str) -> OrgError:
    """Refuse what the job's state does not allow (the texts are not sourced)."""
    return refusal(400, "INVALIDJOBSTATE", message)


def unsupported_entity(name: str) -> OrgError:
    return refusal(400, "INVALIDENTITY", f"Entity '{name}' is not supported by the Bulk API.")


def unsupported_query(message: str) -> OrgError:
    return refusal(400, "API_ERROR", message)


def other_version(job: Job) -> OrgError:
    """Refuse results through another API version ("Get Results for a Query Job"; the body is not sourced)."""
    message = f"The results of this job can be read with API version {job.version} only"
    return refusal(409, "VERSION_MISMATCH", message)


def too_many_query_jobs(limit: int) -> OrgError:
    message = f"Max bulk v2 query jobs ({limit}) per 24 hrs has been reached"
    return refusal(400, "LIMIT_EXCEEDED", message)


def upload_too_large(limit: int) -> OrgError:
    """Refuse more data than a job may have ("Upload Job Data"; status and text are not sourced)."""
    return refusal(413, "REQUEST_ENTITY_TOO_LARGE", f"Job data may not be larger than {limit} bytes")


def second_upload(job: Job) -> OrgError:
    """Refuse a second PUT; only the first words are known from a real org."""
    message = (
        f"Found multiple contents for job: <{job.id}>, please 'Close' / 'Abort' / 'Delete' the current Job "
        "then create a new Job and make sure you only do 'PUT' once on a given Job."
    )
    return refusal(400, "CLIENTINPUTERROR", message)


def not_the_owner() -> OrgError:
    """Refuse to end the job of another user (needs "Manage Data Integrations"; the body is not sourced)."""
    message = "Jobs of other users can be ended with the permission Manage Data Integrations only"
    return refusal(403, "INSUFFICIENT_ACCESS", message)


def check_transition(job: Job, wanted: object) -> State:
    """Return the state that a client asks for, or raise OrgError where the job cannot go there."""
    if wanted == "Aborted":
        if job.is_finished:
            raise invalid_state(f"Aborting already {_words(job)} Job not allowed")
        return "Aborted"
    if wanted == "UploadComplete" and job.kind == "V2Ingest":
        if job.state != "Open":
            raise invalid_state(f"Closing already {_words(job)} Job not allowed")
        if job.upload == "running":
            raise invalid_state("Closing a Job whose data is being uploaded is not allowed")
        return "UploadComplete"
    raise refusal(400, "INVALIDJOBSTATE", "The state of a job can be set to UploadComplete or Aborted only")


def check_deletable(job: Job) -> None:
    """Refuse to delete a job that is open or at work ("Delete a Job")."""
    if job.state == "Open" or job.state == "InProgress":
        raise invalid_state(f"A job in state {job.state} cannot be deleted: abort it first")


def _words(job: Job) -> str:
    return {"JobComplete": "Completed", "UploadComplete": "Closed", "InProgress": "Closed"}.get(
        job.state, job.state
    )
