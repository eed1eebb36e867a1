"""Which columns of sfsync's own tables may hold record values, and why; no other may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection

FOR_VALUES = {
    "Conflict.base": "a person decides by it",
    "Conflict.local": "the value that lost is kept",
    "Conflict.salesforce": "the value that lost is kept",
    "Delivery.base": "what both sides agreed on, for the next merge",
    "Delivery.sent": "what was sent, to be compared when the answer is lost",
    "Delivery.external_id": "frozen with the create, so that a repeated one carries the same",
    "JournalEntry.before": "what a person needs to undo a push",
    "LocalChange.old": "the base of the next merge",
    "LocalChange.external_id": "finds the record of a row that is gone",
    "Problem.org_message": "the org's own words, which quote values",
}
WITHOUT_VALUES = {
    "ApiUsage": ["org"],
    "BulkJob": ["org", "mapping", "job_id", "operation", "state", "locator"],
    "Conflict": ["org", "mapping", "pk_text", "sf_id", "field", "loser", "policy", "status"],
    "Delivery": ["org", "mapping", "pk_text", "sf_id", "operation", "state", "error_code", "error_message", "flips"],
    "Excluded": ["org", "mapping", "sf_id", "reason"],
    "JournalEntry": ["org", "mapping", "sf_id"],
    "Lease": ["org", "mapping", "direction", "owner"],
    "LoadedId": ["org", "mapping", "sf_id"],
    "LocalChange": ["org", "mapping", "operation", "table", "pk_text", "sf_id"],
    "MappingState": ["org", "mapping", "org_id", "load_position", "described", "fingerprint", "paused_reason"],
    "Problem": ["org", "mapping", "direction", "record", "field", "code", "message", "fingerprint"],
    "Run": ["org", "mapping", "direction", "status", "counts", "error", "owner"],
    "StoredToken": ["org", "sealed"],
    "WaitingReference": ["org", "mapping", "sf_id", "field", "parent_sf_id"],
}  # fmt: skip
MAPPED = ("crm_", "zoo_")


def text_fields() -> set[str]:
    """Return the fields of sfsync's models that could hold a value: "Model.field"."""
    kinds = ("CharField", "TextField", "JSONField")
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("sfsync").get_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type() in kinds or isinstance(field.default, dict)
    }


def cells() -> Iterator[tuple[str, bool, str]]:
    """Yield the name, whether it may hold values, and the content of every cell of every table."""
    allowed = _allowed()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, content in zip(names, row, strict=True):
                    place = f"{table}.{name}"
                    yield place, place in allowed or table.startswith(MAPPED), _text(content)


def _allowed() -> set[str]:
    found = set()
    for place in FOR_VALUES:
        model, name = place.split(".")
        meta = apps.get_model("sfsync", model)._meta
        found.add(f"{meta.db_table}.{meta.get_field(name).column}")
    return found


def _text(content: Any) -> str:
    return (
        bytes(content).decode(errors="replace") if isinstance(content, bytes | memoryview) else str(content)
    )
