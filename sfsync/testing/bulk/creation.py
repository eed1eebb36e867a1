"""What a client may ask of a new job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..schema.base import SObjectSpec
from .dialect import DELIMITERS, LINE_ENDINGS
from .extraction import UNSUPPORTED, Plan, plan
from .jobs import (
    INGEST_OPERATIONS,
    QUERY_OPERATIONS,
    invalid_job,
    refusal,
    too_many_query_jobs,
    unsupported_entity,
)

if TYPE_CHECKING:
    from ..org import Org


@dataclass(frozen=True, kw_only=True)
class IngestRequest:
    """The body of a request that opens an ingest job ("Create a Job")."""

    operation: str
    sobject: str
    delimiter: str
    line_ending: str
    external_id_field: str | None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> IngestRequest:
        """Check what a request says, as far as it can be without the org; raise OrgError INVALIDJOB."""
        external = document.get("externalIdFieldName")
        return cls(
            operation=_one_of(document, "operation", INGEST_OPERATIONS),
            sobject=_text(document, "object"),
            delimiter=_one_of(document, "columnDelimiter", DELIMITERS, "COMMA"),
            line_ending=_one_of(document, "lineEnding", LINE_ENDINGS, "LF"),
            external_id_field=external if external is None else _text(document, "externalIdFieldName"),
        )


@dataclass(frozen=True, kw_only=True)
class QueryRequest:
    """The body of a request for a query job ("Create a Query Job")."""

    operation: str
    query: str
    delimiter: str
    line_ending: str

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> QueryRequest:
        """Check what a request says, as far as it can be without the org; raise OrgError INVALIDJOB."""
        return cls(
            operation=_one_of(document, "operation", QUERY_OPERATIONS),
            query=_text(document, "query"),
            delimiter=_one_of(document, "columnDelimiter", DELIMITERS, "COMMA"),
            line_ending=_one_of(document, "lineEnding", LINE_ENDINGS, "LF"),
        )


@dataclass(frozen=True)
class Target:
    """What an ingest job writes to, by canonical names."""

    name: str
    external_id_field: str | None


def check_ingest(org: Org, request: IngestRequest, user: str) -> Target:
    """Return the object of a new job; raise OrgError where it cannot be written to in this way."""
    spec = org.schema.find(request.sobject)
    if spec is None or spec not in org.permissions.visible_objects(user) or spec.name in UNSUPPORTED:
        raise unsupported_entity(request.sobject)
    possible = {
        "insert": spec.createable,
        "update": spec.updateable,
        "upsert": spec.createable and spec.updateable,
    }.get(request.operation, spec.deletable)
    if not possible:
        raise unsupported_entity(spec.name)
    if request.operation == "hardDelete" and not org.settings.bulk_hard_delete:
        message = (
            "hardDelete operation requires special user profile permission, please contact your system "
            "administrator"
        )
        raise refusal(400, "FEATURENOTENABLED", f"FeatureNotEnabled : {message}")
    return Target(spec.name, _external_id_field(spec, request))


def check_query(org: Org, request: QueryRequest, user: str, version: str) -> Plan:
    """Return the plan of a new query job; raise OrgError for a query that is refused."""
    if not org.bulk.query_jobs_left()["Remaining"]:
        raise too_many_query_jobs(org.settings.bulk_daily_query_jobs)
    return plan(org, request.query, user, version, include_deleted=request.operation == "queryAll")


def _external_id_field(spec: SObjectSpec, request: IngestRequest) -> str | None:
    if request.operation != "upsert":
        return None
    name = request.external_id_field
    if not name:
        raise invalid_job(
            f"External ID was blank for {spec.name}. An External ID must be specified for upsert."
        )
    field = spec.find(name)
    if field is None or not (field.external_id or field.id_lookup):
        raise invalid_job(
            f"Field name provided, {name} does not match an External ID, Salesforce Id, or indexed field for "
            f"{spec.name}"
        )
    return field.name


def _one_of(
    document: Mapping[str, Any], name: str, known: Mapping[str, str] | tuple[str, ...], default: str = ""
) -> str:
    value = document.get(name)
    if value is None and default:
        return default
    if not isinstance(value, str) or value not in known:
        raise invalid_job(f"{name} must be one of {', '.join(known)}")
    return value


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value.strip():
        raise invalid_job(f"{name} is required")
    return value
