"""What the org and the way to it can do to any request: one fault each, with marks in all that is quoted."""

from __future__ import annotations

from typing import Any

from tests.secrecy.marks import MARK

QUOTED = f"{MARK} is not acceptable"
PAGE = f"<html><body>{MARK}</body></html>"


def refusal(status: int, code: str, **options: Any) -> dict[str, Any]:
    return {"action": "status", "status": status, "code": code, "message": QUOTED, **options}


WIRE: dict[str, dict[str, Any]] = {
    "no answer, nothing done": {"action": "drop", "when": "before"},
    "no answer, all done": {"action": "drop", "when": "after"},
    "silence": {"action": "delay", "seconds": 0.5, "times": 4},
    "redirect": {"action": "redirect", "location": f"https://evil.example/{MARK}{{path}}"},
    "session ends": {"action": "expire_token"},
    "cut": {"action": "cut"},
    "truncated": {"action": "truncate"},
    "broken gzip": {"action": "broken_gzip"},
    "wrong length": {"action": "wrong_length"},
    "trickle": {"action": "trickle", "piece": 4, "pause": 0.1},
    "too deep": {"action": "flood", "megabytes": 1, "depth": 5_000},
    "odd headers": {
        "action": "edit",
        "headers": {
            "X-Sfdc-Request-Id": f"{MARK} <id>",
            "Sforce-Limit-Info": f"api-usage={MARK}",
            "Retry-After": MARK,
            "Date": MARK,
        },
    },
    "another body": {"action": "status", "status": 200, "body": {MARK: [MARK]}},
    "no JSON": {"action": "status", "status": 200, "body": PAGE},
    "HTML 404": {"action": "status", "status": 404, "body": PAGE},
    "wait long": {"action": "status", "status": 503, "body": PAGE, "retry_after": 600},
    "401": refusal(401, "INVALID_SESSION_ID"),
    "403 limit": refusal(403, "REQUEST_LIMIT_EXCEEDED"),
    "403 api": refusal(403, "API_CURRENTLY_DISABLED"),
    "404": refusal(404, "NOT_FOUND"),
    "406": {"action": "status", "status": 406},
    "410": refusal(410, "UNSUPPORTED_API_VERSION"),
    "412": refusal(412, "PRECONDITION_FAILED"),
    "414": {"action": "status", "status": 414, "body": PAGE},
    "420": {"action": "status", "status": 420},
    "429": refusal(429, "REQUEST_LIMIT_EXCEEDED"),
    "500": refusal(500, "UNKNOWN_EXCEPTION"),
    "500 page": {"action": "status", "status": 500, "body": PAGE},
    "503 page": {"action": "status", "status": 503, "body": PAGE},
}
REFUSALS = (
    "INVALID_FIELD",
    "INVALID_TYPE",
    "MALFORMED_QUERY",
    "QUERY_TIMEOUT",
    "INVALID_QUERY_LOCATOR",
    "INVALID_REPLICATION_DATE",
    "EXCEEDED_ID_LIMIT",
    "ENTITY_IS_DELETED",
    "INSUFFICIENT_ACCESS",
    "OPERATION_NOT_ALLOWED",
)
CONCURRENT = refusal(403, "REQUEST_LIMIT_EXCEEDED") | {"message": f"ConcurrentRequests {MARK}"}
ROWS = (
    "DUPLICATE_VALUE",
    "DUPLICATES_DETECTED",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "STRING_TOO_LONG",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "INVALID_EMAIL_ADDRESS",
    "REQUIRED_FIELD_MISSING",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "INVALID_CROSS_REFERENCE_KEY",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "ENTITY_IS_DELETED",
    "DELETE_FAILED",
    "UNABLE_TO_LOCK_ROW",
    "UNKNOWN_EXCEPTION",
)
API = "/services/data/v*"
TOKEN = "/services/oauth2/token"
