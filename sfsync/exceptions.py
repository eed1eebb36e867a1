"""Every error sfsync raises.

SfsyncError
├── ConfigurationError           a setting or mapping is wrong; sf_* commands stop before any call
│   └── NotYet                   the option exists in the design, this version does not support it
├── ResourceError                a name, method or param that no resource of the client has; also a ValueError
├── EngineError                  a run cannot go on
│   ├── LeaseTaken               another run works on this target
│   ├── LeaseLost                a later run took over: what this one writes is refused
│   ├── WrongOrg                 the org's id is not the one this data was synced with
│   ├── WritesDisabled           SF_WRITES is False
│   ├── InsideTransaction        one record was to be synced while a transaction is open
│   └── Stopped                  SIGTERM arrived: finish cleanly
├── RecordError                  one record cannot be applied or sent; becomes a Problem
│   └── ConversionError          a value does not fit the other side
└── SalesforceError              the org's answer, or the lack of one
    ├── Unavailable              no usable answer: connection, timeout, 5xx, maintenance page
    │   ├── Untrusted            the certificate of the host could not be verified
    │   ├── ConcurrentLimit      too many long requests at once; free again within seconds
    │   └── MalformedResponse    an answer that breaks the protocol (cut JSON, missing keys)
    │       └── Oversized        an answer that is larger or nested deeper than sfsync reads
    ├── SignInFailed             the token endpoint refused
    ├── SessionExpired           401 that a new token did not heal
    ├── ApiDisabled              the user may not use the API
    ├── UnsupportedVersion       410: the org does not speak this version of the API any more
    ├── LimitExceeded            REQUEST_LIMIT_EXCEEDED
    │   └── BudgetSpent          SF_API_BUDGET or SF_RUN_BUDGET: the call was not made
    ├── NotFound                 404, no such record, resource or route
    │   ├── Deleted              ENTITY_IS_DELETED
    │   └── JobGone              a Bulk API job, or its results, is kept no longer
    ├── InvalidField             INVALID_FIELD: a field vanished or is hidden
    ├── InvalidType              INVALID_TYPE: an sObject vanished or is hidden
    ├── DuplicateValue           DUPLICATE_VALUE, DUPLICATES_DETECTED
    ├── RowLocked                UNABLE_TO_LOCK_ROW
    ├── QueryTimeout             QUERY_TIMEOUT: the org gave up on a query
    ├── CursorLost               the next page of a query is gone: begin again
    ├── PreconditionFailed       412 on a conditional write
    ├── InvalidReplicationDate   the window is out of the org's reach
    ├── TooManyIds               EXCEEDED_ID_LIMIT
    └── JobFailed                a Bulk API job failed, was aborted, or does not end
"""

from __future__ import annotations


class SfsyncError(Exception):
    """Base of every error of sfsync."""


class ConfigurationError(SfsyncError):
    """A setting or a mapping is wrong. The message says which, and the hint what to type.

    `check` is the id under which `manage.py check` reports the same mistake; docs/checks.rst explains each.
    """

    def __init__(self, message: str, *, hint: str = "", check: str = "sfsync.E001") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        self.check = check


class NotYet(ConfigurationError):
    """An option of the design that this version does not support."""

    def __init__(self, message: str, *, hint: str = "", check: str = "sfsync.E004") -> None:
        super().__init__(message, hint=hint, check=check)


class ResourceError(SfsyncError, ValueError):
    """`api.get` and its like were called for a resource, method or param that is not there; nothing was sent."""


class EngineError(SfsyncError):
    """A run cannot go on."""


class LeaseTaken(EngineError):
    """Another run holds the lease; `owner` says who."""

    def __init__(self, message: str, *, owner: str) -> None:
        super().__init__(message)
        self.owner = owner


class LeaseLost(EngineError):
    """A later run holds a higher fence: nothing of this run may be committed any more."""


class WrongOrg(EngineError):
    """The credentials lead to another org than the one this data belongs to."""


