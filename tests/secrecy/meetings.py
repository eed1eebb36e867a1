"""Which test meets which error, and which fault: nothing may be left out."""

from __future__ import annotations

from collections.abc import Set

from sfsync import exceptions as errors
from tests.secrecy.world import World

RUNS = {
    errors.SalesforceError,
    errors.Unavailable,
    errors.MalformedResponse,
    errors.Oversized,
    errors.SessionExpired,
    errors.ApiDisabled,
    errors.UnsupportedVersion,
    errors.LimitExceeded,
    errors.NotFound,
    errors.PreconditionFailed,
    errors.EngineError,
}
REFUSED = {
    errors.ConcurrentLimit,
    errors.InvalidField,
    errors.InvalidType,
    errors.Deleted,
    errors.QueryTimeout,
    errors.CursorLost,
    errors.InvalidReplicationDate,
    errors.TooManyIds,
}
ROWS = {errors.DuplicateValue, errors.RowLocked, errors.RecordError}
LIMITS = {
    errors.WrongOrg,
    errors.WritesDisabled,
    errors.Stopped,
    errors.LeaseTaken,
    errors.LeaseLost,
    errors.BudgetSpent,
    errors.ConfigurationError,
    errors.NotYet,
}
SINGLE = {errors.InsideTransaction, errors.RecordError, errors.ConversionError}
CLIENT = {errors.ResourceError, errors.JobFailed, errors.JobGone, errors.NotFound}
SIGN_INS = {errors.SignInFailed}
NOT_MET = {
    errors.Untrusted: "needs TLS with a wrong certificate; tests/client/test_tls.py looks at it",
}

RUN_FAULTS = {
    "drop", "delay", "redirect", "expire_token", "cut", "truncate", "broken_gzip", "wrong_length", "trickle",
    "flood", "edit", "status",
}  # fmt: skip
ROW_FAULTS = {"fail_rows", "lock_rows", "shorten", "reorder", "blank_rows", "write"}


def require(world: World, met: set[type[errors.SfsyncError]], actions: Set[str] = frozenset()) -> None:
    """Fail unless the test has met these errors, and these faults have acted."""
    assert met - world.evidence.met == set()
    assert actions - world.actions == set()


def every_error(kind: type[errors.SfsyncError] = errors.SfsyncError) -> set[type[errors.SfsyncError]]:
    """Return all errors of sfsync but the base."""
    own = {each for each in kind.__subclasses__() if each.__module__.startswith("sfsync.")}
    return own.union(*(every_error(each) for each in own))