class WritesDisabled(EngineError):
    """SF_WRITES is False, and a write was about to start."""


class InsideTransaction(EngineError):
    """The org was about to be asked inside an open transaction of the database."""


class Stopped(EngineError):
    """SIGTERM arrived; the current batch was finished or rolled back."""


class RecordError(SfsyncError):
    """One record cannot be applied or sent.

    `code` is a stable upper-case word, `field` the mapping's field name or "".
    """

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class ConversionError(RecordError):
    """A value cannot be converted to the other side's type. The message holds no value."""


class SalesforceError(SfsyncError):
    """An answer of the org that is an error.

    `status` is the HTTP status or None, `code` Salesforce's errorCode or "", `fields` the field names it
    named, `resource` the path without query string, `request_id` what Salesforce's support asks for, or "".
    `retry_after` is the time in seconds the answer asks to wait, or None. `org_message` is the org's own
    text: it may hold record values, so it stays out of `str()`, `repr()` and logs.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        fields: tuple[str, ...] = (),
        resource: str = "",
        org_message: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.fields = fields
        self.resource = resource
        self.org_message = org_message
        self.request_id = ""
        self.retry_after: float | None = None


class Unavailable(SalesforceError):
    """No usable answer: the connection failed, timed out, or the org is down."""


class MalformedResponse(Unavailable):
    """The answer breaks the protocol: cut or invalid JSON, a missing key."""


class Oversized(MalformedResponse):
    """The answer is larger, or nested deeper, than sfsync reads; asking again would not help."""


class Untrusted(Unavailable):
    """The certificate of the host could not be verified: nothing was sent."""


class ConcurrentLimit(Unavailable):
    """REQUEST_LIMIT_EXCEEDED with a text about concurrent requests: too many run for 20 seconds or more."""


class SignInFailed(SalesforceError):
    """The token endpoint refused. The message says what to check."""


class SessionExpired(SalesforceError):
    """A 401 that a new token did not heal."""


class ApiDisabled(SalesforceError):
    """API_CURRENTLY_DISABLED and the like: the user may not use the API; no other call would be answered."""


class UnsupportedVersion(SalesforceError):
    """410: the version of the API is retired. The message says which ones the org speaks."""


class LimitExceeded(SalesforceError):
    """REQUEST_LIMIT_EXCEEDED: the org's API calls of the last 24 hours are used up."""


class BudgetSpent(LimitExceeded):
    """The call was not made: it is above the share of the org's calls, or the number of a run, that is allowed."""


class NotFound(SalesforceError):
    """404: no such record, resource or route, or no access to it."""


class Deleted(NotFound):
    """ENTITY_IS_DELETED."""


class JobGone(NotFound):
    """A Bulk API job, or its results, is no longer in the org, which keeps them for seven days."""


class InvalidField(SalesforceError):
    """INVALID_FIELD: no such column, or hidden from this user."""


class InvalidType(SalesforceError):
    """INVALID_TYPE: no such sObject, or hidden from this user."""


class DuplicateValue(SalesforceError):
    """DUPLICATE_VALUE or DUPLICATES_DETECTED."""


class RowLocked(SalesforceError):
    """UNABLE_TO_LOCK_ROW: another transaction of the org holds the record."""


class QueryTimeout(SalesforceError):
    """QUERY_TIMEOUT: the org gave up on a query; a smaller one may do."""


class CursorLost(SalesforceError):
    """The next page of a query cannot be had: its cursor died with its session, or is older than two days."""


class PreconditionFailed(SalesforceError):
    """412: the record changed since the time named in a conditional write."""


class InvalidReplicationDate(SalesforceError):
    """INVALID_REPLICATION_DATE: the window is out of the log's reach, or ends where it starts."""


class TooManyIds(SalesforceError):
    """EXCEEDED_ID_LIMIT."""


class JobFailed(SalesforceError):
    """A Bulk API job failed, was aborted, or does not end. The message names it."""
